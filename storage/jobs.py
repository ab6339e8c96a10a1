"""Jobs: adding, finding and changing them, each in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select

from scheduler.alert import Decision
from scheduler.job import Job, JobId, JobState, Place
from scheduler.ports import Entry
from storage.alert_rows import decide_rows
from storage.auditing import name_of, note
from storage.changing import write_change
from storage.locks import LARGEST_ID, lock_job
from storage.rows import job_columns, job_of
from storage.tables import JOBS
from storage.transaction import Tx, Verbs
from storage.unreadable import UNREADABLE, Unreadable

_JOB = select(JOBS).where(JOBS.c.id == bindparam("id"))
_READABLE = JOBS.c.id.not_in(bindparam("unreadable", expanding=True))
_JOBS = select(JOBS).where(JOBS.c.state != JobState.REMOVED, _READABLE).order_by(JOBS.c.id)
_JOBS_OF_CHAT = _JOBS.where(
    JOBS.c.platform == bindparam("platform"),
    JOBS.c.workspace == bindparam("workspace"),
    JOBS.c.chat == bindparam("chat"),
)
# "IS NOT NULL" is what lets the partial index answer; without it every job would be read.
_WAITING = (JOBS.c.state == JobState.ACTIVE) & JOBS.c.next_fire_time.is_not(None)
_DUE = (
    select(JOBS)
    .where(_WAITING, _READABLE, JOBS.c.next_fire_time <= bindparam("now"))
    .order_by(JOBS.c.next_fire_time, JOBS.c.id)
    .limit(bindparam("limit"))
)
_NEXT_DUE = (
    select(JOBS.c.next_fire_time)
    .where(_WAITING, _READABLE)
    .order_by(JOBS.c.next_fire_time)
    .limit(1)
)


class JobVerbs(Verbs):
    async def add(self, job: Job, audit: Entry) -> Job:
        return await self._run(lambda tx: add_job(tx, job, audit))

    async def job(self, job_id: JobId) -> Job | None:
        return await self._run(lambda tx: read_job(tx, job_id))

    async def jobs(self, chat: Place | None = None) -> list[Job]:
        return await self._run(lambda tx: _jobs(tx, chat, self._unreadable))

    async def change(
        self, job: Job, audit: Entry, *, decision: Decision | None = None
    ) -> Job | None:
        return await self._run(lambda tx: _change(tx, job, audit, decision))

    async def change_together(self, changes: Sequence[tuple[Job, Entry]]) -> list[Job] | None:
        try:
            return await self._run(lambda tx: _change_together(tx, changes))
        except _Stale:
            return None

    async def due(self, now: datetime, limit: int) -> list[Job]:
        return await self._run(
            lambda tx: _readable(tx, self._unreadable, _DUE, now=now, limit=limit)
        )

    async def next_due(self) -> datetime | None:
        return await self._run(lambda tx: _next_due(tx, self._unreadable))


def add_job(tx: Tx, job: Job, audit: Entry) -> Job:
    """Store a new job and its entry of the audit."""
    fresh = replace(job, revision=1, consent_revision=1)
    added = replace(fresh, id=JobId(tx.insert(JOBS, **job_columns(fresh))))
    # Before a job has its number, nobody can name it in the audit.
    named = replace(audit, object=f"job {added.id}") if audit.object == "job" else audit
    note(tx, named)
    return added


def read_job(tx: Tx, job_id: JobId) -> Job | None:
    """A job as it stands, without waiting for whoever has it locked."""
    row = tx.one(_JOB, id=job_id) if 0 < job_id <= LARGEST_ID else None
    return None if row is None else job_of(row)


def _jobs(tx: Tx, chat: Place | None, unreadable: Unreadable) -> list[Job]:
    if chat is None:
        return _readable(tx, unreadable, _JOBS)
    one = {"platform": chat.platform, "workspace": chat.workspace, "chat": chat.chat}
    return _readable(tx, unreadable, _JOBS_OF_CHAT, **one)


def _readable(tx: Tx, unreadable: Unreadable, jobs: Select[Any], **values: Any) -> list[Job]:
    """The jobs of a statement; those that cannot be read are found one by one and left out."""
    known = unreadable.ids
    try:
        return [job_of(row) for row in tx.all(jobs, unreadable=known, **values)]
    except UNREADABLE:
        for row in tx.all(jobs.with_only_columns(JOBS.c.id), unreadable=known, **values):
            try:
                read_job(tx, JobId(row.id))
            except UNREADABLE as error:
                unreadable.leave_out(row.id, error)
    if unreadable.ids == known:
        raise LookupError("some jobs cannot be read together, though each can be alone")
    return _readable(tx, unreadable, jobs, **values)


def _change(tx: Tx, job: Job, audit: Entry, decision: Decision | None) -> Job | None:
    before = lock_job(tx, job.id)
    if before is None or before.revision != job.revision:
        return None
    after = write_change(tx, before, job, decision, audit)
    if decision is not None:
        decide_rows(tx, [job.id], decision, name_of(audit), audit.at)
    note(tx, audit)
    return after


def _change_together(tx: Tx, changes: Sequence[tuple[Job, Entry]]) -> list[Job]:
    changed: list[Job] = []
    for job, audit in sorted(changes, key=lambda change: change[0].id):
        # One press has one effect: the first entry settles the button for all.
        entry = replace(audit, button=None) if changed else audit
        after = _change(tx, job, entry, None)
        if after is None:
            raise _Stale
        changed.append(after)
    return changed


class _Stale(Exception):
    """Somebody else changed one of the jobs meanwhile: the whole transaction is undone."""


def _next_due(tx: Tx, unreadable: Unreadable) -> datetime | None:
    row = tx.one(_NEXT_DUE, unreadable=unreadable.ids)
    return None if row is None else row.next_fire_time
