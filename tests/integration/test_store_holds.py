"""Runs that are held, and what that owes."""

from dataclasses import replace

from scheduler.job import JobState
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Finish, Held
from scheduler.run import HoldReason, RunId, RunState, Usage
from storage.store import Store
from tests.integration.stores import (
    DRIFTS,
    ME,
    NOW,
    OTHER,
    PAID,
    THREAD,
    add,
    add_one_shot,
    drifted,
    entry,
    fresh,
    hold,
    plan,
    plan_and_claim,
    rerun,
    start_call,
)

BROKEN = Held(HoldReason.CONFIG, "Held: config.yaml is cut short")
KEYLESS = Held(HoldReason.CREDENTIAL, "Held: OPENAI_API_KEY is not set", route=PAID)
GOOD = Finish(RunState.SUCCEEDED, output="All quiet", usage=Usage(1, 10, 2, "llama-3.3"))


async def reports(store: Store) -> list[int]:
    """The runs whose reports are owed, sent one after the other."""
    found = []
    while ready := await store.ready(NOW, ["slack"]):
        for delivery in ready:
            if delivery.owed.kind is OwedKind.REPORT:
                found.append(delivery.owed.facts["run"])
            await store.sending(delivery.id)
            await store.sent(delivery.id, "m")
    return [number for number in found if isinstance(number, int)]


async def test_a_held_run_keeps_why_and_consumes_nothing(store: Store) -> None:
    job = await add(store, repeat_left=2)
    run = await hold(store, job)
    assert (run.state, run.hold_reason, run.route) == (RunState.HELD, HoldReason.DRIFT, PAID)
    assert (run.drifts, run.error) == (DRIFTS, drifted().error)
    assert (run.lease_until, run.finished_at) == (None, None)
    assert await rerun(store, run) == run
    assert (await fresh(store, job)).repeat_left == 2


async def test_only_the_worker_of_a_claimed_run_holds_it(store: Store) -> None:
    job = await add(store)
    claimed = await plan_and_claim(store, job)
    assert await store.hold(claimed.id, OTHER, drifted()) is None
    planned = await plan(store, job)
    assert await store.hold(planned.id, ME, drifted()) is None
    assert await store.hold(RunId(99), ME, drifted()) is None
    calling = await start_call(store, await add(store))
    assert await store.hold(calling.id, ME, drifted()) is None


async def test_a_hold_that_is_no_drift_is_reported(store: Store) -> None:
    run = await hold(store, await add(store), BROKEN)
    assert await store.open_alerts() == []
    (delivery,) = await store.ready(NOW, ["slack"])
    assert delivery.owed == Owed(OwedKind.REPORT, THREAD, {"run": run.id})


async def test_one_outage_is_reported_once(store: Store) -> None:
    job = await add(store)
    first, _again, other = [await hold(store, job, held) for held in (BROKEN, BROKEN, KEYLESS)]
    assert await reports(store) == [first.id, other.id]


async def test_an_outage_after_a_good_run_is_reported_again(store: Store) -> None:
    job = await add(store)
    first = await hold(store, job, BROKEN)
    run = await start_call(store, job)
    await store.record(run.id, ME, GOOD)
    second = await hold(store, job, BROKEN)
    assert await reports(store) == [first.id, second.id]


async def test_a_run_of_a_removed_job_is_cancelled_rather_than_held(store: Store) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    await store.change(replace(await fresh(store, job), state=JobState.REMOVED), entry())
    stopped = await store.hold(run.id, ME, drifted())
    assert stopped is not None
    assert stopped.state is RunState.CANCELLED
    assert await store.open_alerts() == []


async def test_a_held_one_shot_stays_pending(store: Store) -> None:
    job = await add_one_shot(store)
    await hold(store, job)
    assert (await fresh(store, job)).state is JobState.ACTIVE
