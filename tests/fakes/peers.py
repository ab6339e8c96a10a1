"""Servers that others wrote, which `.ci/run` installs from npm: each one a process of its own."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".peers" / "node_modules"

PATIENCE = 30.0
"""Seconds until one must be ready."""


def what_is_missing(package: str) -> str | None:
    """Why that package cannot be run here, or None if it can."""
    if _node() is None or not (FOLDER / package).is_dir():
        return ".ci/run has not installed it from npm into .peers"
    return None


@contextlib.asynccontextmanager
async def running(*arguments: str, ready: str) -> AsyncIterator[None]:
    """Node with these arguments, from when it prints `ready` until it is stopped."""
    process = await asyncio.create_subprocess_exec(
        str(_node()),
        *arguments,
        cwd=FOLDER,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    if process.stdout is None:
        raise AssertionError("its output is not read")
    reading = None
    try:
        await _until(ready, process.stdout)
        reading = asyncio.create_task(process.stdout.read())
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        if reading is not None:
            await reading


def free_port() -> int:
    """A port of loopback that nobody listens at now, for servers that choose none themselves."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def _until(ready: str, output: asyncio.StreamReader) -> None:
    said = ""
    async with asyncio.timeout(PATIENCE):
        while ready not in said:
            line = await output.readline()
            if not line:
                raise AssertionError(f"it ended before it was ready, and said:\n{said}")
            said += line.decode(errors="replace")


def _node() -> Path | None:
    """The Node that came along: a machine's own may be too old."""
    return next(FOLDER.glob("node-linux-*/bin/node"), None)
