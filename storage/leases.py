"""A run belongs to one worker while its lease lasts; what a vanished worker left is taken up."""

from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import col, select, update

from scheduler.run import Run, RunId, RunState
from storage.locks import lock_run
from storage.owing import owe_report
from storage.rows import job_of, run_of
from storage.steps import move, settle
from storage.tables import RunRow
from storage.transaction import Tx, Verbs

LEASED = (RunState.CLAIMED, RunState.CALLING)
IN_DOUBT = "its worker vanished during the call: it may have been billed, and is not repeated"


class LeaseVerbs(Verbs):
    async def claim(self, run_id: RunId, worker: str, lease: timedelta) -> Run | None:
        return await self._run(lambda tx: _claim(tx, run_id, worker, lease))

    async def extend(self, worker: str, lease: timedelta) -> list[Run]:
        return await self._run(lambda tx: _extend(tx, worker, lease))

    async def reap(self, worker: str, *, alone: bool) -> list[Run]:
        return await self._run(lambda tx: _reap(tx, worker, alone))


def _claim(tx: Tx, run_id: RunId, worker: str, lease: timedelta) -> Run | None:
    taken = (
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.state) == RunState.PLANNED)
        .values(
            state=RunState.CLAIMED,
            worker=worker,
            lease_until=tx.lease_clock() + lease,
            started_at=tx.now,
        )
        .returning(RunRow)
    )
    row = tx.session.exec(taken).scalars().one_or_none()
    return None if row is None else run_of(row)


def _extend(tx: Tx, worker: str, lease: timedelta) -> list[Run]:
    extended = (
        update(RunRow)
        .where(
            col(RunRow.worker) == worker,
            col(RunRow.state).in_(LEASED),
            col(RunRow.finished_at).is_(None),
        )
        .values(lease_until=tx.lease_clock() + lease)
        .returning(RunRow)
    )
    rows = tx.session.exec(extended).scalars().all()
    return [run_of(row) for row in rows if row.cancel_asked_by is not None]


def _reap(tx: Tx, worker: str, alone: bool) -> list[Run]:
    now = tx.lease_clock()
    left = (
        _take_up(tx, run_id, worker, alone, now) for run_id in _vanished(tx, worker, alone, now)
    )
    return [run for run in left if run is not None]


def _vanished(tx: Tx, worker: str, alone: bool, now: datetime) -> list[RunId]:
    lapsed = col(RunRow.lease_until) <= now
    gone = or_(lapsed, col(RunRow.worker) != worker) if alone else lapsed
    wanted = (
        select(RunRow.id)
        .where(
            col(RunRow.state).in_(LEASED),
            col(RunRow.finished_at).is_(None),
            gone,
        )
        .order_by(col(RunRow.job_id), col(RunRow.id))
    )
    return [RunId(found) for found in tx.session.exec(wanted)]


def _take_up(tx: Tx, run_id: RunId, worker: str, alone: bool, now: datetime) -> Run | None:
    """What never passed the gate is planned again; a request that may have left is in doubt."""
    locked = lock_run(tx, run_id)
    if locked is None:
        return None
    job, run = locked
    gone = run.lease_until is not None and run.lease_until <= now
    if run.state not in LEASED or not (gone or (alone and run.worker != worker)):
        return None
    if run.state is RunState.CLAIMED:
        move(run, RunState.PLANNED, tx.now)
        run.worker = run.started_at = None
    else:
        move(run, RunState.UNKNOWN, tx.now)
        run.error = IN_DOUBT
        owe_report(tx, job_of(job), run_id)
        settle(tx, job)
    return run_of(run)
