"""Spend in the store: reserved with the gate, settled with the end, and never over a cap."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from scheduler.caps import OF_A_DAY, Cap, Caps
from scheduler.job import Job, Place
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Finish, Passage, Raise
from scheduler.run import CostSource, Run, RunState, Usage
from scheduler.spend import Reached, Reservation, chat_key
from storage.rows import delivery_of
from storage.store import Store
from storage.tables import CALLS, DELIVERIES, SPENDING
from tests.figures import Figures
from tests.integration.stores import (
    CHAT,
    LAPSED,
    ME,
    NOW,
    OTHER,
    OTHER_CHAT,
    Opener,
    a_job,
    add,
    entry,
    knock,
    plan_and_claim,
    start_call,
)

TODAY = NOW.date().isoformat()
CAPS = Caps(Decimal(1), Decimal(2), Decimal(3), Decimal(4))
ASKED = Reservation(Decimal("0.8"), CAPS)


def billed(cost: str) -> Usage:
    return Usage(1, 10, 10, cost=Decimal(cost), cost_source=CostSource.BILLED)


def ended(
    state: RunState = RunState.SUCCEEDED, cost: str = "", free_from: int | None = None
) -> Finish:
    return Finish(state, usage=billed(cost) if cost else Usage(1), free_from=free_from)


async def call(store: Store, job: Job, reservation: Reservation = ASKED) -> Run:
    run = await plan_and_claim(store, job)
    assert await knock(store, run, reservation=reservation) is Passage.OPEN
    return run


async def spent(store: Store, job: Job, cap: Cap = Cap.JOB_DAY) -> Decimal:
    return (await store.spent(job.id, TODAY)).by_cap.get(cap, Decimal(0))


async def owed(store: Store) -> list[Owed]:
    """Everything that is owed, in the order it was written."""
    rows = await store._run(lambda tx: tx.all(DELIVERIES.select()))
    return [delivery_of(row).owed for row in rows]


async def test_a_request_is_reserved_under_every_cap_of_its_day(store: Store) -> None:
    job = await add(store)
    run = await call(store, job)
    found = await store.spent(job.id, TODAY, run.id)
    assert dict(found.by_cap) == dict.fromkeys((Cap.RUN, *OF_A_DAY), Decimal("0.8"))


async def test_what_costs_nothing_reserves_nothing(store: Store, opener: Opener) -> None:
    job = await add(store)
    await start_call(store, job)
    assert (await store.spent(job.id, TODAY)).by_cap == {}
    assert await store._run(lambda tx: tx.all(SPENDING.select())) == []


async def test_a_known_cost_takes_the_place_of_what_was_reserved(store: Store) -> None:
    job = await add(store)
    run = await call(store, job)
    await store.record(run.id, ME, ended(cost="0.0125"))
    assert await spent(store, job) == await spent(store, job, Cap.DAY) == Decimal("0.0125")


async def test_an_unknown_outcome_keeps_all_it_reserved_as_spent(store: Store) -> None:
    job = await add(store)
    run = await call(store, job)
    await store.record(run.id, ME, ended(RunState.UNKNOWN, cost="0.01"))
    assert await spent(store, job) == Decimal("0.8")


async def test_a_good_end_whose_cost_nobody_knows_keeps_all_it_reserved(store: Store) -> None:
    job = await add(store)
    run = await call(store, job)
    await store.record(run.id, ME, ended())
    assert await spent(store, job) == Decimal("0.8")


async def test_a_request_that_never_left_gives_back_what_it_reserved(store: Store) -> None:
    job = await add(store)
    run = await call(store, job)
    await store.record(run.id, ME, ended(RunState.FAILED, free_from=1))
    assert await spent(store, job) == Decimal(0)


async def test_a_further_attempt_settles_the_one_before_it(store: Store) -> None:
    job = await add(store)
    run = await call(store, job)
    assert await store.try_again(run.id, ME, ended(RunState.FAILED, free_from=1))
    assert await spent(store, job) == Decimal(0)
    assert await knock(store, run, reservation=ASKED) is Passage.OPEN
    assert await spent(store, job) == Decimal("0.8")


async def test_a_vanished_worker_leaves_its_request_as_spent(store: Store) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    assert await knock(store, run, reservation=ASKED) is Passage.OPEN
    await store.extend(ME, [run.id], LAPSED)
    await store.reap(OTHER, alone=False)
    assert await spent(store, job) == Decimal("0.8")
    row = await store._run(lambda tx: tx.one(CALLS.select()))
    assert row is not None
    assert row.settled == Decimal("0.8")


async def test_the_next_request_of_a_run_counts_with_those_before_it(store: Store) -> None:
    run = await call(store, await add(store), replace(ASKED, asked=Decimal("0.6")))
    over = await knock(store, run, 2, reservation=replace(ASKED, asked=Decimal("0.6")))
    assert over == Reached(Cap.RUN, Decimal(1), Decimal("0.6"), Decimal("0.6"), TODAY)


async def test_a_cap_of_a_job_holds_its_next_run_and_no_other_job(store: Store) -> None:
    job, another = await add(store), await add(store)
    for _ in range(2):
        run = await call(store, job)
        await store.record(run.id, ME, ended())
    third = await plan_and_claim(store, job)
    over = await knock(store, third, reservation=ASKED)
    assert isinstance(over, Reached)
    assert (over.cap, over.spent) == (Cap.JOB_DAY, Decimal("1.6"))
    assert await spent(store, job) == Decimal("1.6")
    assert (await store.calls([third.id])) == 0
    await call(store, another)


async def test_a_chat_has_a_cap_of_its_own_and_so_has_a_day(store: Store) -> None:
    for _ in range(3):
        await call(store, await add(store))
    fourth = await plan_and_claim(store, await add(store))
    over = await knock(store, fourth, reservation=ASKED)
    assert isinstance(over, Reached)
    assert over.cap is Cap.CHAT_DAY
    await call(store, await add(store, place=OTHER_CHAT))
    await call(store, await add(store, place=OTHER_CHAT))
    sixth = await plan_and_claim(store, await add(store, place=OTHER_CHAT))
    over = await knock(store, sixth, reservation=ASKED)
    assert isinstance(over, Reached)
    assert over.cap is Cap.DAY


async def test_a_new_day_begins_where_the_operators_clock_stands(
    store: Store, opener: Opener
) -> None:
    job = await add(store)
    run = await call(store, job, replace(ASKED, timezone="Etc/GMT+12"))
    assert await spent(store, job) == Decimal(0)
    yesterday = await store.spent(job.id, "2026-03-01", run.id)
    assert yesterday.by_cap[Cap.RUN] == Decimal("0.8")
    assert (await store.costs("2026-03-01"))[0].day == "2026-03-01"


async def test_more_is_allowed_until_the_day_is_over(store: Store) -> None:
    job = await add(store)
    for _ in range(2):
        await store.record((await call(store, job)).id, ME, ended())
    third = await plan_and_claim(store, job)
    more = [Raise(Cap.JOB_DAY, str(job.id), Decimal(0), Decimal(2))]
    assert await store.raise_caps(TODAY, more, entry("raise"))
    assert await knock(store, third, reservation=ASKED) is Passage.OPEN


async def test_of_two_who_raise_a_cap_at_once_one_has_seen_other_figures(store: Store) -> None:
    job = await add(store)
    more = [
        Raise(Cap.JOB_DAY, str(job.id), Decimal(0), Decimal(2)),
        Raise(Cap.DAY, "", Decimal(0), Decimal(4)),
    ]
    both = [store.raise_caps(TODAY, more, entry("raise")) for _ in range(2)]
    assert sorted(await asyncio.gather(*both)) == [False, True]
    found = await store.spent(job.id, TODAY)
    assert dict(found.raised) == {Cap.JOB_DAY: Decimal(2), Cap.DAY: Decimal(4)}
    assert [e.action for e in await store.audited("job 1")].count("raise") == 1


async def test_people_are_warned_once_before_a_cap_is_reached(store: Store) -> None:
    job = await add(store)
    for _ in range(2):
        await store.record((await call(store, job)).id, ME, ended())
    (warning,) = await owed(store)
    assert (warning.kind, warning.place) == (OwedKind.SPENDING, job.place)
    assert warning.facts["cap"] == Cap.JOB_DAY.value


async def test_the_admins_are_warned_of_the_cap_of_everything(store: Store) -> None:
    admins = Place("slack", "T1", "C9")
    job = await add(store)
    await call(store, job, replace(ASKED, caps=Caps(None, None, None, Decimal(1)), told=admins))
    (warning,) = await owed(store)
    assert (warning.kind, warning.place) == (OwedKind.SPENDING, admins)


async def test_what_a_chat_has_spent_moves_with_it(store: Store) -> None:
    elsewhere = Place("slack", "T1", "C2")
    job = await add(store)
    run = await call(store, job)
    await store.chat_moved(CHAT, elsewhere)
    assert await spent(store, job, Cap.CHAT_DAY) == Decimal("0.8")
    await store.record(run.id, ME, ended(cost="0.5"))
    assert await spent(store, job, Cap.CHAT_DAY) == Decimal("0.5")
    rows = await store._run(lambda tx: tx.all(SPENDING.select()))
    assert [row.key for row in rows if row.cap is Cap.CHAT_DAY] == [chat_key(elsewhere)]


async def test_of_many_runs_at_one_cap_no_more_leave_than_it_allows(
    store: Store, opener: Opener, figure: Figures
) -> None:
    """Eight workers, four runs each, and room for five of them."""
    workers = [opener.reopen(store) for _ in range(8)]
    cents = Reservation(Decimal("0.19"), Caps(None, None, None, Decimal(1)))
    runs = [await plan_and_claim(store, await add(store, name=str(n))) for n in range(32)]
    knocks = [knock(workers[n % 8], run, reservation=cents) for n, run in enumerate(runs)]
    passages = await asyncio.gather(*knocks)
    let = passages.count(Passage.OPEN)
    total = await spent(store, a_job(id=runs[0].job_id), Cap.DAY)
    figure("P13", requests_asked=len(runs), let_through=let, over=max(0, let - 5))
    assert let == 5
    assert total == Decimal("0.95")
