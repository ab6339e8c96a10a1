"""A transaction is one session and two clocks: the process's for what is told, the database's for leases."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, UTCDateTime, select

from storage.tables import Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tx:
    """What the work of one verb is given; `now` is aware UTC."""

    session: Session
    now: datetime

    def lease_clock(self) -> datetime:
        """The one clock that all workers share; SQLite has a single process, so its own will do."""
        if self.session.connection().dialect.name != "postgresql":
            return self.now
        return self.session.exec(select(func.clock_timestamp(type_=UTCDateTime()))).one()

    def added(self, row: Row) -> bool:
        """Insert a row; False when its key is taken, and then nothing happened."""
        try:
            with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError:
            return False
        return True


class Lane(Protocol):
    """The threads on which transactions run; a transaction is finished or undone as a whole."""

    def submit(self, work: Callable[[Tx], T]) -> Future[T]: ...

    def close(self) -> None: ...


class Verbs:
    """Something whose verbs are transactions; `run` carries out one."""

    def __init__(self, database: "Transactions") -> None:
        self._run = database.run


class Transactions(Protocol):
    async def run(self, work: Callable[[Tx], T]) -> T: ...
