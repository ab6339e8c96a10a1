"""Updates, drafts and leases in the store, and what is cleared away."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from scheduler.job import JobId
from scheduler.ports import Event, Update
from scheduler.press import Action, Press
from storage import forgetting
from storage.store import Store
from storage.tables import UPDATES
from tests.integration.stores import (
    ANA,
    BO,
    CHAT,
    HOUR,
    LAPSED,
    LEASE,
    ME,
    NOW,
    OTHER,
    THREAD,
    Opener,
    as_port,
)

DAY = timedelta(days=1)
ANSWERS = {"step": "prompt", "prompt": "Wie spät ist es? 🕰"}
NUMBER = 2**40
"""Telegram numbers its updates with more than 32 bits."""


async def test_an_update_is_kept_once_however_often_it_comes(opener: Opener, store: Store) -> None:
    doors = [store, opener.reopen(store)] * 5
    kept = await asyncio.gather(*(door.take_in("telegram", 7, "{}", NOW) for door in doors))
    assert kept.count(True) == 1
    assert await as_port(store).take_in("another", 7, "{}", NOW)
    assert await store.unfinished("telegram") == [Update(7, "{}")]


async def test_what_was_never_finished_comes_back_the_oldest_first(store: Store) -> None:
    await store.take_in("telegram", 5, "third", NOW + HOUR)
    await store.take_in("telegram", NUMBER + 1, "second", NOW)
    await store.take_in("telegram", NUMBER, "first", NOW)
    assert [update.body for update in await store.unfinished("telegram")] == [
        "first",
        "second",
        "third",
    ]


async def test_every_try_is_counted(opener: Opener, store: Store) -> None:
    await store.take_in("telegram", 7, "{}", NOW)
    doors = [store, opener.reopen(store)] * 5
    tries = await asyncio.gather(*(door.begin("telegram", 7) for door in doors))
    assert sorted(tries) == list(range(1, 11))
    assert await store.unfinished("telegram") == [Update(7, "{}", tries=10)]


async def test_a_finished_update_is_neither_tried_nor_taken_in_again(store: Store) -> None:
    await store.take_in("telegram", 7, "{}", NOW)
    await store.finish("telegram", 7, "no such chat")
    await store.finish("telegram", 7)
    assert await store.unfinished("telegram") == []
    assert await store.begin("telegram", 7) == 0
    assert not await store.take_in("telegram", 7, "{}", NOW)
    assert await store.begin("telegram", 8) == 0


async def test_a_draft_is_kept_for_each_person_in_each_place(store: Store) -> None:
    await as_port(store).keep_draft(THREAD, ANA, {"step": "schedule"}, NOW + HOUR)
    await store.keep_draft(THREAD, ANA, ANSWERS, NOW + HOUR)
    assert await store.draft(THREAD, ANA, NOW) == ANSWERS
    assert await store.draft(THREAD, BO, NOW) is None
    assert await store.draft(CHAT, ANA, NOW) is None


async def test_a_draft_is_kept_in_the_chat_itself_too(store: Store) -> None:
    await store.keep_draft(CHAT, ANA, ANSWERS, NOW + HOUR)
    assert await store.draft(CHAT, ANA, NOW) == ANSWERS
    assert await store.drop_draft(CHAT, ANA)
    assert await store.draft(CHAT, ANA, NOW) is None


async def test_a_draft_that_expired_is_none(store: Store) -> None:
    await store.keep_draft(THREAD, ANA, ANSWERS, NOW)
    assert await store.draft(THREAD, ANA, NOW) is None
    assert not await store.drop_draft(THREAD, ANA)


async def test_a_draft_begun_in_many_places_at_once_is_kept_once(
    opener: Opener, store: Store
) -> None:
    doors = [store, opener.reopen(store)] * 5
    await asyncio.gather(*(door.keep_draft(CHAT, ANA, ANSWERS, NOW + HOUR) for door in doors))
    assert await store.draft(CHAT, ANA, NOW) == ANSWERS


async def test_of_all_who_want_a_lease_one_holds_it(opener: Opener, store: Store) -> None:
    doors = [store, opener.reopen(store)] * 5
    held = await asyncio.gather(
        *(door.hold_lease("poll", f"worker-{n}", LEASE) for n, door in enumerate(doors))
    )
    assert held.count(True) == 1
    holder = f"worker-{held.index(True)}"
    assert await store.hold_lease("poll", holder, LEASE)
    assert await as_port(store).hold_lease("watch", OTHER, LEASE)


async def test_a_lease_that_ran_out_is_free_for_anybody(store: Store) -> None:
    assert await store.hold_lease("poll", ME, LAPSED)
    assert await store.hold_lease("poll", OTHER, LEASE)
    assert not await store.hold_lease("poll", ME, LEASE)


async def test_only_its_holder_can_end_a_lease(store: Store) -> None:
    await store.hold_lease("poll", ME, LEASE)
    await store.end_lease("poll", OTHER)
    assert not await store.hold_lease("poll", OTHER, LEASE)
    await store.end_lease("poll", ME)
    assert await store.hold_lease("poll", OTHER, LEASE)


async def test_where_everybody_else_is_gone_all_leases_end(store: Store) -> None:
    for name in ("poll", "watch"):
        await store.hold_lease(name, ME, LEASE)
    await as_port(store).end_leases()
    assert [await store.hold_lease(name, OTHER, LEASE) for name in ("poll", "watch")] == [True] * 2


async def test_what_nobody_asks_for_again_is_forgotten(store: Store) -> None:
    """The store's own clock, which says when an update was finished, stands at NOW."""
    await store.take_in("telegram", 1, "finished", NOW)
    await store.finish("telegram", 1)
    await store.mark(Event("slack", "Ev1", "a"), NOW)
    (token,) = await store.mint([Press(Action.RUN_AGAIN, job=JobId(7))], CHAT, NOW)
    await store.keep_draft(CHAT, ANA, ANSWERS, NOW)
    for just_before in (DAY, 7 * DAY):
        assert not await as_port(store).forget(NOW + just_before - timedelta.resolution)
        assert await store.seen("slack", "Ev1")
        assert (await store.press(token) is None) is (just_before > DAY)
    assert not await store.forget(NOW + 7 * DAY)
    assert not await store.seen("slack", "Ev1")
    assert await store.take_in("telegram", 1, "a new one", NOW)


async def test_what_is_still_wanted_is_not_forgotten(store: Store) -> None:
    await store.take_in("telegram", 2, "unfinished", NOW)
    await store.keep_draft(CHAT, ANA, ANSWERS, NOW + 31 * DAY)
    (token,) = await store.mint(
        [Press(Action.RUN_AGAIN, job=JobId(7))], CHAT, NOW + 29 * DAY + HOUR
    )
    await store.forget(NOW + 30 * DAY)
    assert await store.unfinished("telegram") == [Update(2, "unfinished")]
    assert await store.draft(CHAT, ANA, NOW) == ANSWERS
    assert await store.press(token) is not None


async def test_one_call_forgets_a_thousand_rows_of_a_kind_and_says_that_there_is_more(
    store: Store,
) -> None:
    await asyncio.gather(
        *(store.mark(Event("slack", f"Ev{n}", "a"), NOW) for n in range(forgetting.MOST + 1))
    )
    assert await store.forget(NOW + 8 * DAY)
    left = [await store.seen("slack", f"Ev{n}") for n in range(forgetting.MOST + 1)]
    assert left.count(True) == 1
    assert not await store.forget(NOW + 8 * DAY)


async def test_what_was_written_is_kept_only_of_what_could_not_be_handled(
    opener: Opener, store: Store
) -> None:
    for number, error in ((7, None), (8, "poison")):
        await store.take_in("telegram", number, "a secret", NOW)
        await store.finish("telegram", number, error)
    bodies = await store._run(
        lambda tx: {
            row.number: row.body for row in tx.all(select(UPDATES.c.number, UPDATES.c.body))
        }
    )
    assert bodies == {7: "", 8: "a secret"}
