"""The Telegram of our own behaves as the real one, as far as python-telegram-bot can see."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    MessageOriginUser,
    ReplyParameters,
    TelegramObject,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import Application, TypeHandler

from tests.fakes.telegram import (
    SECRET,
    BadGateway,
    Delays,
    Drops,
    FakeTelegram,
    Hangs,
    LosesReply,
    Person,
    Refuses,
    retry_after,
    server_error,
)

GROUP = -1001


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with a_bot(telegram) as bot:
        yield bot


@pytest.fixture
def ana(telegram: FakeTelegram) -> Person:
    return telegram.person(42, "Ana")


@asynccontextmanager
async def a_bot(telegram: FakeTelegram, token: str = "") -> AsyncIterator[Bot]:
    bot = Bot(
        token or telegram.token,
        base_url=telegram.url + "/bot",
        base_file_url=telegram.url + "/file/bot",
    )
    async with bot:
        yield bot


def pin_old(data: str = "pin") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Pin old", callback_data=data)]])


def refuses(error: type[Exception], words: str) -> pytest.RaisesExc[Exception]:
    """The library changes the case of the words that Telegram says."""
    return pytest.raises(error, match=f"(?i){re.escape(words)}")


async def everything(bot: Bot, offset: int | None = None) -> list[Update]:
    return list(await bot.get_updates(offset=offset, timeout=0))


async def test_a_conversation_over_polling(telegram: FakeTelegram, ana: Person) -> None:
    async def answer(update: Update, _: Any) -> None:
        if update.callback_query is not None:
            await update.callback_query.answer("Pinned.")
            await update.callback_query.edit_message_text("Pinned to the old model.")
        elif update.effective_message is not None:
            await update.effective_message.reply_text("Held.", reply_markup=pin_old())

    builder = Application.builder().token(telegram.token).base_url(telegram.url + "/bot")
    application = builder.build()
    application.add_handler(TypeHandler(Update, answer))
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling()
        await ana.starts()
        alert = await telegram.until_says(ana, "Held.")
        press = await ana.presses(alert, "Pin old")
        toast = await press.until_answered()
        await telegram.until(lambda: len(alert.versions) == 2)
        await telegram.until(lambda: telegram.confirmed > press.update_id)
        await application.updater.stop()
        await application.stop()
    assert (toast.text, toast.show_alert) == ("Pinned.", False)
    assert alert.text == "Pinned to the old model."
    assert alert.buttons == []
    assert alert.versions[0].buttons[0].data == "pin"
    assert telegram.pending == []
    assert telegram.complaints == []


async def test_the_bot_is_who_it_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.can_read_all_group_messages) == (4242, "driftpin_bot", False)


async def test_an_update_comes_again_until_it_is_confirmed(bot: Bot, ana: Person) -> None:
    await ana.starts()
    await ana.types("/jobs list")
    first, second = await everything(bot)
    assert [one.update_id for one in await everything(bot)] == [first.update_id, second.update_id]
    assert await everything(bot, second.update_id) == [second]
    assert await everything(bot, second.update_id + 1) == []


async def test_a_poll_waits_for_an_update(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await telegram.until(lambda: telegram.polling == 1)
    await ana.starts()
    (update,) = await poll
    assert update.message is not None
    assert update.message.text == "/start"
    assert update.message.entities[0].type == "bot_command"
    assert telegram.polling == 0


async def test_a_repeated_update_comes_though_it_was_confirmed(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await ana.starts()
    (update,) = await everything(bot)
    await everything(bot, update.update_id + 1)
    telegram.repeat(update.update_id)
    assert await everything(bot, update.update_id + 1) == [update]


async def test_a_second_poll_ends_the_first(telegram: FakeTelegram, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await telegram.until(lambda: telegram.polling == 1)
    async with a_bot(telegram) as other:
        assert await everything(other) == []
    with refuses(Conflict, "terminated by other getUpdates request"):
        await first


async def test_a_poll_whose_caller_is_gone_is_no_conflict(telegram: FakeTelegram, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await telegram.until(lambda: telegram.polling == 1)
    first.cancel()
    await telegram.until(lambda: telegram.polling == 0)
    assert await everything(bot) == []


async def test_polling_and_a_webhook_exclude_each_other(bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:9/telegram/webhook", secret_token=SECRET)
    with refuses(Conflict, "while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await everything(bot) == []


async def test_setting_a_webhook_ends_the_poll(telegram: FakeTelegram, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await telegram.until(lambda: telegram.polling == 1)
    await bot.set_webhook("http://127.0.0.1:9/telegram/webhook", secret_token=SECRET)
    with refuses(Conflict, "terminated by setWebhook request"):
        await poll


async def test_pending_updates_can_be_dropped(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await ana.starts()
    await bot.delete_webhook(drop_pending_updates=True)
    assert await everything(bot) == []
    assert telegram.confirmed == 700_000_002


@pytest.mark.parametrize(
    ("url", "secret"), [("http://example.org/hook", SECRET), ("https://example.org/", "no spaces")]
)
async def test_webhooks_that_are_refused(bot: Bot, url: str, secret: str) -> None:
    with pytest.raises(BadRequest, match=r"(?i)HTTPS URL|unallowed characters"):
        await bot.set_webhook(url, secret_token=secret)


async def test_kinds_that_nobody_asked_for_are_not_sent(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await bot.get_updates(timeout=0, allowed_updates=["callback_query"])
    await ana.starts()
    assert await everything(bot) == []
    assert list(telegram.world.updates.withheld[0]) == ["message"]


@asynccontextmanager
async def receiver(statuses: list[int]) -> AsyncIterator[tuple[str, list[tuple[str, Any]]]]:
    """A webhook that answers with these statuses, the last one for ever."""
    got: list[tuple[str, Any]] = []

    async def receive(request: web.Request) -> web.Response:
        secret = request.headers["X-Telegram-Bot-Api-Secret-Token"]
        got.append((secret, await request.json()))
        return web.Response(status=statuses.pop(0) if len(statuses) > 1 else statuses[0])

    app = web.Application()
    app.router.add_post("/telegram/webhook", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/webhook", got
    finally:
        await runner.cleanup()


async def test_a_webhook_gets_an_update_again_until_it_takes_it(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    async with receiver([500, 503, 200]) as (url, got):
        await bot.set_webhook(url, secret_token=SECRET)
        await ana.starts()
        await ana.types("/jobs")
        await telegram.until(lambda: len(telegram.delivered) == 4)
        assert telegram.pending == []
        numbers = [update["update_id"] for _, update in got]
        assert [number - numbers[0] for number in numbers] == [0, 0, 0, 1]
        assert {secret for secret, _ in got} == {SECRET}
        assert [one.status for one in telegram.delivered] == [500, 503, 200, 200]
        info = await bot.get_webhook_info()
        assert info.url == url
        assert info.last_error_message == "Wrong response from the webhook: 503"


async def test_a_webhook_gets_a_repeated_update(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    async with receiver([200]) as (url, got):
        await bot.set_webhook(url, secret_token=SECRET)
        await ana.starts()
        await telegram.until(lambda: len(telegram.delivered) == 1)
        telegram.repeat(telegram.delivered[0].update_id)
        await telegram.until(lambda: len(telegram.delivered) == 2)
        assert got[0] == got[1]


async def test_a_webhook_that_is_away_is_tried_again(telegram: FakeTelegram, ana: Person) -> None:
    telegram.force_webhook("http://127.0.0.1:9/telegram/webhook")
    await ana.starts()
    await telegram.until(lambda: len(telegram.delivered) > 1)
    async with receiver([200]) as (url, got):
        telegram.force_webhook(url)
        await telegram.until(lambda: not telegram.pending)
        assert len(got) == 1


async def test_a_bot_cannot_begin(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    with refuses(Forbidden, "bot can't initiate conversation with a user"):
        await bot.send_message(ana.id, "hello")
    with refuses(BadRequest, "chat not found"):
        await bot.send_message(99, "hello")
    telegram.person(77, "Other", is_bot=True)
    with refuses(Forbidden, "bot can't send messages to bots"):
        await bot.send_message(77, "hello")


async def test_block_and_unblock(bot: Bot, ana: Person) -> None:
    await ana.starts()
    await ana.blocks()
    with refuses(Forbidden, "bot was blocked by the user"):
        await bot.send_message(ana.id, "hello")
    await ana.unblocks()
    await bot.send_message(ana.id, "hello")
    await ana.deactivates()
    with refuses(Forbidden, "user is deactivated"):
        await bot.send_message(ana.id, "hello")
    _, blocked, back = [update.my_chat_member for update in await everything(bot)]
    assert blocked is not None
    assert back is not None
    assert blocked.new_chat_member.status == "kicked"
    assert back.new_chat_member.status == "member"


@pytest.mark.parametrize(("chat_id", "kind"), [(-5, "group"), (-1005, "supergroup")])
async def test_a_bot_that_was_kicked(
    telegram: FakeTelegram, bot: Bot, ana: Person, chat_id: int, kind: str
) -> None:
    group = telegram.group(chat_id, "Ops")
    await ana.kicks_bot(group)
    with refuses(Forbidden, f"bot was kicked from the {kind} chat"):
        await bot.send_message(chat_id, "hello")
    await ana.adds_bot(group)
    await bot.send_message(chat_id, "hello")
    await bot.leave_chat(chat_id)
    with refuses(Forbidden, f"bot is not a member of the {kind} chat"):
        await bot.send_message(chat_id, "hello")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "message text is empty"),
        (" \n ", "text must be non-empty"),
        ("x" * 4097, "message is too long"),
        ("\N{PUSHPIN}" * 2049, "message is too long"),
    ],
)
async def test_texts_that_are_refused(bot: Bot, ana: Person, text: str, words: str) -> None:
    await ana.starts()
    with refuses(BadRequest, words):
        await bot.send_message(ana.id, text)


async def test_a_text_of_just_the_limit_is_taken(bot: Bot, ana: Person) -> None:
    await ana.starts()
    sent = await bot.send_message(ana.id, "\N{PUSHPIN}" * 2048)
    assert sent.text == "\N{PUSHPIN}" * 2048


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        (MessageEntity("bold", 0, 9), "ends after the end of the text"),
        (MessageEntity("bold", 9, 1), "begins after the end of the text"),
        (MessageEntity("bold", 1, 3), "begins in a middle of a UTF-16 symbol"),
        (MessageEntity("bold", 0, 1), "ends in a middle of a UTF-16 symbol"),
        (MessageEntity("shiny", 0, 2), "Unsupported type specified"),
    ],
)
async def test_entities_are_counted_in_utf_16(
    bot: Bot, ana: Person, entity: MessageEntity, words: str
) -> None:
    await ana.starts()
    with refuses(BadRequest, words):
        await bot.send_message(ana.id, "\N{PUSHPIN} old", entities=[entity])


async def test_entities_are_kept(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    await ana.starts()
    moment = {"unix_time": 1_800_000_000, "date_time_format": "wDT"}
    given = [MessageEntity("bold", 0, 2), MessageEntity("date_time", 3, 3, **moment)]  # type: ignore[arg-type]
    sent = await bot.send_message(ana.id, "\N{PUSHPIN} now  ", entities=given)
    assert sent.text == "\N{PUSHPIN} now"
    assert [entity.type for entity in sent.entities] == ["bold", "date_time"]
    last = telegram.last(ana)
    assert last is not None
    assert last.entities[1]["unix_time"] == 1_800_000_000


async def test_the_hundred_and_first_entity_is_dropped_with_a_complaint(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await ana.starts()
    given = [MessageEntity("bold", place, 1) for place in range(101)]
    sent = await bot.send_message(ana.id, "x" * 101, entities=given)
    assert len(sent.entities) == 100
    assert len(telegram.complaints) == 1


@pytest.mark.parametrize(
    ("button", "words"),
    [
        (InlineKeyboardButton("Pin", callback_data="é" * 33), "BUTTON_DATA_INVALID"),
        (InlineKeyboardButton("Pin"), "Text buttons are unallowed"),
        (InlineKeyboardButton("Pin", callback_data="1", style="loud"), "style"),
        (InlineKeyboardButton("Copy", copy_text=CopyTextButton("x" * 257)), "COPY_TEXT"),
    ],
)
async def test_buttons_that_are_refused(
    bot: Bot, ana: Person, button: InlineKeyboardButton, words: str
) -> None:
    await ana.starts()
    with refuses(BadRequest, words):
        await bot.send_message(ana.id, "Held.", reply_markup=InlineKeyboardMarkup([[button]]))


async def test_buttons_as_they_are_shown(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    await ana.starts()
    pin = InlineKeyboardButton("Pin old", callback_data="é" * 32, style="success")
    copy = InlineKeyboardButton("Copy", copy_text=CopyTextButton("/jobs pin 7"))
    await bot.send_message(ana.id, "Held.", reply_markup=InlineKeyboardMarkup([[pin], [copy]]))
    last = telegram.last(ana)
    assert last is not None
    assert last.labels == ["Pin old", "Copy"]
    assert last.button("Pin old").style == "success"
    assert last.button("Copy").copy_text == "/jobs pin 7"


async def test_an_edit_without_a_keyboard_takes_it_away(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await ana.starts()
    sent = await bot.send_message(ana.id, "Held.", reply_markup=pin_old())
    with refuses(BadRequest, "message is not modified"):
        await sent.edit_text("Held.", reply_markup=pin_old())
    await sent.edit_reply_markup(pin_old("other"))
    await sent.edit_text("Held.")
    shown = telegram.answers(ana)[0]
    assert [version.reply_markup is None for version in shown.versions] == [False, False, True]


async def test_messages_that_cannot_be_edited(bot: Bot, ana: Person) -> None:
    start = await ana.starts()
    with refuses(BadRequest, "message can't be edited"):
        await bot.edit_message_text("x", ana.id, start.message_id)
    with refuses(BadRequest, "message to edit not found"):
        await bot.edit_message_text("x", ana.id, 99)
    sent = await bot.send_message(ana.id, "Held.")
    await sent.delete()
    with refuses(BadRequest, "message to edit not found"):
        await sent.edit_text("x")
    with refuses(BadRequest, "message to delete not found"):
        await sent.delete()


async def test_a_press_that_is_too_old(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    await ana.starts()
    await bot.send_message(ana.id, "Held.", reply_markup=pin_old())
    press = await ana.presses(telegram.answers(ana)[0], "Pin old")
    press.expire()
    with refuses(BadRequest, "query is too old and response timeout expired"):
        await bot.answer_callback_query(press.id)
    assert press.answered is None


async def test_a_press_is_answered_once(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    await ana.starts()
    await bot.send_message(ana.id, "Held.", reply_markup=pin_old())
    press = await ana.presses(telegram.answers(ana)[0], data="pin")
    await bot.answer_callback_query(press.id, "Pinned.", show_alert=True)
    with refuses(BadRequest, "query is too old"):
        await bot.answer_callback_query(press.id, "Again.")
    assert (await press.until_answered()).text == "Pinned."


async def test_a_press_on_a_keyboard_that_only_the_client_still_shows(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await ana.starts()
    sent = await bot.send_message(ana.id, "Held.", reply_markup=pin_old("first"))
    await sent.edit_text("Pinned.")
    shown = telegram.answers(ana)[0]
    with refuses(AssertionError, "No button"):
        await ana.presses(shown, "Pin old")
    await ana.presses(shown, "Pin old", version=0)
    await sent.delete()
    await ana.presses(shown, "Pin old", version=0)
    _, stale, gone = [update.callback_query for update in await everything(bot)]
    assert stale is not None
    assert stale.data == "first"
    assert isinstance(stale.message, Message)
    assert stale.message.text == "Pinned."
    assert gone is not None
    assert gone.message is not None
    assert not gone.message.is_accessible


async def test_a_document(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    await ana.starts()
    sent = await bot.send_document(ana.id, b"long answer", filename="run-7.md", caption="Run 7")
    assert sent.document is not None
    assert sent.document.file_name == "run-7.md"
    shown = telegram.answers(ana)[0]
    assert shown.document is not None
    assert (shown.document.content, shown.text) == (b"long answer", "Run 7")
    with refuses(BadRequest, "message caption is too long"):
        await bot.send_document(ana.id, b"x", caption="x" * 1025)
    with refuses(BadRequest, "there is no text in the message to edit"):
        await sent.edit_text("x")


async def test_a_channel_and_its_discussion_group(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    channel = telegram.channel(-1009, "News")
    group = telegram.group(GROUP, "Talk", bot="administrator")
    await ana.posts(channel, "/jobs add", discussed_in=group)
    sent = await bot.send_message(channel.id, "Noted.")
    assert sent.from_user is None
    post, copy = await everything(bot)
    assert post.channel_post is not None
    assert post.channel_post.sender_chat == post.channel_post.chat
    assert copy.message is not None
    assert copy.message.from_user is not None
    assert copy.message.from_user.id == 777000
    assert copy.message.is_automatic_forward


async def test_privacy_mode(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    group = telegram.group(GROUP, "Ops")
    await bot.send_message(GROUP, "hello")
    await ana.types("chatter", chat=group)
    await ana.types("/jobs@other_bot", chat=group)
    await ana.types("/jobs list", chat=group)
    await ana.types("/jobs@driftpin_bot list", chat=group)
    await ana.types("hello @driftpin_bot", chat=group)
    await ana.types("a reply", chat=group, reply_to=telegram.answers(group)[0])
    seen = [update.effective_message for update in await everything(bot)]
    assert [one.text for one in seen if one] == [
        "/jobs list",
        "/jobs@driftpin_bot list",
        "hello @driftpin_bot",
        "a reply",
    ]


async def test_topics(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    forum = telegram.group(GROUP, "Ops", forum=True)
    bills = telegram.topic(forum, "Bills")
    await ana.types("/jobs", topic=bills)
    await ana.types("/jobs", chat=forum)
    inside, general = [update.effective_message for update in await everything(bot)]
    assert inside is not None
    assert (inside.message_thread_id, inside.is_topic_message) == (bills.thread_id, True)
    assert inside.reply_to_message is not None
    assert inside.reply_to_message.forum_topic_created is not None
    assert general is not None
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    await bot.send_message(GROUP, "in the topic", message_thread_id=bills.thread_id)
    await bot.send_message(GROUP, "in General")
    assert [one.text for one in telegram.answers(forum, bills)] == ["in the topic"]
    assert [one.text for one in telegram.answers(forum, 0)] == ["in General"]
    with refuses(BadRequest, "message thread not found"):
        await bot.send_message(GROUP, "x", message_thread_id=1)


async def test_topics_come_and_go(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    forum = telegram.group(GROUP, "Ops", forum=True)
    bills = await ana.opens_topic(forum, "Bills")
    await ana.closes_topic(bills)
    with refuses(BadRequest, "TOPIC_CLOSED"):
        await bot.send_message(GROUP, "x", message_thread_id=bills.thread_id)
    await ana.reopens_topic(bills)
    await bot.send_message(GROUP, "x", message_thread_id=bills.thread_id)
    await ana.deletes_topic(bills)
    with refuses(BadRequest, "message thread not found"):
        await bot.send_message(GROUP, "x", message_thread_id=bills.thread_id)
    opened, closed, reopened = [one.effective_message for one in await everything(bot)]
    assert opened is not None
    assert closed is not None
    assert reopened is not None
    assert (opened.forum_topic_created is not None, opened.message_thread_id) == (True, 2)
    assert closed.forum_topic_closed is not None
    assert reopened.forum_topic_reopened is not None


async def test_a_thread_of_replies_is_no_topic(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    group = telegram.group(GROUP, "Ops")
    root = await ana.types("root", chat=group)
    reply = await ana.types("first", chat=group, reply_to=root)
    await ana.types("/jobs", chat=group, reply_to=reply)
    (update,) = await everything(bot)
    assert update.message is not None
    assert update.message.message_thread_id == root.message_id
    assert update.message.is_topic_message is None
    with refuses(BadRequest, "message thread not found"):
        await bot.send_message(GROUP, "x", message_thread_id=root.message_id)


async def test_a_reply_in_general_is_no_topic_either(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    forum = telegram.group(GROUP, "Ops", forum=True, bot="administrator")
    root = await ana.types("root", chat=forum)
    await ana.types("/jobs", chat=forum, reply_to=root)
    message = (await everything(bot))[1].message
    assert message is not None
    assert (message.message_thread_id, message.is_topic_message) == (root.message_id, None)


async def test_a_group_becomes_a_supergroup(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    group = telegram.group(-7, "Ops")
    new = await ana.upgrades(group, -1007)
    with pytest.raises(ChatMigrated) as refusal:
        await bot.send_message(group.id, "hello")
    assert refusal.value.new_chat_id == -1007
    await bot.send_message(refusal.value.new_chat_id, "hello")
    assert [one.text for one in telegram.answers(new)] == ["hello"]
    old, moved = [update.message for update in await everything(bot)]
    assert old is not None
    assert moved is not None
    assert (old.chat.id, old.migrate_to_chat_id) == (-7, -1007)
    assert (moved.chat.id, moved.migrate_from_chat_id) == (-1007, -7)


async def test_senders_who_are_no_persons(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    group = telegram.group(GROUP, "Ops", bot="administrator")
    channel = telegram.channel(-1009, "News")
    robot = telegram.person(77, "Other", is_bot=True, username="other_bot")
    await ana.types("anonymous", chat=group, as_chat=group)
    await ana.types("as a channel", chat=group, as_chat=channel)
    await robot.types("from a bot", chat=group)
    await ana.types("via a bot", chat=group, via=robot.user)
    await ana.forwards("/jobs", origin=robot, chat=group)
    await ana.forwards("/jobs", origin="Hidden", chat=group)
    await ana.forwards("/jobs", origin=channel, chat=group)
    messages = [update.message for update in await everything(bot)]
    anonymous, as_channel, other, via, forwarded, *_ = [one for one in messages if one]
    assert anonymous.from_user is not None
    assert (anonymous.from_user.id, anonymous.sender_chat) == (1087968824, anonymous.chat)
    assert as_channel.sender_chat is not None
    assert as_channel.sender_chat.id == -1009
    assert other.from_user is not None
    assert other.from_user.is_bot
    assert via.via_bot is not None
    assert isinstance(forwarded.forward_origin, MessageOriginUser)
    assert len(messages) == 7


async def test_edited_messages_come_as_such(bot: Bot, ana: Person) -> None:
    message = await ana.starts()
    await ana.edits(message, "/jobs list")
    _, update = await everything(bot)
    assert update.edited_message is not None
    assert update.edited_message.text == "/jobs list"
    assert update.edited_message.edit_date is not None


async def test_replies_of_the_bot(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    message = await ana.starts()
    quoted = ReplyParameters(message.message_id)
    sent = await bot.send_message(ana.id, "x", reply_parameters=quoted)
    assert sent.reply_to_message is not None
    with refuses(BadRequest, "message to be replied not found"):
        await bot.send_message(ana.id, "x", reply_parameters=ReplyParameters(99))
    anyway = ReplyParameters(99, allow_sending_without_reply=True)
    assert (await bot.send_message(ana.id, "x", reply_parameters=anyway)).reply_to_message is None
    assert telegram.complaints == []


async def test_commands_are_kept_by_scope(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.group(GROUP, "Ops")
    await bot.set_my_commands([BotCommand("jobs", "Your jobs")])
    await bot.set_my_commands([("halt", "Stop all")], scope=BotCommandScopeChat(GROUP))
    assert telegram.commands == {"default": ["jobs"], f"chat {GROUP}": ["halt"]}
    assert await bot.get_my_commands() == (BotCommand("jobs", "Your jobs"),)
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    with refuses(BadRequest, "BOT_COMMAND_INVALID"):
        await bot.set_my_commands([("Jobs", "Your jobs")])


async def test_chats_and_members_can_be_looked_at(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    group = telegram.group(GROUP, "Ops", forum=True)
    telegram.member(group, ana, "administrator")
    assert (await bot.get_chat(GROUP)).is_forum
    assert (await bot.get_chat_member(GROUP, ana.id)).status == "administrator"
    assert (await bot.get_chat_member(GROUP, 4242)).status == "member"
    await bot.send_chat_action(GROUP, "typing")


async def test_what_is_not_in_the_api_is_refused_and_written_down(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await ana.starts()
    with refuses(BadRequest, "no parameter 'colour'"):
        await bot.send_message(ana.id, "x", api_kwargs={"colour": "red"})
    with refuses(BadRequest, "message_id is not an integer"):
        await bot.edit_message_text("x", ana.id, "first")  # type: ignore[arg-type]
    with pytest.raises(InvalidToken):
        await bot.get_my_name()
    assert len(telegram.complaints) == 3
    assert telegram.calls_of("sendMessage")[0].params["colour"] == "red"


async def test_get_and_json_are_understood(telegram: FakeTelegram, ana: Person) -> None:
    await ana.starts()
    address = f"{telegram.url}/bot{telegram.token}"
    async with aiohttp.ClientSession() as session:
        query = {"chat_id": "42", "text": "by address"}
        async with session.get(f"{address}/sendMessage", params=query) as reply:
            assert (await reply.json())["result"]["text"] == "by address"
        body = {"chat_id": 42, "text": "by JSON"}
        async with session.post(f"{address}/sendMessage", json=body) as reply:
            assert (await reply.json())["ok"]
    assert [one.text for one in telegram.answers(ana)] == ["by address", "by JSON"]


async def test_a_token_that_is_wrong_or_revoked(telegram: FakeTelegram, bot: Bot) -> None:
    with pytest.raises(InvalidToken):
        async with a_bot(telegram, "4242:canary-canary-canary-canary-canary-dd"):
            pass
    telegram.revoke_token()
    with refuses(InvalidToken, "Unauthorized"):
        await bot.get_me()
    assert [call.status for call in telegram.refused] == [401, 401]


async def test_a_flood_of_one_chat_leaves_the_others_alone(
    telegram: FakeTelegram, bot: Bot, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    bela = telegram.person(43, "Bela")
    await ana.starts()
    await bela.starts()
    flood = telegram.misbehave(retry_after(7), method="sendMessage", chat=ana, times=None)
    with pytest.raises(RetryAfter) as refusal:
        await bot.send_message(ana.id, "x")
    assert refusal.value.retry_after == timedelta(seconds=7)
    await bot.send_message(bela.id, "x")
    flood.clear()
    await bot.send_message(ana.id, "x")
    assert flood.hits == 1
    assert telegram.calls_of("sendMessage", ana)[0].status == 429


async def test_errors_on_command(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    await ana.starts()
    telegram.misbehave(server_error(), method="sendMessage")
    telegram.misbehave(BadGateway(), method="sendMessage")
    telegram.misbehave(Refuses(400, "Bad Request: CHAT_RESTRICTED"), method="sendMessage")
    telegram.misbehave(Drops(), method="sendMessage")
    with refuses(NetworkError, "Internal Server Error"):
        await bot.send_message(ana.id, "x")
    with refuses(NetworkError, "Bad Gateway"):
        await bot.send_message(ana.id, "x")
    with refuses(BadRequest, "CHAT_RESTRICTED"):
        await bot.send_message(ana.id, "x")
    with pytest.raises(NetworkError):
        await bot.send_message(ana.id, "x")
    assert telegram.answers(ana) == []
    await bot.send_message(ana.id, "x")
    assert [call.status for call in telegram.calls_of("sendMessage")] == [500, 502, 400, 0, 200]


async def test_a_lost_reply_has_happened(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    await ana.starts()
    telegram.misbehave(LosesReply(), method="sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(ana.id, "x")
    assert [one.text for one in telegram.answers(ana)] == ["x"]


async def test_a_call_that_hangs_is_answered_when_the_fault_is_cleared(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await ana.starts()
    hang = telegram.misbehave(Hangs(), method="sendMessage")
    sending = asyncio.create_task(bot.send_message(ana.id, "x"))
    await telegram.until(lambda: hang.hits == 1)
    assert telegram.answers(ana) == []
    hang.clear()
    assert (await sending).text == "x"


async def test_a_late_answer_has_happened(telegram: FakeTelegram, bot: Bot, ana: Person) -> None:
    await ana.starts()
    telegram.misbehave(Delays(30, after=True), method="sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(ana.id, "x", read_timeout=0.1)
    assert [one.text for one in telegram.answers(ana)] == ["x"]


async def test_telegram_goes_away_and_comes_back(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await ana.starts()
    poll = asyncio.create_task(bot.get_updates(offset=-1, timeout=20))
    await poll
    waiting = asyncio.create_task(bot.get_updates(offset=700_000_002, timeout=20))
    await telegram.until(lambda: telegram.polling == 1)
    url = telegram.url
    await telegram.goes_away()
    with pytest.raises(NetworkError):
        await waiting
    with pytest.raises(NetworkError):
        await bot.get_me()
    await telegram.comes_back()
    assert telegram.url == url
    await bot.send_message(ana.id, "x")


async def test_every_field_that_is_sent_is_one_that_the_library_knows(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    forum = telegram.group(GROUP, "Ops", forum=True, bot="administrator")
    channel = telegram.channel(-1009, "News")
    group = telegram.group(-7, "Old", bot="left")
    await ana.starts()
    await ana.adds_bot(group)
    await ana.promotes_bot(group)
    await ana.upgrades(group, -1007, with_membership=True)
    topic = await ana.opens_topic(forum, "Bills")
    await ana.types("https://example.org #bill", topic=topic, as_chat=forum)
    await ana.forwards("/jobs", origin=channel, topic=topic)
    await ana.posts(channel, "news", discussed_in=forum)
    sent = await bot.send_message(GROUP, "x", reply_markup=pin_old())
    await ana.presses(telegram.answers(forum)[0], "Pin old")
    unknown = set(unknown_fields(sent))
    for update in await everything(bot):
        unknown |= set(unknown_fields(update))
    unknown |= set(unknown_fields(await bot.get_chat(GROUP)))
    unknown |= set(unknown_fields(await bot.get_chat_member(GROUP, 4242)))
    unknown |= set(unknown_fields(await bot.get_webhook_info()))
    assert unknown == {"all_members_are_administrators", "new_chat_participant"}


def unknown_fields(thing: TelegramObject) -> Iterator[str]:
    """What came on the wire under a name that python-telegram-bot has never heard of."""
    yield from thing.api_kwargs
    for name in thing.to_dict(recursive=False):
        value = getattr(thing, "from_user" if name == "from" else name, None)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, TelegramObject):
                yield from unknown_fields(one)


async def test_waiting_in_vain_says_what_was_seen(
    telegram: FakeTelegram, bot: Bot, ana: Person
) -> None:
    await ana.starts()
    await bot.send_message(ana.id, "hello Ana")
    with refuses(AssertionError, "hello Ana"):
        await telegram.until(lambda: telegram.last(ana) is None, seconds=0.05)


async def test_after_log_out_nothing_works(telegram: FakeTelegram, bot: Bot) -> None:
    assert await bot.close()
    assert await bot.log_out()
    with refuses(BadRequest, "Logged out"):
        await bot.get_me()
