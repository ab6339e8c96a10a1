"""The rows of runs: every step of their life is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from scheduler.config import GuardConfig
from scheduler.drift import Drift
from scheduler.job import Job, JobId
from scheduler.outbox import Owed
from scheduler.ports.jobs import Entry
from scheduler.route import Route, Snapshot
from scheduler.run import HoldReason, Run, RunId, RunState, Usage
from scheduler.served import Mismatch
from scheduler.spend import Reached, Reservation


@dataclass(frozen=True, slots=True)
class Planned:
    """A fire to be recorded by a tick; `state` is planned or missed.

    Whether a planned one overlaps with a run in flight is known to the store alone.
    """

    fire_time: datetime
    state: RunState
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call has spent whose answer was not what was consented to; its text is kept."""

    mismatches: tuple[Mismatch, ...]
    usage: Usage
    output: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Why a run is held. `route` is the route that was judged, None where none resolved.

    `answered` is there for a run that is held behind the gate, and for no other; `guard` are the
    settings it was judged by, by which other jobs of its alert are judged with it.
    """

    reason: HoldReason
    error: str
    drifts: tuple[Drift, ...] = ()
    route: Route | None = None
    answered: Answered | None = None
    guard: GuardConfig | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """What a job consents to after a good run, unless its consent is no longer of this revision."""

    snapshot: Snapshot
    consent_revision: int


@dataclass(frozen=True, slots=True)
class Finish:
    """How a run, or an attempt of it, ended: succeeded, failed, unknown or cancelled.

    Its requests from the number `free_from` on certainly cost nothing: never sent, or refused for nothing.
    """

    state: RunState
    output: str | None = None
    error: str | None = None
    usage: Usage = Usage()
    learned: Learned | None = None
    free_from: int | None = None

    @property
    def used(self) -> Usage:
        """What it used: where all its requests were refused for nothing, their cost is no riddle."""
        refused = self.state is RunState.FAILED and self.usage.requests and self.free_from == 1
        return self.usage.unbilled() if refused else self.usage


class Passage(StrEnum):
    """The gate's answer; anything but OPEN means: do not call."""

    OPEN = "open"
    NOT_MINE = "the run is no longer this worker's"
    HALTED = "everything that spends is halted"
    CANCELLED = "the run was stopped"
    CONSENT_CHANGED = "the job's consent changed after the route was judged"
    JOB_GONE = "the job was paused or removed"
    NOT_AUTHORISED = "nobody let this run use this route"
    ALREADY_CALLED = "this request was already made once"


class Runs(Protocol):
    """Runs. Every verb is one transaction; the transitions are those of scheduler.run.FOLLOWS."""

    async def plan(
        self,
        job: Job,
        planned: Sequence[Planned],
        next_fire_time: datetime | None,
        owed: Sequence[Owed] = (),
    ) -> list[Run]:
        """Record fires of a job and advance it, if its next_fire_time is still `job.next_fire_time`.

        Returns the runs inserted; none of them when another ticker was first (UNIQUE(job, fire
        time) and compare-and-set decide). While another run of the job is in flight a planned fire
        is recorded as overlapped; only the last fire of a job is planned and waits. A job with no
        next fire and none of its runs planned, in flight or held becomes finished.
        """
        ...

    async def plan_manual(
        self, job_id: JobId, at: datetime, audit: Entry, *, again: RunId | None = None
    ) -> Run:
        """Plan a run of kind manual with a fire time of its own (a microsecond later until it is).

        `again` is a run of unknown outcome that this decides about; raises UserError where somebody
        has. Raises AlreadyRunning while a run of the job is in flight.
        """
        ...

    async def leave(self, run_id: RunId, audit: Entry) -> Run | None:
        """Decide that a run of unknown outcome is not repeated; None where that is decided."""
        ...

    async def planned(self) -> list[RunId]:
        """Runs that wait to be claimed, oldest first."""
        ...

    async def claim(self, run_id: RunId, worker: str, lease: timedelta) -> Run | None:
        """planned -> claimed for this worker by compare-and-set; None when it is planned no more, or
        has to wait for another run of its job."""
        ...

    async def extend(self, worker: str, executing: Sequence[RunId], lease: timedelta) -> list[Run]:
        """Extend the leases of the runs this worker is executing; returns those to be stopped.

        One that it holds but no longer executes keeps its lease until that runs out, and is then
        taken up as a vanished worker's.
        """
        ...

    async def hold(self, run_id: RunId, worker: str, held: Held) -> Run | None:
        """claimed -> held, consuming nothing; None when the run is not this worker's claimed one.

        With `held.answered` it is calling -> held: what was spent is recorded, the repeat is given
        back, and the job is held from then on (`Job.answered_as`).

        For a drift or such an answer, in the same transaction: the job joins the open alert of (its
        whole chat, the reason, resolved provider and model), or one is opened; a new job moves the alert's revision, a
        further fire of a listed job only its count; the message is owed (one queued delivery per
        alert is enough). All jobs of one thread: the alert's place is that thread, else the whole
        chat (moving there forgets the message, so that it is posted anew). A job that sits undecided
        in an open alert of another route leaves it (decision CHANGED). For any other reason: a report of this run is
        owed to the job's place, unless the job's previous run was held for the same reason and error.
        """
        ...

    async def pass_gate(
        self,
        run_id: RunId,
        worker: str,
        *,
        step: int,
        consent_revision: int,
        route: Route,
        reservation: Reservation,
        authorised: bool = False,
    ) -> Passage | Reached:
        """The one-way gate: claimed -> calling, or calling with a further step.

        One transaction: the run is this worker's with a live lease, nobody halted everything (row or
        file) or asked to stop it, the job's consent is the one that was judged, the job is active (a
        manual run may belong to a paused one), and (run, attempt, step) was never called before.
        `authorised`: the run goes by what a person let it use (`Run.authorised`), which must be this
        very route. A scheduled run's first step uses up one of `repeat_left`. What the request may
        cost at worst is reserved under every cap of its day; a cap that does not allow it comes back
        instead of a passage. Only OPEN, from a transaction that certainly committed, lets a request
        leave; a doubtful commit raises.
        """
        ...

    async def record(
        self, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed] = ()
    ) -> Run | None:
        """claimed or calling -> the end, with everything it owes; None when it is not this worker's.

        Sets `unguarded_told` when the run succeeded, and the job's snapshot to what was learned. A
        job without next fire and without runs in flight or held becomes finished, as does one with
        nothing left to repeat. A message job's scheduled run uses up one of `repeat_left` here.
        """
        ...

    async def try_again(self, run_id: RunId, worker: str, refused: Finish) -> Run | None:
        """calling -> claimed: a further attempt of a call that certainly never left or was refused.

        What it used is kept, its repeat is given back. None where the run is not this worker's, or
        somebody asked to stop it: then it ends as it is.
        """
        ...

    async def reap(self, worker: str, *, alone: bool) -> list[Run]:
        """Take up what vanished workers left: claimed -> planned, calling -> unknown with its report owed.

        A lease that ran out tells a vanished worker; `alone` (this process owns the database file)
        means everybody else has vanished. Returns the runs that changed.
        """
        ...

    async def release(self, job_id: JobId, audit: Entry) -> Run | None:
        """Plan the job's latest held run again, the same row; its earlier held ones become missed.
        One that has called before gets a further attempt.

        Raises AlreadyRunning while a run of the job is in flight.
        """
        ...

    async def let_through(self, job_ids: Sequence[JobId], since: datetime) -> list[Run]:
        """The runs of these jobs that a person let use another route since then, oldest first."""
        ...

    async def ask_stop(self, job_id: JobId, audit: Entry, *, run: RunId | None = None) -> list[Run]:
        """Stop a job's runs in flight, or only this one: planned and claimed ones are cancelled here and now; calling
        ones are marked for their worker. Returns them as they stood. The first who asked is kept."""
        ...

    async def run(self, run_id: RunId) -> Run | None: ...

    async def history(self, job_id: JobId, limit: int) -> list[Run]:
        """The latest runs first."""
        ...

    async def held(self, job_ids: Sequence[JobId]) -> dict[JobId, list[Run]]:
        """The held runs of these jobs, oldest first; jobs without any are left out."""
        ...

    async def in_flight(self, job_id: JobId) -> list[Run]: ...

    async def usages(
        self, job_ids: Sequence[JobId], most: int
    ) -> dict[JobId, list[tuple[int, int]]]:
        """Tokens in and out of the latest good runs of these jobs, at most so many of each; jobs
        without any are left out."""
        ...

    async def calls(self, run_ids: Sequence[RunId]) -> int:
        """How many requests of these runs ever passed the gate."""
        ...
