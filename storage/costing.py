"""What every job has cost, what is held of it, and what its latest good runs took."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import String, and_, bindparam, case, func, or_, select

from scheduler.job import JobId, Place
from scheduler.rate import Recent, Waiting
from scheduler.run import CostSource, RunId, RunState
from scheduler.spend import Cost
from storage.tables import CALLS, JOBS, RUNS
from storage.transaction import Tx, Verbs

_AMOUNT = func.coalesce(CALLS.c.settled, CALLS.c.reserved)
_OPEN = CALLS.c.settled.is_(None)
# A request that kept all it had reserved, of a run whose outcome or cost nobody knows. One of its
# attempts may be known all the same: what the provider refused counts as nothing.
_DOUBTED = and_(
    or_(RUNS.c.state == RunState.UNKNOWN, RUNS.c.cost.is_(None)),
    CALLS.c.settled == CALLS.c.reserved,
)
_SOURCE = case(
    (_DOUBTED, CostSource.UNKNOWN.value),
    (RUNS.c.cost_source == CostSource.BILLED, CostSource.BILLED.value),
    else_=CostSource.ESTIMATED.value,
)
# Without a day to split at, each day is told apart.
_SPLIT = bindparam("split", type_=String())
_SINCE = bindparam("since", type_=String())
_DAY = case(
    (_SPLIT.is_(None), CALLS.c.day),
    (CALLS.c.day >= _SPLIT, _SPLIT),
    else_=_SINCE,
)
_COSTS = (
    select(
        RUNS.c.job_id,
        _DAY.label("counted_on"),
        _SOURCE.label("source"),
        _OPEN.label("open"),
        func.sum(_AMOUNT).label("amount"),
        func.count(RUNS.c.id.distinct()).label("runs"),
    )
    .join(RUNS, RUNS.c.id == CALLS.c.run_id)
    .where(CALLS.c.day >= _SINCE, Decimal(0) < _AMOUNT)
    .group_by(RUNS.c.job_id, "counted_on", "source", "open")
    .order_by("counted_on", RUNS.c.job_id)
)
_OF_JOB = _COSTS.where(RUNS.c.job_id == bindparam("job"))
_OF_CHAT = _COSTS.join(JOBS, JOBS.c.id == RUNS.c.job_id).where(
    JOBS.c.platform == bindparam("platform"),
    JOBS.c.workspace == bindparam("workspace"),
    JOBS.c.chat == bindparam("chat"),
)

_COUNTED = (
    select(CALLS.c.run_id, func.sum(_AMOUNT).label("amount"))
    .where(CALLS.c.run_id.in_(bindparam("runs", expanding=True)))
    .group_by(CALLS.c.run_id)
)

_HELD = (
    select(
        RUNS.c.job_id,
        RUNS.c.hold_reason,
        func.count().label("fires"),
        func.max(RUNS.c.id).label("latest"),
    )
    .where(RUNS.c.finished_at.is_(None), RUNS.c.state == RunState.HELD)
    .group_by(RUNS.c.job_id, RUNS.c.hold_reason)
    .subquery()
)
_WAITING = (
    select(_HELD, RUNS.c.route)
    .join(RUNS, RUNS.c.id == _HELD.c.latest)
    .order_by(_HELD.c.job_id, _HELD.c.hold_reason)
)

_RANKED = (
    select(
        RUNS.c.job_id,
        RUNS.c.route,
        RUNS.c.input_tokens,
        RUNS.c.output_tokens,
        RUNS.c.cost,
        func.row_number()
        .over(partition_by=RUNS.c.job_id, order_by=RUNS.c.fire_time.desc())
        .label("rank"),
    )
    .where(
        RUNS.c.job_id.in_(bindparam("jobs", expanding=True)),
        RUNS.c.fire_time >= bindparam("since"),
        RUNS.c.state == RunState.SUCCEEDED,
    )
    .subquery()
)
_RECENT = (
    select(_RANKED)
    .where(_RANKED.c.rank <= bindparam("most"))
    .order_by(_RANKED.c.job_id, _RANKED.c.rank)
)


class CostVerbs(Verbs):
    async def costs(
        self,
        since: str,
        chat: Place | None = None,
        job: JobId | None = None,
        split: str | None = None,
    ) -> list[Cost]:
        return await self._run(lambda tx: _costs(tx, since, chat, job, split))

    async def counted(self, run_ids: Sequence[RunId]) -> dict[RunId, Decimal]:
        return await self._run(
            lambda tx: {
                RunId(row.run_id): row.amount for row in tx.all(_COUNTED, runs=list(run_ids))
            }
        )

    async def waiting(self) -> list[Waiting]:
        return await self._run(
            lambda tx: [
                Waiting(JobId(row.job_id), row.hold_reason, row.fires, row.route)
                for row in tx.all(_WAITING)
                if row.hold_reason is not None
            ]
        )

    async def recent(
        self, job_ids: Sequence[JobId], since: datetime, most: int
    ) -> dict[JobId, list[Recent]]:
        return await self._run(lambda tx: _recent(tx, job_ids, since, most))


def _costs(
    tx: Tx, since: str, chat: Place | None, job: JobId | None, split: str | None
) -> list[Cost]:
    spans = {"since": since, "split": split}
    if job is not None:
        rows = tx.all(_OF_JOB, job=job, **spans)
    elif chat is not None:
        place = {"platform": chat.platform, "workspace": chat.workspace, "chat": chat.chat}
        rows = tx.all(_OF_CHAT, **spans, **place)
    else:
        rows = tx.all(_COSTS, **spans)
    return [
        Cost(
            JobId(row.job_id),
            row.counted_on,
            CostSource(row.source),
            row.amount,
            bool(row.open),
            row.runs,
        )
        for row in rows
    ]


def _recent(
    tx: Tx, job_ids: Sequence[JobId], since: datetime, most: int
) -> dict[JobId, list[Recent]]:
    found: dict[JobId, list[Recent]] = {}
    for row in tx.all(_RECENT, jobs=list(job_ids), since=since, most=most):
        run = Recent(row.route, row.input_tokens, row.output_tokens, row.cost)
        found.setdefault(JobId(row.job_id), []).append(run)
    return found
