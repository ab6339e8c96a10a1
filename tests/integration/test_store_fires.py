"""Fires that become runs."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.errors import AlreadyRunning, UserError
from scheduler.job import JobId, JobState
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Finish, Planned
from scheduler.run import RunKind, RunState
from storage.store import Store
from tests.integration.stores import (
    HOUR,
    LEASE,
    ME,
    NOW,
    OTHER,
    THREAD,
    Opener,
    add,
    add_one_shot,
    claim,
    entry,
    fresh,
    hold,
    manual,
    plan,
)

MISSED = Owed(OwedKind.MISSED, THREAD, {"job": 1, "count": 1})
PLANNED = [Planned(NOW, RunState.PLANNED)]


async def test_a_fire_becomes_a_run_and_the_job_advances(store: Store) -> None:
    job = await add(store)
    (run,) = await store.plan(job, [Planned(NOW, RunState.PLANNED, "late")], NOW + HOUR)
    assert (run.job_id, run.fire_time, run.note) == (job.id, NOW, "late")
    assert (run.kind, run.state) == (RunKind.SCHEDULED, RunState.PLANNED)
    assert await store.run(run.id) == run
    assert (await fresh(store, job)).next_fire_time == NOW + HOUR


async def test_two_tickers_record_one_run_of_a_fire(opener: Opener, store: Store) -> None:
    jobs = [await add(store) for _ in range(10)]
    second = opener.reopen(store)
    results = await asyncio.gather(
        *(door.plan(job, PLANNED, NOW + HOUR, [MISSED]) for job in jobs for door in (store, second))
    )
    assert sum(len(runs) for runs in results) == 10
    assert [len(await store.history(job.id, 10)) for job in jobs] == [1] * 10


async def test_the_ticker_that_comes_second_owes_nothing(store: Store) -> None:
    job = await add(store)
    await store.plan(job, PLANNED, NOW + HOUR, [MISSED])
    assert await store.plan(job, PLANNED, NOW + HOUR, [MISSED]) == []
    (delivery,) = await store.ready(NOW, ["slack"])
    await store.sending(delivery.id)
    await store.sent(delivery.id, "m1")
    assert await store.ready(NOW, ["slack"]) == []


@pytest.mark.parametrize("state", [JobState.PAUSED, JobState.REMOVED, JobState.FINISHED])
async def test_only_active_jobs_fire(store: Store, state: JobState) -> None:
    job = await add(store, state=state)
    assert await store.plan(job, PLANNED, NOW + HOUR) == []
    assert await store.history(job.id, 1) == []


@pytest.mark.parametrize("state", [RunState.MISSED, RunState.OVERLAPPED])
async def test_a_fire_that_is_not_run_is_over_at_once(store: Store, state: RunState) -> None:
    job = await add(store)
    (run,) = await store.plan(job, [Planned(NOW, state)], NOW + HOUR)
    assert (run.state, run.finished_at) == (state, NOW)
    assert await store.in_flight(job.id) == []
    assert await store.planned() == []


async def test_a_job_whose_last_fire_was_missed_is_finished(store: Store) -> None:
    job = await add_one_shot(store)
    await store.plan(job, [Planned(NOW, RunState.MISSED)], None)
    assert (await fresh(store, job)).state is JobState.FINISHED


async def test_a_job_whose_last_fire_is_planned_is_not_finished_yet(store: Store) -> None:
    job = await add_one_shot(store)
    await plan(store, job)
    assert (await fresh(store, job)).state is JobState.ACTIVE
    assert (await fresh(store, job)).next_fire_time is None


async def test_a_manual_run_gets_a_fire_time_of_its_own(store: Store) -> None:
    job = await add(store)
    await hold(store, job)
    first = await manual(store, job)
    await store.record((await claim(store, first)).id, ME, Finish(RunState.SUCCEEDED))
    microsecond = timedelta(microseconds=1)
    second = await manual(store, job)
    assert [first.fire_time, second.fire_time] == [NOW + microsecond, NOW + 2 * microsecond]
    assert len(await store.audited(f"job {job.id}")) == 3


async def test_of_manual_runs_asked_for_at_once_one_is_planned(
    opener: Opener, store: Store
) -> None:
    job = await add(store)
    doors = [store, opener.reopen(store)] * 5
    asked = await asyncio.gather(*(manual(door, job) for door in doors), return_exceptions=True)
    assert sum(isinstance(outcome, AlreadyRunning) for outcome in asked) == 9
    assert len(await store.history(job.id, 10)) == 1


async def test_a_manual_run_and_a_tick_at_once_make_one_run(opener: Opener, store: Store) -> None:
    second = opener.reopen(store)
    jobs = [await add(store) for _ in range(10)]
    asked = (manual(second, job, NOW - HOUR) for job in jobs)
    ticked = (store.plan(job, PLANNED, NOW + HOUR) for job in jobs)
    await asyncio.gather(*asked, *ticked, return_exceptions=True)
    assert [len(await store.in_flight(job.id)) for job in jobs] == [1] * 10


async def test_a_fire_during_a_run_is_overlapped(store: Store) -> None:
    job = await add(store)
    await manual(store, job, NOW - HOUR)
    (skipped,) = await store.plan(job, PLANNED, NOW + HOUR)
    assert (skipped.state, skipped.finished_at) == (RunState.OVERLAPPED, NOW)
    assert skipped.note == "the run before it was still going"


async def test_a_missed_fire_during_a_run_stays_missed(store: Store) -> None:
    job = await add(store)
    await manual(store, job, NOW - HOUR)
    (missed,) = await store.plan(job, [Planned(NOW, RunState.MISSED, "1 missed")], NOW + HOUR)
    assert (missed.state, missed.note) == (RunState.MISSED, "1 missed")


async def test_the_only_fire_of_a_job_waits_for_the_run_before_it(store: Store) -> None:
    job = await add_one_shot(store)
    running = await claim(store, await manual(store, job, NOW - HOUR))
    fire = await plan(store, job)
    assert await store.claim(fire.id, OTHER, LEASE) is None
    assert await store.planned() == [fire.id]
    await store.record(running.id, ME, Finish(RunState.SUCCEEDED))
    assert (await fresh(store, job)).state is JobState.ACTIVE
    await claim(store, fire)


async def test_a_fire_at_the_time_of_a_manual_run_is_not_recorded_twice(store: Store) -> None:
    job = await add(store)
    await manual(store, job, NOW)
    assert await store.plan(job, PLANNED, NOW + HOUR) == []
    assert (await fresh(store, job)).next_fire_time == NOW + HOUR


async def test_a_removed_job_gets_no_manual_run(store: Store) -> None:
    job = await add(store)
    await store.change(replace(job, state=JobState.REMOVED), entry("remove"))
    for number in (job.id, JobId(99)):
        with pytest.raises(UserError, match="was removed"):
            await store.plan_manual(number, NOW, entry("run"))


async def test_planned_runs_wait_in_the_order_of_their_fires(store: Store) -> None:
    later = await plan(store, await add(store, next_fire_time=NOW + HOUR))
    sooner = await plan(store, await add(store))
    taken = await plan(store, await add(store))
    await claim(store, taken)
    assert await store.planned() == [sooner.id, later.id]
