"""The rows of jobs, and the audit of what was done to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scheduler.alert import Decision
from scheduler.job import Job, JobId, Place, Principal


@dataclass(frozen=True, slots=True)
class Event:
    """What a platform handed in, by its id there. It may be handed in again: `handling` is a word of
    its own for each time that it is."""

    platform: str
    id: str
    handling: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit: who did what to what. `object` is e.g. "job 7", "default".

    What it came of is settled in the transaction that writes it, or that is undone as a whole: the
    `event` is marked as handled (AlreadyHandled when another handling of it was faster), and the
    `button` of this token as pressed (AlreadyPressed when it was).
    """

    at: datetime
    by: Principal
    action: str
    object: str
    detail: str = ""
    event: Event | None = field(default=None, compare=False)
    button: str | None = field(default=None, compare=False)


class Jobs(Protocol):
    """Jobs. Every verb is one transaction."""

    async def add(self, job: Job, audit: Entry) -> Job:
        """Store a new job (its id and revisions are given by the store)."""
        ...

    async def job(self, job_id: JobId) -> Job | None:
        """The job, whatever its state (removed ones too)."""
        ...

    async def jobs(self, chat: Place | None = None) -> list[Job]:
        """Jobs that are not removed, by id; of one whole chat (any thread), or all.

        A row that cannot be read is left out here and in `due`, and named in the log once.
        """
        ...

    async def change(
        self, job: Job, audit: Entry, *, decision: Decision | None = None
    ) -> Job | None:
        """Store a changed job under `job.revision`; None when somebody else changed it meanwhile.

        Where pins or snapshot differ the consent revision moves. With a `decision`, the job's
        undecided rows in open alerts are decided (`by` is the audit entry's), the alert's revision
        moves, the alert closes when none is left, and an edit of its message is owed: all in this
        transaction. A paused or removed job's planned runs are cancelled, but for a released fire
        of a paused one, which is held again; a removed one's held runs are cancelled too. A
        one-shot (`schedule` is Once) that was pinned or accepted has its latest held run planned
        again.
        """
        ...

    async def change_together(self, changes: Sequence[tuple[Job, Entry]]) -> list[Job] | None:
        """Store several changed jobs in one transaction, each as `change` does without a decision;
        None, and nothing is stored, when somebody else changed one of them meanwhile."""
        ...

    async def imported(self, source: str) -> dict[str, JobId]:
        """The jobs that came from there, by their keys there; removed ones too."""
        ...

    async def bring(
        self, source: str, jobs: Sequence[tuple[str, Job]], audit: Entry
    ) -> dict[str, Job]:
        """Store the jobs whose keys never came from there before; one transaction. Returns those."""
        ...

    async def due(self, now: datetime, limit: int) -> list[Job]:
        """Active jobs with next_fire_time <= now, the longest due first."""
        ...

    async def next_due(self) -> datetime | None:
        """The earliest next_fire_time of an active job that can be read."""
        ...
