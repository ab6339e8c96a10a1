"""Updates are handled once, in order, and none is lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.telegram import handling
from bot.message import Message, Request
from scheduler.errors import StoreError
from scheduler.ports import Event
from storage.store import Store
from tests.fakes.telegram import retry_after
from tests.integration.telegramming import GROUP, Desk, a_desk, button, place


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as desk:
        yield desk


def a_line(number: int, text: str, chat: int = 42) -> dict[str, Any]:
    person = {"id": 42, "is_bot": False, "first_name": "Ana"}
    kind = {"id": chat, "type": "private", "first_name": "Ana"}
    message = {"message_id": number, "date": 1, "chat": kind, "from": person, "text": text}
    return {"update_id": number, "message": message}


async def test_an_update_is_kept_before_it_is_confirmed_and_finished_after(desk: Desk) -> None:
    await desk.attach()
    may = asyncio.Event()
    kept: list[int] = []

    async def held(request: Request) -> Message:
        kept.extend(update.number for update in await desk.unfinished())
        desk.telegram.world.news.tell()
        await may.wait()
        return Message("Done.")

    desk.handle.script["list"] = held
    await desk.ana.types("/list")
    number = desk.telegram.world.updates.made[-1]["update_id"]
    await desk.telegram.until(lambda: kept and desk.telegram.confirmed > number)
    assert kept == [number]
    may.set()
    await desk.telegram.until_says(desk.ana, "Done.")
    await desk.until_finished()


async def test_what_was_not_finished_is_handled_after_the_next_start_in_order(desk: Desk) -> None:
    first = await desk.attach()
    never = asyncio.Event()

    async def hangs(request: Request) -> None:
        await never.wait()

    desk.handle.script["1"] = hangs
    for text in ("1", "2", "3"):
        await desk.ana.types(text)
    last = desk.telegram.world.updates.made[-1]["update_id"]
    await desk.telegram.until(lambda: desk.telegram.confirmed > last)
    await first.stop()
    assert len(await desk.unfinished()) == 3
    # The first was begun, and the event of its request is known.
    desk.handle.script.clear()
    await desk.attach()
    await desk.telegram.until_says(desk.ana, "Heard: 3")
    await desk.until_finished()
    assert desk.handle.texts == ["1", "2", "3"]
    said = [message.text for message in desk.telegram.answers(desk.ana)]
    assert said[0].startswith("I was interrupted before I could answer.")
    assert said[1:] == ["Heard: 2", "Heard: 3"]


async def test_a_chat_is_told_once_of_a_restart_however_much_was_at_work(desk: Desk) -> None:
    for number in range(1, 6):
        update = a_line(number, f"/pin {number}")
        desk.handle.seen.add(f"update:{number}")
        await desk.store.take_in("telegram", number, json.dumps(update), datetime.now(UTC))
        await desk.store.begin("telegram", number)
    await desk.attach()
    await desk.telegram.until_says(desk.ana, "I was interrupted")
    await desk.until_finished()
    assert len(desk.telegram.answers(desk.ana)) == 1


async def test_a_repeated_update_is_handled_once(desk: Desk) -> None:
    await desk.attach()
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")
    desk.telegram.repeat(desk.telegram.world.updates.made[-1]["update_id"])
    await desk.ana.types("/help")
    await desk.telegram.until_says(desk.ana, "Heard: help")
    assert desk.handle.texts == ["list", "help"]


async def test_a_chat_keeps_its_order_and_no_chat_waits_for_another(desk: Desk) -> None:
    await desk.attach()
    may = asyncio.Event()

    async def held(request: Request) -> Message:
        await may.wait()
        return Message("One.")

    desk.handle.script["1"] = held
    for text in ("1", "2", "3"):
        await desk.ana.types(text)
    await desk.bo.types("b")
    await desk.telegram.until_says(desk.bo, "Heard: b")
    assert sorted(desk.handle.texts) == ["1", "b"]
    may.set()
    await desk.telegram.until_says(desk.ana, "Heard: 3")
    assert [message.text for message in desk.telegram.answers(desk.ana)] == [
        "One.",
        "Heard: 2",
        "Heard: 3",
    ]


async def test_poison_is_stored_told_and_never_looped(desk: Desk) -> None:
    await desk.attach()

    async def breaks(request: Request) -> Message:
        raise RuntimeError("an error of ours")

    desk.handle.script["boom"] = breaks
    await desk.ana.types("boom")
    await desk.telegram.until_says(desk.ana, "Something went wrong with your last message")
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")
    await desk.until_finished()
    assert desk.handle.texts == ["boom", "list"]


async def test_what_took_the_process_down_three_times_is_poison(desk: Desk) -> None:
    body = '{"update_id": 5, "message": {"chat": {"id": 42}}}'
    await desk.store.take_in("telegram", 5, body, datetime.now(UTC))
    for _ in range(3):
        await desk.store.begin("telegram", 5)
    await desk.attach()
    await desk.telegram.until_says(desk.ana, "Something went wrong with your last message")
    assert await desk.unfinished() == []
    assert desk.handle.requests == []


async def test_an_update_that_cannot_be_read_stops_nothing(desk: Desk) -> None:
    await desk.attach()
    strange = {"chat": {"id": 42}, "date": "never", "from": 7}
    desk.telegram.world.updates.make("message", strange)
    await desk.telegram.until_says(desk.ana, "Something went wrong with your last message")
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")


async def test_what_cannot_be_kept_is_not_confirmed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in, failures = Store.take_in, iter((True, False))

    async def failing(self: Store, *given: Any) -> bool:
        if next(failures, False):
            raise StoreError("the disk is full")
        return await take_in(self, *given)

    monkeypatch.setattr(Store, "take_in", failing)
    await desk.attach()
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")
    assert desk.handle.texts == ["list"]


async def test_quiet_answers_what_was_taken_in(desk: Desk) -> None:
    bot = await desk.attach()
    may = asyncio.Event()

    async def held(request: Request) -> Message:
        await may.wait()
        return Message("Done.")

    desk.handle.script["list"] = held
    await desk.ana.types("/list")
    await desk.telegram.until(lambda: desk.handle.texts == ["list"])
    closing = asyncio.create_task(bot.quiet())
    await desk.telegram.until(lambda: not desk.telegram.polling)
    assert not closing.done()
    may.set()
    await closing
    assert await desk.unfinished() == []
    assert desk.telegram.last(desk.ana) is not None
    # What is owed is still sent.
    assert await bot.send(place(42), Message("Goodbye."))


async def test_a_chat_that_must_rest_holds_up_no_other_chat_and_no_press(desk: Desk) -> None:
    bot = await desk.attach()
    group = desk.telegram.group(GROUP, "Ops")
    sent = await bot.send(place(GROUP), Message("Alert", buttons=(button("Pin old", "tok"),)))
    desk.handle.script["tok"] = Message("Done: pinned.", private=True)
    desk.telegram.misbehave(retry_after(30), chat=group, times=None)
    await desk.ana.types("/list", chat=group)
    await desk.telegram.until(lambda: desk.telegram.refused)
    await desk.bo.types("/list")
    await desk.telegram.until_says(desk.bo, "Heard: list", seconds=5)
    press = await desk.bo.presses(group.messages[int(sent)], "Pin old")
    assert (await press.until_answered(seconds=5)).text == "Done: pinned."


async def test_the_update_stays_whole_in_the_database(desk: Desk) -> None:
    bot = await desk.attach()
    never = asyncio.Event()

    async def hangs(request: Request) -> None:
        await never.wait()

    desk.handle.script["list \ud83d"] = hangs
    desk.telegram.world.updates.make("message", a_line(1, "list \ud83d")["message"])
    await desk.telegram.until(lambda: desk.handle.requests)
    await bot.stop()
    (update,) = await desk.unfinished()
    assert "\\ud83d" in update.body


async def test_a_database_that_is_away_for_long_makes_no_poison(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "DATABASE_AWAY", 0.01)
    failures = iter(range(5))

    async def away(request: Request) -> Message:
        desk.handle.seen.discard(str(request.event))
        if next(failures, None) is not None:
            raise StoreError("connection lost")
        return Message("Paused.")

    await desk.attach()
    desk.handle.script["pause 7"] = away
    await desk.ana.types("/pause 7")
    await desk.telegram.until_says(desk.ana, "Paused.")
    await desk.until_finished()
    assert len(desk.telegram.answers(desk.ana)) == 1
    assert len(desk.handle.requests) == 6


async def test_what_had_its_effect_and_waited_long_to_be_shown_is_no_poison(desk: Desk) -> None:
    update = a_line(5, "/pin 7")
    desk.handle.seen.add("update:5")
    await desk.store.mark(Event("telegram", "update:5", "x"), datetime.now(UTC))
    await desk.store.take_in("telegram", 5, json.dumps(update), datetime.now(UTC))
    for _ in range(4):
        await desk.store.begin("telegram", 5)
    await desk.attach()
    await desk.telegram.until_says(desk.ana, "carried out, once")
