"""Jobs: adding, finding and changing them, each in one transaction."""

from datetime import datetime

from sqlmodel import col, select

from scheduler.alert import Decision
from scheduler.job import Job, JobId, JobState, Place
from scheduler.ports import Entry
from storage.alert_rows import decide_rows
from storage.changing import change_row, decider
from storage.locks import LARGEST_ID, lock_job
from storage.rows import audit_row, job_columns, job_of
from storage.tables import JobRow
from storage.transaction import Tx, Verbs


class JobVerbs(Verbs):
    async def add(self, job: Job, audit: Entry) -> Job:
        return await self._run(lambda tx: _add(tx, job, audit))

    async def job(self, job_id: JobId) -> Job | None:
        return await self._run(lambda tx: _job(tx, job_id))

    async def jobs(self, chat: Place | None = None) -> list[Job]:
        return await self._run(lambda tx: _jobs(tx, chat))

    async def change(
        self, job: Job, audit: Entry, *, decision: Decision | None = None
    ) -> Job | None:
        return await self._run(lambda tx: _change(tx, job, audit, decision))

    async def due(self, now: datetime, limit: int) -> list[Job]:
        return await self._run(lambda tx: _due(tx, now, limit))

    async def next_due(self) -> datetime | None:
        return await self._run(_next_due)


def _add(tx: Tx, job: Job, audit: Entry) -> Job:
    row = JobRow(
        **job_columns(job),
        created_at=job.created_at,
        next_fire_time=job.next_fire_time,
        unguarded_told=job.unguarded_told,
        consent_revision=1,
        revision=1,
    )
    tx.session.add(row)
    tx.session.flush()
    entry = audit_row(audit)
    if entry.object == "job":
        entry.object = f"job {row.id}"
    tx.session.add(entry)
    return job_of(row)


def _job(tx: Tx, job_id: JobId) -> Job | None:
    row = tx.session.get(JobRow, job_id) if 0 < job_id <= LARGEST_ID else None
    return None if row is None else job_of(row)


def _jobs(tx: Tx, chat: Place | None) -> list[Job]:
    wanted = select(JobRow).where(JobRow.state != JobState.REMOVED).order_by(col(JobRow.id))
    if chat is not None:
        wanted = wanted.where(
            JobRow.platform == chat.platform,
            JobRow.workspace == chat.workspace,
            JobRow.chat == chat.chat,
        )
    return [job_of(row) for row in tx.session.exec(wanted)]


def _change(tx: Tx, job: Job, audit: Entry, decision: Decision | None) -> Job | None:
    row = lock_job(tx, job.id)
    if row is None or row.revision != job.revision:
        return None
    change_row(tx, row, job, decision, audit)
    if decision is not None:
        decide_rows(tx, [job.id], decision, decider(audit), audit.at)
    tx.session.add(audit_row(audit))
    return job_of(row)


def _due(tx: Tx, now: datetime, limit: int) -> list[Job]:
    wanted = (
        select(JobRow)
        .where(
            JobRow.state == JobState.ACTIVE,
            col(JobRow.next_fire_time).is_not(None),
            col(JobRow.next_fire_time) <= now,
        )
        .order_by(col(JobRow.next_fire_time), col(JobRow.id))
        .limit(limit)
    )
    return [job_of(row) for row in tx.session.exec(wanted)]


def _next_due(tx: Tx) -> datetime | None:
    wanted = (
        select(JobRow.next_fire_time)
        .where(JobRow.state == JobState.ACTIVE, col(JobRow.next_fire_time).is_not(None))
        .order_by(col(JobRow.next_fire_time))
        .limit(1)
    )
    return tx.session.exec(wanted).first()
