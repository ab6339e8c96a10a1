"""Alerts in the store: decided by the first press, or healed."""

import asyncio
from dataclasses import replace

import pytest

from scheduler.alert import Alert, AlertId, AlertState, Decision
from scheduler.errors import UserError
from scheduler.job import JobState
from scheduler.ports import Question, TooLate
from scheduler.run import RunState
from storage.store import Store
from tests.integration.alerting import deliver, entries, heal, held_jobs, pinned, the_alert
from tests.integration.stores import (
    ANA,
    BO,
    DEARER,
    HOUR,
    NOW,
    THREAD,
    Opener,
    add,
    add_one_shot,
    drifted,
    entry,
    fresh,
    hold,
    rerun,
)


async def test_deciding_on_the_last_job_closes_the_alert_and_owes_the_edit(store: Store) -> None:
    first, second = await held_jobs(store, 2)
    alert = await the_alert(store)
    await deliver(store, "m1")
    await store.change(await fresh(store, first), entry("pin", by=BO), decision=Decision.PINNED)
    half = await the_alert(store)
    assert (half.revision, [row.job.id for row in half.undecided]) == (3, [second.id])
    row = half.row(first.id)
    assert row is not None
    assert (row.decision, row.decided_by, row.decided_at) == (Decision.PINNED, "Bo", NOW)
    await store.change(await fresh(store, second), entry("pause"), decision=Decision.PAUSED)
    closed = await store.alert(alert.id)
    assert closed is not None
    assert (closed.state, closed.revision, closed.undecided) == (AlertState.DECIDED, 4, ())
    assert await deliver(store, "m1") == THREAD


async def test_a_change_without_a_decision_leaves_the_alert_alone(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    alert = await the_alert(store)
    changed = await store.change(replace(await fresh(store, job), name="News"), entry())
    assert (await the_alert(store)).revision == alert.revision
    assert (await the_alert(store)).jobs[0].job == changed


async def test_a_decided_job_that_drifts_again_is_a_new_question(store: Store) -> None:
    jobs = await held_jobs(store, 2)
    await store.change(await fresh(store, jobs[0]), entry(), decision=Decision.ACCEPTED)
    before = await the_alert(store)
    await hold(store, jobs[0])
    after = await the_alert(store)
    assert after.revision == before.revision + 1
    assert [row.job.id for row in after.undecided] == [job.id for job in jobs]
    assert after.jobs[0].decided_by is None


async def test_a_drift_after_the_decision_opens_another_alert(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    old = await the_alert(store)
    await store.change(await fresh(store, job), entry(), decision=Decision.CHANGED)
    await hold(store, job)
    assert (await the_alert(store)).id != old.id


async def test_one_press_decides_on_several_jobs_at_once(store: Store) -> None:
    jobs = await held_jobs(store, 3)
    alert = await the_alert(store)
    mine = [await fresh(store, job) for job in jobs[:2]]
    decided = await store.decide(
        alert.id, alert.revision, pinned(mine), Decision.PINNED, entries(mine)
    )
    assert isinstance(decided, Alert)
    assert decided == await store.alert(alert.id)
    assert decided.revision == alert.revision + 1
    assert [row.job.id for row in decided.undecided] == [jobs[2].id]
    now = [await fresh(store, job) for job in jobs]
    assert [job.consent_revision for job in now] == [2, 2, 1]
    actions = [line.action for line in await store.audited(f"job {jobs[0].id}")]
    assert actions == ["pin", "add"]


async def test_fifty_presses_at_once_have_one_effect(opener: Opener, store: Store) -> None:
    jobs = await held_jobs(store, 5)
    alert = await the_alert(store)
    mine = [await fresh(store, job) for job in jobs]
    doors = [store, opener.reopen(store)] * 25
    outcomes = await asyncio.gather(
        *(
            door.decide(alert.id, alert.revision, pinned(mine), Decision.PINNED, entries(mine))
            for door in doors
        )
    )
    assert sum(isinstance(outcome, Alert) for outcome in outcomes) == 1
    late = [outcome.alert for outcome in outcomes if isinstance(outcome, TooLate)]
    assert {one.state for one in late} == {AlertState.DECIDED}
    assert {one.jobs[0].decided_by for one in late} == {"Bo"}
    actions = [line.action for line in await store.audited(f"job {jobs[0].id}")]
    assert actions == ["pin", "add"]
    assert (await fresh(store, jobs[0])).revision == 2


async def test_a_press_under_another_revision_changes_nothing(store: Store) -> None:
    jobs = await held_jobs(store, 2)
    alert = await the_alert(store)
    mine = [await fresh(store, job) for job in jobs]
    outcome = await store.decide(
        alert.id, alert.revision - 1, pinned(mine), Decision.PINNED, entries(mine)
    )
    assert outcome == TooLate(alert)
    assert [await fresh(store, job) for job in jobs] == mine


async def test_a_press_decides_on_all_its_jobs_or_on_none(store: Store) -> None:
    jobs = await held_jobs(store, 2)
    alert = await the_alert(store)
    mine = [await fresh(store, job) for job in jobs]
    await store.change(replace(mine[1], name="News"), entry())
    renamed = await fresh(store, jobs[1])
    with pytest.raises(UserError, match=f"job {mine[1].id} was changed"):
        await store.decide(alert.id, alert.revision, pinned(mine), Decision.PINNED, entries(mine))
    assert [await fresh(store, job) for job in jobs] == [mine[0], renamed]
    assert await store.alert(alert.id) == replace(
        alert, jobs=(alert.jobs[0], replace(alert.jobs[1], job=renamed))
    )


async def test_a_press_that_concerns_no_job_changes_nothing(store: Store) -> None:
    await held_jobs(store, 1)
    alert = await the_alert(store)
    assert await store.decide(alert.id, alert.revision, [], Decision.PINNED, []) == alert


async def test_a_press_on_an_alert_nobody_knows_is_refused(store: Store) -> None:
    assert await store.alert(AlertId(99)) is None
    assert await store.alert(AlertId(10**30)) is None
    with pytest.raises(UserError, match="no alert 99"):
        await store.decide(AlertId(99), 1, [], Decision.PINNED, [])


async def test_pinning_all_releases_only_the_one_shots(store: Store) -> None:
    once, recurring = await add_one_shot(store), await add(store)
    runs = [await hold(store, once), await hold(store, recurring)]
    alert = await the_alert(store)
    mine = [await fresh(store, job) for job in (once, recurring)]
    await store.decide(alert.id, alert.revision, pinned(mine), Decision.PINNED, entries(mine))
    states = [(await rerun(store, run)).state for run in runs]
    assert states == [RunState.PLANNED, RunState.HELD]


async def test_pausing_all_pauses_them(store: Store) -> None:
    jobs = await held_jobs(store, 2)
    alert = await the_alert(store)
    mine = [replace(await fresh(store, job), state=JobState.PAUSED) for job in jobs]
    await store.decide(alert.id, alert.revision, mine, Decision.PAUSED, entries(mine))
    assert await store.due(NOW + 9 * HOUR, 10) == []


async def test_one_decision_about_several_alerts_is_made_of_all_or_of_none(store: Store) -> None:
    ours, theirs = await held_jobs(store, 1), [await add(store)]
    await hold(store, theirs[0], drifted(DEARER))
    first, second = await store.open_alerts()
    mine = [[await fresh(store, each[0])] for each in (ours, theirs)]

    def asked(late: int) -> list[Question]:
        return [
            Question(first.id, first.revision, pinned(mine[0]), entries(mine[0])),
            Question(second.id, second.revision + late, pinned(mine[1]), entries(mine[1])),
        ]

    outcome = await store.decide_several(asked(1), Decision.PINNED)
    assert isinstance(outcome, TooLate)
    assert outcome.alert.id == second.id
    assert await store.open_alerts() == [first, second]
    decided = await store.decide_several(asked(0), Decision.PINNED)
    assert not isinstance(decided, TooLate)
    assert [alert.state for alert in decided] == [AlertState.DECIDED] * 2
    assert await store.open_alerts() == []


# --- healed ---------------------------------------------------------------------------------------


async def test_a_heal_closes_the_alert_and_owes_the_edit(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    alert = await the_alert(store)
    await deliver(store, "m1")
    await heal(store, alert, NOW + HOUR)
    healed = await store.alert(alert.id)
    assert healed is not None
    assert (healed.state, healed.revision) == (AlertState.HEALED, alert.revision + 1)
    assert await deliver(store, "m1") == THREAD
    await hold(store, job)
    assert (await the_alert(store)).id != alert.id


async def test_a_closed_alert_does_not_heal(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    alert = await the_alert(store)
    await store.change(await fresh(store, job), entry(), decision=Decision.PINNED)
    assert not await heal(store, alert)
    closed = await store.alert(alert.id)
    assert closed is not None
    assert closed.state is AlertState.DECIDED
    assert not await store.heal(AlertId(99), 1, [], NOW)


async def test_an_alert_that_moved_on_since_it_was_judged_does_not_heal(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    judged = await the_alert(store)
    await hold(store, job, drifted(DEARER))
    assert not await store.heal(judged.id, judged.revision, [job.id], NOW)
    now = await the_alert(store)
    assert (now.id, now.state, now.route) == (judged.id, AlertState.OPEN, DEARER)
    assert [row.decision for row in now.jobs] == [None]


async def test_a_job_that_joined_since_an_alert_was_judged_is_not_healed_unseen(
    store: Store,
) -> None:
    (judged,) = await held_jobs(store, 1)
    before = await the_alert(store)
    await held_jobs(store, 1)
    assert not await store.heal(before.id, before.revision, [judged.id], NOW)
    now = await the_alert(store)
    assert await store.heal(now.id, now.revision, [judged.id], NOW)
    assert [row.decision for row in (await the_alert(store)).jobs] == [Decision.HEALED, None]


async def test_a_heal_of_no_job_changes_nothing(store: Store) -> None:
    await held_jobs(store, 1)
    before = await the_alert(store)
    assert not await store.heal(before.id, before.revision, [], NOW)
    assert await the_alert(store) == before


async def test_a_press_after_a_heal_is_too_late(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    alert = await the_alert(store)
    await heal(store, alert)
    mine = [await fresh(store, job)]
    outcome = await store.decide(alert.id, alert.revision, mine, Decision.PINNED, [entry(by=ANA)])
    assert isinstance(outcome, TooLate)
    assert outcome.alert.state is AlertState.HEALED
