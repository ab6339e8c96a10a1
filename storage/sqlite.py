"""An SQLite file is opened by one owner, checked whole, and syncs every commit to the disk."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from scheduler.errors import OperatorError
from storage.failures import first_line

PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    # NORMAL may lose the last claim when the power fails, and so allow a second paid call.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


def file_of(url: URL) -> Path:
    """The file an SQLite address names."""
    if not url.database or url.database == ":memory:":
        raise OperatorError(
            "DATABASE_URL names no file: write sqlite:////a/folder/driftpin.db, or leave it out"
        )
    return Path(url.database).expanduser().absolute()


def private_file(path: Path) -> None:
    """Make the file, or an existing one, readable by its owner alone."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise OperatorError(f"{path} cannot be opened for writing: {error.strerror}") from None


def sqlite_engine(path: Path) -> Engine:
    """One connection, for one thread; every transaction takes the write lock as it begins."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"isolation_level": None},
        pool_size=1,
        max_overflow=0,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def quick_check(engine: Engine, path: Path) -> None:
    """Refuse a damaged file before anything is read from it, or written over it."""
    try:
        with engine.connect() as connection:
            said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    except OperationalError:
        raise
    except DatabaseError as error:
        said = first_line(error.orig)
    if said != "ok":
        raise OperatorError(
            f"{path} is damaged ({said.splitlines()[0]}): restore a backup of it,"
            " or move it away to start with an empty one"
        )


def _prepare(connection: Any, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
