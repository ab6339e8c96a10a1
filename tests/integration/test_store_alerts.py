"""Alerts in the store: how they open, who joins, where they hang."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from scheduler.alert import AlertState, Decision
from scheduler.config import GuardConfig, Identity
from scheduler.outbox import Owed, OwedKind
from scheduler.route import Pins
from storage.store import Store
from tests.integration.alerting import deliver, heal, held_jobs, left_behind, the_alert
from tests.integration.stores import (
    CHAT,
    DEARER,
    DRIFTS,
    FREE,
    HOUR,
    NOW,
    OTHER_CHAT,
    OTHER_THREAD,
    PAID,
    SNAPSHOT,
    THREAD,
    Opener,
    add,
    drifted,
    fresh,
    hold,
)


async def test_the_first_drift_opens_an_alert_and_owes_its_message(store: Store) -> None:
    job = await add(store)
    await hold(store, job)
    alert = await the_alert(store)
    assert (alert.place, alert.route, alert.opened_at) == (THREAD, PAID, NOW)
    assert (alert.state, alert.revision, alert.message) == (AlertState.OPEN, 1, None)
    (row,) = alert.jobs
    assert (row.job, row.drifts) == (await fresh(store, job), DRIFTS)
    assert (row.held_fires, row.last_held, row.decision) == (1, NOW, None)
    (delivery,) = await store.ready(NOW, ["slack"])
    assert delivery.owed == Owed(OwedKind.ALERT, THREAD, {"alert": alert.id})
    assert await store.alert(alert.id) == alert


async def test_a_job_that_joins_moves_the_revision(store: Store) -> None:
    jobs = await held_jobs(store, 3)
    alert = await the_alert(store)
    assert alert.revision == 3
    assert [row.job.id for row in alert.jobs] == [job.id for job in jobs]


async def test_a_further_fire_moves_only_the_count(opener: Opener, store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    opener.now += HOUR
    await hold(store, job)
    alert = await the_alert(store)
    assert alert.revision == 1
    assert (alert.jobs[0].held_fires, alert.jobs[0].last_held) == (2, NOW + HOUR)


async def test_thirteen_jobs_make_one_message(store: Store) -> None:
    await held_jobs(store, 13)
    await deliver(store, "m1")
    assert await store.ready(NOW, ["slack"]) == []
    assert len((await the_alert(store)).jobs) == 13


async def test_a_message_under_way_is_followed_by_an_edit(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    (first,) = await store.ready(NOW, ["slack"])
    await store.sending(first.id)
    await hold(store, job)
    await hold(store, job)
    await store.sent(first.id, "m1")
    assert await deliver(store, "m1") == THREAD
    assert await store.ready(NOW, ["slack"]) == []


async def test_jobs_held_at_once_share_one_alert(opener: Opener, store: Store) -> None:
    jobs = [await add(store) for _ in range(12)]
    doors = [store, opener.reopen(store)] * 6
    await asyncio.gather(*(hold(door, job) for door, job in zip(doors, jobs, strict=True)))
    alert = await the_alert(store)
    assert (len(alert.jobs), alert.revision) == (12, 12)
    await deliver(store, "m1")
    assert await store.ready(NOW, ["slack"]) == []


async def test_each_chat_and_each_route_has_an_alert_of_its_own(store: Store) -> None:
    await hold(store, await add(store))
    await hold(store, await add(store), drifted(DEARER))
    await hold(store, await add(store, place=OTHER_CHAT))
    everywhere = await store.open_alerts()
    assert [alert.place.chat for alert in everywhere] == ["C1", "C1", "-100"]
    assert [alert.route for alert in everywhere] == [PAID, DEARER, PAID]
    assert await store.open_alerts(OTHER_THREAD) == everywhere[:2]


async def test_an_alert_of_several_threads_moves_to_the_whole_chat(store: Store) -> None:
    await held_jobs(store, 2, THREAD)
    assert await deliver(store, "m1") == THREAD
    assert (await the_alert(store)).message == "m1"
    await held_jobs(store, 1, OTHER_THREAD)
    moved = await the_alert(store)
    assert (moved.place, moved.message) == (CHAT, None)
    assert await deliver(store, "m2") == CHAT
    assert await left_behind(store) == Owed(OwedKind.ELSEWHERE, THREAD, {"message": "m1"})
    await held_jobs(store, 1, THREAD)
    again = await the_alert(store)
    assert (again.place, again.message) == (CHAT, "m2")


async def test_a_message_that_waits_moves_with_its_alert(store: Store) -> None:
    await held_jobs(store, 1, THREAD)
    await held_jobs(store, 1, OTHER_THREAD)
    assert await deliver(store, "m1") == CHAT
    assert await store.ready(NOW, ["slack"]) == []


async def test_a_message_that_arrives_where_the_alert_was_is_not_remembered(
    store: Store,
) -> None:
    await held_jobs(store, 1, THREAD)
    (first,) = await store.ready(NOW, ["slack"])
    await store.sending(first.id)
    await held_jobs(store, 1, OTHER_THREAD)
    await store.sent(first.id, "in the thread")
    assert (await the_alert(store)).message is None
    assert await deliver(store, "in the chat") == CHAT
    pointer = Owed(OwedKind.ELSEWHERE, THREAD, {"message": "in the thread"})
    assert await left_behind(store) == pointer
    assert (await the_alert(store)).message == "in the chat"


async def test_a_message_that_fell_back_to_the_chat_is_remembered(store: Store) -> None:
    await held_jobs(store, 1, THREAD)
    alert = await the_alert(store)
    (first,) = await store.ready(NOW, ["slack"])
    await store.sending(first.id)
    await store.owe(replace(first.owed, place=CHAT))
    await store.owe(replace(first.owed, place=OTHER_CHAT))
    await store.dead(first.id, "thread_not_found")
    for delivery in await store.ready(NOW, ["slack", "telegram"]):
        await store.sending(delivery.id)
        await store.sent(delivery.id, f"in {delivery.owed.place.chat}")
    assert await store.alert(alert.id) == replace(alert, message="in C1", hangs=CHAT)


async def test_a_copy_that_comes_late_does_not_become_the_alerts_message(store: Store) -> None:
    await held_jobs(store, 1, THREAD)
    (first,) = await store.ready(NOW, ["slack"])
    await store.sending(first.id)
    elsewhere = replace(first.owed, place=OTHER_CHAT, tried=(THREAD,))
    await store.dead(first.id, "is_archived", instead=elsewhere)
    (copy,) = await store.ready(NOW, ["telegram"])
    await store.sending(copy.id)
    await held_jobs(store, 1, THREAD)
    (again,) = await store.ready(NOW, ["slack"])
    await store.sending(again.id)
    await store.sent(again.id, "in the thread")
    await store.sent(copy.id, "elsewhere")
    alert = await the_alert(store)
    assert (alert.message, alert.hangs) == ("in the thread", THREAD)


async def test_an_alert_forgets_a_message_whose_place_refuses_it(store: Store) -> None:
    await held_jobs(store, 1, THREAD)
    await deliver(store, "m1")
    await held_jobs(store, 1, THREAD)
    (edit,) = await store.ready(NOW, ["slack"])
    await store.sending(edit.id)
    elsewhere = replace(edit.owed, place=OTHER_CHAT, tried=(THREAD,))
    await store.dead(edit.id, "is_archived", instead=elsewhere)
    assert (await the_alert(store)).message is None
    assert await deliver(store, "m2") == OTHER_CHAT
    alert = await the_alert(store)
    assert (alert.message, alert.hangs) == ("m2", OTHER_CHAT)
    await held_jobs(store, 1, THREAD)
    assert await deliver(store, "m2") == OTHER_CHAT


async def test_an_open_alert_in_doubt_rests_and_a_closed_one_is_given_up(
    opener: Opener, store: Store
) -> None:
    await held_jobs(store, 1, THREAD)
    alert = await the_alert(store)
    (delivery,) = await store.ready(NOW, ["slack"])
    for _ in range(2):
        await store.sending(delivery.id)
        await store.interrupted(["slack"])
    assert await store.ready(NOW, ["slack"]) == []
    rests = await store.next_ready(["slack"])
    assert rests == NOW + timedelta(minutes=5)
    await heal(store, alert)
    assert await store.sending(delivery.id)
    await store.interrupted(["slack"])
    assert await store.next_ready(["slack"]) is None


async def test_jobs_that_drift_elsewhere_together_take_their_alert_along(store: Store) -> None:
    jobs = await held_jobs(store, 2)
    old = await the_alert(store)
    await deliver(store, "m1")
    await hold(store, jobs[0], drifted(DEARER))
    now = await the_alert(store)
    assert (now.id, now.route, now.revision) == (old.id, DEARER, old.revision + 1)
    assert [row.decision for row in now.jobs] == [None, None]
    assert [drift.resolved for drift in now.jobs[1].drifts] == ["openai", "gpt-9-pro"]
    assert await deliver(store, "m1") == THREAD
    await hold(store, jobs[1], drifted(DEARER))
    assert (await the_alert(store)).id == old.id


async def test_the_other_jobs_of_an_alert_are_judged_by_the_same_guard(store: Store) -> None:
    moves = await add(store, snapshot=replace(SNAPSHOT, model="llama-4"))
    elsewhere = await add(store, snapshot=replace(SNAPSHOT, endpoint="https://elsewhere.example"))
    for job in (moves, elsewhere):
        await hold(store, job)
    off = GuardConfig(identity=Identity.OFF)
    await hold(store, moves, replace(drifted(FREE), guard=off))
    left, new = await store.open_alerts()
    assert (left.route, new.route) == (PAID, FREE)
    assert [row.job.id for row in left.undecided] == [elsewhere.id]


async def test_a_job_that_drifts_elsewhere_leaves_its_old_alert(store: Store) -> None:
    jobs = [await add(store), await add(store, pins=Pins(model="gpt-9"))]
    for job in jobs:
        await hold(store, job)
    old = await the_alert(store)
    await hold(store, jobs[0], drifted(DEARER))
    left, new = await store.open_alerts()
    assert (left.id, left.revision) == (old.id, old.revision + 1)
    assert [(row.job.id, row.decision) for row in left.jobs] == [
        (jobs[0].id, Decision.CHANGED),
        (jobs[1].id, None),
    ]
    assert [row.job.id for row in new.jobs] == [jobs[0].id]
    assert new.jobs[0].held_fires == 2


async def test_an_alert_that_everybody_left_is_closed(store: Store) -> None:
    other = await add(store)
    await hold(store, other, drifted(DEARER))
    job = await add(store)
    await hold(store, job)
    old = next(alert for alert in await store.open_alerts() if alert.route == PAID)
    await hold(store, job, drifted(DEARER))
    closed = await store.alert(old.id)
    assert closed is not None
    assert closed.state is AlertState.DECIDED
    assert (await the_alert(store)).route == DEARER
