"""The gate reserves what a request may cost under every cap; the end of its attempt settles that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, select, update

from scheduler.caps import OF_A_DAY, Cap
from scheduler.job import Job
from scheduler.outbox import Owed, OwedKind
from scheduler.run import Run, RunId, RunState, Usage
from scheduler.spend import Reached, Reservation, Spent, keys, reached, settled, warned
from storage.owing import owe
from storage.tables import CALLS, RUNS, SPENDING
from storage.transaction import Tx

NOTHING = Decimal(0)

STILL_COUNTS = timedelta(days=2)
"""In every zone that covers today, which caps look at, and yesterday, which may still be settled."""

Under = tuple[str, Cap, str]
"""Where something counts: a day, a cap, and the key under it."""

_RANK = {cap: number for number, cap in enumerate(Cap)}
THIS = and_(
    SPENDING.c.day == bindparam("on"),
    SPENDING.c.cap == bindparam("of"),
    SPENDING.c.key == bindparam("by"),
)
_SAVE = update(SPENDING).where(THIS)
_OF_CHAT = and_(
    SPENDING.c.cap == Cap.CHAT_DAY,
    SPENDING.c.key == bindparam("by"),
    SPENDING.c.day >= bindparam("since"),
)
_DAYS_OF_CHAT = select(SPENDING.c.day).where(_OF_CHAT)
_FORGET_CHAT = delete(SPENDING).where(_OF_CHAT)
_CALLS_OF_CHAT = update(CALLS).where(
    # Of few runs: what is settled stays where it counted.
    CALLS.c.run_id.in_(select(RUNS.c.id).where(RUNS.c.finished_at.is_(None))),
    CALLS.c.chat == bindparam("old"),
    CALLS.c.settled.is_(None),
)
_SPENT_BY = (
    select(func.sum(func.coalesce(CALLS.c.settled, CALLS.c.reserved)))
    .where(CALLS.c.run_id == bindparam("run"))
    .scalar_subquery()
)
_OF_RUN = select(_SPENT_BY.label("spent"))
_RUN_AT_GATE = select(
    _SPENT_BY.label("spent"),
    select(SPENDING.c.raised).where(THIS).scalar_subquery().label("raised"),
)
_UNSETTLED = (
    select(CALLS)
    .where(
        CALLS.c.run_id == bindparam("run"),
        CALLS.c.attempt == bindparam("attempt"),
        CALLS.c.settled.is_(None),
    )
    .order_by(CALLS.c.step)
)
_SETTLE = update(CALLS).where(
    CALLS.c.run_id == bindparam("run"),
    CALLS.c.attempt == bindparam("number"),
    CALLS.c.step == bindparam("which"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stood under the caps of a request when the gate looked; its rows stay locked."""

    day: str
    keys: dict[Cap, str]
    spent: Spent


def standing(tx: Tx, job: Job, run: Run, day: str, asked: Decimal) -> Standing:
    """Lock what a day has spent under the caps of this job.

    What asks for nothing needs none of it. What a run may spend is no sum of several runs: its own
    lock is enough.
    """
    by = keys(job)
    if not asked:
        return Standing(day, by, Spent())
    amounts, raised = {Cap.RUN: NOTHING}, {Cap.RUN: NOTHING}
    of_run = tx.one(_RUN_AT_GATE, run=run.id, on=day, of=Cap.RUN, by=by[Cap.RUN])
    if of_run is not None:
        amounts[Cap.RUN] = of_run.spent or NOTHING
        raised[Cap.RUN] = of_run.raised or NOTHING
    rows = lock(tx, ((day, cap, by[cap]) for cap in OF_A_DAY)).values()
    amounts |= {row.cap: row.amount for row in rows}
    raised |= {row.cap: row.raised for row in rows}
    return Standing(day, by, Spent(amounts, raised, frozenset(r.cap for r in rows if r.warned)))


def over_cap(found: Standing, reservation: Reservation) -> Reached | None:
    over = reached(reservation.caps, found.spent, reservation.asked)
    return None if over is None else replace(over, day=found.day)


def reserve(tx: Tx, job: Job, found: Standing, reservation: Reservation) -> None:
    """Count a request that may leave under every cap of its day, and warn where one comes near."""
    if not reservation.asked:
        return
    count(tx, {(found.day, cap, found.keys[cap]): reservation.asked for cap in OF_A_DAY})
    near = warned(reservation.caps, found.spent, reservation.asked)
    for each in near:
        tx.do(_SAVE, on=found.day, of=each.cap, by=found.keys[each.cap], warned=True)
    owe(tx, (_warning(job, each, found.day, reservation) for each in near))


def settle_attempt(
    tx: Tx, job: Job, run: Run, state: RunState, usage: Usage, free_from: int | None = None
) -> None:
    """The requests of an attempt that is over count as what they cost, or as all they reserved.

    Those from the number `free_from` on certainly cost nothing.
    """
    calls = tx.all(_UNSETTLED, run=run.id, attempt=run.attempt)
    free = sum(free_from is not None and row.step >= free_from for row in calls)
    amounts = settled([row.reserved for row in calls], state, usage, free)
    by = keys(job)
    changed: defaultdict[Under, Decimal] = defaultdict(Decimal)
    ends = []
    for row, amount in zip(calls, amounts, strict=True):
        place = {"run": run.id, "number": run.attempt, "which": row.step}
        ends.append({**place, "settled": amount})
        for cap in OF_A_DAY:
            key = row.chat if cap is Cap.CHAT_DAY else by[cap]
            changed[row.day, cap, key] += amount - row.reserved
    tx.each(_SETTLE, ends)
    count(tx, {under: delta for under, delta in changed.items() if delta})


def move_spending(tx: Tx, old: str, new: str) -> None:
    """What a chat has spent goes along when the chat gets another key: that of days that still count.

    The jobs of the chat are locked.
    """
    since = (tx.now - STILL_COUNTS).date().isoformat()
    days = [row.day for row in tx.all(_DAYS_OF_CHAT, by=old, since=since)]
    rows = lock(tx, ((day, Cap.CHAT_DAY, key) for day in days for key in (old, new)))
    for day in days:
        left, there = rows[day, Cap.CHAT_DAY, old], rows[day, Cap.CHAT_DAY, new]
        amounts = {"amount": left.amount + there.amount, "raised": left.raised + there.raised}
        told = left.warned or there.warned
        tx.do(_SAVE, on=day, of=Cap.CHAT_DAY, by=new, **amounts, warned=told)
    tx.do(_FORGET_CHAT, by=old, since=since)
    tx.do(_CALLS_OF_CHAT, old=old, chat=new)


def lock(tx: Tx, places: Iterable[Under]) -> dict[Under, Row[Any]]:
    """The rows of these places as they stand now, kept from everybody else; new where they are missing."""
    return count(tx, dict.fromkeys(places, NOTHING))


def count(tx: Tx, amounts: Mapping[Under, Decimal]) -> dict[Under, Row[Any]]:
    """Add to what counts in these places. One row after the other is made or locked, by day, by cap as
    it is looked at, by key: nobody who comes this way waits in a circle.
    """
    ordered = sorted(amounts, key=lambda under: (under[0], _RANK[under[1]], under[2]))
    rows = [
        {"day": day, "cap": cap, "key": key, "raised": NOTHING, "warned": False}
        | {"amount": amounts[day, cap, key]}
        for day, cap, key in ordered
    ]
    found = tx.insert_or_add(SPENDING, rows, "amount")
    return {(row.day, row.cap, row.key): row for row in found}


def spent_by(tx: Tx, run_id: RunId) -> Decimal:
    """What the requests of a run count as, those of all its attempts."""
    row = tx.one(_OF_RUN, run=run_id)
    return NOTHING if row is None or row.spent is None else row.spent


def _warning(job: Job, near: Reached, day: str, reservation: Reservation) -> Owed:
    facts = {
        "cap": near.cap.value,
        "job": int(job.id),
        "day": day,
        "most": str(near.most),
        "spent": str(near.spent),
        "asked": str(near.asked),
    }
    place = job.place if near.cap is Cap.JOB_DAY else job.place.whole_chat
    told = reservation.told if near.cap is Cap.DAY else None
    return Owed(OwedKind.SPENDING, told or place, facts)
