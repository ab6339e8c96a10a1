"""Runs that are released, stopped or looked up."""

import pytest

from scheduler.errors import AlreadyRunning
from scheduler.job import JobId, JobState
from scheduler.ports import Finish, Passage
from scheduler.route import Pins
from scheduler.run import Run, RunState, Usage
from storage.store import Store
from tests.integration.stores import (
    BO,
    HOUR,
    ME,
    NOW,
    add,
    add_one_shot,
    claim,
    drifted,
    entry,
    fresh,
    hold,
    knock,
    manual,
    plan,
    plan_and_claim,
    rerun,
    start_call,
)

GOOD = Finish(RunState.SUCCEEDED, output="All quiet", usage=Usage(1, 10, 2, "llama-3.3"))


async def test_the_latest_held_fire_is_planned_again_and_the_earlier_are_missed(
    store: Store,
) -> None:
    job = await add(store)
    first, second, latest = [await hold(store, job) for _ in range(3)]
    released = await store.release(job.id, entry("run-held", f"job {job.id}"))
    assert released is not None
    assert (released.id, released.state, released.worker) == (latest.id, RunState.PLANNED, None)
    states = [(await rerun(store, run)).state for run in (first, second)]
    assert states == [RunState.MISSED, RunState.MISSED]
    assert (await store.audited(f"job {job.id}"))[0].action == "run-held"


async def test_a_released_run_that_still_drifts_is_held_again(store: Store) -> None:
    job = await add(store)
    run = await hold(store, job)
    await store.release(job.id, entry())
    await claim(store, run)
    assert await store.hold(run.id, ME, drifted()) is not None
    (alert,) = await store.open_alerts()
    assert alert.jobs[0].held_fires == 1


async def test_nothing_is_released_where_nothing_is_held(store: Store) -> None:
    job = await add(store)
    for number in (job.id, JobId(99)):
        assert await store.release(number, entry("run-held")) is None
    assert [line.action for line in await store.audited()] == ["add"]


async def test_nothing_is_released_beside_a_run_of_the_same_job(store: Store) -> None:
    job = await add(store)
    held = await hold(store, job)
    run = await plan_and_claim(store, job)
    with pytest.raises(AlreadyRunning, match=f"already running \\(run {run.id}\\)"):
        await store.release(job.id, entry("run-held"))
    assert await rerun(store, held) == held


# --- stopped --------------------------------------------------------------------------------------


async def test_a_stop_cancels_what_is_not_calling_and_marks_what_is(store: Store) -> None:
    job, other = await add_one_shot(store), await add(store)
    running = await claim(store, await manual(store, job, NOW - HOUR))
    await knock(store, running)
    calling, planned = await rerun(store, running), await plan(store, job)
    claimed = await plan_and_claim(store, other)
    held = await hold(store, await add(store))
    assert await store.ask_stop(job.id, entry("stop")) == [calling, planned]
    assert await store.ask_stop(other.id, entry("stop")) == [claimed]
    assert [(await rerun(store, run)).state for run in (calling, claimed, planned, held)] == [
        RunState.CALLING,
        RunState.CANCELLED,
        RunState.CANCELLED,
        RunState.HELD,
    ]
    assert (await rerun(store, planned)).error == "stopped by Ana"


async def test_the_first_who_asked_for_a_stop_is_kept(store: Store) -> None:
    job = await add(store)
    run = await start_call(store, job)
    await store.ask_stop(job.id, entry("stop"))
    await store.ask_stop(job.id, entry("stop", by=BO))
    assert (await rerun(store, run)).cancel_asked_by == "Ana"


async def test_a_stopped_one_shot_is_finished(store: Store) -> None:
    job = await add_one_shot(store)
    await plan(store, job)
    await store.ask_stop(job.id, entry("stop"))
    assert (await fresh(store, job)).state is JobState.FINISHED
    assert await store.ask_stop(JobId(99), entry("stop")) == []


# --- read -----------------------------------------------------------------------------------------


async def test_history_shows_the_latest_runs_first(store: Store) -> None:
    job = await add(store)
    await plan(store, await add(store))
    runs = [await plan(store, job) for _ in range(3)]
    assert await store.history(job.id, 2) == [runs[2], runs[1]]


async def test_held_runs_are_listed_by_job_the_oldest_first(store: Store) -> None:
    one, two, three = [await add(store) for _ in range(3)]
    first: list[Run] = [await hold(store, one), await hold(store, one)]
    second = await hold(store, two)
    await plan(store, three)
    held = await store.held([one.id, two.id, three.id])
    assert held == {one.id: first, two.id: [second]}
    assert await store.held([]) == {}


async def test_runs_in_flight_are_planned_claimed_or_calling(store: Store) -> None:
    job = await add(store, pins=Pins("openrouter"))
    await hold(store, job)
    over = await start_call(store, job)
    await store.record(over.id, ME, GOOD)
    assert await store.in_flight(job.id) == []
    planned = await plan(store, job)
    assert await store.in_flight(job.id) == [planned]
    claimed = await claim(store, planned)
    assert await store.in_flight(job.id) == [claimed]
    await knock(store, claimed)
    assert [run.state for run in await store.in_flight(job.id)] == [RunState.CALLING]
    assert await knock(store, over, 2) is Passage.NOT_MINE
