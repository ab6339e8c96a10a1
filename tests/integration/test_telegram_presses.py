"""A pressed button is answered at once, and what becomes of it is seen where it hung."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest

from bot.adapters.telegram import queries
from bot.adapters.telegram.adapter import Telegram
from bot.message import Confirm, Message, Request
from tests.fakes.telegram import Message as Shown
from tests.integration.telegramming import GROUP, Desk, a_desk, button, place

ALERT = Message("The default moved.", buttons=(button("Pin old", "tok-pin"),))
DEAR = Message(
    "Hello",
    buttons=(button("Remove", "tok-remove", confirm=Confirm("Remove it?", "Remove")),),
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def bot(desk: Desk) -> Telegram:
    return await desk.attach()


ASKED = "Remove job 7 (Brief)? Nothing of it will run."


async def dispatched(request: Request) -> Message:
    """As the dispatcher answers a dear button."""
    return Message(ASKED, private=True, asks=True) if request.asking else Message("Removed.")


async def shown(desk: Desk, bot: Telegram, chat: int, message: Message) -> Shown:
    sent = await bot.send(place(chat), message)
    return desk.telegram.world.chats[chat].messages[int(sent)]


async def test_a_press_is_a_request_of_whoever_pressed(desk: Desk, bot: Telegram) -> None:
    desk.telegram.group(GROUP, "Ops")
    alert = await shown(desk, bot, GROUP, ALERT)
    press = await desk.bo.presses(alert, "Pin old")
    await press.until_answered()
    (request,) = desk.handle.requests
    assert (request.token, request.text) == ("tok-pin", "")
    assert request.principal.person == "43"
    assert request.place == place(GROUP)
    assert request.event == f"update:{press.update_id}"


async def test_a_press_that_was_handled_before_is_answered_all_the_same(
    desk: Desk, bot: Telegram
) -> None:
    alert = await shown(desk, bot, 42, ALERT)
    desk.handle.script["tok-pin"] = None
    again = await desk.ana.presses(alert, "Pin old")
    assert (await again.until_answered()).text == ""


async def test_an_unnamed_admin_who_presses_is_the_person_they_are(
    desk: Desk, bot: Telegram
) -> None:
    group = desk.telegram.group(GROUP, "Ops")
    desk.telegram.member(group, desk.bo, "administrator")
    alert = await shown(desk, bot, GROUP, ALERT)
    await (await desk.bo.presses(alert, "Pin old")).until_answered()
    assert desk.handle.requests[0].principal.person == "43"


async def test_a_public_answer_is_posted_and_the_buttons_go(desk: Desk, bot: Telegram) -> None:
    alert = await shown(desk, bot, 42, ALERT)
    press = await desk.ana.presses(alert, "Pin old")
    assert (await press.until_answered()).text == ""
    await desk.telegram.until_says(desk.ana, "Heard: tok-pin")
    await desk.telegram.until(lambda: not alert.buttons)
    assert alert.text.startswith("The default moved.")


@pytest.mark.parametrize(
    ("words", "alert"), [("Bo already pinned it.", False), ("No. " * 20, True), ("x" * 500, True)]
)
async def test_a_loser_gets_a_private_notice_and_the_message_stays(
    desk: Desk, bot: Telegram, words: str, alert: bool
) -> None:
    desk.handle.script["tok-pin"] = Message(words.strip(), private=True)
    message = await shown(desk, bot, 42, ALERT)
    toast = await (await desk.ana.presses(message, "Pin old")).until_answered()
    assert words.strip().startswith(toast.text.rstrip("…"))
    assert len(toast.text) <= 200
    assert toast.show_alert is alert
    await desk.until_finished()
    assert len(desk.telegram.answers(desk.ana)) == 1
    assert message.labels == ["Pin old"]


async def test_an_answer_that_replaces_stands_in_the_pressed_message(
    desk: Desk, bot: Telegram
) -> None:
    desk.handle.script["tok-pin"] = Message(
        "Page 2", buttons=(button("Next", "t3"),), replaces=True
    )
    message = await shown(desk, bot, 42, ALERT)
    await desk.ana.presses(message, "Pin old")
    await desk.telegram.until(lambda: message.text == "Page 2" and message.labels == ["Next"])
    assert len(desk.telegram.answers(desk.ana)) == 1


async def test_a_press_that_is_too_old_still_does_its_work(desk: Desk, bot: Telegram) -> None:
    desk.handle.script["tok-pin"] = Message("Done: 7 pinned.", private=True)
    alert = await shown(desk, bot, 42, ALERT)
    press = await desk.ana.presses(alert, "Pin old")
    press.expire()
    await desk.telegram.until_says(desk.ana, "Done: 7 pinned.")


async def test_slow_work_answers_the_press_first(desk: Desk, bot: Telegram) -> None:
    may = asyncio.Event()

    async def slowly(request: Request) -> Message:
        await may.wait()
        return Message("Done at last.", private=True)

    desk.handle.script["tok-pin"] = slowly
    alert = await shown(desk, bot, 42, ALERT)
    press = await desk.ana.presses(alert, "Pin old")
    assert (await press.until_answered()).text == ""
    may.set()
    await desk.telegram.until_says(desk.ana, "Done at last.")


async def test_buttons_of_an_edit_that_came_meanwhile_stay(desk: Desk, bot: Telegram) -> None:
    alert = await shown(desk, bot, 42, ALERT)
    decided = Message("Decided.", buttons=(button("Run the held fire now", "tok-run"),))

    async def edited(request: Request) -> Message:
        await bot.send(place(42), decided, edit=str(alert.message_id))
        return Message("Pinned.")

    desk.handle.script["tok-pin"] = edited
    await desk.ana.presses(alert, "Pin old")
    await desk.telegram.until_says(desk.ana, "Pinned.")
    await desk.until_finished()
    assert alert.labels == ["Run the held fire now"]


async def test_a_dear_button_asks_first_and_takes_the_question_back(
    desk: Desk, bot: Telegram
) -> None:
    desk.handle.script["tok-remove"] = dispatched
    message = await shown(desk, bot, 42, DEAR)
    toast = await (await desk.ana.presses(message, "Remove")).until_answered()
    assert (toast.text, toast.show_alert) == (ASKED, True)
    await desk.telegram.until(lambda: message.labels == ["Remove", "Yes: Remove", "Not now"])
    await desk.ana.presses(message, "Not now")
    await desk.telegram.until(lambda: message.labels == ["Remove"])
    assert [request.asking for request in desk.handle.requests] == [True]


async def test_yes_is_the_press_and_a_refused_one_asks_again(desk: Desk, bot: Telegram) -> None:
    async def refusing(request: Request) -> Message:
        return await dispatched(request) if request.asking else Message("Too late.", private=True)

    desk.handle.script["tok-remove"] = refusing
    message = await shown(desk, bot, 42, DEAR)
    await desk.ana.presses(message, "Remove")
    await desk.telegram.until(lambda: len(message.labels) == 3)
    toast = await (await desk.ana.presses(message, "Yes: Remove")).until_answered()
    assert toast.text == "Too late."
    asked = [(request.token, request.asking) for request in desk.handle.requests]
    assert asked == [("tok-remove", True), ("tok-remove", False)]
    await desk.telegram.until(lambda: message.labels == ["Remove"])


async def test_whoever_may_not_press_is_told_so_and_nothing_is_asked(
    desk: Desk, bot: Telegram
) -> None:
    desk.handle.script["tok-remove"] = Message("You may not remove it.", private=True)
    message = await shown(desk, bot, 42, DEAR)
    toast = await (await desk.ana.presses(message, "Remove")).until_answered()
    assert toast.text == "You may not remove it."
    await desk.until_finished()
    assert (len(message.versions), message.labels) == (1, ["Remove"])


async def test_only_whoever_was_asked_can_answer_also_after_a_restart(
    desk: Desk, bot: Telegram
) -> None:
    desk.handle.script["tok-remove"] = dispatched
    group = desk.telegram.group(GROUP, "Ops")
    message = await shown(desk, bot, GROUP, DEAR)
    await desk.ana.presses(message, "Remove")
    await desk.telegram.until(lambda: len(message.labels) == 3)
    await desk.until_finished()
    await bot.quiet()
    await bot.stop()
    await desk.attach()
    for label in ("Yes: Remove", "Not now"):
        toast = await (await desk.bo.presses(message, label)).until_answered()
        assert toast.text.startswith("I asked somebody else this.")
    assert len(desk.handle.requests) == 1
    await desk.ana.presses(message, "Yes: Remove")
    await desk.telegram.until_says(group, "Removed.")
    await desk.telegram.until(lambda: not message.labels)


async def test_a_question_that_came_too_late_goes_to_whoever_pressed_and_else_asks_nothing(
    desk: Desk, bot: Telegram
) -> None:
    desk.handle.script["tok-remove"] = dispatched
    group = desk.telegram.group(GROUP, "Ops")
    message = await shown(desk, bot, GROUP, DEAR)
    stranger = desk.telegram.person(99, "Zoe")
    (await stranger.presses(message, "Remove")).expire()
    await desk.until_finished()
    assert message.labels == ["Remove"]
    (await desk.bo.presses(message, "Remove")).expire()
    await desk.telegram.until_says(desk.bo, ASKED)
    await desk.telegram.until(lambda: "Yes: Remove" in message.labels)
    assert desk.telegram.answers(group) == [message]


async def test_a_long_question_keeps_its_end(desk: Desk, bot: Telegram) -> None:
    question = f"Remove job 7 ({'x' * 200})? Nothing of it will run."
    desk.handle.script["tok-remove"] = Message(question, private=True, asks=True)
    message = await shown(desk, bot, 42, DEAR)
    toast = await (await desk.ana.presses(message, "Remove")).until_answered()
    assert toast.text.startswith("Remove job 7 (")
    assert toast.text.endswith("x)? Nothing of it will run.")


async def test_a_press_on_a_deleted_message_is_answered_in_the_chat(
    desk: Desk, bot: Telegram
) -> None:
    message = await shown(desk, bot, 42, ALERT)
    message.deleted = True
    await (await desk.ana.presses(message, "Pin old")).until_answered()
    await desk.telegram.until_says(desk.ana, "Heard: tok-pin")


async def test_in_a_group_a_late_notice_goes_to_whoever_pressed(desk: Desk, bot: Telegram) -> None:
    group = desk.telegram.group(GROUP, "Ops")
    may = asyncio.Event()

    async def slowly(request: Request) -> Message:
        await may.wait()
        return Message("Ana already pinned it.", private=True)

    desk.handle.script["tok-pin"] = slowly
    alert = await shown(desk, bot, GROUP, ALERT)
    zoe = desk.telegram.person(99, "Zoe")
    presses = [await who.presses(alert, "Pin old") for who in (desk.bo, zoe)]
    for press in presses[:1]:
        await press.until_answered()
    may.set()
    await desk.telegram.until_says(desk.bo, "Ana already pinned it.")
    await desk.until_finished()
    # Zoe never wrote to us: the log tells, and the group does not.
    assert desk.telegram.answers(group) == [alert]


async def test_an_answer_that_is_on_its_way_is_not_cut_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "IN_TIME", 0.01)
    under_way, arrived = asyncio.Event(), asyncio.Event()

    class Slow:
        said: ClassVar[list[str]] = []

        async def toast(self, query: str, text: str, *, alert: bool) -> bool:
            under_way.set()
            await arrived.wait()
            self.said.append(text)
            return True

    query = queries.Query("1", Slow())
    async with query.at_work():
        await under_way.wait()
        asyncio.get_running_loop().call_later(0.01, arrived.set)
    assert Slow.said == [""]
    assert not await query.say("Too late.")
