"""How a run comes to rest: held and consuming nothing, recorded with all it owes, or stopped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, select

from scheduler.alert import question
from scheduler.failing import after_run
from scheduler.job import Job, JobId, JobKind, JobState, unguarded_axes
from scheduler.outbox import Owed
from scheduler.ports import Answered, Entry, Finish, Held, Passage
from scheduler.route import overwrites
from scheduler.run import HoldReason, Run, RunId, RunKind, RunState
from storage.alert_rows import open_with
from storage.auditing import name_of, note
from storage.gate import may_run
from storage.joining import Joining, join
from storage.locks import lock_job, lock_open_runs, lock_run, save_job, save_run
from storage.owing import owe, owe_alert, owe_pause, owe_report
from storage.reserving import settle_attempt
from storage.rows import place_of
from storage.steps import (
    cancelled,
    give_up_capped,
    moved,
    must_rest,
    plan_again,
    settle,
    with_one_used_up,
)
from storage.tables import JOBS, RUNS
from storage.transaction import Tx, Verbs

ASKED = (HoldReason.DRIFT, HoldReason.IDENTITY, HoldReason.SERVED)
"""What a person is asked about in an alert; of any other hold there is a report."""

SHARED = (HoldReason.HALT, HoldReason.BUDGET)
"""Holds that may concern many jobs at once; the first line of their error says which it is."""

_BEFORE = (
    select(RUNS.c.state, RUNS.c.hold_reason, RUNS.c.error)
    .where(RUNS.c.job_id == bindparam("job"), RUNS.c.fire_time < bindparam("at"))
    .order_by(RUNS.c.fire_time.desc())
    .limit(1)
)


_TOLD_IN_CHAT = (
    select(RUNS.c.id)
    .join(JOBS, JOBS.c.id == RUNS.c.job_id)
    .where(
        RUNS.c.state == RunState.HELD,
        RUNS.c.finished_at.is_(None),
        RUNS.c.hold_reason == bindparam("reason"),
        func.substr(RUNS.c.error, 1, func.length(bindparam("error"))) == bindparam("error"),
        RUNS.c.id != bindparam("run"),
        JOBS.c.platform == bindparam("platform"),
        JOBS.c.workspace == bindparam("workspace"),
        JOBS.c.chat == bindparam("chat"),
    )
    .limit(1)
)


class EndingVerbs(Verbs):
    async def hold(self, run_id: RunId, worker: str, held: Held) -> Run | None:
        return await self._run(lambda tx: _hold(tx, run_id, worker, held))

    async def record(
        self, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed] = ()
    ) -> Run | None:
        return await self._run(lambda tx: _record(tx, run_id, worker, finish, owed))

    async def release(self, job_id: JobId, audit: Entry) -> Run | None:
        return await self._run(lambda tx: _release(tx, job_id, audit))

    async def ask_stop(self, job_id: JobId, audit: Entry, *, run: RunId | None = None) -> list[Run]:
        return await self._run(lambda tx: _ask_stop(tx, job_id, audit, run))

    async def leave(self, run_id: RunId, audit: Entry) -> Run | None:
        return await self._run(lambda tx: _leave(tx, run_id, audit))

    async def try_again(self, run_id: RunId, worker: str, refused: Finish) -> Run | None:
        return await self._run(lambda tx: _try_again(tx, run_id, worker, refused))


def _hold(tx: Tx, run_id: RunId, worker: str, held: Held) -> Run | None:
    locked = lock_run(tx, run_id)
    if locked is None:
        return None
    job, run = locked
    begun = RunState.CLAIMED if held.answered is None else RunState.CALLING
    if run.worker != worker or run.state is not begun:
        return None
    if held.answered is not None:
        job, run = _with_answer(tx, job, run, held.answered)
    if job.state is JobState.REMOVED or (held.answered is None and not may_run(job, run)):
        return _stop(tx, job, run)
    rests = replace(
        moved(run, RunState.HELD, tx.now),
        hold_reason=held.reason,
        error=held.error,
        drifts=held.drifts,
        route=held.route,
        authorised=None,
    )
    save_run(tx, rests)
    if held.reason in ASKED and held.route is not None:
        fires = _held_for(tx, job, held.reason)
        joining = [Joining(job, held.drifts, fires, tx.now)]
        join(tx, held.reason, held.route, joining, held.guard)
    elif not _told_already(tx, job, rests):
        owe_report(tx, job.place, run_id)
    return rests


def _with_answer(tx: Tx, job: Job, run: Run, answered: Answered) -> tuple[Job, Run]:
    """What was spent is kept, the repeat is given back, and the job is held from now on."""
    settle_attempt(tx, job, run, RunState.HELD, answered.usage)
    job = _give_back(tx, job, run)
    held = replace(job, answered_as=answered.mismatches, revision=job.revision + 1)
    save_job(tx, held)
    usage = answered.usage.after(run.usage)
    return held, replace(run, usage=usage, output=answered.output)


def _give_back(tx: Tx, job: Job, run: Run) -> Job:
    """The job with the repeat that this run used up at the gate."""
    if job.repeat_left is None or run.kind is not RunKind.SCHEDULED:
        return job
    given = replace(job, repeat_left=job.repeat_left + 1, revision=job.revision + 1)
    save_job(tx, given)
    return given


def _stop(tx: Tx, job: Job, run: Run) -> Run:
    """A run whose job is gone has nobody to be held for."""
    over = cancelled(run, tx.now, Passage.JOB_GONE.value)
    save_run(tx, over)
    settle(tx, job)
    return over


def _held_for(tx: Tx, job: Job, reason: HoldReason) -> int:
    """The fires of a job that wait for an answer to the same question."""
    held = (run for run in lock_open_runs(tx, job.id) if run.state is RunState.HELD)
    reasons = (run.hold_reason for run in held)
    return sum(each is not None and question(each) is question(reason) for each in reasons)


def _told_already(tx: Tx, job: Job, run: Run) -> bool:
    """Whether the run before is held for the very same thing: one report of an outage is enough.

    Whoever asked for a run is told. A halt concerns everybody, and a cap may concern several jobs:
    that is told once in each chat.
    """
    if run.kind is RunKind.MANUAL:
        return False
    if run.hold_reason in SHARED and not run.usage.requests:
        place, (first, *_) = job.place, (run.error or "").splitlines() or [""]
        chat = {"platform": place.platform, "workspace": place.workspace, "chat": place.chat}
        told = {"run": run.id, "reason": run.hold_reason, "error": first}
        return tx.one(_TOLD_IN_CHAT, **told, **chat) is not None
    before = tx.one(_BEFORE, job=run.job_id, at=run.fire_time)
    return before is not None and (before.state, before.hold_reason, before.error) == (
        RunState.HELD,
        run.hold_reason,
        run.error,
    )


def _record(tx: Tx, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed]) -> Run | None:
    locked = lock_run(tx, run_id)
    if locked is None:
        return None
    job, run = locked
    if run.worker != worker or run.state not in (RunState.CLAIMED, RunState.CALLING):
        return None
    settle_attempt(tx, job, run, finish.state, finish.usage, finish.free_from)
    over = replace(
        moved(run, finish.state, tx.now),
        output=finish.output,
        error=finish.error,
        usage=finish.used.after(run.usage),
        hold_reason=None,
        drifts=(),
    )
    save_run(tx, over)
    if run.authorised is not None:
        for alert in open_with(tx, [job.id]):
            owe_alert(tx, alert.id, place_of(alert))
    counted = after_run(_counted(_learned(job, over, finish, tx.now), over), over)
    if counted != job:
        save_job(tx, counted)
    if over.state is RunState.SUCCEEDED and over.kind is RunKind.SCHEDULED:
        give_up_capped(tx, counted)
    owe(tx, owed)
    owe_pause(tx, job, counted, over)
    settle(tx, counted)
    return over


def _learned(job: Job, run: Run, finish: Finish, now: datetime) -> Job:
    """The job with what a good run learned, unless a person decided otherwise meanwhile."""
    learned = finish.learned
    if learned is None or run.state is not RunState.SUCCEEDED:
        return job
    if learned.consent_revision != job.consent_revision:
        return job
    changed = overwrites(job.snapshot, learned.snapshot)
    old, new = job.snapshot, learned.snapshot
    elsewhere = (old.provider, old.model) != (new.provider, new.model)
    return replace(
        job,
        # What a person accepted of an answer was about the route of then.
        accepted_as=() if elsewhere else job.accepted_as,
        snapshot=replace(learned.snapshot, taken_at=now) if changed else learned.snapshot,
        consent_revision=job.consent_revision + changed,
        revision=job.revision + 1,
    )


def _counted(job: Job, run: Run) -> Job:
    """The job after this run: told, and with a repeat less for a message, which passes no gate."""
    if run.state is RunState.SUCCEEDED and unguarded_axes(job):
        job = replace(job, unguarded_told=True)
    message = job.kind is JobKind.MESSAGE and run.kind is RunKind.SCHEDULED
    if message and run.state is not RunState.CANCELLED:
        job = with_one_used_up(job)
    return job


def _release(tx: Tx, job_id: JobId, audit: Entry) -> Run | None:
    job = lock_job(tx, job_id)
    if job is None:
        return None
    must_rest(tx, job_id)
    run = plan_again(tx, job)
    if run is not None:
        note(tx, audit)
    return run


def _leave(tx: Tx, run_id: RunId, audit: Entry) -> Run | None:
    locked = lock_run(tx, run_id)
    if locked is None or not locked[1].in_doubt:
        return None
    left = replace(locked[1], decided=f"left as it is by {name_of(audit)}")
    save_run(tx, left)
    note(tx, audit)
    return left


def _try_again(tx: Tx, run_id: RunId, worker: str, refused: Finish) -> Run | None:
    locked = lock_run(tx, run_id)
    if locked is None:
        return None
    job, run = locked
    if run.worker != worker or run.state is not RunState.CALLING or run.cancel_asked_by:
        return None
    settle_attempt(tx, job, run, refused.state, refused.usage, refused.free_from)
    _give_back(tx, job, run)
    further = replace(
        moved(run, RunState.CLAIMED, tx.now),
        attempt=run.attempt + 1,
        usage=refused.used.after(run.usage),
        error=refused.error,
    )
    save_run(tx, further)
    return further


def _ask_stop(tx: Tx, job_id: JobId, audit: Entry, only: RunId | None) -> list[Run]:
    job = lock_job(tx, job_id)
    if job is None:
        return []
    runs = [run for run in lock_open_runs(tx, job_id) if run.state.in_flight]
    runs = [run for run in runs if only in (None, run.id)]
    for run in runs:
        asked = replace(run, cancel_asked_by=run.cancel_asked_by or name_of(audit))
        if run.state is not RunState.CALLING:
            asked = cancelled(asked, tx.now, f"stopped by {asked.cancel_asked_by}")
        save_run(tx, asked)
    note(tx, audit)
    settle(tx, job)
    return runs
