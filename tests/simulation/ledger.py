"""What the oracle of days knows: rows as they were written, requests as they were seen, jobs as asked for."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from tests.simulation.book import Book, Request
from tests.simulation.fires import Timetable
from tests.simulation.rows import OwedRow, RunRow
from tests.simulation.words import Added, Command

LEASED = ("claimed", "calling")
IN_FLIGHT = ("planned", "claimed", "calling")
LEASE = timedelta(seconds=30)


class Wrong(AssertionError):
    """A promise was broken."""


class Somebody(Protocol):
    """A worker, as far as the oracle must know it."""

    @property
    def name(self) -> str: ...
    @property
    def wall(self) -> datetime: ...
    @property
    def read(self) -> datetime:
        """The wall as its ticker last read it."""
        ...

    @property
    def command(self) -> Command | None: ...
    @property
    def healthy_since(self) -> datetime | None: ...
    @property
    def slept_at(self) -> datetime | None:
        """When it was last suspended; None if never."""
        ...


@dataclass
class JobModel:
    """A job as persons asked for it, and as its runs have changed it since."""

    words: Added
    timetable: Timetable
    state: str
    next_fire: datetime | None
    repeat_left: int | None
    failures: int = 0
    told_of: Counter[datetime] = field(default_factory=Counter)
    """How often each fire became a run or was listed as missed."""
    quiet_since: datetime = datetime.min.replace(tzinfo=UTC)


class Ledger:
    """`halts` are the rows that halt, `file` whether one lies beside the database."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.told: Counter[str] = Counter()
        self.runs: dict[int, RunRow] = {}
        self.open: dict[int, RunRow] = {}
        """The runs that are not over."""
        self.since: dict[int, datetime] = {}
        """When each run came into its state, or was asked to stop."""
        self.jobs: dict[int, JobModel] = {}
        self.calls: dict[Request, tuple[str, datetime]] = {}
        """The gates that were opened: for whom, and when."""
        self.released: set[int] = set()
        """Runs whose next request a person asked for; `set_free`, those that were ever held."""
        self.set_free: set[int] = set()
        self.taken_up: set[int] = set()
        self.default = ""
        self.consents: defaultdict[int, set[str]] = defaultdict(set)
        self.halts = 0
        self.file = False

    @property
    def halted(self) -> bool:
        return self.file or self.halts > 0

    def leased(self, job: int) -> list[RunRow]:
        return [run for run in self.open.values() if run.job == job and run.state in LEASED]

    def in_flight(self, job: int) -> list[RunRow]:
        return [run for run in self.open.values() if run.job == job and run.state in IN_FLIGHT]


def moment(written: str) -> datetime:
    """A moment as the database keeps it, or as a message says it."""
    return (
        datetime.fromisoformat(written).astimezone(UTC)
        if "+" in written
        else datetime.fromisoformat(written).replace(tzinfo=UTC)
    )


def facts(row: OwedRow) -> dict[str, object]:
    found: dict[str, object] = json.loads(row.facts)
    return found


def maybe(written: str | None) -> datetime | None:
    return None if written is None else moment(written)


def must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Wrong(otherwise)
