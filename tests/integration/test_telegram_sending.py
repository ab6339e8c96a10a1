"""Each error of Telegram has its consequence, and every message goes where it can."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.telegram.adapter import Telegram
from bot.adapters.telegram.calling import Pace
from bot.message import Code, Message, Paragraph, Quiet, Request, Written, line
from scheduler.errors import SendError, StoreError
from scheduler.job import Place
from storage.store import Store
from tests.fakes.telegram import (
    BadGateway,
    Drops,
    LosesReply,
    Refuses,
    retry_after,
    server_error,
)
from tests.fakes.telegram.faults import Fault
from tests.integration.stores import a_job, entry
from tests.integration.telegramming import GROUP, Desk, a_desk, button, place

HELD = Message(
    "Job 7 is held.", (Paragraph(line("Nothing was paid.")),), (button("Pin old", "tok-pin"),)
)
LONG = Message("The answer", (Written("word " * 1500),))
VERY_LONG = Message("The answer", (Written("word " * 20_000),))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def bot(desk: Desk) -> Telegram:
    return await desk.attach()


async def refused(bot: Telegram, to: Place, *, edit: str | None = None) -> SendError:
    with pytest.raises(SendError) as error:
        await bot.send(to, HELD, edit=edit)
    return error.value


async def test_a_message_is_its_own_evidence(desk: Desk, bot: Telegram) -> None:
    id = await bot.send(place(42), HELD)
    sent = desk.telegram.last(desk.ana)
    assert sent is not None
    assert (str(sent.message_id), sent.labels) == (id, ["Pin old"])
    assert sent.buttons[0].data == "tok-pin"
    call = desk.telegram.calls_of("sendMessage")[-1]
    assert call.params["link_preview_options"] == {"is_disabled": True}


async def test_an_edit_keeps_its_buttons_and_the_same_again_is_success(
    desk: Desk, bot: Telegram
) -> None:
    id = await bot.send(place(42), HELD)
    again = Message("Job 7 is held still.", buttons=HELD.buttons)
    assert await bot.send(place(42), again, edit=id) == id
    assert await bot.send(place(42), again, edit=id) == id
    (sent,) = desk.telegram.answers(desk.ana)
    assert (sent.text, sent.labels) == ("Job 7 is held still.", ["Pin old"])


@pytest.mark.parametrize(
    ("fault", "permanent", "ambiguous", "rest"),
    [
        (retry_after(7), False, False, 7.0),
        (server_error(), False, True, None),
        (BadGateway(), False, True, None),
        (Drops(), False, True, None),
        (LosesReply(), False, True, None),
        (Refuses(400, "Bad Request: chat not found"), True, False, None),
        (Refuses(400, "Bad Request: something never heard of"), True, False, None),
        (Refuses(403, "Forbidden: bot was blocked by the user"), True, False, None),
        (Refuses(403, "Forbidden: user is deactivated"), True, False, None),
        (Refuses(401, "Unauthorized"), False, False, 45.0),
    ],
    ids=str,
)
async def test_what_becomes_of_a_message(
    desk: Desk, bot: Telegram, fault: Fault, permanent: bool, ambiguous: bool, rest: float | None
) -> None:
    desk.telegram.misbehave(fault, method="sendMessage")
    error = await refused(bot, place(42))
    assert (error.permanent, error.ambiguous) == (permanent, ambiguous)
    assert error.retry_after == rest


@pytest.mark.parametrize("fault", [server_error(), Drops(), LosesReply()], ids=str)
async def test_an_edit_is_never_in_doubt(desk: Desk, bot: Telegram, fault: Fault) -> None:
    id = await bot.send(place(42), Message("Before"))
    desk.telegram.misbehave(fault, method="editMessageText")
    error = await refused(bot, place(42), edit=id)
    assert not error.ambiguous
    assert not error.permanent


async def test_a_telegram_out_of_reach_certainly_has_nothing(desk: Desk, bot: Telegram) -> None:
    await desk.telegram.goes_away()
    error = await refused(bot, place(42))
    assert (error.permanent, error.ambiguous) == (False, False)


async def test_whoever_gets_it_instead_learns_what_helps(desk: Desk, bot: Telegram) -> None:
    group = desk.telegram.group(GROUP, "Ops")
    await desk.ana.kicks_bot(group)
    kicked = await refused(bot, place(GROUP))
    assert kicked.permanent
    assert kicked.remedy is not None
    assert "add driftpin_bot (https://t.me/driftpin_bot) to it" in kicked.remedy
    stranger = await refused(bot, place(desk.telegram.person(99, "Zoe").id))
    assert stranger.permanent
    assert stranger.remedy is not None
    assert "press Start" in stranger.remedy


async def test_a_message_that_is_gone_is_posted_afresh(desk: Desk, bot: Telegram) -> None:
    id = await bot.send(place(42), HELD)
    desk.ana.chat.messages[int(id)].deleted = True
    fresh = await bot.send(place(42), HELD, edit=id)
    assert fresh != id
    assert desk.ana.chat.messages[int(fresh)].labels == ["Pin old"]


@pytest.mark.parametrize("closed", [True, False])
async def test_a_vanished_topic_goes_to_the_chat_and_says_so(
    desk: Desk, bot: Telegram, closed: bool
) -> None:
    forum = desk.telegram.group(GROUP, "Ops", forum=True)
    topic = desk.telegram.topic(forum, "Deploys")
    await bot.send(place(GROUP, topic.thread_id), HELD)
    if closed:
        await desk.ana.closes_topic(topic)
    else:
        await desk.ana.deletes_topic(topic)
    id = await bot.send(place(GROUP, topic.thread_id), HELD)
    sent = forum.messages[int(id)]
    assert sent.thread_id is None
    assert "topic this belongs to is gone or closed" in sent.text
    assert sent.labels == ["Pin old"]


async def test_a_group_that_moved_takes_everything_along(desk: Desk, bot: Telegram) -> None:
    group = desk.telegram.group(-77, "Ops")
    job = await desk.store.add(a_job(place=place(-77)), entry("add"))
    new = await desk.ana.upgrades(group, GROUP)
    id = await bot.send(place(-77), HELD)
    assert new.messages[int(id)].labels == ["Pin old"]
    moved = await desk.store.job(job.id)
    assert moved is not None
    assert moved.place == place(GROUP)


async def test_the_news_that_a_group_moved_is_enough(desk: Desk, bot: Telegram) -> None:
    group = desk.telegram.group(-77, "Ops")
    job = await desk.store.add(a_job(place=place(-77)), entry("add"))
    await desk.ana.upgrades(group, GROUP)
    await desk.until_finished()
    update = desk.telegram.world.updates.made[-1]["update_id"]
    await desk.telegram.until(lambda: desk.telegram.confirmed > update)
    await desk.until_finished()
    moved = await desk.store.job(job.id)
    assert moved is not None
    assert moved.place == place(GROUP)


async def test_a_refused_format_goes_plain(desk: Desk, bot: Telegram) -> None:
    fault = Refuses(400, "Bad Request: can't parse entities: ENTITY_BOUNDS_INVALID")
    desk.telegram.misbehave(fault, method="sendMessage")
    await bot.send(place(42), HELD)
    sent = desk.telegram.last(desk.ana)
    assert sent is not None
    assert sent.entities == ()
    assert sent.labels == ["Pin old"]
    desk.telegram.misbehave(fault, method="editMessageText")
    await bot.send(place(42), Message("Else", (Code("x"),)), edit=str(sent.message_id))
    assert (sent.text.splitlines()[0], sent.entities) == ("Else", ())


async def test_a_refused_length_becomes_a_file(desk: Desk, bot: Telegram) -> None:
    fault = Refuses(400, "Bad Request: message is too long")
    desk.telegram.misbehave(fault, method="sendMessage")
    await bot.send(place(42), HELD)
    sent = desk.telegram.last(desk.ana)
    assert sent is not None
    assert sent.document is not None
    assert b"Nothing was paid." in sent.document.content
    assert sent.labels == ["Pin old"]


async def test_a_long_answer_comes_in_parts_in_order(desk: Desk, bot: Telegram) -> None:
    await bot.send(place(42), LONG)
    sent = desk.telegram.answers(desk.ana)
    assert len(sent) > 1
    assert sum(message.text.count("word") for message in sent) == 1500


async def test_a_very_long_answer_has_a_file(desk: Desk, bot: Telegram) -> None:
    id = await bot.send(place(42), VERY_LONG)
    first, file = desk.telegram.answers(desk.ana)
    assert str(first.message_id) == id
    assert file.document is not None
    assert file.document.content.count(b"word") == 20_000


async def test_the_rest_of_a_long_answer_that_fails_is_told(desk: Desk, bot: Telegram) -> None:
    desk.telegram.misbehave(Refuses(400, "Bad Request: whatever"), method="sendDocument")
    await bot.send(place(42), VERY_LONG)
    last = desk.telegram.last(desk.ana)
    assert last is not None
    assert last.text == "The rest could not be posted here."


async def test_a_chat_that_must_rest_is_left_alone(desk: Desk, bot: Telegram) -> None:
    desk.telegram.misbehave(retry_after(30), method="sendMessage")
    assert (await refused(bot, place(42))).retry_after == 30.0
    calls = len(desk.telegram.calls_of("sendMessage"))
    left = (await refused(bot, place(42))).retry_after
    assert left is not None
    assert 25 < left <= 30
    assert len(desk.telegram.calls_of("sendMessage")) == calls
    assert await bot.send(place(43), HELD)


async def test_a_chat_is_paced_and_another_is_not_held_up(desk: Desk) -> None:
    bot = await desk.attach(pace=Pace(0.3, 0.3))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await bot.send(place(42), HELD)
    await bot.send(place(43), HELD)
    assert loop.time() - began < 0.3
    await bot.send(place(42), HELD)
    assert loop.time() - began >= 0.3


async def test_a_place_that_is_no_chat_is_refused_for_good(bot: Telegram) -> None:
    assert (await refused(bot, Place("telegram", "x", "x"))).permanent


async def test_nothing_is_sent_before_the_start_or_after_the_stop(desk: Desk) -> None:
    bot = await desk.attach()
    await bot.stop()
    error = await refused(bot, place(42))
    assert not error.permanent
    assert not error.ambiguous


async def test_a_quiet_line_is_drawn(desk: Desk, bot: Telegram) -> None:
    await bot.send(place(42), Message("A", (Quiet(line("b")),)))
    assert desk.telegram.last(desk.ana) is not None


async def test_a_rest_that_came_while_others_were_sent_is_the_outboxes_business(
    desk: Desk, bot: Telegram
) -> None:
    desk.telegram.misbehave(retry_after(300), method="sendMessage")
    async with asyncio.timeout(8):
        sent = (bot.send(place(GROUP), HELD) for _ in range(3))
        desk.telegram.group(GROUP, "Ops")
        errors = await asyncio.gather(*sent, return_exceptions=True)
    for error in errors:
        assert isinstance(error, SendError)
        assert (error.permanent, error.ambiguous) == (False, False)
        assert (error.retry_after or 0) > 250
    assert len(desk.telegram.calls_of("sendMessage")) == 1


async def test_a_chat_whose_new_name_cannot_be_noted_yet_is_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat_moved, failures = Store.chat_moved, iter((True,))

    async def failing(self: Store, old: Place, new: Place) -> int:
        if next(failures, False):
            raise StoreError("connection lost")
        return await chat_moved(self, old, new)

    await desk.attach()
    group = desk.telegram.group(-77, "Ops")
    may = asyncio.Event()

    async def held(request: Request) -> Message:
        await may.wait()
        return Message("Done.")

    desk.handle.script["list"] = held
    await desk.ana.types("/list", chat=group)
    await desk.telegram.until(lambda: desk.handle.requests)
    new = await desk.ana.upgrades(group, GROUP)
    desk.telegram.world.updates.drop()
    monkeypatch.setattr(Store, "chat_moved", failing)
    may.set()
    await desk.telegram.until_says(new, "Done.")
    await desk.until_finished()


async def test_admins_are_told_once_which_names_of_a_group_that_moved_they_must_change(
    desk: Desk,
) -> None:
    told: list[str] = []

    async def tell(text: str) -> None:
        told.append(text)

    names = ["telegram:-77:*", "telegram:-777:*", "slack:T1:*", "telegram:-77"]
    bot = await desk.attach(names=lambda: names, tell=tell)
    group = desk.telegram.group(-77, "Ops")
    await desk.ana.upgrades(group, GROUP)
    await bot.send(place(-77), HELD)
    update = desk.telegram.world.updates.made[-1]["update_id"]
    await desk.telegram.until(lambda: desk.telegram.confirmed > update)
    await desk.until_finished()
    (text,) = told
    assert text.splitlines()[1:] == [
        f"telegram:-77:* -> telegram:{GROUP}:*",
        f"telegram:-77 -> telegram:{GROUP}",
    ]
