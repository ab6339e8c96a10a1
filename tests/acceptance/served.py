"""The real thing: `driftpin serve` as a process of its own, beside providers that count."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fakes.provider import FakeProvider

PATIENCE = 40.0
"""Seconds until something that must happen is missed; a cold start costs seconds."""

KEY = "canary-key-of-the-paid-lab"


class Served:
    """`async with Served(folder, variables) as served`: a running `driftpin serve` (or `chat`).

    The config names `free-lab` and `paid-lab`, on two real servers that count; the default is the
    free one. `extra` is more YAML for config.yaml.
    """

    def __init__(
        self,
        folder: Path,
        variables: Mapping[str, str],
        *,
        command: str = "serve",
        extra: str = "",
        free: FakeProvider | None = None,
        paid: FakeProvider | None = None,
    ) -> None:
        self.folder = folder
        self.free, self.paid = free or FakeProvider(), paid or FakeProvider()
        self.output = ""
        self._command = command
        self._extra = extra
        self._variables = {
            "DRIFTPIN_HOME": str(folder / "home"),
            "DRIFTPIN_PORT": "0",
            "PAID_LAB_KEY": KEY,
            **variables,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        await self.free.__aenter__()
        await self.paid.__aenter__()
        self.point_default("free-lab", "small")
        await self.start(ready="Ready:" if self._command == "serve" else "")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.running:
            await self.kill()
        await self.paid.__aexit__(kind, error, trace)
        await self.free.__aexit__(kind, error, trace)

    # --- the process -------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def process(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise AssertionError("it was not started")
        return self._process

    async def start(self, *, ready: str = "Ready:", **more: str) -> None:
        """Start, and wait for what it says when it is ready."""
        inherited = {k: v for k, v in os.environ.items() if not k.endswith(("_TOKEN", "_KEY"))}
        self.output = ""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            self._command,
            cwd=self.folder,
            env={
                **inherited,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                **self._variables,
                **more,
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reading = asyncio.create_task(self._read())
        if ready:
            await self.says(ready)

    async def stop(self) -> int:
        """Ask it to stop, as a supervisor does; returns the exit code."""
        self.process.terminate()
        return await self.ended()

    async def kill(self) -> None:
        self.process.kill()
        await self.ended()

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
            if self._reading is not None:
                await self._reading
        return code

    async def write(self, line: str) -> None:
        """Type a line into its standard input."""
        if self.process.stdin is None:
            raise AssertionError("it has no standard input")
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()

    async def _read(self) -> None:
        stream = self.process.stdout
        while stream is not None and (some := await stream.read(65536)):
            async with self._news:
                self.output += some.decode(errors="replace")
                self._news.notify_all()

    async def says(self, words: str) -> None:
        """Wait until it has printed something."""
        await self.until(lambda: words in self.output)

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something shows in what it prints."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(happened)
        except TimeoutError:
            raise AssertionError(f"it only said:\n{self.output}\n{self.log}") from None

    @property
    def log(self) -> str:
        file = self.folder / "home" / "driftpin.log"
        return file.read_text() if file.exists() else ""

    @property
    def address(self) -> str:
        """Where its HTTP port is."""
        line = next(line for line in self.output.splitlines() if line.startswith("HTTP: "))
        return line.removeprefix("HTTP: ")

    # --- settings ------------------------------------------------------------------------------------

    def point_default(self, provider: str, model: str) -> None:
        """Edit config.yaml: another default."""
        config = self.folder / "config.yaml"
        beside = config.with_suffix(".new")
        beside.write_text(
            f"model: {{provider: {provider}, default: {model}}}\n"
            "providers:\n"
            f"  free-lab: {{base_url: '{self.free.url}', api_mode: chat_completions,"
            " key_env: null, billing: free}\n"
            f"  paid-lab: {{base_url: '{self.paid.url}', api_mode: chat_completions,"
            " key_env: PAID_LAB_KEY, billing: paid}\n"
            f"{self._extra}"
        )
        beside.replace(config)
