"""Runs as they stand: one, the latest, the held, the ones in flight."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from scheduler.job import JobId
from scheduler.run import Run, RunId, RunState
from storage.rows import run_of
from storage.tables import CALLS, RUNS
from storage.transaction import Tx, Verbs

_RUN = select(RUNS).where(RUNS.c.id == bindparam("id"))
_HISTORY = (
    select(RUNS)
    .where(RUNS.c.job_id == bindparam("job"))
    .order_by(RUNS.c.fire_time.desc(), RUNS.c.id.desc())
    .limit(bindparam("limit"))
)
_HELD = (
    select(RUNS)
    .where(
        RUNS.c.job_id.in_(bindparam("jobs", expanding=True)),
        RUNS.c.finished_at.is_(None),
        RUNS.c.state == RunState.HELD,
    )
    .order_by(RUNS.c.job_id, RUNS.c.fire_time, RUNS.c.id)
)
_IN_FLIGHT = (
    select(RUNS)
    .where(
        RUNS.c.job_id == bindparam("job"),
        RUNS.c.finished_at.is_(None),
        RUNS.c.state.in_(tuple(state for state in RunState if state.in_flight)),
    )
    .order_by(RUNS.c.fire_time, RUNS.c.id)
)

_RANKED = (
    select(
        RUNS.c.job_id,
        RUNS.c.input_tokens,
        RUNS.c.output_tokens,
        func.row_number()
        .over(partition_by=RUNS.c.job_id, order_by=RUNS.c.fire_time.desc())
        .label("rank"),
    )
    .where(
        RUNS.c.job_id.in_(bindparam("jobs", expanding=True)),
        RUNS.c.state == RunState.SUCCEEDED,
        RUNS.c.input_tokens.is_not(None),
        RUNS.c.output_tokens.is_not(None),
    )
    .subquery()
)
_USED = select(_RANKED).where(_RANKED.c.rank <= bindparam("most"))

_CALLED = select(func.count()).where(CALLS.c.run_id.in_(bindparam("runs", expanding=True)))


class HistoryVerbs(Verbs):
    async def run(self, run_id: RunId) -> Run | None:
        return await self._run(lambda tx: _run(tx, run_id))

    async def history(self, job_id: JobId, limit: int) -> list[Run]:
        return await self._run(
            lambda tx: [run_of(row) for row in tx.all(_HISTORY, job=job_id, limit=limit)]
        )

    async def held(self, job_ids: Sequence[JobId]) -> dict[JobId, list[Run]]:
        return await self._run(lambda tx: _held(tx, job_ids))

    async def usages(
        self, job_ids: Sequence[JobId], most: int
    ) -> dict[JobId, list[tuple[int, int]]]:
        return await self._run(lambda tx: _usages(tx, job_ids, most))

    async def calls(self, run_ids: Sequence[RunId]) -> int:
        return await self._run(
            lambda tx: int(tx.connection.execute(_CALLED, {"runs": list(run_ids)}).scalar_one())
        )

    async def in_flight(self, job_id: JobId) -> list[Run]:
        return await self._run(lambda tx: [run_of(row) for row in tx.all(_IN_FLIGHT, job=job_id)])


def _run(tx: Tx, run_id: RunId) -> Run | None:
    row = tx.one(_RUN, id=run_id)
    return None if row is None else run_of(row)


def _held(tx: Tx, job_ids: Sequence[JobId]) -> dict[JobId, list[Run]]:
    found: dict[JobId, list[Run]] = {}
    for row in tx.all(_HELD, jobs=list(job_ids)):
        found.setdefault(JobId(row.job_id), []).append(run_of(row))
    return found


def _usages(tx: Tx, job_ids: Sequence[JobId], most: int) -> dict[JobId, list[tuple[int, int]]]:
    found: dict[JobId, list[tuple[int, int]]] = {}
    for row in tx.all(_USED, jobs=list(job_ids), most=most):
        found.setdefault(JobId(row.job_id), []).append((row.input_tokens, row.output_tokens))
    return found
