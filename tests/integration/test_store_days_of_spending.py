"""The rows of a day: new each day, raised once, moved with their chat, waited for in one order, forgotten."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from threading import Event

import pytest

from scheduler.caps import Cap, Caps
from scheduler.job import Place
from scheduler.ports import Finish, Passage, Raise
from scheduler.run import CostSource, RunState, Usage
from scheduler.spend import Reached, Reservation, chat_key
from storage.locks import lock_job
from storage.reserving import count
from storage.store import Store
from storage.tables import CALLS, SPENDING
from tests.integration.statements import circles
from tests.integration.stores import (
    CHAT,
    ME,
    NOW,
    Opener,
    add,
    entry,
    knock,
    plan_and_claim,
)

DAY = timedelta(days=1)
TODAY = NOW.date().isoformat()
ELSEWHERE = replace(CHAT, chat="C2")
ASKED = Reservation(Decimal("0.8"), Caps(Decimal(1), Decimal(1), Decimal(3), Decimal(4)))
KNOWN = Usage(1, 10, 10, cost=Decimal("0.5"), cost_source=CostSource.BILLED)


def on(days: int) -> str:
    return (NOW + days * DAY).date().isoformat()


async def rows(store: Store) -> set[tuple[str, Cap, str]]:
    found = await store._run(lambda tx: tx.all(SPENDING.select()))
    return {(row.day, row.cap, row.key) for row in found}


async def write(store: Store, *days: str, chat: Place = CHAT) -> None:
    amounts = {(day, Cap.CHAT_DAY, chat_key(chat)): Decimal(1) for day in days}
    await store._run(lambda tx: count(tx, amounts))


async def test_what_was_spent_on_a_day_before_does_not_count_today(
    store: Store, opener: Opener
) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    assert await knock(store, run, reservation=ASKED) is Passage.OPEN
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED))
    held = await plan_and_claim(store, job, lease=3 * DAY)
    assert isinstance(await knock(store, held, reservation=ASKED), Reached)
    opener.now += DAY
    assert await knock(store, held, reservation=ASKED) is Passage.OPEN
    tomorrow = await store.spent(job.id, on(1))
    assert tomorrow.by_cap[Cap.DAY] == Decimal("0.8")


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.UNKNOWN])
async def test_where_no_request_was_billed_none_of_them_counts(
    store: Store, state: RunState
) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    some = replace(ASKED, asked=Decimal("0.3"))
    for step in (1, 2):
        assert await knock(store, run, step, reservation=some) is Passage.OPEN
    await store.record(run.id, ME, Finish(state, usage=Usage(), free_from=1))
    assert set((await store.spent(job.id, TODAY)).by_cap.values()) == {Decimal(0)}
    settled = await store._run(lambda tx: tx.all(CALLS.select()))
    assert [row.settled for row in settled] == [Decimal(0)] * 2
    assert await store.counted([run.id]) == {run.id: Decimal(0)}


async def test_days_long_over_are_forgotten_and_what_they_cost_is_not(
    store: Store, opener: Opener
) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    assert await knock(store, run, reservation=ASKED) is Passage.OPEN
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED, usage=KNOWN))
    await store.forget(NOW + 39 * DAY)
    assert {day for day, _, _ in await rows(store)} == {TODAY}
    assert not await store.forget(NOW + 40 * DAY)
    assert await rows(store) == set()
    (cost,) = await store.costs(TODAY)
    assert (cost.day, cost.amount) == (TODAY, Decimal("0.5"))


async def test_a_chat_takes_along_the_days_that_still_count(store: Store) -> None:
    await write(store, *(on(-n) for n in range(6)))
    await write(store, TODAY, chat=ELSEWHERE)
    await store.chat_moved(CHAT, ELSEWHERE)
    moved = {day for day, _, key in await rows(store) if key == chat_key(ELSEWHERE)}
    stayed = {day for day, _, key in await rows(store) if key == chat_key(CHAT)}
    assert moved == {on(0), on(-1), on(-2)}
    assert stayed == {on(-3), on(-4), on(-5)}
    both = await store.spent_in(TODAY, ELSEWHERE)
    assert both.by_cap[Cap.CHAT_DAY] == Decimal(2)


async def test_a_request_of_yesterday_settles_where_its_chat_is_now(
    store: Store, opener: Opener
) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job, lease=3 * DAY)
    assert await knock(store, run, reservation=ASKED) is Passage.OPEN
    opener.now += DAY
    await store.chat_moved(CHAT, ELSEWHERE)
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED, usage=KNOWN))
    there = await store.spent_in(TODAY, ELSEWHERE)
    assert there.by_cap[Cap.CHAT_DAY] == Decimal("0.5")


async def test_whoever_looks_at_a_job_waits_for_no_gate(store: Store, opener: Opener) -> None:
    """On SQLite everybody waits for everybody."""
    if not opener.many:
        return
    job = await add(store)
    holds, enough = Event(), Event()

    def gate(found: object) -> None:
        holds.set()
        enough.wait(10)

    standing = asyncio.ensure_future(store._run(lambda tx: gate(lock_job(tx, job.id))))
    await asyncio.to_thread(holds.wait, 10)
    try:
        await asyncio.wait_for(store.spent(job.id, TODAY), 5)
    finally:
        enough.set()
        await standing


async def test_nobody_waits_in_a_circle_for_the_rows_of_a_new_day(
    store: Store, opener: Opener
) -> None:
    """Gates, ends, admins and a chat that moves to and fro, each day from its first request on."""
    doors = [opener.reopen(store) for _ in range(4)]
    chats = [CHAT, ELSEWHERE, Place("slack", "T1", "C3")]
    much = Reservation(Decimal("0.1"), Caps(None, None, None, Decimal(100)))
    with circles() as found:
        for number in range(8):
            today = opener.now.date().isoformat()
            jobs = [await add(store, place=chats[n % 3], name=str(n)) for n in range(9)]
            runs = [await plan_and_claim(store, job, lease=DAY) for job in jobs]
            both = [
                Raise(Cap.CHAT_DAY, chat_key(CHAT), Decimal(0), Decimal(1)),
                Raise(Cap.DAY, "", Decimal(0), Decimal(1)),
            ]
            old, new = chats[number % 2], chats[(number + 1) % 2]
            passages = await asyncio.gather(
                *(knock(doors[n % 4], run, reservation=much) for n, run in enumerate(runs)),
                *(doors[n].raise_caps(today, both[::way], entry()) for n, way in ((0, 1), (1, -1))),
                doors[2].chat_moved(old, new),
            )
            assert passages[:9] == [Passage.OPEN] * 9
            done = Finish(RunState.SUCCEEDED, usage=KNOWN)
            await asyncio.gather(
                *(doors[n % 4].record(run.id, ME, done) for n, run in enumerate(runs)),
                doors[3].chat_moved(new, old),
            )
            total = (await store.spent_in(today, None)).by_cap[Cap.DAY]
            assert total == 9 * Decimal("0.5")
            opener.now += DAY
    assert found == []
