"""A database file has one owner at a time, and the lock dies with its process."""

import os
from pathlib import Path

from filelock import FileLock, Timeout

from scheduler.errors import OperatorError


class OwnerLock:
    """Held from open to close; the operating system lets go of it even after kill -9."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}.lock")
        self._lock = FileLock(self._path, mode=0o600, thread_local=False, fallback_to_soft=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise OperatorError(self._taken(database)) from None
        except OSError as error:
            raise OperatorError(f"{self._path} cannot be locked: {error.strerror}") from None
        self._path.write_text(f"{os.getpid()}\n")

    def release(self) -> None:
        self._lock.release()

    def _taken(self, database: Path) -> str:
        owner = self._path.read_text().strip() or "unknown"
        return (
            f"{database} is in use by another Driftpin (process {owner}):"
            f" stop that one first, or set DATABASE_URL to another database"
        )
