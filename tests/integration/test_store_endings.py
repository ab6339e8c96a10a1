"""Runs that are recorded, and jobs that are finished with them."""

import pytest

from scheduler.job import JobKind, JobState
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Finish
from scheduler.route import Snapshot
from scheduler.run import RunId, RunState, Usage
from storage.store import Store
from tests.integration.stores import (
    HOUR,
    ME,
    NOW,
    OTHER,
    THREAD,
    add,
    add_one_shot,
    claim,
    entry,
    fresh,
    manual,
    plan,
    plan_and_claim,
    rerun,
    start_call,
)

GOOD = Finish(RunState.SUCCEEDED, output="All quiet", usage=Usage(1, 10, 2, "llama-3.3"))


async def test_a_recorded_run_keeps_its_answer_and_its_usage(store: Store) -> None:
    run = await start_call(store, await add(store))
    over = await store.record(run.id, ME, GOOD)
    assert over is not None
    assert over == await rerun(store, run)
    assert (over.state, over.output, over.usage) == (GOOD.state, GOOD.output, GOOD.usage)
    assert (over.finished_at, over.lease_until, over.worker) == (NOW, None, ME)


async def test_a_figure_the_provider_did_not_give_stays_none(store: Store) -> None:
    run = await start_call(store, await add(store))
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED, usage=Usage(1)))
    assert (await rerun(store, run)).usage == Usage(1, None, None, None)


async def test_a_run_is_recorded_with_what_it_owes(store: Store) -> None:
    run = await start_call(store, await add(store))
    owed = Owed(OwedKind.REPORT, THREAD, {"run": int(run.id), "first": True, "note": None})
    await store.record(run.id, ME, GOOD, [owed])
    (delivery,) = await store.ready(NOW, ["slack"])
    assert delivery.owed == owed


async def test_a_run_is_recorded_once_and_by_its_worker(store: Store) -> None:
    run = await start_call(store, await add(store))
    assert await store.record(run.id, OTHER, GOOD) is None
    assert await store.record(RunId(99), ME, GOOD) is None
    assert await store.record(run.id, ME, GOOD) is not None
    owed = Owed(OwedKind.REPORT, THREAD, {"run": int(run.id)})
    assert await store.record(run.id, ME, Finish(RunState.FAILED), [owed]) is None
    assert await store.ready(NOW, ["slack"]) == []


async def test_a_run_never_goes_where_its_state_does_not_lead(store: Store) -> None:
    run = await plan_and_claim(store, await add(store))
    with pytest.raises(ValueError, match="cannot go from claimed to unknown"):
        await store.record(run.id, ME, Finish(RunState.UNKNOWN))
    assert (await rerun(store, run)).state is RunState.CLAIMED


async def test_a_good_run_notes_that_its_job_was_told_to_be_unguarded(store: Store) -> None:
    guarded = await add(store)
    unguarded = await add(store, snapshot=Snapshot())
    failing = await add(store, snapshot=Snapshot())
    for job in (guarded, unguarded):
        await store.record((await start_call(store, job)).id, ME, GOOD)
    await store.record((await start_call(store, failing)).id, ME, Finish(RunState.FAILED))
    told = [(await fresh(store, job)).unguarded_told for job in (guarded, unguarded, failing)]
    assert told == [False, True, False]


@pytest.mark.parametrize(
    "state", [RunState.SUCCEEDED, RunState.FAILED, RunState.UNKNOWN, RunState.CANCELLED]
)
async def test_a_one_shot_is_finished_however_its_run_ended(store: Store, state: RunState) -> None:
    job = await add_one_shot(store)
    run = await start_call(store, job)
    await store.record(run.id, ME, Finish(state))
    assert (await fresh(store, job)).state is JobState.FINISHED


async def test_a_one_shot_with_another_run_in_flight_is_not_finished(store: Store) -> None:
    job = await add_one_shot(store)
    run = await claim(store, await manual(store, job, NOW - HOUR))
    other = await plan(store, job)
    await store.record(run.id, ME, GOOD)
    assert (await fresh(store, job)).state is JobState.ACTIVE
    await store.ask_stop(job.id, entry("stop"))
    assert (await rerun(store, other)).state is RunState.CANCELLED
    assert (await fresh(store, job)).state is JobState.FINISHED


async def test_a_recurring_job_goes_on(store: Store) -> None:
    job = await add(store)
    await store.record((await start_call(store, job)).id, ME, GOOD)
    assert (await fresh(store, job)).state is JobState.ACTIVE


async def test_a_message_uses_up_its_repeat_when_it_is_recorded(store: Store) -> None:
    job = await add(store, kind=JobKind.MESSAGE, repeat_left=2)
    await store.record((await claim(store, await manual(store, job, NOW - HOUR))).id, ME, GOOD)
    assert (await fresh(store, job)).repeat_left == 2
    await store.record((await plan_and_claim(store, job)).id, ME, GOOD)
    assert (await fresh(store, job)).repeat_left == 1
    await store.record((await plan_and_claim(store, job)).id, ME, GOOD)
    after = await fresh(store, job)
    assert (after.repeat_left, after.state, after.next_fire_time) == (0, JobState.FINISHED, None)


async def test_an_endless_message_goes_on(store: Store) -> None:
    job = await add(store, kind=JobKind.MESSAGE)
    await store.record((await plan_and_claim(store, job)).id, ME, GOOD)
    after = await fresh(store, job)
    assert (after.repeat_left, after.state, after.revision) == (None, JobState.ACTIVE, 1)
