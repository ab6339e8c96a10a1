"""Ways in which a database can be there and take nothing in: a full disk, a quota, a lock."""

import os
import resource
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.lives import Life

SIZE = "16m"
CHUNK = bytes(65_536)


class Disk(ABC):
    """Where a house keeps its rows; what is `shut` takes nothing in until it is `opened`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def shut(self, life: Life) -> None: ...

    @abstractmethod
    def open(self, life: Life) -> None: ...


class Tmpfs(Disk):
    """A small file system of its own, filled to the last byte."""

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def shut(self, life: Life) -> None:
        with self._ballast.open("wb", buffering=0) as file:
            for piece in (CHUNK, CHUNK[:1]):
                try:
                    while file.write(piece):
                        pass
                except OSError:
                    continue

    def open(self, life: Life) -> None:
        self._ballast.unlink()


class Quota(Disk):
    """A limit on the files of the process: it may not write to any."""

    def shut(self, life: Life) -> None:
        _, most = resource.prlimit(life.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (1, most))

    def open(self, life: Life) -> None:
        _, most = resource.prlimit(life.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (most, most))


class Lock(Disk):
    """Somebody else who holds the write lock of the file."""

    def shut(self, life: Life) -> None:
        self._rows = sqlite3.connect(self.folder / "driftpin.db", isolation_level=None)
        self._rows.execute("BEGIN IMMEDIATE")

    def open(self, life: Life) -> None:
        self._rows.rollback()
        self._rows.close()


@contextmanager
def tmpfs(folder: Path) -> Iterator[Tmpfs | None]:
    """A small file system in this folder, or None where none can be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        yield None
        return
    try:
        yield Tmpfs(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
