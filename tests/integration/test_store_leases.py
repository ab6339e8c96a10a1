"""Leases: who works on a run, and what becomes of it when they vanish."""

import asyncio
from datetime import timedelta

from scheduler.job import JobState
from scheduler.outbox import OwedKind
from scheduler.ports import Passage
from scheduler.run import RunId, RunState
from storage.store import Store
from tests.integration.stores import (
    ANA,
    LAPSED,
    LEASE,
    ME,
    NOW,
    OTHER,
    Opener,
    add,
    add_one_shot,
    claim,
    entry,
    fresh,
    hold,
    knock,
    plan,
    plan_and_claim,
    rerun,
    start_call,
)


async def test_a_run_is_claimed_by_one_of_many_workers(opener: Opener, store: Store) -> None:
    run = await plan(store, await add(store))
    doors = [store, opener.reopen(store)]
    claims = await asyncio.gather(
        *(doors[number % 2].claim(run.id, f"worker-{number}", LEASE) for number in range(20))
    )
    (winner,) = [claimed for claimed in claims if claimed is not None]
    assert winner == await rerun(store, run)


async def test_a_claim_names_the_worker_and_stamps_the_lease(opener: Opener, store: Store) -> None:
    claimed = await plan_and_claim(store, await add(store))
    assert (claimed.state, claimed.worker, claimed.started_at) == (RunState.CLAIMED, ME, NOW)
    assert claimed.lease_until is not None
    if not opener.many:
        assert claimed.lease_until == NOW + LEASE


async def test_leases_follow_the_clock_of_a_shared_database(opener: Opener, store: Store) -> None:
    first = await plan_and_claim(store, await add(store))
    opener.now += timedelta(days=3)
    second = await plan_and_claim(store, await add(store))
    assert first.lease_until is not None
    assert second.lease_until is not None
    apart = second.lease_until - first.lease_until
    assert (apart < timedelta(days=1)) is opener.many


async def test_only_a_planned_run_is_claimed(store: Store) -> None:
    held = await hold(store, await add(store))
    assert await store.claim(held.id, ME, LEASE) is None
    assert await store.claim(RunId(99), ME, LEASE) is None


async def test_a_worker_extends_its_own_leases_and_hears_of_stops(store: Store) -> None:
    called = await add(store)
    mine = [await start_call(store, called), await plan_and_claim(store, await add(store))]
    theirs = await claim(store, await plan(store, await add(store)), OTHER, LAPSED)
    executing = [run.id for run in (*mine, theirs)]
    assert await store.extend(ME, executing, 10 * LEASE) == []
    await store.ask_stop(called.id, entry("stop"))
    (stopped,) = await store.extend(ME, executing, 10 * LEASE)
    assert (stopped.id, stopped.cancel_asked_by) == (mine[0].id, ANA.name)
    after = [await rerun(store, run) for run in mine]
    for run, then in zip(mine, after, strict=True):
        assert run.lease_until is not None
        assert then.lease_until is not None
        assert then.lease_until > run.lease_until
    assert await rerun(store, theirs) == theirs


async def test_what_never_passed_the_gate_is_planned_again(store: Store) -> None:
    run = await plan_and_claim(store, await add(store), lease=LAPSED)
    (left,) = await store.reap(OTHER, alone=False)
    assert (left.id, left.state, left.worker) == (run.id, RunState.PLANNED, None)
    assert await store.planned() == [run.id]
    assert await store.ready(NOW, ["slack"]) == []


async def test_a_call_nobody_finished_is_unknown_and_told(store: Store) -> None:
    job = await add_one_shot(store)
    run = await start_call(store, job)
    await store.extend(ME, [run.id], LAPSED)
    (left,) = await store.reap(OTHER, alone=False)
    assert (left.id, left.state) == (run.id, RunState.UNKNOWN)
    assert left.error is not None
    assert "may have been billed" in left.error
    (owed,) = await store.ready(NOW, ["slack"])
    assert (owed.owed.kind, owed.owed.facts) == (OwedKind.REPORT, {"run": run.id})
    assert owed.owed.place == job.place
    assert (await fresh(store, job)).state is JobState.FINISHED


async def test_a_run_is_taken_up_once(opener: Opener, store: Store) -> None:
    run = await start_call(store, await add(store))
    await store.extend(ME, [run.id], LAPSED)
    doors = [store, opener.reopen(store)] * 5
    reaped = await asyncio.gather(*(door.reap(OTHER, alone=False) for door in doors))
    assert sum(len(runs) for runs in reaped) == 1


async def test_a_live_lease_is_left_alone(store: Store) -> None:
    await start_call(store, await add(store))
    await plan_and_claim(store, await add(store))
    assert await store.reap(OTHER, alone=False) == []


async def test_who_is_alone_takes_up_what_any_other_worker_left(store: Store) -> None:
    calling = await start_call(store, await add(store))
    claimed = await plan_and_claim(store, await add(store))
    assert await store.reap(ME, alone=True) == []
    left = await store.reap(OTHER, alone=True)
    assert {(run.id, run.state) for run in left} == {
        (calling.id, RunState.UNKNOWN),
        (claimed.id, RunState.PLANNED),
    }


async def test_a_reaped_run_is_no_longer_its_old_workers(store: Store) -> None:
    run = await plan_and_claim(store, await add(store), lease=LAPSED)
    await store.reap(OTHER, alone=False)
    await claim(store, run, OTHER)
    assert await knock(store, run) is Passage.NOT_MINE
    assert await store.extend(ME, [run.id], LEASE) == []


async def test_a_run_that_is_no_longer_executed_is_left_to_lapse(store: Store) -> None:
    run = await start_call(store, await add(store))
    await store.extend(ME, [], 10 * LEASE)
    assert (await rerun(store, run)).lease_until == run.lease_until
