"""How a run comes to rest: held and consuming nothing, recorded with all it owes, or stopped."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select

from scheduler.job import Job, JobId, JobKind, unguarded_axes
from scheduler.outbox import Owed
from scheduler.ports import Entry, Finish, Held, Passage
from scheduler.run import HoldReason, Run, RunId, RunKind, RunState
from storage.alert_rows import join
from storage.auditing import note
from storage.changing import name_of
from storage.gate import may_run
from storage.locks import lock_job, lock_open_runs, lock_run, save_job, save_run
from storage.owing import owe, owe_report
from storage.steps import cancelled, moved, must_rest, plan_again, settle, with_one_used_up
from storage.tables import RUNS
from storage.transaction import Tx, Verbs

_BEFORE = (
    select(RUNS.c.state, RUNS.c.hold_reason, RUNS.c.error)
    .where(RUNS.c.job_id == bindparam("job"), RUNS.c.fire_time < bindparam("at"))
    .order_by(RUNS.c.fire_time.desc())
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

    async def ask_stop(self, job_id: JobId, audit: Entry) -> list[Run]:
        return await self._run(lambda tx: _ask_stop(tx, job_id, audit))


def _hold(tx: Tx, run_id: RunId, worker: str, held: Held) -> Run | None:
    locked = lock_run(tx, run_id)
    if locked is None:
        return None
    job, run = locked
    if run.worker != worker or run.state is not RunState.CLAIMED:
        return None
    if not may_run(job, run):
        return _stop(tx, job, run)
    rests = replace(
        moved(run, RunState.HELD, tx.now),
        hold_reason=held.reason,
        error=held.error,
        drifts=held.drifts,
        route=held.route,
    )
    save_run(tx, rests)
    if held.reason is HoldReason.DRIFT and held.route is not None:
        join(tx, job, held.drifts, held.route, _held_by_drift(tx, job))
    elif not _told_already(tx, rests):
        owe_report(tx, job.place, run_id)
    return rests


def _stop(tx: Tx, job: Job, run: Run) -> Run:
    """A run whose job is gone has nobody to be held for."""
    over = cancelled(run, tx.now, Passage.JOB_GONE.value)
    save_run(tx, over)
    settle(tx, job)
    return over


def _held_by_drift(tx: Tx, job: Job) -> int:
    runs = lock_open_runs(tx, job.id)
    return sum(run.state is RunState.HELD and run.hold_reason is HoldReason.DRIFT for run in runs)


def _told_already(tx: Tx, run: Run) -> bool:
    """Whether the run before is held for the very same thing: one report of an outage is enough."""
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
    over = replace(
        moved(run, finish.state, tx.now),
        output=finish.output,
        error=finish.error,
        usage=finish.usage,
        hold_reason=None,
        drifts=(),
    )
    save_run(tx, over)
    counted = _counted(job, over)
    if counted != job:
        save_job(tx, counted)
    owe(tx, owed)
    settle(tx, counted)
    return over


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


def _ask_stop(tx: Tx, job_id: JobId, audit: Entry) -> list[Run]:
    job = lock_job(tx, job_id)
    if job is None:
        return []
    runs = [run for run in lock_open_runs(tx, job_id) if run.state.in_flight]
    for run in runs:
        asked = replace(run, cancel_asked_by=run.cancel_asked_by or name_of(audit))
        if run.state is not RunState.CALLING:
            asked = cancelled(asked, tx.now, f"stopped by {asked.cancel_asked_by}")
        save_run(tx, asked)
    note(tx, audit)
    settle(tx, job)
    return runs
