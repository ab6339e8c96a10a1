"""Commands that only read."""

import logging
import math
from collections.abc import Sequence
from datetime import datetime

from scheduler.alert import Alert
from scheduler.answers import Alerts, Histories, JobView, Listed, Outputs, Removed, Shown
from scheduler.errors import UserError
from scheduler.halt import Halt
from scheduler.job import Job, JobId, JobKind, JobState, Place
from scheduler.judge import Go, policy
from scheduler.plan import following
from scheduler.ports import Entry, Held
from scheduler.route import Resolution, Route
from scheduler.run import Run, RunState
from scheduler.service.capping import capped
from scheduler.service.core import Core
from scheduler.snapshots import resolved
from scheduler.verdict import OneLook, verdict

log = logging.getLogger(__name__)

PAGE = 10
"""Jobs on one page of a list."""

HISTORY = 10

REMEMBERED = 50
"""Lines of a job's audit among which its removal is looked for; nothing much follows one."""


class Reading:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def view(self, job: Job) -> JobView:
        """The job with its next fires, held runs, last run, and what its next run would use."""
        held = await self._core.store.held([job.id])
        running, runs = await self._under_way(job.id)
        look = OneLook(self._core.config)
        current, problem = await resolved(look, job.pins) if job.kind.guarded else (None, None)
        found = await judged(look, job)
        over = await capped(self._core, job, found)
        return JobView(
            job,
            fires=next_fires(job, 3),
            held=tuple(held.get(job.id, ())),
            last=runs[0] if runs else None,
            current=current,
            problem=problem,
            drifts=found.drifts if isinstance(found, Held) else (),
            instead=_instead(found, current),
            would_hold=found.reason if isinstance(found, Held) else None,
            capped=over,
            policy=policy(job, self._core.config.last_good().guard),
            forecast=(await self._core.forecasts([job]))[job.id] if job.kind.guarded else None,
            running=running,
            doubt=_doubt(runs),
            halt=await self._halt(job),
            per_run_usd=self._core.config.last_good().caps.per_run_usd,
        )

    async def listed(self, place: Place | None, page: int) -> Listed:
        """One page of the jobs of a chat, or of all chats."""
        jobs = await self._core.store.jobs(place.whole_chat if place else None)
        jobs = [job for job in jobs if job.state is not JobState.FINISHED] + [
            job for job in jobs if job.state is JobState.FINISHED
        ]
        pages = max(1, math.ceil(len(jobs) / PAGE))
        if page > pages:
            every = "" if place else " all"
            raise UserError(
                f"there is no page {page}", f"the last one is '/jobs list{every} {pages}'"
            )
        shown = jobs[(page - 1) * PAGE : page * PAGE]
        held = await self._core.store.held([job.id for job in shown])
        views = tuple([await self._in_a_line(job, held.get(job.id, ())) for job in shown])
        halt = await self._core.store.halted()
        return Listed(views, page, pages, len(jobs), everywhere=place is None, halt=halt)

    async def _in_a_line(self, job: Job, held: Sequence[Run]) -> JobView:
        running, runs = await self._under_way(job.id)
        fires = next_fires(job, 1)
        return JobView(job, fires, held=tuple(held), running=running, doubt=_doubt(runs))

    async def _under_way(self, job_id: JobId) -> tuple[Run | None, list[Run]]:
        """The run of a job that is going on, and its latest runs."""
        running = await self._core.store.in_flight(job_id)
        return (running[0] if running else None), await self._core.store.history(job_id, HISTORY)

    async def show(self, job_id: JobId) -> Shown:
        """One job, as it stands or stood: one that was removed can be read like any other."""
        job = await self._core.known(job_id)
        return Shown(await self.view(job), await removed(self._core, job))

    async def history(self, job_id: JobId) -> Histories:
        job = await self._core.known(job_id)
        runs = tuple(await self._core.store.history(job_id, HISTORY))
        halt = await self._halt(job)
        return Histories(job, runs, await removed(self._core, job), halt)

    async def output(self, job_id: JobId) -> Outputs:
        """The latest run that has something to show."""
        job = await self._core.known(job_id)
        runs = await self._core.store.history(job_id, 50)
        latest = next((run for run in runs if _has_output(run)), None)
        return Outputs(job, latest, await removed(self._core, job))

    async def _halt(self, job: Job) -> Halt | None:
        """The halt in force; plain messages go on all the same, and what was removed rests anyway."""
        if job.kind is JobKind.MESSAGE or job.state is JobState.REMOVED:
            return None
        return await self._core.store.halted()

    async def alerts(self, place: Place | None) -> Alerts:
        """The open alerts, and what is held all the same: of paused jobs, or decided and not run yet."""
        chat = place.whole_chat if place else None
        found: list[Alert] = await self._core.store.open_alerts(chat)
        asked = {row.job.id for alert in found for row in alert.undecided}
        jobs = [job for job in await self._core.store.jobs(chat) if job.id not in asked]
        held = await self._core.store.held([job.id for job in jobs])
        waiting = [job for job in jobs if held.get(job.id)]
        views = (JobView(job, next_fires(job, 1), tuple(held[job.id])) for job in waiting)
        return Alerts(tuple(found), tuple(views))


async def removal(core: Core, job_id: JobId) -> Entry | None:
    """The audit's line of the last removal of a job."""
    entries = await core.store.audited(f"job {job_id}", REMEMBERED)
    return next((entry for entry in entries if entry.action == "remove"), None)


async def removed(core: Core, job: Job) -> Removed | None:
    """Who removed a job and when; None for one that is there."""
    if job.state is not JobState.REMOVED:
        return None
    entry = await removal(core, job.id)
    return Removed(entry.by.called, entry.at) if entry else None


async def judged(look: OneLook, job: Job) -> Go | Held | None:
    """What would become of a run now; None where that cannot be told."""
    if not job.kind.guarded:
        return None
    try:
        return (await verdict(look, job))[0]
    except Exception:
        log.exception("job %s could not be judged", job.id)
        return None


def _instead(judged: Go | Held | None, current: Resolution | None) -> Route | None:
    """The consented route, where the policy of the job lets it run on that one."""
    if not isinstance(judged, Go):
        return None
    used = judged.resolution.route
    return used if current is None or used.name != current.route.name else None


def next_fires(job: Job, count: int) -> tuple[datetime, ...]:
    """The next fire times of a job, none while it is paused or finished."""
    moments: list[datetime] = []
    moment = job.next_fire_time if job.state is JobState.ACTIVE else None
    while moment is not None and len(moments) < count:
        moments.append(moment)
        moment = following(job, moment)
    return tuple(moments)


def _doubt(runs: Sequence[Run]) -> Run | None:
    return next((run for run in runs if run.in_doubt), None)


def _has_output(run: Run) -> bool:
    return run.output is not None or run.state in (RunState.FAILED, RunState.UNKNOWN)
