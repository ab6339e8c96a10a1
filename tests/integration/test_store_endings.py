"""Runs that are held, recorded, released or stopped."""

from dataclasses import replace

import pytest

from scheduler.job import JobId, JobKind, JobState
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Finish, Held
from scheduler.route import Pins, Snapshot
from scheduler.run import HoldReason, Run, RunId, RunState, Usage
from storage.store import Store
from tests.integration.stores import (
    BO,
    DRIFTS,
    HOUR,
    ME,
    NOW,
    OTHER,
    PAID,
    THREAD,
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


# --- held -----------------------------------------------------------------------------------------


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


# --- recorded -------------------------------------------------------------------------------------


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
    run = await start_call(store, job)
    other = await manual(store, job)
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


# --- released -------------------------------------------------------------------------------------


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
    await plan(store, job)
    for number in (job.id, JobId(99)):
        assert await store.release(number, entry("run-held")) is None
    assert [line.action for line in await store.audited()] == ["add"]


# --- stopped --------------------------------------------------------------------------------------


async def test_a_stop_cancels_what_is_not_calling_and_marks_what_is(store: Store) -> None:
    job = await add(store)
    calling = await start_call(store, job)
    claimed = await plan_and_claim(store, job)
    planned = await plan(store, job)
    held = await hold(store, await add(store))
    stood = await store.ask_stop(job.id, entry("stop", f"job {job.id}"))
    assert stood == [calling, claimed, planned]
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
    calling = await start_call(store, job)
    await hold(store, job)
    claimed = await plan_and_claim(store, job)
    planned = await plan(store, job)
    over = await start_call(store, job)
    await store.record(over.id, ME, GOOD)
    assert await store.in_flight(job.id) == [calling, claimed, planned]
    assert (await knock(store, over, 2)).name == "NOT_MINE"
