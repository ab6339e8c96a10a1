"""A transaction is one connection and two clocks: the process's for what is told, the database's for leases."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Executable, Row, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import UTCDateTime

from scheduler.halt import Halt
from scheduler.ports import HaltFile
from storage.unreadable import Unreadable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tx:
    """What the work of one verb is given; `now` is aware UTC.

    Statements are built once and given their values here: building one costs more than running it.
    """

    connection: Connection
    now: datetime

    def all(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        return self.connection.execute(statement, values).all()

    def one(self, statement: Executable, **values: Any) -> Row[Any] | None:
        """The first row, if there is any."""
        return self.connection.execute(statement, values).first()

    def do(self, statement: Executable, **values: Any) -> int:
        """Carry out an insert (then the answer means nothing) or an update; how many rows it touched."""
        return self.connection.execute(statement, values).rowcount

    def each(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Carry out an update once for each of these values, in one go."""
        if rows:
            self.connection.execute(statement, rows)

    def insert(self, table: Table, **values: Any) -> int:
        """A new row; its number."""
        (number, *_) = self.connection.execute(_insert(table), values).inserted_primary_key or (0,)
        return int(number)

    def insert_if_new(self, table: Table, **values: Any) -> bool:
        """A new row; False when its key is taken, and then nothing happens."""
        statement = _insert_if_new(table, self.connection.dialect.name)
        return self.one(statement, **values) is not None

    def insert_or_add(
        self, table: Table, rows: Sequence[Mapping[str, Any]], added: str
    ) -> Sequence[Row[Any]]:
        """New rows; where a key is taken, the amount in the column `added` is added to the row there.

        They are locked one after the other in this order, and handed back as they stand now, in any.
        """
        if not rows:
            return []
        statement = _insert_or_add(table, added, self.connection.dialect.name)
        return self.connection.execute(statement, rows).all()

    def lease_clock(self) -> datetime:
        """The one clock that all workers share; SQLite has a single process, so its own will do."""
        if self.connection.dialect.name != "postgresql":
            return self.now
        moment: datetime = self.connection.execute(_DATABASE_CLOCK).scalar_one()
        return moment


class Lane(Protocol):
    """The threads on which transactions run; a transaction is finished or undone as a whole."""

    def submit(self, work: Callable[[Tx], T]) -> Future[T]: ...

    def close(self) -> None: ...


class Transactions(Protocol):
    async def run(self, work: Callable[[Tx], T]) -> T: ...


class NoFile:
    """A store that nobody can halt by a file."""

    def read(self) -> Halt | None:
        return None

    def remove(self) -> None:
        return


_NO_FILE = NoFile()


class Verbs:
    """Something whose verbs are transactions."""

    def __init__(self, database: Transactions, halt_file: HaltFile = _NO_FILE) -> None:
        self._run = database.run
        self._halt_file = halt_file
        self._unreadable = Unreadable()


_DATABASE_CLOCK = select(func.clock_timestamp(type_=UTCDateTime()))


@lru_cache(maxsize=64)
def _insert(table: Table) -> Executable:
    return table.insert()


@lru_cache(maxsize=64)
def _insert_if_new(table: Table, dialect: str) -> Executable:
    new = _insert_into(table, dialect)
    return new.on_conflict_do_nothing().returning(*table.primary_key)


@lru_cache(maxsize=64)
def _insert_or_add(table: Table, added: str, dialect: str) -> Executable:
    new = _insert_into(table, dialect)
    together = {added: table.c[added] + new.excluded[added]}
    key = list(table.primary_key)
    return new.on_conflict_do_update(index_elements=key, set_=together).returning(*table.c)


def _insert_into(table: Table, dialect: str) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
