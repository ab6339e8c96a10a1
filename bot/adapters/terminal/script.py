"""Lines from a pipe or a file, one after the other, echoed so that a transcript reads well."""

import asyncio
import io
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from bot.adapters.terminal.screen import Screen
from bot.adapters.terminal.typed_line import Word, agrees, understand
from bot.adapters.terminal.wrapping import visible


class Script:
    """A source that nobody sits at. Blank lines and lines that begin with # are skipped.

    `began` is called with each line that has come, before it is obeyed.
    """

    def __init__(self, stream: TextIO, screen: Screen, *, began: Callable[[], None]) -> None:
        self._stream = stream
        self._screen = screen
        self._began = began
        self._kept: str | None = None
        self._left = False
        self._reading: asyncio.Future[str] | None = None
        if isinstance(stream, io.TextIOWrapper):
            with suppress(io.UnsupportedOperation):
                stream.reconfigure(errors="replace")

    async def line(self) -> str | None:
        line = await self._next()
        if line is not None:
            self._began()
            self._echo(line)
        return line

    async def agree(self, question: str) -> bool:
        """The next line, where it says yes; any other line cancels and is then obeyed itself."""
        self._screen.write(f"{visible(question)} [y/N]\n")
        line = await self._next()
        if line is not None and agrees(line):
            self._echo(line)
            return True
        self._kept = line
        return False

    async def printing(self, write: Callable[[], None]) -> None:
        write()

    def interrupt(self) -> bool:
        return True

    def leave(self) -> None:
        self._left = True
        if self._reading is not None and not self._reading.done():
            self._reading.set_result("")

    async def _next(self) -> str | None:
        kept, self._kept = self._kept, None
        if kept is not None:
            return kept
        while not self._left and (text := await self._read()):
            line = text.strip()
            if understand(line) is not Word.NOTHING:
                return line
        return None

    def _echo(self, line: str) -> None:
        self._screen.write(f"> {visible(line)}\n")

    async def _read(self) -> str:
        """One line with its end, or nothing at the end; reading never blocks the loop.

        The thread is a daemon: a read that waits for ever must not keep the process alive.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()
        self._reading = answer
        threading.Thread(target=read_line, args=(self._stream, loop, answer), daemon=True).start()
        return await answer


def read_line(stream: TextIO, loop: asyncio.AbstractEventLoop, answer: asyncio.Future[str]) -> None:
    try:
        line = stream.readline()
    except (OSError, ValueError):
        line = ""

    def give() -> None:
        if not answer.done():
            answer.set_result(line)

    with suppress(RuntimeError):  # the loop was closed while we waited
        loop.call_soon_threadsafe(give)
