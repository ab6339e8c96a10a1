"""A run goes from state to state as scheduler.run.FOLLOWS says, and takes its job along at the end."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select

from scheduler.errors import AlreadyRunning
from scheduler.job import Job, JobState
from scheduler.run import FOLLOWS, WAS_HELD, HoldReason, Run, RunState
from storage.locks import lock_open_runs, save_job, save_run
from storage.tables import RUNS
from storage.transaction import Tx

_IN_FLIGHT = (
    select(RUNS.c.id)
    .where(
        RUNS.c.job_id == bindparam("job"),
        RUNS.c.finished_at.is_(None),
        RUNS.c.state.in_(tuple(state for state in RunState if state.in_flight)),
    )
    .order_by(RUNS.c.fire_time, RUNS.c.id)
    .limit(1)
)
_OPEN_RUN = select(RUNS.c.id).where(RUNS.c.job_id == bindparam("job"), RUNS.c.finished_at.is_(None))


def in_flight(tx: Tx, job_id: int) -> int | None:
    """A run in flight of a job whose row is locked, so that no other begins meanwhile."""
    row = tx.one(_IN_FLIGHT, job=job_id)
    return None if row is None else int(row.id)


def must_rest(tx: Tx, job_id: int) -> None:
    """Raise AlreadyRunning if a run of a locked job is in flight."""
    busy = in_flight(tx, job_id)
    if busy is not None:
        raise AlreadyRunning(job_id, busy)


def moved(run: Run, state: RunState, now: datetime) -> Run:
    """The run one step on; it has no lease where nobody works on it."""
    if state not in FOLLOWS[run.state]:
        raise ValueError(f"run {run.id} cannot go from {run.state} to {state}")
    leased = state in (RunState.CLAIMED, RunState.CALLING)
    return replace(
        run,
        state=state,
        lease_until=run.lease_until if leased else None,
        finished_at=None if FOLLOWS[state] else now,
    )


def cancelled(run: Run, now: datetime, why: str) -> Run:
    return replace(moved(run, RunState.CANCELLED, now), error=why)


def plan_again(tx: Tx, job: Job) -> Run | None:
    """The latest held run of a job is planned again, the same row; its earlier ones become missed.

    One that has called before calls again, so that is a further attempt.
    """
    held = _held(tx, job)
    if not held:
        return None
    *earlier, latest = held
    for run in earlier:
        save_run(tx, moved(run, RunState.MISSED, tx.now))
    attempt = latest.attempt + bool(latest.usage.requests)
    planned = moved(latest, RunState.PLANNED, tx.now)
    planned = replace(
        planned,
        worker=None,
        started_at=None,
        attempt=attempt,
        authorised=None,
        cancel_asked_by=None,
        note=WAS_HELD,
    )
    save_run(tx, planned)
    return planned


def has_called(tx: Tx, job: Job) -> bool:
    """Whether the latest held run of a job has made a call: nothing but a person repeats it."""
    held = _held(tx, job)
    return bool(held) and held[-1].usage.requests > 0


def give_up_capped(tx: Tx, job: Job) -> None:
    """Fires that a cap held are missed once a later one was good; what has called stays."""
    for run in _held(tx, job):
        if run.hold_reason is HoldReason.BUDGET and not run.usage.requests:
            save_run(tx, moved(run, RunState.MISSED, tx.now))


def settle(tx: Tx, job: Job) -> None:
    """Finish a job that has nothing left to do: no fire and no run, or no repeat."""
    if job.state not in (JobState.ACTIVE, JobState.PAUSED):
        return
    used_up = job.repeat_left == 0
    if not used_up and (job.next_fire_time is not None or tx.one(_OPEN_RUN, job=job.id)):
        return
    finished = replace(job, state=JobState.FINISHED, next_fire_time=None, revision=job.revision + 1)
    save_job(tx, finished)
    for run in _held(tx, job) if used_up else ():
        save_run(tx, moved(run, RunState.MISSED, tx.now))


def with_one_used_up(job: Job) -> Job:
    """The job with a repeat less; the last one leaves no further fire."""
    if job.repeat_left is None:
        return job
    left = max(0, job.repeat_left - 1)
    return replace(
        job,
        repeat_left=left,
        next_fire_time=job.next_fire_time if left else None,
        revision=job.revision + 1,
    )


def _held(tx: Tx, job: Job) -> list[Run]:
    return [run for run in lock_open_runs(tx, job.id) if run.state is RunState.HELD]
