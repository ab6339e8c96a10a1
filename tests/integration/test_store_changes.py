"""Changed jobs, and what becomes of their runs."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.alert import Decision
from scheduler.job import JobState
from scheduler.ports import Planned
from scheduler.route import Pins, Snapshot
from scheduler.run import RunState
from scheduler.schedule import Interval
from storage.store import Store
from tests.integration.stores import (
    HOUR,
    NOW,
    Opener,
    add,
    add_one_shot,
    entry,
    fresh,
    hold,
    plan,
    rerun,
)

SECOND = timedelta(seconds=1)


async def test_a_change_under_an_old_revision_changes_nothing(store: Store) -> None:
    job = await add(store)
    renamed = await store.change(replace(job, name="News"), entry())
    assert await store.change(replace(job, name="Olds"), entry("edit", "late")) is None
    assert await store.job(job.id) == renamed
    assert await store.audited("late") == []


async def test_of_many_changes_at_once_one_wins(opener: Opener, store: Store) -> None:
    job = await add(store)
    second = opener.reopen(store)
    changes = [
        door.change(replace(job, name=f"name {number}"), entry())
        for number in range(10)
        for door in (store, second)
    ]
    outcomes = await asyncio.gather(*changes)
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert (await fresh(store, job)).revision == 2


async def test_only_another_consent_moves_the_consent_revision(store: Store) -> None:
    job = await add(store)
    renamed = await store.change(replace(job, name="News"), entry())
    assert renamed is not None
    assert (renamed.revision, renamed.consent_revision) == (2, 1)
    pinned = await store.change(replace(renamed, pins=Pins("openrouter")), entry())
    assert pinned is not None
    assert (pinned.revision, pinned.consent_revision) == (3, 2)
    taken = await store.change(replace(pinned, snapshot=Snapshot(model="x")), entry())
    assert taken is not None
    assert taken.consent_revision == 3


async def test_pausing_cancels_what_is_planned_and_keeps_what_is_held(store: Store) -> None:
    job = await add(store)
    held = await hold(store, job)
    planned = await plan(store, job)
    await store.change(replace(await fresh(store, job), state=JobState.PAUSED), entry("pause"))
    assert (await rerun(store, held)).state is RunState.HELD
    stopped = await rerun(store, planned)
    assert stopped.state is RunState.CANCELLED
    assert stopped.error == "the job was paused by Ana"
    assert stopped.finished_at == NOW


async def test_pausing_holds_a_released_fire_again(store: Store) -> None:
    job = await add_one_shot(store)
    run = await hold(store, job)
    await store.change(await fresh(store, job), entry(), decision=Decision.PINNED)
    assert (await rerun(store, run)).state is RunState.PLANNED
    await store.change(replace(await fresh(store, job), state=JobState.PAUSED), entry("pause"))
    waits = await rerun(store, run)
    assert (waits.state, waits.hold_reason, waits.error) == (
        RunState.HELD,
        run.hold_reason,
        run.error,
    )


async def test_removing_cancels_what_is_planned_and_what_is_held(store: Store) -> None:
    job = await add(store)
    runs = [await hold(store, job), await plan(store, job)]
    gone = replace(await fresh(store, job), state=JobState.REMOVED, next_fire_time=None)
    await store.change(gone, entry("remove"))
    assert {(await rerun(store, run)).state for run in runs} == {RunState.CANCELLED}


async def test_a_fire_the_ticker_passed_meanwhile_is_not_due_again(store: Store) -> None:
    read = await add(store)
    await plan(store, read)
    changed = await store.change(replace(read, prompt="Something else"), entry())
    assert changed is not None
    assert changed.next_fire_time == NOW + HOUR


async def test_what_comes_after_a_fire_the_ticker_passed_meanwhile_comes_by_the_changed_schedule(
    store: Store,
) -> None:
    job = await add(store)
    edited = replace(job, schedule=Interval(7 * HOUR), next_fire_time=NOW + SECOND)
    assert await store.plan(job, [Planned(NOW + SECOND, RunState.PLANNED)], NOW + HOUR)
    changed = await store.change(edited, entry())
    assert changed is not None
    assert changed.next_fire_time == NOW + 7 * HOUR


async def test_a_job_changed_to_a_moment_that_has_passed_meanwhile_is_finished(
    store: Store,
) -> None:
    job = await add_one_shot(store)
    await store.plan(job, [Planned(NOW, RunState.MISSED)], None)
    over = await fresh(store, job)
    again = replace(over, state=JobState.ACTIVE, next_fire_time=NOW)
    changed = await store.change(again, entry())
    assert changed == await fresh(store, job)
    assert (changed.state, changed.next_fire_time) == (JobState.FINISHED, None)


async def test_a_change_may_move_the_next_fire(store: Store) -> None:
    job = await add(store)
    await plan(store, job)
    sooner = replace(await fresh(store, job), next_fire_time=NOW + SECOND)
    await store.change(sooner, entry())
    assert (await fresh(store, job)).next_fire_time == NOW + SECOND


async def test_a_change_is_refused_when_the_job_was_finished_meanwhile(store: Store) -> None:
    read = await add_one_shot(store)
    await store.plan(read, [Planned(NOW, RunState.MISSED)], None)
    assert await store.change(replace(read, prompt="Something else"), entry()) is None


@pytest.mark.parametrize("decision", [Decision.PINNED, Decision.ACCEPTED])
async def test_a_consent_plans_the_held_run_of_a_one_shot_again(
    store: Store, decision: Decision
) -> None:
    job = await add_one_shot(store)
    run = await hold(store, job)
    await store.change(await fresh(store, job), entry(), decision=decision)
    released = await rerun(store, run)
    assert released.state is RunState.PLANNED
    assert released.worker is None


async def test_a_consent_leaves_the_held_runs_of_a_recurring_job_held(store: Store) -> None:
    job = await add(store)
    run = await hold(store, job)
    await store.change(await fresh(store, job), entry(), decision=Decision.PINNED)
    assert (await rerun(store, run)).state is RunState.HELD


async def test_a_consent_to_a_paused_one_shot_does_not_run_it(store: Store) -> None:
    job = await add_one_shot(store)
    run = await hold(store, job)
    paused = replace(await fresh(store, job), state=JobState.PAUSED)
    await store.change(paused, entry(), decision=Decision.PAUSED)
    await store.change(await fresh(store, job), entry(), decision=Decision.PINNED)
    assert (await rerun(store, run)).state is RunState.HELD
