"""Runs as they stand: one, the latest, the held, the ones in flight."""

from collections.abc import Sequence

from sqlmodel import col, select

from scheduler.job import JobId
from scheduler.run import Run, RunId, RunState
from storage.locks import LARGEST_ID
from storage.rows import run_of
from storage.tables import RunRow
from storage.transaction import Tx, Verbs

IN_FLIGHT = tuple(state for state in RunState if state.in_flight)


class HistoryVerbs(Verbs):
    async def run(self, run_id: RunId) -> Run | None:
        return await self._run(lambda tx: _run(tx, run_id))

    async def history(self, job_id: JobId, limit: int) -> list[Run]:
        return await self._run(lambda tx: _history(tx, job_id, limit))

    async def held(self, job_ids: Sequence[JobId]) -> dict[JobId, list[Run]]:
        return await self._run(lambda tx: _held(tx, job_ids))

    async def in_flight(self, job_id: JobId) -> list[Run]:
        return await self._run(lambda tx: _in_flight(tx, job_id))


def _run(tx: Tx, run_id: RunId) -> Run | None:
    row = tx.session.get(RunRow, run_id) if 0 < run_id <= LARGEST_ID**2 else None
    return None if row is None else run_of(row)


def _history(tx: Tx, job_id: JobId, limit: int) -> list[Run]:
    wanted = (
        select(RunRow)
        .where(RunRow.job_id == job_id)
        .order_by(col(RunRow.fire_time).desc(), col(RunRow.id).desc())
        .limit(limit)
    )
    return [run_of(row) for row in tx.session.exec(wanted)]


def _held(tx: Tx, job_ids: Sequence[JobId]) -> dict[JobId, list[Run]]:
    wanted = (
        select(RunRow)
        .where(
            col(RunRow.job_id).in_(job_ids),
            col(RunRow.finished_at).is_(None),
            RunRow.state == RunState.HELD,
        )
        .order_by(col(RunRow.job_id), col(RunRow.fire_time), col(RunRow.id))
    )
    found: dict[JobId, list[Run]] = {}
    for row in tx.session.exec(wanted):
        found.setdefault(JobId(row.job_id), []).append(run_of(row))
    return found


def _in_flight(tx: Tx, job_id: JobId) -> list[Run]:
    wanted = (
        select(RunRow)
        .where(
            RunRow.job_id == job_id,
            col(RunRow.finished_at).is_(None),
            col(RunRow.state).in_(IN_FLIGHT),
        )
        .order_by(col(RunRow.fire_time), col(RunRow.id))
    )
    return [run_of(row) for row in tx.session.exec(wanted)]
