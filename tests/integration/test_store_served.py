"""A run held behind the gate: what was spent is kept, and the job is held from then on."""

from dataclasses import replace
from decimal import Decimal

import pytest

from scheduler.alert import AlertState, Decision
from scheduler.job import Job, JobState
from scheduler.ports import Answered, Finish, Held, Learned, Passage
from scheduler.route import Pins
from scheduler.run import CostSource, HoldReason, Run, RunState, Usage
from scheduler.served import Fact, Mismatch
from storage.store import Store
from tests.integration.stores import (
    DRIFTS,
    FREE,
    ME,
    OTHER,
    Opener,
    add,
    add_one_shot,
    claim,
    drifted,
    entry,
    fresh,
    hold,
    knock,
    plan_and_claim,
    rerun,
    start_call,
)

FOUND = (
    Mismatch(Fact.MODEL, "llama:free", "gpt-4o"),
    Mismatch(Fact.COST, "free", "$0.0004"),
)
SPENT = Usage(1, 11, 7, "gpt-4o", "Together", Decimal("0.000400000001"), CostSource.BILLED)
MISLED = Held(
    HoldReason.SERVED,
    "Held: what answered is not what was consented to",
    route=FREE,
    answered=Answered(FOUND, SPENT, "Four."),
)


async def misled(store: Store, job: Job) -> Run:
    run = await start_call(store, job)
    held = await store.hold(run.id, ME, MISLED)
    assert held is not None
    return held


async def accept(store: Store, job: Job) -> Job:
    now = await fresh(store, job)
    wanted = replace(now, answered_as=(), accepted_as=now.answered_as)
    changed = await store.change(wanted, entry("accepted"), decision=Decision.ACCEPTED)
    assert changed is not None
    return changed


async def test_what_was_spent_stands_in_the_held_run(store: Store) -> None:
    run = await misled(store, await add(store))
    held = await rerun(store, run)
    assert (held.state, held.hold_reason) == (RunState.HELD, HoldReason.SERVED)
    assert (held.usage, held.output, held.route) == (SPENT, "Four.", FREE)
    assert held.lease_until is None


async def test_the_job_keeps_what_answered_until_a_person_decides(store: Store) -> None:
    job = await add(store)
    await misled(store, job)
    held = await fresh(store, job)
    assert held.answered_as == FOUND
    assert held.revision == job.revision + 1
    accepted = await accept(store, job)
    assert (accepted.answered_as, accepted.accepted_as) == ((), FOUND)
    assert accepted.consent_revision == held.consent_revision + 1


async def test_only_the_worker_that_calls_can_hold_it(store: Store) -> None:
    job = await add(store)
    run = await plan_and_claim(store, job)
    assert await store.hold(run.id, ME, MISLED) is None
    assert await knock(store, run) is Passage.OPEN
    assert await store.hold(run.id, OTHER, MISLED) is None
    assert await store.hold(run.id, ME, drifted()) is None
    assert await store.hold(run.id, ME, MISLED) is not None
    assert await store.hold(run.id, ME, MISLED) is None


async def test_an_edit_begun_before_does_not_undo_the_hold(store: Store) -> None:
    job = await add(store)
    run = await start_call(store, job)
    before = await fresh(store, job)
    await store.hold(run.id, ME, MISLED)
    assert await store.change(replace(before, name="Renamed"), entry()) is None
    assert (await fresh(store, job)).answered_as == FOUND


async def test_its_alert_is_not_the_one_about_a_default(store: Store) -> None:
    moved, wrong = await add(store), await add(store)
    await hold(store, moved, drifted(FREE))
    await misled(store, wrong)
    by_reason = {alert.reason: alert for alert in await store.open_alerts()}
    assert by_reason.keys() == {HoldReason.DRIFT, HoldReason.SERVED}
    [row] = by_reason[HoldReason.SERVED].jobs
    assert (row.job.id, row.drifts, row.held_fires) == (wrong.id, (), 1)
    assert by_reason[HoldReason.DRIFT].jobs[0].drifts == DRIFTS


async def test_a_later_fire_joins_the_same_alert(store: Store) -> None:
    job = await add(store)
    await misled(store, job)
    run = await plan_and_claim(store, job)
    await store.hold(run.id, ME, replace(MISLED, answered=None))
    [alert] = await store.open_alerts()
    assert alert.jobs[0].held_fires == 2
    assert (await rerun(store, run)).usage == Usage()


async def test_a_released_run_is_a_further_attempt_and_adds_up(store: Store) -> None:
    job = await add(store)
    run = await misled(store, job)
    await accept(store, job)
    released = await store.release(job.id, entry("run-held"))
    assert released is not None
    assert (released.id, released.attempt) == (run.id, 2)
    assert await knock(store, await claim(store, released)) is Passage.OPEN
    again = Usage(1, 1, 1, "gpt-4o", "Together", Decimal("0.1"), CostSource.BILLED)
    over = await store.record(run.id, ME, Finish(RunState.SUCCEEDED, "Five.", usage=again))
    assert over is not None
    assert (over.usage.requests, over.usage.cost) == (2, Decimal("0.100400000001"))
    assert await store.calls([run.id]) == 2


async def test_a_run_held_before_its_call_stays_in_its_first_attempt(store: Store) -> None:
    job = await add(store)
    await hold(store, job)
    released = await store.release(job.id, entry("run-held"))
    assert released is not None
    assert released.attempt == 1


async def test_a_one_shot_that_has_called_is_not_repeated_by_a_decision(store: Store) -> None:
    job = await add_one_shot(store)
    run = await misled(store, job)
    await accept(store, job)
    assert (await rerun(store, run)).state is RunState.HELD
    assert (await fresh(store, job)).state is JobState.ACTIVE


async def test_a_one_shot_that_never_called_runs_once_it_is_decided(store: Store) -> None:
    job = await add_one_shot(store)
    run = await hold(store, job)
    pinned = replace(await fresh(store, job), pins=Pins("openrouter", "llama:free"))
    await store.change(pinned, entry("pinned"), decision=Decision.PINNED)
    assert (await rerun(store, run)).state is RunState.PLANNED


async def test_the_repeat_is_given_back(store: Store) -> None:
    job = await add(store, repeat_left=1)
    await misled(store, job)
    held = await fresh(store, job)
    assert (held.repeat_left, held.state) == (1, JobState.ACTIVE)


async def test_a_removed_job_has_nobody_to_be_held_for_and_keeps_what_was_spent(
    store: Store,
) -> None:
    job = await add(store)
    run = await start_call(store, job)
    removed = replace(await fresh(store, job), state=JobState.REMOVED)
    await store.change(removed, entry("remove"), decision=Decision.REMOVED)
    over = await store.hold(run.id, ME, MISLED)
    assert over is not None
    assert (over.state, over.usage) == (RunState.CANCELLED, SPENT)
    assert await store.open_alerts() == []


async def test_a_job_paused_meanwhile_is_asked_about_all_the_same(store: Store) -> None:
    job = await add(store)
    run = await start_call(store, job)
    paused = replace(await fresh(store, job), state=JobState.PAUSED)
    await store.change(paused, entry("pause"))
    await store.hold(run.id, ME, MISLED)
    [alert] = await store.open_alerts()
    assert (alert.state, alert.reason) == (AlertState.OPEN, HoldReason.SERVED)


async def test_a_cost_comes_back_exactly(opener: Opener) -> None:
    store = opener.open()
    job = await add(store)
    for cost in ("0.000000000001", "0", "1234.5"):
        run = await plan_and_claim(store, await fresh(store, job))
        await knock(store, run)
        usage = Usage(1, cost=Decimal(cost), cost_source=CostSource.ESTIMATED)
        await store.record(run.id, ME, Finish(RunState.SUCCEEDED, "x", usage=usage))
        assert (await rerun(store, run)).usage == usage


@pytest.mark.parametrize(("model", "kept"), [("llama:free", FOUND), ("gpt-9", ())])
async def test_what_was_accepted_of_an_answer_ends_with_its_route(
    store: Store, model: str, kept: tuple[Mismatch, ...]
) -> None:
    job = await add(store)
    await misled(store, job)
    accepted = await accept(store, job)
    run = await start_call(store, job)
    snapshot = replace(accepted.snapshot, model=model)
    learned = Learned(snapshot, accepted.consent_revision)
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED, "Six.", learned=learned))
    assert (await fresh(store, job)).accepted_as == kept
