"""Rows are locked in one order: the job's, its runs', those of what a day has spent, the alert's.

Of several jobs, all are locked before the first row of a day. The rows of days have an order of
their own: `storage.reserving`. What is owed comes last.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from scheduler.job import Job, JobId
from scheduler.run import Run, RunId
from storage.rows import job_columns, job_of, run_columns, run_of
from storage.tables import ALERTS, JOBS, RUNS
from storage.transaction import Tx

LARGEST_ID = 2**31 - 1
"""People type numbers; no row has a larger one."""

_JOB = select(JOBS).where(JOBS.c.id == bindparam("id")).with_for_update()
_RUN = select(RUNS).where(RUNS.c.id == bindparam("id")).with_for_update()
_JOB_OF_RUN = (
    select(JOBS)
    .join(RUNS, RUNS.c.job_id == JOBS.c.id)
    .where(RUNS.c.id == bindparam("id"))
    .with_for_update(of=JOBS)
)
_ALERT = select(ALERTS).where(ALERTS.c.id == bindparam("id")).with_for_update()
_OPEN_RUNS = (
    select(RUNS)
    .where(RUNS.c.job_id == bindparam("job"), RUNS.c.finished_at.is_(None))
    .order_by(RUNS.c.fire_time, RUNS.c.id)
    .with_for_update()
)
_SAVE_JOB = update(JOBS).where(JOBS.c.id == bindparam("key"))
_SAVE_RUN = update(RUNS).where(RUNS.c.id == bindparam("key"))


def lock_job(tx: Tx, job_id: int) -> Job | None:
    """The job as it stands now, kept from everybody else until the transaction ends."""
    row = tx.one(_JOB, id=job_id) if 0 < job_id <= LARGEST_ID else None
    return None if row is None else job_of(row)


def lock_jobs(tx: Tx, job_ids: Iterable[JobId]) -> dict[JobId, Job]:
    """Several jobs, always in the order of their numbers, so that nobody waits in a circle."""
    found = ((job_id, lock_job(tx, job_id)) for job_id in sorted(set(job_ids)))
    return {job_id: job for job_id, job in found if job is not None}


def lock_run(tx: Tx, run_id: RunId) -> tuple[Job, Run] | None:
    """A run and its job."""
    job = tx.one(_JOB_OF_RUN, id=run_id)
    run = None if job is None else tx.one(_RUN, id=run_id)
    return None if job is None or run is None else (job_of(job), run_of(run))


def lock_open_runs(tx: Tx, job_id: int) -> list[Run]:
    """The runs of a job that are not over yet, the oldest fire first."""
    return [run_of(row) for row in tx.all(_OPEN_RUNS, job=job_id)]


def lock_alert(tx: Tx, alert_id: int) -> Row[Any] | None:
    return tx.one(_ALERT, id=alert_id) if 0 < alert_id <= LARGEST_ID else None


def save_job(tx: Tx, job: Job) -> None:
    """Write a job over its locked row."""
    tx.do(_SAVE_JOB, key=job.id, **job_columns(job))


def save_run(tx: Tx, run: Run) -> None:
    """Write a run over its locked row."""
    tx.do(_SAVE_RUN, key=run.id, **run_columns(run))
