"""Buttons, people, events and the audit in the store."""

import asyncio

from scheduler.alert import AlertId
from scheduler.job import JobId, Principal
from scheduler.ports import Entry, Event
from scheduler.press import Action, Press, RouteNames, StoredPress
from storage.store import Store
from tests.integration.stores import ANA, BO, HOUR, NOW, THREAD, Opener, as_port, entry

PIN = Press(Action.PIN, alert=AlertId(3), revision=2, route=RouteNames("openai", "gpt-9"))
AGAIN = Press(Action.RUN_AGAIN, job=JobId(7))


async def test_minted_tokens_are_opaque_and_all_different(store: Store) -> None:
    tokens = await store.mint([PIN] * 20, THREAD, NOW + HOUR)
    assert len(set(tokens)) == 20
    assert {len(token) for token in tokens} == {24}
    assert await as_port(store).mint([], THREAD, NOW) == []


async def test_a_button_means_what_it_was_minted_for(store: Store) -> None:
    tokens = await store.mint([PIN, AGAIN], THREAD, NOW + HOUR)
    for token, press in zip(tokens, (PIN, AGAIN), strict=True):
        assert await store.press(token) == StoredPress(token, press, THREAD, NOW + HOUR)
    assert await store.press("forged") is None


async def test_the_first_who_presses_a_button_is_kept(opener: Opener, store: Store) -> None:
    (token,) = await store.mint([PIN], THREAD, NOW + HOUR)
    doors = [store, opener.reopen(store)] * 10
    pressed = await asyncio.gather(*(door.pressed(token, ANA, NOW) for door in doors))
    assert pressed.count(True) == 1
    assert not await store.pressed(token, BO, NOW + HOUR)
    stored = await store.press(token)
    assert stored is not None
    assert (stored.pressed_by, stored.pressed_at) == (ANA, NOW)
    assert stored.pressed_by is not None
    assert stored.pressed_by.name == "Ana"
    assert not await store.pressed("forged", ANA, NOW)


async def test_a_person_has_no_zone_before_they_said(store: Store) -> None:
    assert (await store.person(ANA)).zone is None
    await store.set_zone(ANA, "Europe/Oslo")
    await store.set_zone(ANA, "Asia/Tokyo")
    assert (await store.person(ANA)).zone == "Asia/Tokyo"
    assert (await store.person(Principal("telegram", "T1", "U1"))).zone is None


async def test_a_zone_said_in_many_places_at_once_is_kept_once(store: Store) -> None:
    await asyncio.gather(*(store.set_zone(BO, "Europe/Oslo") for _ in range(10)))
    assert (await store.person(BO)).zone == "Europe/Oslo"


async def test_an_event_is_seen_for_the_first_time_once(opener: Opener, store: Store) -> None:
    doors = [store, opener.reopen(store)] * 10
    marks = [door.mark(Event("slack", "Ev1", f"{n}"), NOW) for n, door in enumerate(doors)]
    assert (await asyncio.gather(*marks)).count(True) == 1
    assert await store.mark(Event("telegram", "Ev1", "a"), NOW)


async def test_the_audit_shows_the_latest_entries_of_an_object_first(store: Store) -> None:
    await store.audit(entry("halt", "default", BO))
    lines = [Entry(NOW, ANA, f"edit-{number}", "job 7", "why") for number in range(3)]
    for line in lines:
        await store.audit(line)
    assert await store.audited("job 7") == lines[::-1]
    assert await store.audited("job 7", limit=1) == [lines[2]]
    assert len(await store.audited()) == 4
