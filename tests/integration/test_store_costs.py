"""What jobs have cost, as the rows have it: by day, by chat, and by how it is known."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from scheduler.caps import Cap, Caps
from scheduler.job import Job
from scheduler.ports import Finish, Held, Raise
from scheduler.rate import Recent, Waiting
from scheduler.run import CostSource, HoldReason, Run, RunState, Usage
from scheduler.spend import Cost, Reservation
from storage.store import Store
from tests.integration.stores import (
    CHAT,
    FREE,
    ME,
    NOW,
    OTHER_CHAT,
    PAID,
    Opener,
    add,
    entry,
    hold,
    knock,
    plan_and_claim,
)

TODAY = NOW.date().isoformat()
OFF = Caps(None, None, None, None)
ASKED = Reservation(Decimal("0.8"), OFF)


async def ran(store: Store, job: Job, finish: Finish, *, step: int = 1) -> Run:
    run = await plan_and_claim(store, job)
    for number in range(1, step + 1):
        await knock(store, run, number, reservation=ASKED)
    over = await store.record(run.id, ME, finish)
    assert over is not None
    return over


def good(cost: str | None, source: CostSource = CostSource.BILLED) -> Finish:
    known = None if cost is None else Decimal(cost)
    usage = Usage(1, 11, 7, cost=known, cost_source=source if cost else CostSource.UNKNOWN)
    return Finish(RunState.SUCCEEDED, usage=usage)


def row(
    job: Job, source: CostSource, amount: str, runs: int = 1, *, under_way: bool = False
) -> Cost:
    return Cost(job.id, TODAY, source, Decimal(amount), under_way, runs)


async def test_costs_are_told_by_how_they_are_known(store: Store) -> None:
    job = await add(store)
    await ran(store, job, good("0.5"))
    await ran(store, job, good("0.25"))
    await ran(store, job, good("0.1", CostSource.ESTIMATED))
    await ran(store, job, good(None))
    await ran(store, job, Finish(RunState.UNKNOWN))
    found = await store.costs(TODAY)
    assert sorted(found, key=lambda cost: cost.source) == [
        row(job, CostSource.BILLED, "0.75", 2),
        row(job, CostSource.ESTIMATED, "0.1"),
        row(job, CostSource.UNKNOWN, "1.6", 2),
    ]


async def test_what_is_under_way_counts_as_what_it_reserved(store: Store) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    await knock(store, run, reservation=ASKED)
    (cost,) = await store.costs(TODAY)
    assert (cost.amount, cost.open) == (Decimal("0.8"), True)


async def test_an_unknown_run_is_in_doubt_whatever_is_known_of_its_first_request(
    store: Store,
) -> None:
    job = await add(store)
    usage = Usage(2, cost=Decimal("0.1"), cost_source=CostSource.BILLED)
    await ran(store, job, Finish(RunState.UNKNOWN, usage=usage), step=2)
    assert await store.costs(TODAY) == [row(job, CostSource.UNKNOWN, "1.6")]


async def test_what_cost_nothing_is_no_row(store: Store) -> None:
    job = await add(store)
    await ran(store, job, Finish(RunState.FAILED, usage=Usage(1), free_from=1))
    assert await store.costs(TODAY) == []


async def test_a_chat_sees_the_costs_of_its_own_jobs_removed_ones_too(store: Store) -> None:
    here, there = await add(store), await add(store, place=OTHER_CHAT)
    for job in (here, there):
        await ran(store, job, good("0.5"))
    await store.chat_moved(CHAT, replace(CHAT, chat="C2"))
    moved = replace(CHAT, chat="C2")
    assert [cost.job for cost in await store.costs(TODAY, moved)] == [here.id]
    assert [cost.job for cost in await store.costs(TODAY, OTHER_CHAT)] == [there.id]
    assert [cost.job for cost in await store.costs(TODAY, job=there.id)] == [there.id]
    assert len(await store.costs(TODAY)) == 2
    assert await store.costs("2026-03-03") == []


async def test_days_may_be_added_up_from_two_days_on(store: Store, opener: Opener) -> None:
    job = await add(store)
    for days, cost in ((0, "0.1"), (1, "0.2"), (3, "0.4"), (4, "0.8")):
        opener.now = NOW + timedelta(days=days)
        await ran(store, job, good(cost))
    found = await store.costs("2026-03-02", split="2026-03-05")
    assert [(cost.day, cost.amount) for cost in found] == [
        ("2026-03-02", Decimal("0.3")),
        ("2026-03-05", Decimal("1.2")),
    ]
    apart = await store.costs("2026-03-03", job=job.id)
    assert [cost.day for cost in apart] == ["2026-03-03", "2026-03-05", "2026-03-06"]


async def test_what_a_chat_and_everybody_used_of_the_caps_of_today(store: Store) -> None:
    here, there = await add(store), await add(store, place=OTHER_CHAT)
    for job in (here, there):
        await ran(store, job, good("0.5"))
    raised = [Raise(Cap.DAY, "", Decimal(0), Decimal(4))]
    assert await store.raise_caps(TODAY, raised, entry("raise"))
    found = await store.spent_in(TODAY, CHAT)
    assert dict(found.by_cap) == {Cap.CHAT_DAY: Decimal("0.5"), Cap.DAY: Decimal(1)}
    assert found.raised[Cap.DAY] == Decimal(4)
    assert dict((await store.spent_in(TODAY, None)).by_cap) == {Cap.DAY: Decimal(1)}


async def test_held_fires_are_counted_by_job_and_reason(store: Store) -> None:
    job, other = await add(store), await add(store)
    await hold(store, job)
    await hold(store, job)
    await hold(store, other, Held(HoldReason.BUDGET, "Held", route=FREE))
    await hold(store, other, Held(HoldReason.HALT, "Held"))
    assert await store.waiting() == [
        Waiting(job.id, HoldReason.DRIFT, 2, PAID),
        Waiting(other.id, HoldReason.BUDGET, 1, FREE),
        Waiting(other.id, HoldReason.HALT, 1, None),
    ]


async def test_the_latest_good_runs_of_each_job_are_found(store: Store, opener: Opener) -> None:
    job, quiet = await add(store), await add(store)
    for number in range(4):
        await ran(store, job, good(f"0.{number + 1}"))
    await ran(store, job, Finish(RunState.UNKNOWN))
    found = await store.recent([job.id, quiet.id], NOW - timedelta(days=1), 2)
    assert found == {
        job.id: [Recent(FREE, 11, 7, Decimal("0.4")), Recent(FREE, 11, 7, Decimal("0.3"))]
    }
    assert await store.recent([job.id], NOW + timedelta(days=1), 2) == {}


async def test_each_run_counts_as_what_its_requests_do(store: Store) -> None:
    job = await add(store)
    known, lost = (
        await ran(store, job, good("0.5")),
        await ran(store, job, Finish(RunState.UNKNOWN)),
    )
    held = await hold(store, job)
    found = await store.counted([known.id, lost.id, held.id])
    assert found == {known.id: Decimal("0.5"), lost.id: Decimal("0.8")}
