"""How a run comes to rest: held and consuming nothing, recorded with all it owes, or stopped."""

from collections.abc import Sequence

from sqlmodel import col, func, select

from scheduler.job import JobId, JobKind, unguarded_axes
from scheduler.outbox import Owed
from scheduler.ports import Entry, Finish, Held, Passage
from scheduler.run import HoldReason, Run, RunId, RunKind, RunState
from storage.alert_rows import join
from storage.changing import decider
from storage.gate import may_run
from storage.locks import lock_job, lock_run, open_runs
from storage.owing import owe, owe_report
from storage.rows import audit_row, job_of, run_of
from storage.steps import cancel, move, plan_again, settle, use_one_up
from storage.tables import JobRow, RunRow
from storage.transaction import Tx, Verbs


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
    if locked is None or locked[1].worker != worker or locked[1].state is not RunState.CLAIMED:
        return None
    job, run = locked
    if not may_run(job, run):
        cancel(run, tx.now, Passage.JOB_GONE)
        settle(tx, job)
        return run_of(run)
    move(run, RunState.HELD, tx.now)
    run.hold_reason, run.error = held.reason, held.error
    run.drifts, run.route = held.drifts, held.route
    if held.reason is HoldReason.DRIFT and held.route is not None:
        join(tx, job_of(job), held.drifts, held.route, _held_by_drift(tx, job))
    elif not _told_already(tx, run):
        owe_report(tx, job_of(job), run_id)
    return run_of(run)


def _held_by_drift(tx: Tx, job: JobRow) -> int:
    wanted = (
        select(func.count())
        .select_from(RunRow)
        .where(
            RunRow.job_id == job.id,
            col(RunRow.finished_at).is_(None),
            RunRow.state == RunState.HELD,
            RunRow.hold_reason == HoldReason.DRIFT,
        )
    )
    return tx.session.exec(wanted).one()


def _told_already(tx: Tx, run: RunRow) -> bool:
    """Whether the run before was held for the very same thing: one report of an outage is enough."""
    wanted = (
        select(RunRow)
        .where(RunRow.job_id == run.job_id, col(RunRow.fire_time) < run.fire_time)
        .order_by(col(RunRow.fire_time).desc())
        .limit(1)
    )
    before = tx.session.exec(wanted).first()
    return (
        before is not None
        and before.state is RunState.HELD
        and (before.hold_reason, before.error) == (run.hold_reason, run.error)
    )


def _record(tx: Tx, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed]) -> Run | None:
    locked = lock_run(tx, run_id)
    if locked is None or locked[1].worker != worker:
        return None
    job, run = locked
    if run.state not in (RunState.CLAIMED, RunState.CALLING):
        return None
    move(run, finish.state, tx.now)
    _write(run, finish)
    _count(job, run)
    owe(tx, owed)
    settle(tx, job)
    return run_of(run)


def _write(run: RunRow, finish: Finish) -> None:
    run.output, run.error = finish.output, finish.error
    run.hold_reason, run.drifts = None, ()
    run.requests = finish.usage.requests
    run.input_tokens = finish.usage.input_tokens
    run.output_tokens = finish.usage.output_tokens
    run.served_model = finish.usage.served_model


def _count(job: JobRow, run: RunRow) -> None:
    """Note what a good run told; a message passes no gate, so it uses up its repeat here."""
    if run.state is RunState.SUCCEEDED and unguarded_axes(job_of(job)):
        job.unguarded_told = True
    message = job.kind is JobKind.MESSAGE and run.kind is RunKind.SCHEDULED
    if message and run.state is not RunState.CANCELLED:
        use_one_up(job)


def _release(tx: Tx, job_id: JobId, audit: Entry) -> Run | None:
    job = lock_job(tx, job_id)
    run = None if job is None else plan_again(tx, job)
    if run is None:
        return None
    tx.session.add(audit_row(audit))
    return run_of(run)


def _ask_stop(tx: Tx, job_id: JobId, audit: Entry) -> list[Run]:
    job = lock_job(tx, job_id)
    if job is None:
        return []
    runs = [run for run in open_runs(tx, job_id) if run.state is not RunState.HELD]
    stood = [run_of(run) for run in runs]
    for run in runs:
        run.cancel_asked_by = run.cancel_asked_by or decider(audit)
        if run.state is not RunState.CALLING:
            cancel(run, tx.now, f"stopped by {run.cancel_asked_by}")
    tx.session.add(audit_row(audit))
    settle(tx, job)
    return stood
