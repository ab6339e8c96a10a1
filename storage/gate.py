"""The one-way gate: a request may leave only after the transaction that lets it has committed."""

from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.caps import Cap
from scheduler.job import Job, JobState
from scheduler.ports import HaltFile, Passage
from scheduler.route import Route
from scheduler.run import WAS_HELD, Run, RunId, RunKind, RunState
from scheduler.spend import Reached, Reservation, day_of
from storage.halt_row import halt_in_force
from storage.locks import lock_run, save_job, save_run
from storage.reserving import Standing, over_cap, reserve, standing
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
        reservation: Reservation,
        authorised: bool = False,
    ) -> Passage | Reached:
        asked = Knock(run_id, worker, step, consent_revision, route, reservation, authorised)
        return await self._run(lambda tx: _pass_gate(tx, self._halt_file, asked))


@dataclass(frozen=True, slots=True)
class Knock:
    """One request at the gate."""

    run_id: RunId
    worker: str
    step: int
    consent_revision: int
    route: Route
    reservation: Reservation
    authorised: bool


def may_run(job: Job, run: Run) -> bool:
    """Whether a job still wants this run: one that a person asked for runs while the job rests."""
    if job.state is JobState.ACTIVE:
        begun = run.kind is RunKind.MANUAL or run.state is RunState.CALLING
        return begun or job.repeat_left != 0
    # What is held has a reason; once it runs, only its note tells that a person set it free.
    released = run.hold_reason is not None or run.note == WAS_HELD
    asked_for = run.kind is RunKind.MANUAL or released
    return asked_for and job.state is not JobState.REMOVED


def _pass_gate(tx: Tx, file: HaltFile, asked: Knock) -> Passage | Reached:
    locked = lock_run(tx, asked.run_id)
    if locked is None:
        return Passage.NOT_MINE
    job, run = locked
    # After the run's lock: a halt that did not see this run calling is seen from here.
    halted = halt_in_force(tx, file) is not None
    refused = _refusal(job, run, asked, tx.lease_clock(), halted=halted)
    if refused is not None:
        return refused
    found = standing(
        tx, job, run, day_of(tx.now, asked.reservation.timezone), asked.reservation.asked
    )
    reached = over_cap(found, asked.reservation)
    if reached is not None:
        return reached
    if not _first(tx, run, asked, found):
        return Passage.ALREADY_CALLED
    reserve(tx, job, found, asked.reservation)
    if run.state is RunState.CLAIMED:
        _begin(tx, job, run, asked.route)
    return Passage.OPEN


def _first(tx: Tx, run: Run, asked: Knock, found: Standing) -> bool:
    """Write down the request; False where it was made before."""
    return tx.insert_if_new(
        CALLS,
        run_id=run.id,
        attempt=run.attempt,
        step=asked.step,
        worker=asked.worker,
        route=asked.route,
        at=tx.now,
        day=found.day,
        chat=found.keys[Cap.CHAT_DAY],
        reserved=asked.reservation.asked,
        settled=None,
    )


def _refusal(job: Job, run: Run, asked: Knock, now: datetime, *, halted: bool) -> Passage | None:
    if run.worker != asked.worker:
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
    if job.consent_revision != asked.consent_revision:
        return Passage.CONSENT_CHANGED
    if asked.authorised and not _lets_through(run, asked.route):
        return Passage.NOT_AUTHORISED
    return None


def _lets_through(run: Run, route: Route) -> bool:
    """Whether a person let this run use this very route."""
    return run.authorised is not None and run.authorised.route.bills_like(route)


def _begin(tx: Tx, job: Job, run: Run, route: Route) -> None:
    calling = moved(run, RunState.CALLING, tx.now)
    save_run(tx, replace(calling, route=route, hold_reason=None, error=None, drifts=()))
    if run.kind is RunKind.SCHEDULED and job.repeat_left is not None:
        save_job(tx, with_one_used_up(job))
