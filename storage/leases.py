"""A run belongs to one worker while its lease lasts; what a vanished worker left is taken up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, exists, or_, select, update

from scheduler.failing import after_run
from scheduler.job import Job
from scheduler.run import Run, RunId, RunState
from storage.locks import lock_run, save_job, save_run
from storage.owing import owe_pause, owe_report
from storage.reserving import settle_attempt
from storage.rows import run_of
from storage.steps import moved, settle
from storage.tables import JOBS, RUNS
from storage.transaction import Tx, Verbs
from storage.unreadable import UNREADABLE, Unreadable

IN_DOUBT = "its worker vanished during the call: it may have been billed, and is not repeated"

_LEASED = RUNS.c.state.in_((RunState.CLAIMED, RunState.CALLING)) & RUNS.c.finished_at.is_(None)
# Whoever claims holds the job's row, so that two runs of one job never claim side by side.
_JOB_OF_RUN = (
    select(JOBS.c.id)
    .join(RUNS, RUNS.c.job_id == JOBS.c.id)
    .where(RUNS.c.id == bindparam("id"))
    .with_for_update(of=JOBS)
)
_OTHER = RUNS.alias("other")
_ANOTHER_RUNS = exists().where(
    _OTHER.c.job_id == RUNS.c.job_id,
    _OTHER.c.finished_at.is_(None),
    _OTHER.c.state.in_((RunState.CLAIMED, RunState.CALLING)),
)
_CLAIM = (
    update(RUNS)
    .where(RUNS.c.id == bindparam("key"), RUNS.c.state == RunState.PLANNED, ~_ANOTHER_RUNS)
    .values(state=RunState.CLAIMED)
    .returning(RUNS)
)
_EXTEND = (
    update(RUNS)
    .where(
        RUNS.c.worker == bindparam("mine"),
        RUNS.c.id.in_(bindparam("executing", expanding=True)),
        _LEASED,
    )
    .returning(RUNS)
)
_LAPSED = RUNS.c.lease_until <= bindparam("now")
_OTHERS = or_(_LAPSED, RUNS.c.worker != bindparam("mine"))
_VANISHED = (
    select(RUNS.c.id, RUNS.c.job_id).where(_LEASED, _LAPSED).order_by(RUNS.c.job_id, RUNS.c.id)
)
_ALL_OTHERS = (
    select(RUNS.c.id, RUNS.c.job_id).where(_LEASED, _OTHERS).order_by(RUNS.c.job_id, RUNS.c.id)
)


class LeaseVerbs(Verbs):
    async def claim(self, run_id: RunId, worker: str, lease: timedelta) -> Run | None:
        return await self._run(lambda tx: _claim(tx, run_id, worker, lease))

    async def extend(self, worker: str, executing: Sequence[RunId], lease: timedelta) -> list[Run]:
        if not executing:
            return []
        return await self._run(lambda tx: _extend(tx, worker, executing, lease))

    async def reap(self, worker: str, *, alone: bool) -> list[Run]:
        return await self._run(lambda tx: _reap(tx, worker, alone, self._unreadable))


def _claim(tx: Tx, run_id: RunId, worker: str, lease: timedelta) -> Run | None:
    tx.one(_JOB_OF_RUN, id=run_id)
    until = tx.lease_clock() + lease
    row = tx.one(_CLAIM, key=run_id, worker=worker, lease_until=until, started_at=tx.now)
    return None if row is None else run_of(row)


def _extend(tx: Tx, worker: str, executing: Sequence[RunId], lease: timedelta) -> list[Run]:
    until = tx.lease_clock() + lease
    rows = tx.all(_EXTEND, mine=worker, executing=list(executing), lease_until=until)
    return [run_of(row) for row in rows if row.cancel_asked_by is not None]


def _reap(tx: Tx, worker: str, alone: bool, unreadable: Unreadable) -> list[Run]:
    now = tx.lease_clock()
    found = tx.all(_ALL_OTHERS if alone else _VANISHED, now=now, mine=worker)
    left = []
    for row in found:
        try:
            locked = lock_run(tx, row.id)
        except UNREADABLE as error:
            unreadable.leave_out(row.job_id, error)
            continue
        if locked is not None and _is_left(locked[1], worker, alone, now):
            left.append(_take_up(tx, *locked))
    return left


def _is_left(run: Run, worker: str, alone: bool, now: datetime) -> bool:
    """Whether a run, now that its row is locked, is still what a vanished worker left."""
    if run.lease_until is None:
        return False
    return run.lease_until <= now or (alone and run.worker != worker)


def _take_up(tx: Tx, job: Job, run: Run) -> Run:
    """What never passed the gate is planned again; a request that may have left is in doubt."""
    if run.state is RunState.CLAIMED:
        left = replace(moved(run, RunState.PLANNED, tx.now), worker=None, started_at=None)
        save_run(tx, left)
        return left
    left = replace(moved(run, RunState.UNKNOWN, tx.now), error=IN_DOUBT)
    # All it reserved stays spent, so that no row of a day is locked before the next job.
    settle_attempt(tx, job, run, RunState.UNKNOWN, run.usage)
    save_run(tx, left)
    owe_report(tx, job.place, run.id)
    counted = after_run(job, left)
    if counted != job:
        save_job(tx, counted)
    owe_pause(tx, job, counted, left)
    settle(tx, counted)
    return left
