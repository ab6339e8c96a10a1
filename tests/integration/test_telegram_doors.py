"""What people do in Telegram comes in as requests, and is answered where it was done."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.message import Message
from bot.wording import refusals
from scheduler.job import Principal
from storage.store import Store
from tests.fakes.telegram import FakeTelegram, Person
from tests.integration.telegramming import (
    GROUP,
    Scripted,
    a_store,
    adapter,
    attached,
    place,
)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake
        assert fake.complaints == []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store, database = a_store(tmp_path)
    yield store
    database.close()


@pytest.fixture
def handle(telegram: FakeTelegram) -> Scripted:
    return Scripted(telegram)


@pytest.fixture
async def bot(telegram: FakeTelegram, store: Store, handle: Scripted) -> AsyncIterator[object]:
    async with attached(adapter(telegram, store), handle) as bot:
        yield bot


@pytest.fixture
def ana(telegram: FakeTelegram) -> Person:
    return telegram.person(42, "Ana", last_name="Ruiz")


pytestmark = pytest.mark.usefixtures("bot")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/jobs list", "list"),
        ("/jobs", ""),
        ("/jobs@driftpin_bot pin 7", "pin 7"),
        ("/add every day at 9:00 | Go", "add every day at 9:00 | Go"),
        ("/PIN 7", "pin 7"),
        ("/start", "help"),
        ("/start payload", "help"),
        ("/help", "help"),
        ("pin 7", "pin 7"),
        ("/unheard of", "unheard of"),
    ],
)
async def test_in_private_every_line_is_a_command(
    telegram: FakeTelegram, handle: Scripted, ana: Person, typed: str, text: str
) -> None:
    message = await ana.types(typed)
    answer = await telegram.until_says(ana, "Heard:")
    (request,) = handle.requests
    assert request.text == text
    assert request.place == place(42)
    assert request.principal == Principal("telegram", "telegram", "42")
    assert request.principal.name == "Ana Ruiz"
    assert request.command == "/jobs"
    assert request.event == f"update:{telegram.world.updates.made[0]['update_id']}"
    assert answer.reply_to is None
    assert message.chat is answer.chat


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/jobs list", "list"),
        ("/list@driftpin_bot", "list"),
        ("/pin 7", "pin 7"),
        ("@driftpin_bot list", "list"),
        ("@driftpin_bot", "help"),
        ("/foo@driftpin_bot", "foo"),
    ],
)
async def test_in_a_group_commands_to_us_are_answered_as_replies(
    telegram: FakeTelegram, handle: Scripted, ana: Person, typed: str, text: str
) -> None:
    group = telegram.group(GROUP, "Ops")
    message = await ana.types(typed, chat=group)
    answer = await telegram.until_says(group, "Heard:")
    assert handle.texts == [text]
    assert handle.requests[0].command == "/jobs@driftpin_bot"
    assert handle.requests[0].place == place(GROUP)
    assert answer.reply_to is message


async def test_what_is_typed_in_a_group_is_answered_for_all_of_it_to_read(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    await ana.types("/list", chat=telegram.group(GROUP, "Ops"))
    await ana.types("/list")
    await telegram.until(lambda: len(handle.requests) == 2)
    assert {request.place: request.overheard for request in handle.requests} == {
        place(GROUP): True,
        place(42): False,
    }


async def test_a_person_is_the_same_one_everywhere(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    group = telegram.group(GROUP, "Ops")
    await ana.types("/list", chat=group)
    await ana.types("/list")
    await telegram.until(lambda: len(handle.requests) == 2)
    assert handle.requests[0].principal == handle.requests[1].principal


async def test_what_is_meant_for_others_is_left_alone(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    telegram.world.privacy = False
    group = telegram.group(GROUP, "Ops")
    for other in ("/jobs@otherbot list", "/unknown", "hello all", "/list@driftpin_bots"):
        await ana.types(other, chat=group)
    await ana.types("/help", chat=group)
    await telegram.until_says(group, "Heard:")
    assert handle.texts == ["help"]


async def test_a_reply_to_us_is_a_command_and_a_reply_to_others_is_none(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    telegram.world.privacy = False
    group = telegram.group(GROUP, "Ops")
    mine = await ana.types("/list", chat=group)
    answer = await telegram.until_says(group, "Heard: list")
    await ana.types("nothing", chat=group, reply_to=mine)
    await ana.types("pin 7", chat=group, reply_to=answer)
    await telegram.until_says(group, "Heard: pin 7")
    assert handle.texts == ["list", "pin 7"]
    assert [r.place.thread for r in handle.requests] == [None, None]


async def test_only_a_true_topic_is_a_thread(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    forum = telegram.group(GROUP, "Ops", forum=True)
    topic = telegram.topic(forum, "Deploys")
    await ana.types("/list", topic=topic)
    await telegram.until_says(forum, "Heard:", topic=topic)
    await ana.types("/list", chat=forum)
    await telegram.until_says(forum, "Heard:", topic=0)
    assert [r.place for r in handle.requests] == [place(GROUP, topic.thread_id), place(GROUP)]


async def test_nobody_but_people_is_a_principal(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    telegram.world.privacy = False
    group = telegram.group(GROUP, "Ops")
    channel = telegram.channel(-1005, "News")
    robot = telegram.person(77, "Robot", is_bot=True)
    await ana.types("/list", chat=group, as_chat=channel)
    await ana.types("/list", chat=group, via=robot.user)
    await robot.types("/list", chat=group)
    await ana.forwards("/list", chat=group)
    await ana.forwards("/list", origin=channel)
    await ana.posts(channel, "/list", discussed_in=group)
    last = await ana.types("/help", chat=group)
    await telegram.until_says(group, "Heard: help", after=last)
    assert handle.texts == ["help"]


async def test_an_unnamed_admin_is_told_to_write_as_themselves(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    group = telegram.group(GROUP, "Ops")
    await ana.types("/list", chat=group, as_chat=group)
    await telegram.until_says(group, "write as yourself")
    assert handle.requests == []


async def test_an_edited_command_is_no_new_command(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    message = await ana.types("/list")
    await telegram.until_says(ana, "Heard: list")
    await ana.edits(message, "/remove 7")
    await ana.types("/help")
    await telegram.until_says(ana, "Heard: help")
    assert handle.texts == ["list", "help"]


async def test_our_standing_in_a_chat_is_no_request(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    await ana.starts()
    await ana.blocks()
    await ana.unblocks()
    await ana.types("/list")
    await telegram.until_says(ana, "Heard: list")
    assert handle.texts == ["help", "list"]


async def test_a_private_answer_and_none_at_all(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    handle.script["pin 8"] = None
    handle.script["pin 9"] = Message("There is no job 9.", private=True)
    await ana.types("pin 8")
    await ana.types("pin 9")
    await telegram.until_says(ana, "There is no job 9.")
    assert len(telegram.answers(ana)) == 1


async def test_the_commands_stand_behind_the_slash(telegram: FakeTelegram) -> None:
    assert telegram.commands["default"] == ["jobs", "help"]
    assert {"jobs", "add", "list", "pin", "output"} <= set(telegram.commands["all_private_chats"])
    assert {"jobs", "add", "list", "pin"} <= set(telegram.commands["all_group_chats"])


async def test_a_group_is_told_once_of_strangers_and_each_is_told_alone(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    group, zoe = telegram.group(GROUP, "Ops"), telegram.person(99, "Zoe")
    handle.script["list"] = refusals.stranger("telegram:99")
    for _ in range(4):
        await zoe.types("/list", chat=group)
    await telegram.person(98, "Yan").types("/list", chat=group)
    last = await ana.types("/help", chat=group)
    await telegram.until_says(group, "Heard: help", after=last)
    assert len(telegram.answers(group)) == 2
    assert len(handle.requests) == 6
    await zoe.types("/list")
    await zoe.types("/list")
    await telegram.until(lambda: len(telegram.answers(zoe)) == 2)


async def test_what_is_for_one_person_alone_is_answered_in_their_private_chat(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    group = telegram.group(GROUP, "Ops")
    handle.script["audit"] = Message("What was done, the latest first", private=True)
    await ana.types("/start")
    last = await ana.types("/jobs audit", chat=group)
    await telegram.until_says(ana, "What was done, the latest first")
    await telegram.until_says(group, "I answered in our private chat", after=last)
    assert not [m for m in telegram.answers(group) if "What was done" in m.text]


async def test_who_has_no_private_chat_with_us_is_told_how_to_ask(
    telegram: FakeTelegram, handle: Scripted
) -> None:
    group = telegram.group(GROUP, "Ops")
    handle.script["audit"] = Message("What was done, the latest first", private=True)
    last = await telegram.person(77, "Eve").types("/jobs audit", chat=group)
    await telegram.until_says(group, "press Start, and ask there", after=last)
    assert not [m for m in telegram.answers(group) if "What was done" in m.text]


async def test_a_refusal_is_answered_where_it_was_typed(
    telegram: FakeTelegram, handle: Scripted, ana: Person
) -> None:
    group = telegram.group(GROUP, "Ops")
    handle.script["show 99"] = Message("There is no job 99 here.", private=True, refused=True)
    last = await ana.types("/jobs show 99", chat=group)
    await telegram.until_says(group, "There is no job 99 here.", after=last)
