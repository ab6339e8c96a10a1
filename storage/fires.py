"""Fires become runs: a fire time of a job is recorded once, whoever ticks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from scheduler.errors import UserError
from scheduler.job import Job, JobId, JobState
from scheduler.outbox import Owed
from scheduler.ports import Entry, Planned
from scheduler.run import FOLLOWS, Run, RunId, RunKind, RunState
from storage.locks import lock_job
from storage.owing import owe
from storage.rows import audit_row, run_of
from storage.steps import settle
from storage.tables import JobRow, RunRow
from storage.transaction import Tx, Verbs


class FireVerbs(Verbs):
    async def plan(
        self,
        job: Job,
        planned: Sequence[Planned],
        next_fire_time: datetime | None,
        owed: Sequence[Owed] = (),
    ) -> list[Run]:
        return await self._run(lambda tx: _plan(tx, job, planned, next_fire_time, owed))

    async def plan_manual(self, job_id: JobId, at: datetime, audit: Entry) -> Run:
        return await self._run(lambda tx: _plan_manual(tx, job_id, at, audit))

    async def planned(self) -> list[RunId]:
        return await self._run(_planned)


def _plan(
    tx: Tx,
    job: Job,
    planned: Sequence[Planned],
    next_fire_time: datetime | None,
    owed: Sequence[Owed],
) -> list[Run]:
    row = lock_job(tx, job.id)
    if row is None or row.state is not JobState.ACTIVE or row.next_fire_time is None:
        return []
    if row.next_fire_time != job.next_fire_time:
        return []
    runs = [
        _new_run(tx, row, fire.fire_time, RunKind.SCHEDULED, fire.state, fire.note)
        for fire in planned
        if not _is_taken(tx, row, fire.fire_time)
    ]
    tx.session.add_all(runs)
    tx.session.flush()
    row.next_fire_time = next_fire_time
    owe(tx, owed)
    settle(tx, row)
    return [run_of(run) for run in runs]


def _plan_manual(tx: Tx, job_id: JobId, at: datetime, audit: Entry) -> Run:
    row = lock_job(tx, job_id)
    if row is None or row.state is JobState.REMOVED:
        raise UserError(f"job {job_id} was removed", "/jobs list shows the jobs of this chat")
    while _is_taken(tx, row, at):
        at += timedelta.resolution
    run = _new_run(tx, row, at, RunKind.MANUAL, RunState.PLANNED, None)
    tx.session.add(run)
    tx.session.add(audit_row(audit))
    tx.session.flush()
    return run_of(run)


def _new_run(
    tx: Tx, job: JobRow, at: datetime, kind: RunKind, state: RunState, note: str | None
) -> RunRow:
    return RunRow(
        job_id=job.id,
        fire_time=at,
        kind=kind,
        state=state,
        note=note,
        finished_at=None if FOLLOWS[state] else tx.now,
    )


def _is_taken(tx: Tx, job: JobRow, at: datetime) -> bool:
    # The job's row is locked, so that nobody takes it between this question and the insert.
    wanted = select(RunRow.id).where(RunRow.job_id == job.id, RunRow.fire_time == at)
    return tx.session.exec(wanted).first() is not None


def _planned(tx: Tx) -> list[RunId]:
    wanted = (
        select(RunRow.id)
        .where(RunRow.state == RunState.PLANNED, col(RunRow.finished_at).is_(None))
        .order_by(col(RunRow.fire_time), col(RunRow.id))
    )
    return [RunId(found) for found in tx.session.exec(wanted)]
