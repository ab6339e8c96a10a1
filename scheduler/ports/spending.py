"""The rows of what is spent: under the caps of a day, and by every job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from scheduler.caps import Cap
from scheduler.job import JobId, Place
from scheduler.ports.jobs import Entry
from scheduler.rate import Recent, Waiting
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

    async def spent_in(self, day: str, chat: Place | None) -> Spent:
        """What counts under the caps of a whole chat and of everything on a day."""
        ...

    async def costs(
        self,
        since: str,
        chat: Place | None = None,
        job: JobId | None = None,
        split: str | None = None,
    ) -> list[Cost]:
        """What jobs have cost since a day, by day and by how the cost is known: all, those of a whole
        chat, or one; removed ones too, and none that cost nothing. A request that kept all it had
        reserved, because nobody knows better, is of unknown cost.

        With `split`, a later day, there are two sums in place of one for each day: from `since` on and
        from that day on, each told under its first day.
        """
        ...

    async def counted(self, run_ids: Sequence[RunId]) -> dict[RunId, Decimal]:
        """What the requests of these runs count as, in US dollars; runs that made none are left out."""
        ...

    async def waiting(self) -> list[Waiting]:
        """The held fires of all jobs, counted by job and reason."""
        ...

    async def recent(
        self, job_ids: Sequence[JobId], since: datetime, most: int
    ) -> dict[JobId, list[Recent]]:
        """The latest good runs of these jobs, at most so many of each, the latest first; jobs without
        any are left out."""
        ...
