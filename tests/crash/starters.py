"""Two ways to begin a Driftpin process: cold, as a person does, or forked from a loaded parent."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from tests.crash.lives import Life

ROOT = Path(__file__).parents[2]


class Starter(Protocol):
    def start(self, folder: Path, environ: Mapping[str, str], words: Sequence[str]) -> Life:
        """`driftpin` with these words, in this folder."""
        ...


class Cold:
    """`python -m bot …`, a process like any other."""

    def start(self, folder: Path, environ: Mapping[str, str], words: Sequence[str]) -> Life:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=folder,
            env={**clean_environment(), "PYTHONPATH": str(ROOT), **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both were asked for")
        told, heard = (os.dup(stream.fileno()) for stream in (process.stdin, process.stdout))
        process.stdin.close()
        process.stdout.close()
        return Life(process.pid, told, heard, process.wait)


class Nursery:
    """`with Nursery() as nursery`: children of one process that has loaded everything."""

    def __enter__(self) -> Self:
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._parent = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.nursery", str(theirs.fileno())],
                cwd=ROOT,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._orders.close()
        self._parent.wait()

    def start(self, folder: Path, environ: Mapping[str, str], words: Sequence[str]) -> Life:
        stdin, told = os.pipe()
        heard, stdout = os.pipe()
        order = {"folder": str(folder), "environ": dict(environ), "words": list(words)}
        pid = self._ask(order, [stdin, stdout, stdout])
        os.close(stdin)
        os.close(stdout)
        return Life(pid, told, heard, lambda: self._ask({"end_of": pid}))

    def _ask(self, order: Mapping[str, object], streams: Sequence[int] = ()) -> int:
        socket.send_fds(self._orders, [json.dumps(order).encode()], list(streams))
        answer = self._orders.recv(100)
        if not answer:
            raise AssertionError("the nursery is gone")
        return int(answer)


def clean_environment() -> dict[str, str]:
    """This process's environment without settings of Driftpin, and without measuring coverage:
    a killed process loses its figures, and the others become slow."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DRIFTPIN_", "COVERAGE_")) and name != "DATABASE_URL"
    }
