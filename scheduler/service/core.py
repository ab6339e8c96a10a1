"""What every part of the service works with."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from scheduler.alert import Decision
from scheduler.errors import UserError
from scheduler.forecast import REMEMBERED, forecast
from scheduler.halt import Halted
from scheduler.job import Job, JobId, JobState, Principal, unguarded_axes
from scheduler.money import Forecast
from scheduler.ports import Clock, Config, Engine, Entry, Store
from scheduler.route import Pins, Snapshot
from scheduler.run import Run, RunState
from scheduler.service.handling import caused

ATTEMPTS = 5
"""How often a change is tried again when somebody else changed the same job meanwhile."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A changed job, and what the change decides about its open alerts."""

    job: Job
    decision: Decision | None = None


Change = Callable[[Job], Awaitable[Wanted]]


@dataclass(frozen=True, slots=True)
class Core:
    """`wake` tells the ticker that something may be due earlier; `file` says which settings these are;
    `reached` is told of each step of an experiment."""

    store: Store
    config: Config
    engine: Engine
    clock: Clock
    wake: Callable[[], None]
    file: str = ""
    reached: Callable[[str], None] = lambda step: None

    async def job(self, job_id: JobId) -> Job:
        """A job that is not removed; raises UserError for any other number."""
        job = await self.known(job_id)
        if job.state is JobState.REMOVED:
            raise was_removed(job_id)
        return job

    async def known(self, job_id: JobId) -> Job:
        """A job, removed or not; raises UserError for a number that no job ever had."""
        job = await self.store.job(job_id)
        if job is None:
            raise no_job(job_id)
        return job

    async def must_not_be_halted(self) -> None:
        """Raises Halted, which says who halted and why."""
        if halt := await self.store.halted():
            raise Halted(halt)

    def entry(self, by: Principal, action: str, subject: str, detail: str = "") -> Entry:
        """A line of the audit, which knows what is being handled (scheduler.service.handling)."""
        return caused(Entry(self.clock.now(), by, action, subject, detail))

    async def change(
        self, job_id: JobId, change: Change, by: Principal, action: str, detail: str = ""
    ) -> Job:
        """Carry out a change of one job that is not removed, again from its newest state if somebody
        was faster."""
        return await self._change(self.job, job_id, change, by, action, detail)

    async def change_any(self, job_id: JobId, change: Change, by: Principal, action: str) -> Job:
        """The same of a job that may be removed."""
        return await self._change(self.known, job_id, change, by, action, "")

    async def _change(
        self,
        found: Callable[[JobId], Awaitable[Job]],
        job_id: JobId,
        change: Change,
        by: Principal,
        action: str,
        detail: str,
    ) -> Job:
        for _ in range(ATTEMPTS):
            job = await found(job_id)
            wanted = await change(job)
            entry = self.entry(by, action, f"job {job_id}", detail)
            if changed := await self.store.change(wanted.job, entry, decision=wanted.decision):
                return changed
        raise UserError(f"job {job_id} is being changed by somebody else", "try again")

    async def forecasts(self, jobs: Sequence[Job]) -> dict[JobId, Forecast]:
        """How these jobs will go on."""
        usages = await self.store.usages([job.id for job in jobs], REMEMBERED)
        now = self.clock.now()
        return {job.id: forecast(job, usages.get(job.id, ()), now) for job in jobs}

    async def decided_about(self, jobs: Iterable[JobId]) -> list[Run]:
        """Start what a decision about these jobs set free; all that is in flight of them."""
        runs = [run for job_id in jobs for run in await self.store.in_flight(job_id)]
        await self.submit_planned(runs)
        self.wake()
        return runs

    async def submit_planned(self, runs: Sequence[Run]) -> None:
        """Hand runs that were planned again to the engine."""
        for run in runs:
            if run.state is RunState.PLANNED:
                await self.engine.submit(run.id)


def no_job(job_id: JobId) -> UserError:
    """The one answer for a job that does not exist and for one a person may not see."""
    return UserError(f"there is no job {job_id} here", "'/jobs list' shows the jobs of this chat")


def was_removed(job_id: JobId) -> UserError:
    """For somebody who may see the job."""
    return UserError(f"job {job_id} was removed", f"'/jobs resume {job_id}' brings it back")


def rebind(job: Job, pins: Pins, snapshot: Snapshot) -> Job:
    """The job under another consent; a pinned axis keeps no snapshot, and what answered is past.

    Nobody loses a consent by a command of theirs: an axis that had one, or that a person saw nothing
    of, is held while it has none.
    """
    if pins.provider is not None:
        snapshot = replace(snapshot, provider=None)
    if pins.model is not None:
        snapshot = replace(snapshot, model=None)
    bound = replace(job, pins=pins, snapshot=snapshot, answered_as=(), accepted_as=())
    missing = unguarded_axes(bound)
    freed = any(axis not in unguarded_axes(job) for axis in missing)
    unseen = bool(missing) and (freed or snapshot.unseen or job.snapshot.unseen)
    return replace(bound, snapshot=replace(snapshot, unseen=unseen))
