"""What persons ask for, as the oracle hears it from them and not from the code under test."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from tests.simulation.fires import Typed


@dataclass(frozen=True)
class Added:
    typed: Typed
    message: bool = False
    run_once: bool = False
    retry: int = 0
    repeat: int | None = None
    until: date | None = None
    chat: str = ""
    max_usd: Decimal | None = None


@dataclass(frozen=True)
class Edited:
    """None was not typed."""

    typed: Typed | None = None
    repeat: int | None = None
    until: date | None = None
    max_usd: str | None = None
    """An amount, or off."""


@dataclass(frozen=True)
class Said:
    """A plain word about a job: pause, resume, remove, accept, stop, run, again, leave, raise."""

    word: str


Words = Added | Edited | Said


@dataclass(frozen=True)
class Command:
    """Somebody asks for something, by a wall that shows `since`, and with the default at `route`;
    `job` is None where it is new."""

    words: Words
    job: int | None
    since: datetime
    route: str


def end_of(day: date | None) -> datetime | None:
    """`until=2027-01-31` counts to the end of that day."""
    return None if day is None else datetime.combine(day, time(23, 59), UTC)
