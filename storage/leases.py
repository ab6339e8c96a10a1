"""A run belongs to one worker while its lease lasts; what a vanished worker left is taken up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update

from scheduler.run import Run, RunId, RunState
from storage.locks import lock_run, save_run
from storage.owing import owe_report
from storage.rows import run_of
from storage.steps import moved, settle
from storage.tables import RUNS
from storage.transaction import Tx, Verbs

IN_DOUBT = "its worker vanished during the call: it may have been billed, and is not repeated"

_LEASED = RUNS.c.state.in_((RunState.CLAIMED, RunState.CALLING)) & RUNS.c.finished_at.is_(None)
_CLAIM = (
    update(RUNS)
    .where(RUNS.c.id == bindparam("key"), RUNS.c.state == RunState.PLANNED)
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
_VANISHED = select(RUNS.c.id).where(_LEASED, _LAPSED).order_by(RUNS.c.job_id, RUNS.c.id)
_ALL_OTHERS = select(RUNS.c.id).where(_LEASED, _OTHERS).order_by(RUNS.c.job_id, RUNS.c.id)


class LeaseVerbs(Verbs):
    async def claim(self, run_id: RunId, worker: str, lease: timedelta) -> Run | None:
        return await self._run(lambda tx: _claim(tx, run_id, worker, lease))

    async def extend(self, worker: str, executing: Sequence[RunId], lease: timedelta) -> list[Run]:
        if not executing:
            return []
        return await self._run(lambda tx: _extend(tx, worker, executing, lease))

    async def reap(self, worker: str, *, alone: bool) -> list[Run]:
        return await self._run(lambda tx: _reap(tx, worker, alone))


def _claim(tx: Tx, run_id: RunId, worker: str, lease: timedelta) -> Run | None:
    until = tx.lease_clock() + lease
    row = tx.one(_CLAIM, key=run_id, worker=worker, lease_until=until, started_at=tx.now)
    return None if row is None else run_of(row)


def _extend(tx: Tx, worker: str, executing: Sequence[RunId], lease: timedelta) -> list[Run]:
    until = tx.lease_clock() + lease
    rows = tx.all(_EXTEND, mine=worker, executing=list(executing), lease_until=until)
    return [run_of(row) for row in rows if row.cancel_asked_by is not None]


def _reap(tx: Tx, worker: str, alone: bool) -> list[Run]:
    now = tx.lease_clock()
    found = tx.all(_ALL_OTHERS if alone else _VANISHED, now=now, mine=worker)
    left = (_take_up(tx, RunId(row.id), worker, alone, now) for row in found)
    return [run for run in left if run is not None]


def _take_up(tx: Tx, run_id: RunId, worker: str, alone: bool, now: datetime) -> Run | None:
    """What never passed the gate is planned again; a request that may have left is in doubt."""
    locked = lock_run(tx, run_id)
    if locked is None:
        return None
    job, run = locked
    if run.lease_until is None:
        return None
    if run.lease_until > now and not (alone and run.worker != worker):
        return None
    if run.state is RunState.CLAIMED:
        left = replace(moved(run, RunState.PLANNED, tx.now), worker=None, started_at=None)
        save_run(tx, left)
        return left
    left = replace(moved(run, RunState.UNKNOWN, tx.now), error=IN_DOUBT)
    save_run(tx, left)
    owe_report(tx, job.place, run_id)
    settle(tx, job)
    return left
