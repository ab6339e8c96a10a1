"""A run goes from state to state as scheduler.run.FOLLOWS says, and takes its job along at the end."""

from datetime import datetime

from sqlmodel import col, select

from scheduler.job import JobState
from scheduler.run import FOLLOWS, RunState
from storage.locks import open_runs
from storage.tables import JobRow, RunRow
from storage.transaction import Tx


def move(run: RunRow, state: RunState, now: datetime) -> None:
    """Take a run one step; it gives up its lease wherever nobody works on it."""
    if state not in FOLLOWS[run.state]:
        raise ValueError(f"run {run.id} cannot go from {run.state} to {state}")
    run.state = state
    if state not in (RunState.CLAIMED, RunState.CALLING):
        run.lease_until = None
    if not FOLLOWS[state]:
        run.finished_at = now


def cancel(run: RunRow, now: datetime, why: str) -> None:
    move(run, RunState.CANCELLED, now)
    run.error = why


def plan_again(tx: Tx, job: JobRow) -> RunRow | None:
    """The latest held run of a job is planned again, the same row; its earlier ones become missed."""
    held = _held(tx, job)
    if not held:
        return None
    *earlier, latest = held
    for run in earlier:
        move(run, RunState.MISSED, tx.now)
    move(latest, RunState.PLANNED, tx.now)
    latest.worker = latest.started_at = None
    return latest


def settle(tx: Tx, job: JobRow) -> None:
    """Finish a job that has nothing left to do: no fire and no run, or no repeat."""
    if job.state not in (JobState.ACTIVE, JobState.PAUSED):
        return
    used_up = job.repeat_left == 0
    if not used_up and (job.next_fire_time is not None or _has_open_runs(tx, job)):
        return
    job.state = JobState.FINISHED
    job.next_fire_time = None
    job.revision += 1
    for run in _held(tx, job) if used_up else ():
        move(run, RunState.MISSED, tx.now)


def use_one_up(job: JobRow) -> None:
    """Count a repeat; the last one leaves no further fire."""
    if job.repeat_left is None:
        return
    job.repeat_left = max(0, job.repeat_left - 1)
    job.revision += 1
    if job.repeat_left == 0:
        job.next_fire_time = None


def _held(tx: Tx, job: JobRow) -> list[RunRow]:
    return [run for run in open_runs(tx, job.id) if run.state is RunState.HELD]


def _has_open_runs(tx: Tx, job: JobRow) -> bool:
    wanted = select(RunRow.id).where(RunRow.job_id == job.id, col(RunRow.finished_at).is_(None))
    return tx.session.exec(wanted.limit(1)).first() is not None
