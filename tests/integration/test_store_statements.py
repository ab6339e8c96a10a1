"""What is spent costs the database few statements, each answered by an index, in one order of locks."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from scheduler.caps import Cap, Caps
from scheduler.ports import Finish, Passage, Raise
from scheduler.run import CostSource, Run, RunId, RunKind, RunState, Usage
from scheduler.spend import Reservation
from storage.rows import run_columns
from storage.store import Store
from storage.tables import CALLS, RUNS, SPENDING
from storage.transaction import Tx
from tests.integration.statements import Asked, plan_of, statements
from tests.integration.stores import (
    CHAT,
    FREE,
    HOUR,
    ME,
    NOTHING,
    NOW,
    Opener,
    add,
    entry,
    hold,
    knock,
    plan_and_claim,
)

PAID = Reservation(Decimal("0.01"), Caps())
BILLED = Usage(1, 10, 10, cost=Decimal("0.005"), cost_source=CostSource.BILLED)
TODAY = NOW.date().isoformat()
ELSEWHERE = replace(CHAT, chat="C2")
MANY = 2_000
WHOLE = r"\bSCAN (calls|spending)\b|\bSeq Scan on (calls|spending)\b|\(day=\?\)"
"""How a plan says that it reads a table, or all of a day."""


async def gate_and_record(
    store: Store, reservation: Reservation
) -> tuple[list[Asked], list[Asked]]:
    """What the gate and the record ask for the second run of a job today."""
    job = await add(store)
    for _ in range(2):
        run = await plan_and_claim(store, job)
        with statements() as at_gate:
            passage = await store.pass_gate(
                run.id, ME, step=1, consent_revision=1, route=FREE, reservation=reservation
            )
        assert passage is Passage.OPEN
        with statements() as at_end:
            await store.record(run.id, ME, Finish(RunState.SUCCEEDED, usage=BILLED))
    return at_gate, at_end


@pytest.mark.parametrize(("reservation", "most"), [(NOTHING, 5), (PAID, 8)], ids=["free", "paid"])
async def test_a_request_is_let_through_and_recorded_in_a_few_statements(
    store: Store, opener: Opener, reservation: Reservation, most: int
) -> None:
    at_gate, at_end = await gate_and_record(store, reservation)
    # PostgreSQL is asked for its clock too.
    assert len(at_gate) <= most + opener.many
    assert len(at_end) <= 7


async def test_no_question_about_what_is_spent_looks_through_a_whole_table(store: Store) -> None:
    await add(store)
    await store._run(many_of_long_ago)
    at_gate, at_end = await gate_and_record(store, PAID)
    job = await add(store)
    run = await plan_and_claim(store, job)
    assert await knock(store, run, reservation=PAID) is Passage.OPEN
    with statements() as others:
        await store.spent(job.id, TODAY, run.id)
        await store.spent_in(TODAY, CHAT)
        await store.raise_caps(
            TODAY, [Raise(Cap.JOB_DAY, str(job.id), Decimal(0), Decimal(1))], entry("raise")
        )
        await store.chat_moved(CHAT, ELSEWHERE)
    asked = [each for each in (*at_gate, *at_end, *others) if of_spending(each)]
    plans = await store._run(lambda tx: [(each.text, plan_of(tx, each)) for each in asked])
    assert len(plans) > 10
    for statement, plan in plans:
        assert not re.search(WHOLE, plan), f"{statement}\n\n{plan}"


def of_spending(asked: Asked) -> bool:
    return re.search(r"\b(calls|spending)\b", asked.text) is not None


def many_of_long_ago(tx: Tx) -> None:
    """Enough rows of days before for a database to know what a whole table costs."""
    job = tx.one(text("SELECT max(id) AS id FROM jobs"))
    assert job is not None
    runs, calls, days = [], [], []
    for number in range(MANY):
        at = NOW - number * HOUR - timedelta(days=3)
        run = Run(RunId(0), job.id, at, RunKind.SCHEDULED, RunState.SUCCEEDED, finished_at=at)
        runs.append({"id": 10_000 + number, **run_columns(run)})
        counts: dict[str, Any] = {"day": at.date().isoformat(), "chat": "slack:T1:C1"}
        call = {"run_id": 10_000 + number, "attempt": 1, "step": 1, "worker": ME, "route": FREE}
        money = {"reserved": Decimal(1), "settled": Decimal(1)}
        calls.append({**call, **counts, **money, "at": at})
        zero = {"amount": Decimal(1), "raised": Decimal(0), "warned": False}
        days.append({"day": counts["day"], "cap": Cap.JOB_DAY, "key": str(number), **zero})
    for table, rows in ((RUNS, runs), (CALLS, calls), (SPENDING, days)):
        tx.connection.execute(table.insert(), rows)
    tx.connection.exec_driver_sql("ANALYZE")


async def test_a_chat_that_moves_takes_what_is_spent_before_its_alerts(store: Store) -> None:
    """As whoever records does: neither waits for the other in a circle."""
    job = await add(store)
    run = await plan_and_claim(store, job)
    assert await knock(store, run, reservation=PAID) is Passage.OPEN
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED, usage=BILLED))
    await hold(store, job)
    with statements() as asked:
        await store.chat_moved(CHAT, ELSEWHERE)
    met = [found[0] for each in asked if (found := re.findall(r"\b(spending|alerts)\b", each.text))]
    assert met == sorted(met, reverse=True)
    assert set(met) == {"spending", "alerts"}


async def test_what_a_vanished_worker_left_touches_no_row_of_a_day(store: Store) -> None:
    """Whoever takes up many runs would hold such rows while waiting for the next job."""
    for _ in range(2):
        run = await plan_and_claim(store, await add(store))
        assert await knock(store, run, reservation=PAID) is Passage.OPEN
    with statements() as asked:
        left = await store.reap("another", alone=True)
    assert len(left) == 2
    assert not [each.text for each in asked if "spending" in each.text]
