"""The one-way gate: a request may leave only after the transaction that lets it has committed."""

from dataclasses import replace
from datetime import datetime

from scheduler.job import Job, JobState
from scheduler.ports import HaltFile, Passage
from scheduler.route import Route
from scheduler.run import WAS_HELD, Run, RunId, RunKind, RunState
from storage.halt_row import halt_in_force
from storage.locks import lock_run, save_job, save_run
from storage.steps import moved, with_one_used_up
from storage.tables import CALLS
from storage.transaction import Tx, Verbs


class GateVerbs(Verbs):
    async def pass_gate(
        self,
        run_id: RunId,
        worker: str,
        *,
        step: int,
        consent_revision: int,
        route: Route,
        authorised: bool = False,
    ) -> Passage:
        return await self._run(
            lambda tx: _pass_gate(
                tx, self._halt_file, run_id, worker, step, consent_revision, route, authorised
            )
        )


def may_run(job: Job, run: Run) -> bool:
    """Whether a job still wants this run: one that a person asked for runs while the job rests."""
    if job.state is JobState.ACTIVE:
        begun = run.kind is RunKind.MANUAL or run.state is RunState.CALLING
        return begun or job.repeat_left != 0
    # What is held has a reason; once it runs, only its note tells that a person set it free.
    released = run.hold_reason is not None or run.note == WAS_HELD
    asked_for = run.kind is RunKind.MANUAL or released
    return asked_for and job.state is not JobState.REMOVED


def _pass_gate(
    tx: Tx,
    file: HaltFile,
    run_id: RunId,
    worker: str,
    step: int,
    consent_revision: int,
    route: Route,
    authorised: bool,
) -> Passage:
    locked = lock_run(tx, run_id)
    if locked is None:
        return Passage.NOT_MINE
    job, run = locked
    # After the run's lock: a halt that did not see this run calling is seen from here.
    halted = halt_in_force(tx, file) is not None
    refused = _refusal(job, run, worker, tx.lease_clock(), consent_revision, halted=halted)
    if refused is not None:
        return refused
    if authorised and not (run.authorised and run.authorised.route.bills_like(route)):
        return Passage.NOT_AUTHORISED
    # What the request may cost is to be reserved here: in this transaction, before its row.
    call = {"run_id": run_id, "attempt": run.attempt, "step": step}
    if not tx.insert_if_new(CALLS, **call, worker=worker, route=route, at=tx.now):
        return Passage.ALREADY_CALLED
    if run.state is RunState.CLAIMED:
        _begin(tx, job, run, route)
    return Passage.OPEN


def _refusal(
    job: Job, run: Run, worker: str, now: datetime, consent_revision: int, *, halted: bool
) -> Passage | None:
    if run.worker != worker:
        return Passage.NOT_MINE
    if run.state is RunState.CANCELLED:
        return Passage.CANCELLED
    if run.lease_until is None or run.lease_until <= now:
        return Passage.NOT_MINE
    if halted:
        return Passage.HALTED
    if run.cancel_asked_by is not None:
        return Passage.CANCELLED
    if not may_run(job, run):
        return Passage.JOB_GONE
    if job.consent_revision != consent_revision:
        return Passage.CONSENT_CHANGED
    return None


def _begin(tx: Tx, job: Job, run: Run, route: Route) -> None:
    calling = moved(run, RunState.CALLING, tx.now)
    save_run(tx, replace(calling, route=route, hold_reason=None, error=None, drifts=()))
    if run.kind is RunKind.SCHEDULED and job.repeat_left is not None:
        save_job(tx, with_one_used_up(job))
