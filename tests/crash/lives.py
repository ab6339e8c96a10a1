"""The life of one Driftpin process: what it is told, what it prints, and how it ends."""

import asyncio
import os
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE = 40.0
"""Seconds after which something that did not happen never will."""


async def until(happened: Callable[[], bool]) -> None:
    """Return once something has happened that another process brings about."""
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - nobody tells us of another process
            await asyncio.sleep(0.01)


def _state_of(pid: int) -> str:
    """The letter by which the kernel says what a process does: T is suspended."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


class Life:
    """A running process. `told` and `heard` are the open ends of its input and its output."""

    def __init__(self, pid: int, told: int, heard: int, end_of: Callable[[], int]) -> None:
        self.pid = pid
        self.printed = ""
        self._told = told
        self._end_of = end_of
        self._code: int | None = None
        self._over = False
        self._news = asyncio.Condition()
        self._listening = asyncio.create_task(self._listen(heard))

    def type(self, line: str) -> None:
        """Type a line; one that is typed to a dead process is lost."""
        with suppress(BrokenPipeError):
            os.write(self._told, f"{line}\n".encode())

    def count(self, pattern: str) -> int:
        """How often it has printed this, wherever the lines were broken."""
        return len(re.findall(pattern, " ".join(self.printed.split())))

    async def until(self, pattern: str, times: int = 1) -> None:
        """Return once it has printed this so many times."""
        async with self._news:
            waiting = self._news.wait_for(lambda: self.count(pattern) >= times or self._over)
            with suppress(TimeoutError):
                await asyncio.wait_for(waiting, PATIENCE)
        if self.count(pattern) < times:
            raise AssertionError(f"it never printed {pattern!r}:\n{self.printed}")

    def kill(self) -> None:
        """End it with SIGKILL, whatever it is doing."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)

    def suspend(self) -> None:
        """Have it sleep, wherever it is."""
        os.kill(self.pid, signal.SIGSTOP)

    async def suspended(self) -> None:
        """Return once it sleeps."""
        await until(lambda: _state_of(self.pid) == "T")

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def ended(self) -> int:
        """Its exit code once it has ended, negative for a signal."""
        if self._code is None:
            try:
                await asyncio.wait_for(asyncio.shield(self._listening), PATIENCE)
            except TimeoutError:
                raise AssertionError(f"it does not end:\n{self.printed}") from None
            self._close()
            self._code = self._end_of()
        return self._code

    async def leave(self) -> int:
        """End its input, so that it settles and leaves."""
        self._close()
        return await self.ended()

    def _close(self) -> None:
        if self._told >= 0:
            os.close(self._told)
            self._told = -1

    async def _listen(self, heard: int) -> None:
        """Read until the process and with it the other end of the pipe is gone."""
        reader = asyncio.StreamReader()
        with os.fdopen(heard, "rb", buffering=0) as pipe:
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader), pipe
            )
            while chunk := await reader.read(65_536):
                async with self._news:
                    self.printed += chunk.decode(errors="replace")
                    self._news.notify_all()
            transport.close()
        async with self._news:
            self._over = True
            self._news.notify_all()
