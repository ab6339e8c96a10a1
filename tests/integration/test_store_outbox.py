"""Owed messages in the store."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.job import Place
from scheduler.outbox import Delivery, DeliveryId, DeliveryState, Owed, OwedKind
from storage.store import Store
from tests.integration.stores import (
    CHAT,
    HOUR,
    NOW,
    OTHER_CHAT,
    OTHER_THREAD,
    THREAD,
    Opener,
)

BOTH = ["slack", "telegram"]
MINUTE = timedelta(minutes=1)


def notice(text: str, place: Place = CHAT) -> Owed:
    return Owed(OwedKind.NOTICE, place, {"text": text})


async def owe(store: Store, *texts: str, place: Place = CHAT) -> None:
    for text in texts:
        await store.owe(notice(text, place))


async def ready(store: Store) -> list[str]:
    return [str(one.owed.facts["text"]) for one in await store.ready(NOW, BOTH)]


async def take(store: Store) -> Delivery:
    """Begin to send the one message that may be sent."""
    (delivery,) = await store.ready(NOW, BOTH)
    assert await store.sending(delivery.id)
    return delivery


async def test_an_owed_message_is_ready_with_its_facts(store: Store) -> None:
    owed = Owed(OwedKind.MISSED, THREAD, {"job": 7, "told": True, "note": None, "first": "x"})
    await store.owe(owed)
    (delivery,) = await store.ready(NOW, BOTH)
    assert delivery == Delivery(delivery.id, owed, DeliveryState.QUEUED, attempts=0, due=NOW)


async def test_each_chat_gets_its_messages_one_at_a_time_and_in_order(store: Store) -> None:
    await owe(store, "one", place=THREAD)
    await owe(store, "two", place=OTHER_THREAD)
    await owe(store, "other", place=OTHER_CHAT)
    assert await ready(store) == ["one", "other"]
    first = (await store.ready(NOW, ["slack"]))[0]
    await store.sending(first.id)
    assert await ready(store) == ["other"]
    await store.sent(first.id, "m1")
    assert await ready(store) == ["two", "other"]


async def test_a_message_to_be_tried_again_holds_up_its_chat_alone(store: Store) -> None:
    await owe(store, "one", "two")
    await owe(store, "other", place=OTHER_CHAT)
    first = (await store.ready(NOW, ["slack"]))[0]
    await store.sending(first.id)
    await store.again(first.id, NOW + MINUTE, "ratelimited")
    assert await ready(store) == ["other"]
    assert await store.next_ready(["slack"]) == NOW + MINUTE
    (again,) = await store.ready(NOW + MINUTE, ["slack"])
    assert (again.id, again.attempts, again.error) == (first.id, 1, "ratelimited")


async def test_only_the_messages_of_the_platforms_asked_for_are_ready(store: Store) -> None:
    await owe(store, "here")
    assert await store.ready(NOW, ["telegram"]) == []
    assert await store.ready(NOW, []) == []
    assert await store.next_ready(["telegram"]) is None
    assert await store.next_ready(BOTH) == NOW


async def test_a_chat_whose_message_is_under_way_has_nothing_next(store: Store) -> None:
    await owe(store, "one", "two")
    await take(store)
    assert await store.next_ready(BOTH) is None


async def test_one_of_many_takes_a_message(opener: Opener, store: Store) -> None:
    await owe(store, "one")
    (delivery,) = await store.ready(NOW, BOTH)
    doors = [store, opener.reopen(store)] * 10
    taken = await asyncio.gather(*(door.sending(delivery.id) for door in doors))
    assert [owed for owed in taken if owed is not None] == [delivery.owed]
    await store.again(delivery.id, NOW, "busy")
    assert (await store.ready(NOW, BOTH))[0].attempts == 1


@pytest.mark.parametrize("end", ["sent", "unknown", "dead"])
async def test_a_finished_message_makes_room_for_the_next(store: Store, end: str) -> None:
    await owe(store, "one", "two")
    first = await take(store)
    await getattr(store, end)(first.id, "m1 or why")
    assert await ready(store) == ["two"]
    assert not await store.sending(first.id)
    await store.again(first.id, NOW, "too late")
    await store.dead(first.id, "too late")
    assert await ready(store) == ["two"]


async def test_a_message_nobody_began_to_send_is_not_given_up(store: Store) -> None:
    await owe(store, "one")
    (delivery,) = await store.ready(NOW, BOTH)
    await store.dead(delivery.id, "no")
    await store.unknown(delivery.id, "no")
    assert await ready(store) == ["one"]


async def test_what_was_being_sent_at_a_crash_is_sent_once_more_and_then_unknown(
    opener: Opener, store: Store
) -> None:
    await owe(store, "one")
    delivery = await take(store)
    opener.now += HOUR
    await store.interrupted(["telegram"])
    assert await ready(store) == []
    await store.interrupted(BOTH)
    (again,) = await store.ready(NOW + HOUR, BOTH)
    assert (again.id, again.attempts, again.due) == (delivery.id, 1, NOW + HOUR)
    assert again.error is not None
    await store.sending(again.id)
    await store.interrupted(BOTH)
    assert await store.ready(NOW + HOUR, BOTH) == []


async def test_a_message_put_aside_rests_while_its_chat_goes_on(store: Store) -> None:
    await owe(store, "one", "two")
    first = await take(store)
    await store.aside(first.id, NOW + MINUTE, "nobody there")
    assert await ready(store) == ["two"]
    second = await take(store)
    assert await store.next_ready(BOTH) == NOW + MINUTE
    await store.again(second.id, NOW + HOUR, "ratelimited")
    assert await store.ready(NOW + MINUTE, BOTH) == []
    assert [one.id for one in await store.ready(NOW + HOUR, BOTH)] == [second.id]
    await store.sending(second.id)
    await store.sent(second.id, "m1")
    assert [one.id for one in await store.ready(NOW + HOUR, BOTH)] == [first.id]


async def test_a_message_given_up_is_owed_elsewhere_in_the_same_step(store: Store) -> None:
    await owe(store, "one")
    delivery = await take(store)
    instead = replace(delivery.owed, place=OTHER_CHAT, tried=(CHAT,))
    await store.dead(delivery.id, "is_archived", instead=instead)
    await store.dead(delivery.id, "is_archived", instead=instead)
    (moved,) = await store.ready(NOW, BOTH)
    assert moved.owed == instead


async def test_refusals_before_a_crash_do_not_count_as_doubts(store: Store) -> None:
    await owe(store, "one")
    for _ in range(5):
        await store.again((await take(store)).id, NOW, "ratelimited")
    await take(store)
    await store.interrupted(BOTH)
    assert await ready(store) == ["one"]


async def test_evidence_that_comes_late_still_counts(store: Store) -> None:
    await owe(store, "one", "two")
    delivery = await take(store)
    await store.interrupted(BOTH)
    await store.sent(delivery.id, "m1")
    assert await ready(store) == ["two"]
    await store.sent(DeliveryId(99), "nobody asked")


async def test_the_first_evidence_is_kept(store: Store) -> None:
    await owe(store, "one", "two")
    delivery = await take(store)
    await store.sent(delivery.id, "m1")
    await store.sent(delivery.id, "m2")
    await store.interrupted(BOTH)
    assert await ready(store) == ["two"]


async def test_an_alert_that_waits_to_be_sent_is_not_owed_twice(store: Store) -> None:
    owed = Owed(OwedKind.ALERT, THREAD, {"alert": 7})
    reminder = Owed(OwedKind.ALERT, THREAD, {"alert": 7, "anew": True})
    for each in (owed, owed, reminder, owed, reminder):
        await store.owe(each)
    sent = []
    while waiting := await store.ready(NOW, BOTH):
        sent.append(waiting[0].owed)
        await store.sending(waiting[0].id)
        await store.sent(waiting[0].id, "m")
    assert sent == [owed, reminder]


async def test_what_was_owed_before_a_moment_stays_where_it_is(
    opener: Opener, store: Store
) -> None:
    await owe(store, "older")
    await owe(store, "elsewhere", place=OTHER_CHAT)
    opener.now = later = NOW + MINUTE
    assert await store.ready(later, BOTH, since=later) == []
    await owe(store, "newer")
    (delivery,) = await store.ready(later, BOTH, since=later)
    assert delivery.owed == notice("newer")


async def test_a_message_half_sent_comes_before_a_newer_one_and_not_without_it(
    opener: Opener, store: Store
) -> None:
    await owe(store, "half-sent", "older")
    await take(store)
    opener.now = later = NOW + MINUTE
    await store.interrupted(BOTH)
    assert await store.ready(later, BOTH, since=later) == []
    await owe(store, "newer")
    (delivery,) = await store.ready(later, BOTH, since=later)
    assert delivery.owed == notice("half-sent")
