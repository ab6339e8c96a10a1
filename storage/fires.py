"""Fires become runs: a fire time of a job is recorded once, whoever ticks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from scheduler.errors import UserError
from scheduler.job import Job, JobId, JobState
from scheduler.outbox import Owed
from scheduler.ports import Entry, Planned
from scheduler.run import FOLLOWS, Run, RunId, RunKind, RunState
from storage.auditing import name_of, note
from storage.locks import lock_job, lock_run, save_run
from storage.owing import owe
from storage.rows import run_columns
from storage.steps import in_flight, must_rest, settle
from storage.tables import JOBS, RUNS
from storage.transaction import Tx, Verbs

OVERLAP = "the run before it was still going"

_TAKEN = select(RUNS.c.id).where(
    RUNS.c.job_id == bindparam("job"), RUNS.c.fire_time == bindparam("at")
)
_ADVANCE = update(JOBS).where(JOBS.c.id == bindparam("key"))
_PLANNED = (
    select(RUNS.c.id)
    .where(RUNS.c.state == RunState.PLANNED, RUNS.c.finished_at.is_(None))
    .order_by(RUNS.c.fire_time, RUNS.c.id)
)


class FireVerbs(Verbs):
    async def plan(
        self,
        job: Job,
        planned: Sequence[Planned],
        next_fire_time: datetime | None,
        owed: Sequence[Owed] = (),
    ) -> list[Run]:
        return await self._run(lambda tx: _plan(tx, job, planned, next_fire_time, owed))

    async def plan_manual(
        self, job_id: JobId, at: datetime, audit: Entry, *, again: RunId | None = None
    ) -> Run:
        return await self._run(lambda tx: _plan_manual(tx, job_id, at, audit, again))

    async def planned(self) -> list[RunId]:
        return await self._run(lambda tx: [RunId(row.id) for row in tx.all(_PLANNED)])


def _plan(
    tx: Tx,
    job: Job,
    planned: Sequence[Planned],
    next_fire_time: datetime | None,
    owed: Sequence[Owed],
) -> list[Run]:
    now = lock_job(tx, job.id)
    if now is None or now.state is not JobState.ACTIVE or now.next_fire_time is None:
        return []
    if now.next_fire_time != job.next_fire_time:
        return []
    # A job's last fire is never skipped: it waits until the run before it is over.
    busy = next_fire_time is not None and in_flight(tx, now.id) is not None
    fires = [_overlapped(fire) if busy else fire for fire in planned]
    runs = [
        _insert(tx, now.id, fire.fire_time, RunKind.SCHEDULED, fire.state, fire.note)
        for fire in fires
        if not _is_taken(tx, now.id, fire.fire_time)
    ]
    tx.do(_ADVANCE, key=now.id, next_fire_time=next_fire_time)
    owe(tx, owed)
    if next_fire_time is None:
        settle(tx, replace(now, next_fire_time=None))
    return runs


def _overlapped(fire: Planned) -> Planned:
    if fire.state is not RunState.PLANNED:
        return fire
    return replace(fire, state=RunState.OVERLAPPED, note=OVERLAP)


def _plan_manual(tx: Tx, job_id: JobId, at: datetime, audit: Entry, again: RunId | None) -> Run:
    run = plan_by_hand(tx, job_id, at)
    if again is not None:
        _decide(tx, again, job_id, audit)
    note(tx, audit)
    return run


def plan_by_hand(tx: Tx, job_id: JobId, at: datetime) -> Run:
    """A run of kind manual, with a fire time of its own."""
    job = lock_job(tx, job_id)
    if job is None or job.state is JobState.REMOVED:
        raise UserError(f"job {job_id} was removed", "/jobs list shows the jobs of this chat")
    must_rest(tx, job_id)
    while _is_taken(tx, job_id, at):
        at += timedelta.resolution
    return _insert(tx, job_id, at, RunKind.MANUAL, RunState.PLANNED, None)


def _decide(tx: Tx, run_id: RunId, job_id: JobId, audit: Entry) -> None:
    """A run in doubt is run again once; raises UserError where somebody has decided about it."""
    locked = lock_run(tx, run_id)
    if locked is None or not locked[1].in_doubt:
        decided = locked[1].decided if locked else None
        raise UserError(
            f"that run of job {job_id} was {decided or 'decided about'} already",
            f"'/jobs run {job_id}' starts a new one",
        )
    save_run(tx, replace(locked[1], decided=f"run again by {name_of(audit)}"))


def _insert(
    tx: Tx, job_id: JobId, at: datetime, kind: RunKind, state: RunState, note: str | None
) -> Run:
    over = None if FOLLOWS[state] else tx.now
    run = Run(RunId(0), job_id, at, kind, state, note=note, finished_at=over)
    return replace(run, id=RunId(tx.insert(RUNS, **run_columns(run))))


def _is_taken(tx: Tx, job_id: JobId, at: datetime) -> bool:
    # The job's row is locked, so that nobody takes it between this question and the insert.
    return tx.one(_TAKEN, job=job_id, at=at) is not None
