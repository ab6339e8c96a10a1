"""The real tables in memory, and everything that is ever written into them, as the database says it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, StaticPool, create_engine

from storage.migrate import upgrade
from storage.tables import METADATA

T = TypeVar("T")


class RunRow(NamedTuple):
    id: int
    job: int
    fire: str
    kind: str
    state: str
    attempt: int
    worker: str | None
    lease: str | None
    stopper: str | None
    hold: str | None
    error: str | None
    requests: int
    cost: int | None
    finished: str | None


class JobRow(NamedTuple):
    id: int
    kind: str
    state: str
    next_fire: str | None
    repeat_left: int | None
    failures: int
    anchor: str
    until: str | None
    schedule: str
    consent: int
    max_usd: int | None


class CallRow(NamedTuple):
    run: int
    attempt: int
    step: int
    worker: str
    route: str
    day: str
    reserved: int
    settled: int | None


class OwedRow(NamedTuple):
    id: int
    kind: str
    facts: str
    state: str
    due: str
    finished: str | None


class SpendRow(NamedTuple):
    """Amounts are in millionths of a millionth of a dollar."""

    day: str
    cap: str
    key: str
    amount: int
    raised: int
    warned: int


class HaltRow(NamedTuple):
    id: int


Row = RunRow | JobRow | CallRow | OwedRow | SpendRow | HaltRow


@dataclass(frozen=True)
class _Watched:
    table: str
    row: type[Any]
    columns: tuple[str, ...]
    events: tuple[str, ...]


_WATCHED = (
    _Watched(
        "runs",
        RunRow,
        (
            *("id", "job_id", "fire_time", "kind", "state", "attempt", "worker", "lease_until"),
            *("cancel_asked_by", "hold_reason", "error", "requests", "cost", "finished_at"),
        ),
        ("INSERT", "UPDATE", "DELETE"),
    ),
    _Watched(
        "jobs",
        JobRow,
        (
            *("id", "kind", "state", "next_fire_time", "repeat_left", "failures", "anchor"),
            *("until", "schedule", "consent_revision", "max_usd"),
        ),
        ("INSERT", "UPDATE", "DELETE"),
    ),
    _Watched(
        "calls",
        CallRow,
        ("run_id", "attempt", "step", "worker", "route", "day", "reserved", "settled"),
        ("INSERT", "UPDATE", "DELETE"),
    ),
    _Watched(
        "deliveries",
        OwedRow,
        ("id", "kind", "facts", "state", "due", "finished_at"),
        ("INSERT", "UPDATE", "DELETE"),
    ),
    _Watched(
        "spending",
        SpendRow,
        ("day", "cap", "key", "amount", "raised", "warned"),
        ("INSERT", "UPDATE", "DELETE"),
    ),
    _Watched("halts", HaltRow, ("id",), ("INSERT", "DELETE")),
)
"""What the oracle looks at, and nothing else: the columns by their names in the database."""


class Rows:
    """One database in memory with the schema of the migrations; `written` is what the transaction
    under way has written so far, in order: (old, new), None where there is none."""

    def __init__(self) -> None:
        self.raw = sqlite3.connect(":memory:", isolation_level=None)
        engine = create_engine(
            "sqlite://", creator=lambda: self.raw, poolclass=StaticPool, query_cache_size=5000
        )
        upgrade(engine)
        self.raw.execute("PRAGMA foreign_keys = ON")
        self.written: list[tuple[Row | None, Row | None]] = []
        for watched in _WATCHED:
            self._watch(watched)
        # One connection that is never given back; where its transactions begin and end is said below.
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _watch(self, watched: _Watched) -> None:
        name, row, many = f"saw_{watched.table}", watched.row, len(watched.columns)

        def saw(*values: Any) -> None:
            old, new = values[:many], values[many:]
            self.written.append(
                (
                    None if old[0] is None else row(*old),
                    None if new[0] is None else row(*new),
                )
            )

        self.raw.create_function(name, 2 * many, saw)
        for event_ in watched.events:
            old = [f"OLD.{each}" if event_ != "INSERT" else "NULL" for each in watched.columns]
            new = [f"NEW.{each}" if event_ != "DELETE" else "NULL" for each in watched.columns]
            self.raw.execute(
                f"CREATE TEMP TRIGGER {name}_{event_} AFTER {event_} ON main.{watched.table}"
                f" BEGIN SELECT {name}({', '.join(old + new)}); END"
            )

    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Carry out one transaction whole, or undo it."""
        self.written.clear()
        self.raw.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
        except BaseException:
            self.raw.execute("ROLLBACK")
            self.written.clear()
            raise
        self.raw.execute("COMMIT")
        return result

    def empty(self) -> None:
        """As if nobody had ever lived here; numbers begin at one again."""
        self.raw.execute("PRAGMA foreign_keys = OFF")
        for table in METADATA.tables:
            self.raw.execute(f'DELETE FROM "{table}"')
        self.raw.execute("PRAGMA foreign_keys = ON")
        self.written.clear()

    def all(self, query: str) -> list[tuple[Any, ...]]:
        return self.raw.execute(query).fetchall()


@lru_cache(maxsize=1)
def rows() -> Rows:
    """One for each process: building the schema takes longer than a simulated day."""
    return Rows()


def emptied() -> Rows:
    found = rows()
    found.empty()
    return found
