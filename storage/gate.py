"""The one-way gate: a request may leave only after the transaction that lets it has committed."""

from datetime import datetime

from scheduler.job import JobState
from scheduler.ports import Passage
from scheduler.route import Route
from scheduler.run import RunId, RunKind, RunState
from storage.locks import lock_run
from storage.steps import move, use_one_up
from storage.tables import CallRow, JobRow, RunRow
from storage.transaction import Tx, Verbs


class GateVerbs(Verbs):
    async def pass_gate(
        self, run_id: RunId, worker: str, *, step: int, consent_revision: int, route: Route
    ) -> Passage:
        return await self._run(
            lambda tx: _pass_gate(tx, run_id, worker, step, consent_revision, route)
        )


def may_run(job: JobRow, run: RunRow) -> bool:
    """Whether a job still wants this run: one that a person asked for runs while the job rests."""
    if job.state is JobState.ACTIVE:
        return run.kind is RunKind.MANUAL or job.repeat_left != 0 or run.state is RunState.CALLING
    asked_for = run.kind is RunKind.MANUAL or run.hold_reason is not None
    return asked_for and job.state is not JobState.REMOVED


def _pass_gate(
    tx: Tx, run_id: RunId, worker: str, step: int, consent_revision: int, route: Route
) -> Passage:
    locked = lock_run(tx, run_id)
    if locked is None:
        return Passage.NOT_MINE
    job, run = locked
    refused = _refusal(job, run, worker, tx.lease_clock(), consent_revision)
    if refused is not None:
        return refused
    call = CallRow(
        run_id=run_id, attempt=run.attempt, step=step, worker=worker, route=route, at=tx.now
    )
    if not tx.added(call):
        return Passage.ALREADY_CALLED
    if run.state is RunState.CLAIMED:
        _begin(tx, job, run, route)
    return Passage.OPEN


def _refusal(
    job: JobRow, run: RunRow, worker: str, now: datetime, consent_revision: int
) -> Passage | None:
    if run.state is RunState.CANCELLED or (run.cancel_asked_by and run.worker == worker):
        return Passage.CANCELLED
    if run.worker != worker or run.state not in (RunState.CLAIMED, RunState.CALLING):
        return Passage.NOT_MINE
    if run.lease_until is None or run.lease_until <= now:
        return Passage.NOT_MINE
    if not may_run(job, run):
        return Passage.JOB_GONE
    if job.consent_revision != consent_revision:
        return Passage.CONSENT_CHANGED
    return None


def _begin(tx: Tx, job: JobRow, run: RunRow, route: Route) -> None:
    move(run, RunState.CALLING, tx.now)
    run.route = route
    run.hold_reason = run.error = None
    run.drifts = ()
    if run.kind is RunKind.SCHEDULED:
        use_one_up(job)
