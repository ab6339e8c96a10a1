"""A changed job takes its runs along: stopped with a pause or a removal, released by a consent."""

from datetime import datetime

from sqlmodel import col, select

from scheduler.alert import Decision
from scheduler.job import Job, JobState
from scheduler.ports import Entry
from scheduler.run import RunKind, RunState
from scheduler.schedule import Once
from storage.locks import open_runs
from storage.rows import job_columns, job_of
from storage.steps import cancel, plan_again
from storage.tables import JobRow, RunRow
from storage.transaction import Tx


def decider(audit: Entry) -> str:
    """How a person is named where it says who decided or stopped something."""
    return audit.by.name or audit.by.key


def change_row(tx: Tx, row: JobRow, job: Job, decision: Decision | None, audit: Entry) -> None:
    """Write a changed job over its locked row, and carry out what follows for its runs."""
    before = job_of(row)
    consents = (before.pins, before.snapshot) != (job.pins, job.snapshot)
    for column, value in job_columns(job).items():
        setattr(row, column, value)
    row.next_fire_time = _next_fire(tx, row, job)
    row.unguarded_told = job.unguarded_told or (row.unguarded_told and not consents)
    row.consent_revision += consents
    row.revision += 1
    _stop_runs(tx, row, before.state, decider(audit))
    consented = decision in (Decision.PINNED, Decision.ACCEPTED)
    if consented and isinstance(job.schedule, Once) and job.state is JobState.ACTIVE:
        plan_again(tx, row)


def _next_fire(tx: Tx, row: JobRow, job: Job) -> datetime | None:
    """The next fire of a change; one the ticker has passed meanwhile is not due again."""
    if job.next_fire_time is None or job.next_fire_time == row.next_fire_time:
        return job.next_fire_time
    passed = select(RunRow.id).where(
        RunRow.job_id == row.id,
        RunRow.kind == RunKind.SCHEDULED,
        col(RunRow.fire_time) >= job.next_fire_time,
    )
    stale = tx.session.exec(passed.limit(1)).first() is not None
    return row.next_fire_time if stale else job.next_fire_time


def _stop_runs(tx: Tx, row: JobRow, before: JobState, by: str) -> None:
    removed = row.state is JobState.REMOVED
    if not removed and (row.state is not JobState.PAUSED or before is JobState.PAUSED):
        return
    for run in open_runs(tx, row.id):
        if run.state is RunState.PLANNED or (removed and run.state is RunState.HELD):
            cancel(run, tx.now, f"the job was {row.state} by {by}")
