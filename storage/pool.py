"""On PostgreSQL every verb has a connection of its own, and row locks keep them apart."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from scheduler.errors import StoreError
from storage.failures import told_in_one_line, undone_by_the_database
from storage.transaction import Tx

T = TypeVar("T")
ATTEMPTS = 10


class Pool:
    """A lane of several threads."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], size: int) -> None:
        self._engine = engine
        self._clock = clock
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="driftpin-database")

    def submit(self, work: Callable[[Tx], T]) -> Future[T]:
        try:
            return self._threads.submit(self._carry_out, work)
        except RuntimeError:
            raise StoreError("the database is closed") from None

    def close(self) -> None:
        """Finish what was asked for, then end."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    def _carry_out(self, work: Callable[[Tx], T]) -> T:
        with told_in_one_line():
            for _ in range(ATTEMPTS - 1):
                try:
                    return self._transact(work)
                except DBAPIError as error:
                    if not undone_by_the_database(error):
                        raise
            return self._transact(work)

    def _transact(self, work: Callable[[Tx], T]) -> T:
        with self._engine.begin() as connection:
            return work(Tx(connection, self._clock()))
