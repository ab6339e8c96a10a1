"""The provider's own book: which requests ever reached it, of which run, how each went, what each billed."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Fate(StrEnum):
    """How a request went, as the provider knows it."""

    NEVER_LEFT = "never left"
    UNDER_WAY = "under way"
    ANSWERED = "answered"
    BUSY = "refused for now"
    REFUSED = "refused"
    LOST = "lost"
    CUT = "cut off"
    TOO_MUCH = "answered with more than is allowed"
    BROKE = "broke"
    """The answer came, and an error of ours followed."""


@dataclass(frozen=True)
class Request:
    run: int
    attempt: int
    step: int

    def __str__(self) -> str:
        return f"run {self.run}, attempt {self.attempt}, step {self.step}"


@dataclass
class Entry:
    request: Request
    at: datetime
    fate: Fate
    billed: Decimal = Decimal(0)
    asked_to_wait: float = 0.0
    told: bool = False
    """Whether its caller was told what it billed."""


class Book:
    """`billed` is what the provider took, whether or not anybody was told."""

    def __init__(self) -> None:
        self.arrived: Counter[Request] = Counter()
        self.entries: dict[Request, Entry] = {}
        self.of_run: defaultdict[int, list[Entry]] = defaultdict(list)

    def write(self, request: Request, at: datetime, fate: Fate) -> Entry:
        entry = Entry(request, at, fate)
        self.entries[request] = entry
        self.of_run[request.run].append(entry)
        if fate is not Fate.NEVER_LEFT:
            self.arrived[request] += 1
        return entry

    def last(self, run: int) -> Entry | None:
        return self.of_run[run][-1] if self.of_run[run] else None

    def left(self, run: int) -> int:
        """How many requests of a run reached the provider."""
        return sum(entry.fate is not Fate.NEVER_LEFT for entry in self.of_run[run])

    def billed(self, run: int) -> Decimal:
        return sum((entry.billed for entry in self.of_run[run]), Decimal(0))
