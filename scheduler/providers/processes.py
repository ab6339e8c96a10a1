"""Scripts as processes: no shell, a process group of their own, capped in time and in output."""

import asyncio
import contextlib
import os
import signal
from datetime import timedelta

from scheduler.errors import Lost, NotSent
from scheduler.script import Script, ScriptEnd

GRACE = 1.0
"""Seconds between asking a process group to end and ending it."""

_CHUNK = 65_536


class Processes:
    """Runs scripts of the operator."""

    async def run(self, script: Script, timeout: timedelta) -> ScriptEnd:
        """Start a script and wait for its end; whatever it started ends with it.

        Raises NotSent where it could not be started, and Lost where it took too long. Cancelled, it
        ends the script's whole process group first.
        """
        # A pipe of our own: with asyncio's the end of a script waits for whatever it left behind.
        ours, theirs = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *script.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=theirs,
                stderr=asyncio.subprocess.STDOUT,
                cwd=script.cwd,
                env=_environment(script),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            os.close(ours)
            why = error.strerror if isinstance(error, OSError) else None
            raise NotSent(
                f"the script {script.name} could not be started: {why or error}"
            ) from None
        finally:
            os.close(theirs)
        output = _Output(script.output_bytes)
        reading = asyncio.create_task(output.read(ours))
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                code = await process.wait()
        except TimeoutError:
            raise Lost(
                f"the script {script.name} was ended after {timeout.total_seconds():g} s;"
                f" until then it may have done its work"
            ) from None
        finally:
            await asyncio.shield(_end(process, reading))
        return ScriptEnd(code, output.text, output.dropped)


class _Output:
    """What a script prints, as far as it is kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept = bytearray()
        self.dropped = 0

    @property
    def text(self) -> str:
        return self._kept.decode("utf-8", errors="replace").strip()

    async def read(self, pipe: int) -> None:
        """Read to the end, and close the pipe."""
        stream = asyncio.StreamReader()
        opened = os.fdopen(pipe, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), opened
        )
        try:
            while chunk := await stream.read(_CHUNK):
                room = self._most - len(self._kept)
                self._kept += chunk[:room]
                self.dropped += len(chunk) - min(room, len(chunk))
        finally:
            transport.close()


async def _end(process: asyncio.subprocess.Process, reading: asyncio.Task[None]) -> None:
    """End the whole group, asked first; what has left the group keeps the output open no longer."""
    _signal(process.pid, signal.SIGTERM)
    ended = asyncio.create_task(process.wait())
    await asyncio.wait([ended, reading], timeout=GRACE)
    _signal(process.pid, signal.SIGKILL)
    await ended
    if not reading.done():
        await asyncio.wait([reading], timeout=GRACE)
        reading.cancel()


def _signal(group: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, what)


def _environment(script: Script) -> dict[str, str]:
    """The variables it may see, and no others: no token, no key, unless the operator names it."""
    found = {"PATH": os.environ.get("PATH", os.defpath)}
    return found | {name: os.environ[name] for name in script.env if name in os.environ}
