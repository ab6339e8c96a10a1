"""The database: opened whole or not at all, and every verb on it is one transaction."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from scheduler.errors import OperatorError
from storage.failures import first_line
from storage.migrate import upgrade
from storage.owner import OwnerLock
from storage.pool import Pool
from storage.postgres import address_of, postgres_engine, reach
from storage.sqlite import file_of, private_file, quick_check, sqlite_engine
from storage.transaction import Lane, Tx
from storage.writer import Writer

T = TypeVar("T")
FILE = "driftpin.db"
CONNECTIONS = 8


class Database:
    """Transactions for an asyncio program; the work itself runs on threads of its own.

    `alone`: no other process can have this database open, so whoever else claimed a run is gone.
    """

    def __init__(self, lane: Lane, release: Callable[[], None], *, alone: bool) -> None:
        self.alone = alone
        self._lane = lane
        self._release = release

    @classmethod
    def open(
        cls,
        url: str,
        *,
        home: Path | None,
        clock: Callable[[], datetime],
        migrate: bool = True,
    ) -> "Database":
        """Open `sqlite:///…` or `postgresql://…`; an empty url means a file in `home`.

        `clock` gives the present, aware UTC. Raises OperatorError, in one line, when the database
        cannot be used.
        """
        parsed = _parse(url, home)
        match parsed.get_backend_name():
            case "sqlite":
                return cls._open_sqlite(parsed, clock, migrate)
            case "postgresql" | "postgres":
                return cls._open_postgres(parsed, clock, migrate)
            case other:
                raise OperatorError(
                    f"DATABASE_URL: Driftpin keeps its rows in sqlite or postgresql, not in {other}"
                )

    @classmethod
    def _open_sqlite(cls, url: URL, clock: Callable[[], datetime], migrate: bool) -> "Database":
        path = file_of(url)
        private_file(path)
        lock = OwnerLock(path)
        engine = sqlite_engine(path)
        with _let_go_on_failure(engine, lock.release, str(path)):
            quick_check(engine, path)
            if migrate:
                upgrade(engine)
        return cls(Writer(engine, clock), lock.release, alone=True)

    @classmethod
    def _open_postgres(cls, url: URL, clock: Callable[[], datetime], migrate: bool) -> "Database":
        engine = postgres_engine(url, CONNECTIONS)
        with _let_go_on_failure(engine, lambda: None, address_of(engine)):
            reach(engine)
            if migrate:
                upgrade(engine)
        return cls(Pool(engine, clock, CONNECTIONS), lambda: None, alone=False)

    async def run(self, work: Callable[[Tx], T]) -> T:
        """Carry out one transaction; cancelling the caller neither stops nor halves it.

        Raises StoreError when it did not certainly commit.
        """
        return await asyncio.shield(asyncio.wrap_future(self._lane.submit(work)))

    def close(self) -> None:
        """Finish what was asked for, then let go of the database."""
        self._lane.close()
        self._release()


@contextlib.contextmanager
def _let_go_on_failure(engine: Engine, release: Callable[[], None], where: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        engine.dispose()
        release()
        if isinstance(error, DBAPIError):
            raise OperatorError(f"{where} cannot be used: {first_line(error.orig)}") from None
        raise


def _parse(url: str, home: Path | None) -> URL:
    if not url:
        if home is None:
            raise OperatorError(
                "DATABASE_URL is empty, and there is no data folder: set one of them"
            )
        return URL.create("sqlite", database=str(home / FILE))
    try:
        return make_url(url)
    except ArgumentError:
        raise OperatorError(
            "DATABASE_URL is not an address: write sqlite:////a/folder/driftpin.db"
            " or postgresql://user@host/database"
        ) from None
