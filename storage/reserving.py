"""The gate reserves what a request may cost under every cap; the end of its attempt settles that."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import and_, bindparam, delete, func, select, update

from scheduler.caps import OF_A_DAY, Cap
from scheduler.job import Job
from scheduler.outbox import Owed, OwedKind
from scheduler.run import Run, RunId, RunState, Usage
from scheduler.spend import Reached, Reservation, Spent, keys, reached, settled, warned
from storage.columns import Dollars
from storage.owing import owe
from storage.tables import CALLS, SPENDING
from storage.transaction import Tx

NOTHING = Decimal(0)

_THIS = and_(
    SPENDING.c.day == bindparam("on"),
    SPENDING.c.cap == bindparam("of"),
    SPENDING.c.key == bindparam("by"),
)
_ROW = select(SPENDING).where(_THIS)
LOCKED = _ROW.with_for_update()
_SAVE = update(SPENDING).where(_THIS)
_ADD = (
    update(SPENDING)
    .where(_THIS)
    .values(amount=SPENDING.c.amount + bindparam("delta", type_=Dollars()))
)
_OF_CHAT = (
    select(SPENDING)
    .where(SPENDING.c.cap == Cap.CHAT_DAY, SPENDING.c.key == bindparam("key"))
    .order_by(SPENDING.c.day)
    .with_for_update()
)
_FORGET_CHAT = delete(SPENDING).where(
    SPENDING.c.cap == Cap.CHAT_DAY, SPENDING.c.key == bindparam("key")
)
_CALLS_OF_CHAT = update(CALLS).where(CALLS.c.chat == bindparam("old"), CALLS.c.settled.is_(None))
_OF_RUN = select(func.sum(func.coalesce(CALLS.c.settled, CALLS.c.reserved)).label("spent")).where(
    CALLS.c.run_id == bindparam("run")
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
    """Lock what a day has spent under the caps of this job, always in the same order.

    What asks for nothing needs none of it.
    """
    by = keys(job)
    if not asked:
        return Standing(day, by, Spent())
    amounts, raised, told = {Cap.RUN: spent_by(tx, run.id)}, {}, set()
    for cap in (Cap.RUN, *OF_A_DAY):
        row = tx.one(LOCKED, on=day, of=cap, by=by[cap])
        if row is None and cap is not Cap.RUN:
            tx.insert_if_new(SPENDING, **new_row(day, cap, by[cap]))
            row = tx.one(LOCKED, on=day, of=cap, by=by[cap])
        if row is None:
            continue
        raised[cap] = row.raised
        if cap is not Cap.RUN:
            amounts[cap] = row.amount
        if row.warned:
            told.add(cap)
    return Standing(day, by, Spent(amounts, raised, frozenset(told)))


def over_cap(found: Standing, reservation: Reservation) -> Reached | None:
    over = reached(reservation.caps, found.spent, reservation.asked)
    return None if over is None else replace(over, day=found.day)


def reserve(tx: Tx, job: Job, found: Standing, reservation: Reservation) -> None:
    """Count a request that may leave under every cap of its day, and warn where one comes near."""
    if not reservation.asked:
        return
    near = warned(reservation.caps, found.spent, reservation.asked)
    for cap in OF_A_DAY:
        amount = found.spent.by_cap[cap] + reservation.asked
        told = cap in found.spent.warned or any(each.cap is cap for each in near)
        place = {"on": found.day, "of": cap, "by": found.keys[cap]}
        tx.do(_SAVE, **place, amount=amount, warned=told)
    owe(tx, (_warning(job, each, found.day, reservation) for each in near))


def settle_attempt(
    tx: Tx, job: Job, run: Run, state: RunState, usage: Usage, unbilled: int = 0
) -> None:
    """The requests of an attempt that is over count as what they cost, or as all they reserved.

    The last `unbilled` of them certainly cost nothing.
    """
    calls = tx.all(_UNSETTLED, run=run.id, attempt=run.attempt)
    amounts = settled([row.reserved for row in calls], state, usage, min(unbilled, len(calls)))
    by = keys(job)
    changed: defaultdict[tuple[str, Cap, str], Decimal] = defaultdict(Decimal)
    for row, amount in zip(calls, amounts, strict=True):
        tx.do(_SETTLE, run=run.id, number=run.attempt, which=row.step, settled=amount)
        for cap in OF_A_DAY:
            key = row.chat if cap is Cap.CHAT_DAY else by[cap]
            changed[row.day, cap, key] += amount - row.reserved
    for (day, cap, key), delta in changed.items():
        if delta:
            tx.insert_if_new(SPENDING, **new_row(day, cap, key))
            tx.do(_ADD, on=day, of=cap, by=key, delta=delta)


def move_spending(tx: Tx, old: str, new: str) -> None:
    """What a chat has spent goes along when the chat gets another key."""
    for row in tx.all(_OF_CHAT, key=old):
        tx.insert_if_new(SPENDING, **new_row(row.day, row.cap, new))
        there = tx.one(LOCKED, on=row.day, of=row.cap, by=new)
        if there is not None:
            amounts = {"amount": there.amount + row.amount, "raised": there.raised + row.raised}
            told = there.warned or row.warned
            tx.do(_SAVE, on=row.day, of=row.cap, by=new, **amounts, warned=told)
    tx.do(_FORGET_CHAT, key=old)
    tx.do(_CALLS_OF_CHAT, old=old, chat=new)


def spent_by(tx: Tx, run_id: RunId) -> Decimal:
    """What the requests of a run count as, those of all its attempts."""
    row = tx.one(_OF_RUN, run=run_id)
    return NOTHING if row is None or row.spent is None else row.spent


def new_row(day: str, cap: Cap, key: str) -> dict[str, object]:
    zero = {"amount": NOTHING, "raised": NOTHING, "warned": False}
    return {"day": day, "cap": cap, "key": key, **zero}


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
