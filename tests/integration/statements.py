"""What the store asks of its database, statement by statement, and what the database makes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, ExceptionContext, event

from storage.transaction import Tx

DEADLOCK = "40P01"

_FRAMES = ("BEGIN", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement as the driver got it."""

    text: str
    values: Any


@contextmanager
def statements() -> Iterator[list[Asked]]:
    """The statements made meanwhile, in their order, without those that only frame a transaction."""
    made: list[Asked] = []

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        if not text.startswith(_FRAMES):
            made.append(Asked(text, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def circles() -> Iterator[list[str]]:
    """What PostgreSQL undid meanwhile because transactions waited for each other in a circle."""
    found: list[str] = []

    def note(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == DEADLOCK:
            found.append(str(context.original_exception))

    event.listen(Engine, "handle_error", note)
    try:
        yield found
    finally:
        event.remove(Engine, "handle_error", note)


def plan_of(tx: Tx, asked: Asked) -> str:
    """How the database would carry out a statement."""
    explain = "EXPLAIN" if tx.connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    values = asked.values[0] if isinstance(asked.values, list) else asked.values
    rows = tx.connection.exec_driver_sql(f"{explain} {asked.text}", values)
    return "\n".join(str(row[-1]) for row in rows)
