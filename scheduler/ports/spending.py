"""The rows of what is spent: under the caps of a day, and by every job."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from scheduler.caps import Cap
from scheduler.job import JobId
from scheduler.ports.jobs import Entry
from scheduler.run import RunId
from scheduler.spend import Cost, Spent


@dataclass(frozen=True, slots=True)
class Raise:
    """An admin allows more for one day: `by` so much, in US dollars, where `before` was added so far."""

    cap: Cap
    key: str
    before: Decimal
    by: Decimal


class Spending(Protocol):
    """What is spent. It is reserved and settled by the verbs of runs (`pass_gate`, `record`, …)."""

    async def spent(self, job_id: JobId, day: str, run_id: RunId | None = None) -> Spent:
        """What counts under the caps of a job on a day (2026-11-21), and of this run."""
        ...

    async def raise_caps(self, day: str, raises: Sequence[Raise], audit: Entry) -> bool:
        """Allow more until the day is over, all of it or nothing; False where somebody was first."""
        ...

    async def costs(self, since: str) -> list[Cost]:
        """What every job has cost since a day, by day and by how the cost is known."""
        ...
