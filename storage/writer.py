"""On SQLite one thread does all the work, in order, and commits what waits together."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from scheduler.errors import StoreError
from storage.failures import told_in_one_line
from storage.transaction import Tx

T = TypeVar("T")
GROUP = 64
"""So many verbs at most share one commit, and so one wait for the disk."""


class _Item:
    """One verb's work, its promise, and how it went before the commit."""

    def __init__(self, work: Callable[[Tx], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """A lane of one thread; nobody learns a result before it is on disk."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="driftpin-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Tx], T]) -> Future[T]:
        item = _Item(work)
        with self._lock:
            if self._closed:
                raise StoreError("the database is closed")
            self._queue.put(item)
        return item.future

    def close(self) -> None:
        """Finish what was asked for, then end."""
        with self._lock:
            already, self._closed = self._closed, True
        if not already:
            self._queue.put(None)
        self._thread.join()
        self._engine.dispose()

    def _work(self) -> None:
        closing = False
        while not closing:
            items, closing = self._next_group()
            self._commit_together(items)
            for item in items:
                item.settle()

    def _next_group(self) -> tuple[list[_Item], bool]:
        """What waits now, at least one item; true when nothing comes after it."""
        item = self._queue.get()
        group: list[_Item] = []
        while item is not None:
            group.append(item)
            if len(group) == GROUP or self._queue.empty():
                return group, False
            item = self._queue.get()
        return group, True

    def _commit_together(self, items: list[_Item]) -> None:
        if not items:
            return
        try:
            with told_in_one_line(), self._engine.begin() as connection:
                for item in items:
                    self._carry_out(item, connection, alone=len(items) == 1)
        except BaseException as error:  # noqa: BLE001 - the thread lives on; who asked is told
            for item in items:
                item.error = item.error or error

    def _carry_out(self, item: _Item, connection: Connection, *, alone: bool) -> None:
        """Do one item's work, in a savepoint of its own where others share the transaction."""
        if alone:
            item.result = item.work(Tx(connection, self._clock()))
            return
        connection.exec_driver_sql("SAVEPOINT item")
        try:
            item.result = item.work(Tx(connection, self._clock()))
        except DBAPIError as error:
            # Trouble of the database itself ends the whole group.
            if not isinstance(error, IntegrityError):
                raise
            self._undo(item, connection, error)
        except Exception as error:  # noqa: BLE001 - handed to the one who asked
            self._undo(item, connection, error)
        else:
            connection.exec_driver_sql("RELEASE item")

    def _undo(self, item: _Item, connection: Connection, error: Exception) -> None:
        item.error = error
        connection.exec_driver_sql("ROLLBACK TO item")
        connection.exec_driver_sql("RELEASE item")
