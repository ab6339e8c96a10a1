"""A chat gets another id, and everything that is stored about it goes along."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from scheduler.alert import Alert, AlertId, AlertState, Decision
from scheduler.job import Job, JobId, JobState, Place, Principal
from scheduler.outbox import Owed, OwedKind
from scheduler.press import Action, Press
from storage.store import Store
from storage.tables import DELIVERIES
from tests.integration.alerting import (
    deliver,
    entries,
    heal,
    held_jobs,
    left_behind,
    pinned,
    the_alert,
)
from tests.integration.stores import (
    CHAT,
    DEARER,
    HOUR,
    NOW,
    Opener,
    add,
    as_port,
    drifted,
    entry,
    fresh,
    hold,
    plan_and_claim,
)

OLD = Place("telegram", "-100", "-100")
NEW = Place("telegram", "-100123", "-100123")
TOPIC = Place("telegram", "-100", "-100", "7")
NEW_TOPIC = Place("telegram", "-100123", "-100123", "7")
HOME = Place("telegram", "42", "42")
MIA = Principal("telegram", "telegram", "42", "Mia")
BOTH = ["slack", "telegram"]


async def notice(store: Store, place: Place, tried: tuple[Place, ...] = ()) -> Owed:
    owed = Owed(OwedKind.NOTICE, place, {"text": "x"}, tried)
    await store.owe(owed)
    return owed


async def ready(store: Store) -> list[Owed]:
    return [one.owed for one in await store.ready(NOW + HOUR, BOTH)]


async def alert_of(store: Store, alert_id: AlertId) -> Alert:
    found = await store.alert(alert_id)
    assert found is not None
    return found


async def hanging_alert(store: Store, place: Place, message: str, **changes: Any) -> Alert:
    """An alert of one held job, whose message the chat has."""
    job = await add(store, place=place, **changes)
    await hold(store, job)
    assert await deliver(store, message) == place
    (alert,) = await store.open_alerts(place.whole_chat)
    return alert


async def test_jobs_go_along_and_keep_their_threads(store: Store) -> None:
    jobs = [await add(store, place=place) for place in (OLD, TOPIC, CHAT)]
    assert await as_port(store).chat_moved(TOPIC, NEW_TOPIC) == 2
    moved = [await fresh(store, job) for job in jobs]
    assert [job.place for job in moved] == [NEW, NEW_TOPIC, CHAT]
    assert [job.consent_revision for job in moved] == [job.consent_revision for job in jobs]
    assert await store.jobs(OLD) == []


async def test_to_be_told_twice_changes_nothing(store: Store) -> None:
    await hanging_alert(store, OLD, "17", owner=MIA)
    await store.chat_moved(OLD, NEW)
    before = (await store.jobs(), await store.open_alerts(), await ready(store))
    assert await store.chat_moved(OLD, NEW) == 0
    assert await store.chat_moved(NEW, NEW) == 0
    assert (await store.jobs(), await store.open_alerts(), await ready(store)) == before


async def test_a_removed_job_goes_along_and_is_not_counted(store: Store) -> None:
    job = await add(store, place=OLD)
    await store.change(replace(job, state=JobState.REMOVED, next_fire_time=None), entry("remove"))
    assert await store.chat_moved(OLD, NEW) == 0
    assert (await fresh(store, job)).place == NEW


async def test_a_change_thought_out_before_the_move_does_not_write_the_old_place_back(
    store: Store,
) -> None:
    job = await add(store, place=OLD)
    await store.chat_moved(OLD, NEW)
    assert await store.change(replace(job, name="late"), entry()) is None
    assert (await fresh(store, job)).place == NEW


async def test_owners_stay_owners(store: Store) -> None:
    job = await add(store, place=OLD, owner=MIA)
    await store.chat_moved(OLD, NEW)
    assert (await fresh(store, job)).owner == MIA


async def test_a_chat_may_move_inside_its_workspace(store: Store) -> None:
    job = await add(store, place=CHAT)
    assert await store.chat_moved(CHAT, replace(CHAT, chat="C2")) == 1
    assert (await fresh(store, job)).place == replace(CHAT, chat="C2")


async def test_a_draft_begun_in_the_new_chat_is_newer_and_stands(store: Store) -> None:
    await store.keep_draft(OLD, MIA, {"a": "old"}, NOW + HOUR)
    await store.keep_draft(NEW, MIA, {"a": "new"}, NOW + HOUR)
    await store.chat_moved(OLD, NEW)
    assert await store.draft(NEW, MIA, NOW) == {"a": "new"}


async def test_drafts_and_buttons_go_along(store: Store) -> None:
    await store.keep_draft(TOPIC, MIA, {"a": "b"}, NOW + HOUR)
    (token,) = await store.mint([Press(Action.RUN_AGAIN, job=JobId(7))], TOPIC, NOW + HOUR)
    await store.chat_moved(OLD, NEW)
    assert await store.draft(NEW_TOPIC, MIA, NOW) == {"a": "b"}
    assert await store.draft(TOPIC, MIA, NOW) is None
    button = await store.press(token)
    assert button is not None
    assert button.place == NEW_TOPIC


async def test_what_is_owed_goes_along_and_knows_where_it_was_refused(store: Store) -> None:
    owed = await notice(store, TOPIC)
    elsewhere = await notice(store, HOME, (TOPIC, OLD, CHAT))
    await store.chat_moved(OLD, NEW)
    assert await ready(store) == [
        replace(owed, place=NEW_TOPIC),
        replace(elsewhere, tried=(NEW_TOPIC, NEW, CHAT)),
    ]


async def test_what_was_delivered_stays_evidence_of_where(opener: Opener) -> None:
    database = opener.database()
    store = Store(database)
    await notice(store, OLD)
    await deliver(store, "17")
    await store.chat_moved(OLD, NEW)
    (row,) = await database.run(lambda tx: tx.all(select(DELIVERIES)))
    assert (row.chat, row.message) == (OLD.chat, "17")


async def test_a_message_on_its_way_is_the_senders_still(store: Store) -> None:
    owed = await notice(store, OLD)
    (delivery,) = await store.ready(NOW, BOTH)
    await store.sending(delivery.id)
    await store.chat_moved(OLD, NEW)
    assert await ready(store) == []
    await store.interrupted(BOTH)
    (again,) = await store.ready(NOW, BOTH)
    assert again.owed == replace(owed, place=NEW)
    assert again.doubts == 1


async def test_an_open_alert_is_posted_afresh_since_its_message_is_out_of_reach(
    store: Store,
) -> None:
    alert = await hanging_alert(store, TOPIC, "17")
    await store.chat_moved(OLD, NEW)
    moved = await the_alert(store)
    assert (moved.id, moved.place, moved.revision) == (alert.id, NEW_TOPIC, alert.revision)
    assert (moved.message, moved.hangs) == (None, None)
    assert await deliver(store, "1") == NEW_TOPIC
    assert (await the_alert(store)).message == "1"
    assert await ready(store) == []


async def test_an_alert_that_is_on_its_way_is_not_owed_twice(store: Store) -> None:
    await held_jobs(store, 1, OLD)
    (delivery,) = await store.ready(NOW, BOTH)
    await store.sending(delivery.id)
    await store.chat_moved(OLD, NEW)
    await store.sent(delivery.id, "1")
    alert = await the_alert(store)
    assert (alert.message, alert.hangs) == ("1", NEW)
    assert await ready(store) == []


async def test_a_closed_alert_forgets_its_message_and_is_owed_nothing(store: Store) -> None:
    alert = await hanging_alert(store, OLD, "17")
    await heal(store, alert)
    await deliver(store, "17")
    await store.chat_moved(OLD, NEW)
    closed = await alert_of(store, alert.id)
    assert (closed.state, closed.place, closed.message) == (AlertState.HEALED, NEW, None)
    assert await ready(store) == []


async def test_an_alert_of_another_chat_that_had_to_hang_there_is_asked_again_at_home(
    store: Store,
) -> None:
    job = await add(store, place=CHAT)
    await hold(store, job)
    (delivery,) = await store.ready(NOW, BOTH)
    await store.sending(delivery.id)
    await store.dead(delivery.id, "gone", instead=replace(delivery.owed, place=OLD, tried=(CHAT,)))
    assert await deliver(store, "17") == OLD
    await store.chat_moved(OLD, NEW)
    alert = await the_alert(store)
    assert (alert.place, alert.message, alert.hangs) == (CHAT, None, None)
    assert [owed.place for owed in await ready(store)] == [CHAT]


async def test_an_alert_that_hangs_elsewhere_keeps_its_message(store: Store) -> None:
    await held_jobs(store, 1, OLD)
    (delivery,) = await store.ready(NOW, BOTH)
    await store.sending(delivery.id)
    await store.dead(delivery.id, "gone", instead=replace(delivery.owed, place=HOME, tried=(OLD,)))
    await deliver(store, "5")
    await store.chat_moved(OLD, NEW)
    alert = await the_alert(store)
    assert (alert.place, alert.message, alert.hangs) == (NEW, "5", HOME)
    assert await ready(store) == []


async def two_alerts(store: Store) -> tuple[Alert, Alert, list[Job]]:
    """Two jobs in the old chat's alert and one in the new chat's, about the same default."""
    jobs = [await add(store, place=OLD) for _ in range(2)]
    for job in jobs:
        await hold(store, job)
    await deliver(store, "17")
    new = await hanging_alert(store, NEW, "1")
    (old,) = await store.open_alerts(OLD)
    return old, new, jobs


async def test_two_alerts_about_one_default_become_the_new_chats(store: Store) -> None:
    old, new, jobs = await two_alerts(store)
    await store.chat_moved(OLD, NEW)
    alert = await the_alert(store)
    assert (alert.id, alert.message, alert.revision) == (new.id, "1", new.revision + 1)
    assert {row.job.id for row in alert.undecided} == {1, 2, 3}
    assert alert.row(jobs[0].id) == replace(old.jobs[0], job=await fresh(store, jobs[0]))
    closed = await alert_of(store, old.id)
    assert (closed.state, closed.place, closed.jobs) == (AlertState.DECIDED, NEW, ())
    assert [owed.facts["alert"] for owed in await ready(store)] == [new.id]


async def test_what_was_decided_before_stays_with_the_old_alert(store: Store) -> None:
    old, new, jobs = await two_alerts(store)
    await store.decide(old.id, old.revision, pinned(jobs[:1]), Decision.PINNED, entries(jobs[:1]))
    await store.chat_moved(OLD, NEW)
    assert [row.job.id for row in (await alert_of(store, old.id)).jobs] == [jobs[0].id]
    assert {row.job.id for row in (await alert_of(store, new.id)).jobs} == {jobs[1].id, 3}


async def test_an_alert_on_its_way_becomes_the_message_of_the_one_that_goes_on(
    store: Store,
) -> None:
    await held_jobs(store, 1, OLD)
    (delivery,) = await store.ready(NOW, BOTH)
    await store.sending(delivery.id)
    job = await add(store, place=NEW)
    await hold(store, job)
    (new,) = await store.open_alerts(NEW)
    await store.chat_moved(OLD, NEW)
    await store.sent(delivery.id, "1")
    assert (await alert_of(store, new.id)).message == "1"


async def test_alerts_about_other_defaults_stay_apart(store: Store) -> None:
    await held_jobs(store, 1, OLD)
    await hold(store, await add(store, place=NEW), drifted(DEARER))
    await store.chat_moved(OLD, NEW)
    assert [alert.place for alert in await store.open_alerts()] == [NEW, NEW]


async def test_alerts_of_two_threads_meet_in_the_chat_itself(store: Store) -> None:
    await hanging_alert(store, TOPIC, "17")
    await hanging_alert(store, replace(NEW, thread="9"), "1")
    await store.chat_moved(OLD, NEW)
    alert = await the_alert(store)
    assert (alert.place, alert.message) == (NEW, None)
    assert [owed.place for owed in await ready(store)] == [NEW]
    assert await deliver(store, "2") == NEW
    assert (await left_behind(store)).place == replace(NEW, thread="9")


async def test_a_run_held_while_the_chat_moves_finds_the_new_chats_alert(store: Store) -> None:
    job = await add(store, place=OLD)
    run = await plan_and_claim(store, job)
    await store.chat_moved(OLD, NEW)
    await store.hold(run.id, "worker-1", drifted())
    assert (await the_alert(store)).place == NEW
