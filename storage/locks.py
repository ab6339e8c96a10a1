"""Whoever changes a job, its runs or its alerts holds the job's row first, then the run's, then the alert's."""

from collections.abc import Iterable

from sqlmodel import col, select

from scheduler.job import JobId
from scheduler.run import RunId
from storage.tables import AlertRow, JobRow, RunRow
from storage.transaction import Tx

LARGEST_ID = 2**31 - 1
"""People type numbers; no row has a larger one."""

_FRESH = {"populate_existing": True}


def lock_job(tx: Tx, job_id: int) -> JobRow | None:
    """The job as it stands now, kept from everybody else until the transaction ends."""
    if not 0 < job_id <= LARGEST_ID:
        return None
    wanted = select(JobRow).where(JobRow.id == job_id).with_for_update()
    return tx.session.exec(wanted, execution_options=_FRESH).one_or_none()


def lock_jobs(tx: Tx, job_ids: Iterable[JobId]) -> dict[JobId, JobRow]:
    """Several jobs, always in the order of their numbers, so that nobody waits in a circle."""
    rows = ((job_id, lock_job(tx, job_id)) for job_id in sorted(set(job_ids)))
    return {job_id: row for job_id, row in rows if row is not None}


def lock_run(tx: Tx, run_id: RunId) -> tuple[JobRow, RunRow] | None:
    """A run and its job."""
    job_id = tx.session.exec(select(RunRow.job_id).where(RunRow.id == run_id)).one_or_none()
    job = None if job_id is None else lock_job(tx, job_id)
    if job is None:
        return None
    wanted = select(RunRow).where(RunRow.id == run_id).with_for_update()
    return job, tx.session.exec(wanted, execution_options=_FRESH).one()


def open_runs(tx: Tx, job_id: int) -> list[RunRow]:
    """The runs of a job that are not over yet, locked, the oldest fire first."""
    wanted = (
        select(RunRow)
        .where(RunRow.job_id == job_id, col(RunRow.finished_at).is_(None))
        .order_by(col(RunRow.fire_time), col(RunRow.id))
        .with_for_update()
    )
    return list(tx.session.exec(wanted, execution_options=_FRESH))


def lock_alert(tx: Tx, alert_id: int) -> AlertRow | None:
    if not 0 < alert_id <= LARGEST_ID:
        return None
    wanted = select(AlertRow).where(AlertRow.id == alert_id).with_for_update()
    return tx.session.exec(wanted, execution_options=_FRESH).one_or_none()
