"""The one-way gate."""

import asyncio
from dataclasses import replace

import pytest

from scheduler.job import JobState
from scheduler.ports import Finish, Passage
from scheduler.route import Pins
from scheduler.run import RunId, RunState
from storage.store import Store
from tests.integration.stores import (
    FREE,
    LAPSED,
    ME,
    NOTHING,
    OTHER,
    Opener,
    add,
    claim,
    entry,
    fresh,
    hold,
    knock,
    manual,
    plan_and_claim,
    rerun,
    start_call,
)


async def test_an_open_gate_makes_the_run_calling_on_the_judged_route(store: Store) -> None:
    run = await plan_and_claim(store, await add(store))
    assert await knock(store, run) is Passage.OPEN
    calling = await rerun(store, run)
    assert (calling.state, calling.route) == (RunState.CALLING, FREE)


async def test_each_request_passes_once(store: Store) -> None:
    run = await plan_and_claim(store, await add(store))
    passages = [await knock(store, run, step) for step in (1, 1, 2, 2, 3)]
    opened, again = Passage.OPEN, Passage.ALREADY_CALLED
    assert passages == [opened, again, opened, again, opened]


async def test_of_many_knocks_at_once_one_passes(opener: Opener, store: Store) -> None:
    run = await plan_and_claim(store, await add(store))
    doors = [store, opener.reopen(store)] * 10
    passages = await asyncio.gather(*(knock(door, run) for door in doors))
    assert passages.count(Passage.OPEN) == 1
    assert passages.count(Passage.ALREADY_CALLED) == 19


async def test_the_gate_is_shut_for_another_worker(store: Store) -> None:
    run = await plan_and_claim(store, await add(store))
    assert await knock(store, run, worker=OTHER) is Passage.NOT_MINE
    assert (await rerun(store, run)).state is RunState.CLAIMED


async def test_the_gate_is_shut_when_the_lease_ran_out(store: Store) -> None:
    run = await plan_and_claim(store, await add(store), lease=LAPSED)
    assert await knock(store, run) is Passage.NOT_MINE


async def test_the_gate_is_shut_for_a_run_nobody_knows(store: Store) -> None:
    passage = await store.pass_gate(
        RunId(99), ME, step=1, consent_revision=1, route=FREE, reservation=NOTHING
    )
    assert passage is Passage.NOT_MINE


async def test_the_gate_is_shut_for_a_run_that_was_stopped(store: Store) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    await store.ask_stop(job.id, entry("stop"))
    assert await knock(store, run) is Passage.CANCELLED


async def test_the_gate_is_shut_for_the_next_step_of_a_stopped_call(store: Store) -> None:
    job = await add(store)
    run = await start_call(store, job)
    await store.ask_stop(job.id, entry("stop"))
    assert await knock(store, run, 2) is Passage.CANCELLED


async def test_the_gate_is_shut_when_the_consent_moved(store: Store) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    await store.change(replace(await fresh(store, job), pins=Pins("openrouter")), entry("pin"))
    passage = await store.pass_gate(
        run.id, ME, step=1, consent_revision=1, route=FREE, reservation=NOTHING
    )
    assert passage is Passage.CONSENT_CHANGED
    assert await knock(store, run) is Passage.OPEN


async def test_a_change_that_is_no_consent_leaves_the_gate_open(store: Store) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    await store.change(replace(await fresh(store, job), name="News"), entry())
    assert await knock(store, run) is Passage.OPEN


@pytest.mark.parametrize("state", [JobState.PAUSED, JobState.REMOVED])
async def test_the_gate_is_shut_when_the_job_is_gone(store: Store, state: JobState) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    await store.change(replace(await fresh(store, job), state=state), entry())
    assert await knock(store, run) is Passage.JOB_GONE


@pytest.mark.parametrize("state", [JobState.PAUSED, JobState.FINISHED])
async def test_a_manual_run_may_belong_to_a_job_at_rest(store: Store, state: JobState) -> None:
    job = await add(store, state=state)
    run = await claim(store, await manual(store, job))
    assert await knock(store, run) is Passage.OPEN


async def test_a_held_fire_that_a_person_released_runs_while_the_job_is_paused(
    store: Store,
) -> None:
    job = await add(store)
    held = await hold(store, job)
    await store.change(replace(await fresh(store, job), state=JobState.PAUSED), entry("pause"))
    assert await store.release(job.id, entry("run-held")) is not None
    assert await knock(store, await claim(store, held)) is Passage.OPEN
    assert (await rerun(store, held)).hold_reason is None


async def test_a_released_fire_of_a_paused_job_goes_on_as_it_began(store: Store) -> None:
    job = await add(store)
    held = await hold(store, job)
    await store.change(replace(await fresh(store, job), state=JobState.PAUSED), entry("pause"))
    await store.release(job.id, entry("run-held"))
    assert await knock(store, await claim(store, held)) is Passage.OPEN
    never_sent = Finish(RunState.FAILED, error="no such host")
    assert await store.try_again(held.id, ME, never_sent) is not None
    assert [await knock(store, held, step) for step in (1, 2)] == [Passage.OPEN] * 2


async def test_the_first_step_of_a_scheduled_run_uses_up_one_repeat(store: Store) -> None:
    job = await add(store, repeat_left=2)
    run = await start_call(store, job)
    await knock(store, run, 2)
    assert (await fresh(store, job)).repeat_left == 1
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED))
    await knock(store, await claim(store, await manual(store, job)))
    assert (await fresh(store, job)).repeat_left == 1


async def test_the_last_repeat_leaves_no_further_fire(store: Store) -> None:
    job = await add(store, repeat_left=1)
    run = await start_call(store, job)
    after = await fresh(store, job)
    assert (after.repeat_left, after.next_fire_time) == (0, None)
    assert after.state is JobState.ACTIVE
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED))
    assert (await fresh(store, job)).state is JobState.FINISHED


async def test_no_run_passes_beyond_the_repeats(store: Store) -> None:
    job = await add(store, repeat_left=1)
    assert await knock(store, await start_call(store, job), 2) is Passage.OPEN
    other = await add(store, repeat_left=1)
    run = await plan_and_claim(store, other)
    await store.change(replace(await fresh(store, other), repeat_left=0), entry())
    assert await knock(store, run) is Passage.JOB_GONE


async def test_a_change_read_before_a_repeat_was_used_up_is_refused(store: Store) -> None:
    job = await add(store, repeat_left=3)
    run = await plan_and_claim(store, job)
    read = await fresh(store, job)
    await knock(store, run)
    assert await store.change(replace(read, name="News"), entry()) is None
    assert (await fresh(store, job)).repeat_left == 2


async def test_held_fires_of_a_job_without_repeats_are_missed(store: Store) -> None:
    job = await add(store, repeat_left=1)
    held = await hold(store, job)
    run = await start_call(store, job)
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED))
    assert (await rerun(store, held)).state is RunState.MISSED
    assert (await fresh(store, job)).next_fire_time is None
