"""Alerts in the store before any fire is held: one transaction a chat, said once by whoever is first."""

import asyncio
from dataclasses import replace

from scheduler.alert import AlertState, Decision
from scheduler.job import Job, JobState
from scheduler.ports import Held
from scheduler.route import ApiMode, Axis, Pins
from scheduler.run import HoldReason
from storage.store import Store
from tests.integration.alerting import deliver, held_jobs, the_alert
from tests.integration.stores import (
    CHAT,
    DEARER,
    NOW,
    OTHER_THREAD,
    PAID,
    THREAD,
    Opener,
    add,
    drifted,
    entry,
    fresh,
    hold,
)


def found(*jobs: Job, held: Held | None = None) -> list[tuple[Job, Held]]:
    return [(job, held or drifted()) for job in jobs]


async def test_jobs_that_would_be_held_make_one_alert_without_a_held_fire(store: Store) -> None:
    jobs = [await add(store) for _ in range(3)]
    assert await store.foresee(found(*jobs))
    alert = await the_alert(store)
    assert (alert.place, alert.revision) == (THREAD, 1)
    assert [(row.held_fires, row.last_held) for row in alert.jobs] == [(0, None)] * 3
    assert await deliver(store, "m1") == THREAD
    assert await store.ready(NOW, ["slack"]) == []


async def test_what_was_said_is_not_said_again(store: Store) -> None:
    jobs = [await add(store) for _ in range(3)]
    await store.foresee(found(*jobs))
    await deliver(store, "m1")
    assert not await store.foresee(found(*jobs))
    assert (await the_alert(store)).revision == 1
    assert await store.ready(NOW, ["slack"]) == []


async def test_whoever_foresees_at_once_with_others_says_it_once(
    opener: Opener, store: Store
) -> None:
    jobs = [await add(store) for _ in range(5)]
    doors = [store, opener.reopen(store)] * 5
    said = await asyncio.gather(*(door.foresee(found(*jobs)) for door in doors))
    assert sum(said) == 1
    alert = await the_alert(store)
    assert (len(alert.jobs), alert.revision) == (5, 1)
    await deliver(store, "m1")
    assert await store.ready(NOW, ["slack"]) == []


async def test_a_held_fire_and_a_foreseen_one_share_the_alert(opener: Opener, store: Store) -> None:
    jobs = [await add(store) for _ in range(4)]
    other = opener.reopen(store)
    holds = (hold(store, job) for job in jobs)
    await asyncio.gather(*holds, other.foresee(found(*jobs)))
    alert = await the_alert(store)
    assert [row.held_fires for row in alert.jobs] == [1] * 4


async def test_a_thousand_jobs_make_one_message(store: Store) -> None:
    jobs = [await add(store) for _ in range(1000)]
    assert await store.foresee(found(*jobs))
    assert len((await the_alert(store)).jobs) == 1000
    await deliver(store, "m1")
    assert await store.ready(NOW, ["slack"]) == []


async def test_jobs_of_several_threads_are_asked_about_in_the_chat(store: Store) -> None:
    jobs = [await add(store), await add(store, place=OTHER_THREAD)]
    await store.foresee(found(*jobs))
    assert await deliver(store, "m1") == CHAT


async def test_a_job_that_changed_since_it_was_judged_is_left_out(store: Store) -> None:
    stays, goes, rests = [await add(store) for _ in range(3)]
    await store.change(replace(goes, free_only=True), entry())
    await store.change(replace(rests, state=JobState.PAUSED), entry())
    await store.foresee(found(stays, goes, rests))
    assert [row.job.id for row in (await the_alert(store)).jobs] == [stays.id]


async def test_drift_and_identity_are_one_question(store: Store) -> None:
    drifts, billed = await add(store), await add(store)
    moved = replace(drifted().drifts[0], axis=Axis.ENDPOINT)
    identity = replace(drifted(), reason=HoldReason.IDENTITY, drifts=(moved,))
    await store.foresee(found(billed, held=identity))
    assert (await the_alert(store)).reason is HoldReason.IDENTITY
    await hold(store, drifts)
    alert = await the_alert(store)
    assert (alert.reason, len(alert.jobs)) == (HoldReason.DRIFT, 2)


async def test_a_third_route_is_the_same_alert_with_a_new_revision(store: Store) -> None:
    jobs = await held_jobs(store, 3)
    before = await the_alert(store)
    await store.foresee([(await fresh(store, job), drifted(DEARER)) for job in jobs])
    after = await the_alert(store)
    assert (after.id, after.route, after.revision) == (before.id, DEARER, before.revision + 1)
    assert len(after.undecided) == 3


async def test_another_address_of_the_same_route_moves_the_revision(store: Store) -> None:
    jobs = await held_jobs(store, 2)
    before = await the_alert(store)
    elsewhere = replace(before.route, api_mode=ApiMode.RESPONSES)
    held = replace(drifted(), route=elsewhere)
    assert await store.foresee([(await fresh(store, job), held) for job in jobs])
    after = await the_alert(store)
    assert (after.route, after.revision) == (elsewhere, before.revision + 1)


def of_another_key() -> Held:
    """Held by a route of the same name that another key pays for."""
    route = replace(PAID, credential="THE_PINNED_PROVIDERS_OWN_KEY")
    return replace(drifted(), route=route)


async def test_two_routes_of_one_name_are_two_questions(store: Store) -> None:
    ours, own = await add(store), await add(store, pins=Pins("openai"))
    assert await store.foresee([(ours, drifted()), (own, of_another_key())])
    listed = {
        alert.route: [row.job.id for row in alert.jobs] for alert in await store.open_alerts()
    }
    assert listed == {PAID: [ours.id], of_another_key().route: [own.id]}
    assert not await store.foresee([(ours, drifted()), (own, of_another_key())])


async def test_fires_of_two_routes_of_one_name_move_no_alert_to_and_fro(store: Store) -> None:
    ours, own = await add(store), await add(store, pins=Pins("openai"))
    for _ in range(3):
        await hold(store, await fresh(store, ours))
        await hold(store, await fresh(store, own), of_another_key())
    first, second = await store.open_alerts()
    assert [first.route, second.route] == [PAID, of_another_key().route]
    assert [first.revision, second.revision] == [1, 1]
    assert [row.held_fires for alert in (first, second) for row in alert.jobs] == [3, 3]


async def test_one_job_heals_and_the_others_of_its_alert_stay(store: Store) -> None:
    jobs = await held_jobs(store, 2)
    alert = await the_alert(store)
    assert await store.heal(alert.id, alert.revision, [jobs[0].id], NOW)
    now = await the_alert(store)
    assert [row.decision for row in now.jobs] == [Decision.HEALED, None]
    assert (now.state, now.revision) == (AlertState.OPEN, alert.revision + 1)
