"""How Telegram is connected: by polling or a webhook, by one process at a time, away and refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.adapters.telegram.adapter import Telegram
from bot.adapters.telegram.intake import SIGHTINGS, Intake
from bot.adapters.telegram.life import Outside
from bot.http import Http, Route
from bot.message import Message, Request
from bot.platform import PlatformAway
from bot.settings.chats import TelegramKeys
from scheduler.errors import ConfigError
from tests.fakes.telegram import SECRET, Refuses
from tests.integration.telegramming import Desk, a_desk, adapter, eventually, keys, place

HEADER = "X-Telegram-Bot-Api-Secret-Token"
OTHER_POLL = "Conflict: terminated by other getUpdates request"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as desk:
        yield desk


@asynccontextmanager
async def port(desk: Desk, **more: Any) -> AsyncIterator[tuple[Telegram, str]]:
    """A webhook on a port of its own."""
    address: list[str] = []

    def its() -> TelegramKeys:
        return keys(desk.telegram, webhook_url=address[0], webhook_secret=SECRET)

    bot = Telegram(its, Outside(lambda: desk.store, **more))
    desk.adapters.append(bot)
    http = Http("127.0.0.1", 0, [Route(path, answer) for path, answer in bot.routes], dict)
    address.append(await http.start() + "/telegram/webhook")
    await bot.start(desk.handle)
    try:
        yield bot, address[0]
    finally:
        await http.stop()


def an_update(number: int, text: str) -> dict[str, Any]:
    person = {"id": 42, "is_bot": False, "first_name": "Ana"}
    chat = {"id": 42, "type": "private", "first_name": "Ana"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text}
    return {"update_id": number, "message": message}


async def posted(
    address: str, headers: dict[str, str], *, method: str = "POST", **body: Any
) -> int:
    """The status of the answer."""
    async with (
        aiohttp.ClientSession() as web,
        web.request(method, address, headers=headers, **body) as reply,
    ):
        return reply.status


# --- away and refused ------------------------------------------------------------------------------


async def test_a_telegram_that_is_away_is_named(desk: Desk) -> None:
    await desk.telegram.goes_away()
    with pytest.raises(PlatformAway) as away:
        await desk.attach()
    assert not away.value.refused
    assert desk.telegram.token not in str(away.value)


async def test_a_refused_token_is_the_operators_business(desk: Desk) -> None:
    desk.telegram.revoke_token()
    with pytest.raises(PlatformAway) as away:
        await desk.attach()
    assert away.value.refused
    assert desk.telegram.token not in str(away.value)


async def test_settings_that_broke_are_the_operators_business(desk: Desk) -> None:
    def broken() -> TelegramKeys:
        raise ConfigError(["TELEGRAM_BOT_TOKEN: is missing"])

    with pytest.raises(PlatformAway, match="TELEGRAM_BOT_TOKEN") as away:
        await Telegram(broken, Outside(lambda: desk.store)).start(desk.handle)
    assert away.value.refused


async def test_a_token_revoked_while_polling_loses_the_connection(desk: Desk) -> None:
    bot = await desk.attach()
    await desk.telegram.until(lambda: desk.telegram.polling)
    lost = asyncio.create_task(bot.lost())
    desk.telegram.revoke_token()
    desk.telegram.misbehave(Refuses(401, "Unauthorized"), times=None)
    await desk.ana.types("/list")
    away = await lost
    assert away.refused


async def test_a_token_revoked_while_sending_loses_the_connection(desk: Desk) -> None:
    bot = await desk.attach()
    desk.telegram.misbehave(Refuses(401, "Unauthorized"), method="sendMessage")
    with pytest.raises(Exception, match="refuses the token"):
        await bot.send(place(42), Message("Hello"))
    assert (await bot.lost()).refused


async def test_closing_loses_no_connection_and_starts_none(desk: Desk) -> None:
    bot = await desk.attach()
    lost = asyncio.create_task(bot.lost())
    await bot.quiet()
    await asyncio.wait([lost], timeout=0.05)
    assert not lost.done()
    lost.cancel()
    with pytest.raises(PlatformAway, match="closing"):
        await bot.start(desk.handle)


async def test_it_is_started_again_with_new_keys(desk: Desk) -> None:
    bot = await desk.attach()
    await bot.start(desk.handle)
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")
    assert bot.connection() == "connected as @driftpin_bot, polling"


async def test_telegram_gone_for_a_while_is_polled_again(desk: Desk) -> None:
    await desk.attach()
    await desk.telegram.until(lambda: desk.telegram.polling)
    await desk.telegram.goes_away()
    await desk.telegram.comes_back()
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")


async def test_another_poller_is_waited_out(desk: Desk) -> None:
    desk.telegram.misbehave(Refuses(409, OTHER_POLL), method="getUpdates")
    await desk.attach()
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")


async def test_commands_are_typed_with_the_name_in_groups(desk: Desk) -> None:
    bot = adapter(desk.telegram, desk.store)
    assert bot.command(place(42)) == "/jobs"
    assert bot.connection() == "not connected"
    bot = await desk.attach()
    assert bot.command(place(42)) == "/jobs"
    assert bot.command(place(-1001)) == "/jobs@driftpin_bot"


async def test_admins_see_more(desk: Desk) -> None:
    await desk.attach(admins=lambda: ["slack:T1:U1", "telegram:42", "telegram:-1001:*"])
    assert "default" in desk.telegram.commands["chat 42"]
    assert [scope for scope in desk.telegram.commands if scope.startswith("chat ")] == ["chat 42"]


async def test_menus_follow_who_becomes_admin_and_who_is_none_any_more(desk: Desk) -> None:
    admins = ["telegram:42"]
    await desk.attach(admins=lambda: admins)
    admins[:] = ["telegram:43"]
    await desk.telegram.until(lambda: "default" in desk.telegram.commands.get("chat 43", []))
    await desk.telegram.until(lambda: "chat 42" not in desk.telegram.commands)


# --- one poller at a time --------------------------------------------------------------------------


async def test_only_one_polls_and_the_other_follows_when_it_stops(desk: Desk) -> None:
    first = await desk.attach()
    await desk.telegram.until(lambda: desk.telegram.polling)
    second = await desk.attach()
    assert await second.send(place(42), Message("Sends work without the lease."))
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")
    assert not [call for call in desk.telegram.refused if call.method == "getUpdates"]
    await first.quiet()
    await first.stop()
    await desk.telegram.until(lambda: desk.telegram.polling)
    await desk.ana.types("/help")
    await desk.telegram.until_says(desk.ana, "Heard: help")
    assert desk.handle.texts == ["list", "help"]


async def test_a_poller_whose_lease_is_taken_polls_no_more(desk: Desk) -> None:
    await desk.attach(life=0.1, renewed=0.3)
    await desk.telegram.until(lambda: desk.telegram.polling)
    name, minute = f"telegram-poller:{desk.telegram.world.bot.id}", timedelta(minutes=1)
    await eventually(lambda: desk.store.hold_lease(name, "another", minute))
    await desk.telegram.until(lambda: not desk.telegram.polling)
    calls = len(desk.telegram.calls_of("getUpdates"))
    await desk.store.end_lease(name, "another")
    await desk.telegram.until(lambda: len(desk.telegram.calls_of("getUpdates")) > calls)


# --- webhook ---------------------------------------------------------------------------------------


async def test_a_webhook_brings_updates(desk: Desk) -> None:
    async with port(desk) as (bot, address):
        await desk.ana.types("/list")
        await desk.telegram.until_says(desk.ana, "Heard: list")
        assert [delivered.status for delivered in desk.telegram.delivered] == [200]
        assert bot.connection() == "connected as @driftpin_bot, called at /telegram/webhook"
        (call,) = desk.telegram.calls_of("setWebhook")
        assert call.params["url"] == address
        assert call.params["secret_token"] == SECRET
        assert call.params["allowed_updates"] == ["message", "callback_query", "my_chat_member"]
    assert desk.telegram.calls_of("getUpdates") == []


async def test_polling_takes_a_webhook_off_first(desk: Desk) -> None:
    desk.telegram.force_webhook("http://127.0.0.1:1/telegram/webhook")
    await desk.attach()
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")


@pytest.mark.parametrize("secret", [None, "", "wrong", "é", SECRET + "x"])
async def test_nothing_is_read_without_the_secret(desk: Desk, secret: str | None) -> None:
    headers = {} if secret is None else {HEADER: secret}
    async with port(desk) as (_, address):
        assert await posted(address, headers, json=an_update(9, "/list")) == 401
    assert desk.handle.requests == []
    assert await desk.unfinished() == []


async def test_a_wrong_method_type_or_size_is_refused(desk: Desk) -> None:
    headers = {HEADER: SECRET}
    async with port(desk) as (_, address):
        assert await posted(address, headers, method="GET") == 405
        assert await posted(address, headers, data=b"{}") == 415
        assert await posted(address, headers, data=b"x" * 1_000_001) == 413


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"{}", b'{"update_id": "7"}'])
async def test_what_is_no_update_is_not_sent_again(desk: Desk, body: bytes) -> None:
    headers = {HEADER: SECRET, "Content-Type": "application/json"}
    async with port(desk) as (_, address):
        assert await posted(address, headers, data=body) == 200


async def test_a_poison_update_is_stored_and_not_sent_again(desk: Desk) -> None:
    poison = {"update_id": 9, "message": {"chat": {"id": 42}, "from": 7}}
    async with port(desk) as (_, address):
        assert await posted(address, {HEADER: SECRET}, json=poison) == 200
        await desk.telegram.until_says(desk.ana, "Something went wrong")
        assert await posted(address, {HEADER: SECRET}, json=poison) == 200
    assert await desk.unfinished() == []
    assert len(desk.telegram.answers(desk.ana)) == 1


async def test_a_closing_webhook_has_it_sent_again(desk: Desk) -> None:
    async with port(desk) as (bot, address):
        await bot.quiet()
        assert await posted(address, {HEADER: SECRET}, json=an_update(9, "/list")) == 503


async def test_a_polling_bot_takes_no_requests(desk: Desk) -> None:
    bot = await desk.attach()
    http = Http("127.0.0.1", 0, [Route(path, answer) for path, answer in bot.routes], dict)
    address = await http.start()
    assert await posted(address + "/telegram/webhook", {HEADER: SECRET}, json={}) == 404
    await http.stop()


async def test_a_webhook_is_answered_before_the_work_is_done(desk: Desk) -> None:
    may = asyncio.Event()

    async def held(request: Request) -> Message:
        await may.wait()
        return Message("Done.")

    desk.handle.script["list"] = held
    async with port(desk):
        await desk.ana.types("/list")
        await desk.telegram.until(lambda: desk.telegram.delivered)
        assert len(await desk.unfinished()) == 1
        may.set()
        await desk.telegram.until_says(desk.ana, "Done.")


# --- whose queue it is -----------------------------------------------------------------------------


async def test_a_poller_whose_lease_is_taken_begins_nothing_more_of_its_queue(desk: Desk) -> None:
    may = asyncio.Event()

    async def held(request: Request) -> Message:
        await may.wait()
        return Message("Done.")

    await desk.attach(life=0.1, renewed=0.3)
    desk.handle.script["1"] = held
    await desk.ana.types("1")
    await desk.ana.types("2")
    await desk.telegram.until(lambda: desk.handle.texts == ["1"])
    await eventually(lambda: _are_unfinished(desk, 2))
    name, minute = f"telegram-poller:{desk.telegram.world.bot.id}", timedelta(minutes=1)
    await eventually(lambda: desk.store.hold_lease(name, "another", minute))
    await desk.telegram.until(lambda: not desk.telegram.polling)
    may.set()
    await desk.telegram.until_says(desk.ana, "Done.")
    await eventually(lambda: _are_unfinished(desk, 1))
    assert desk.handle.texts == ["1"]
    await desk.store.end_lease(name, "another")
    await desk.telegram.until_says(desk.ana, "Heard: 2")


async def _are_unfinished(desk: Desk, number: int) -> bool:
    return len(await desk.unfinished()) == number


@pytest.mark.parametrize("begun", [False, True])
async def test_what_a_process_that_died_left_is_taken_up(desk: Desk, begun: bool) -> None:
    async with port(desk, renewed=0.02):
        body = json.dumps(an_update(7, "/list"))
        await desk.store.take_in("telegram", 7, body, datetime.now(UTC))
        if begun:
            await desk.store.begin("telegram", 7)
        await desk.telegram.until_says(desk.ana, "Heard: list")
        await desk.until_finished()
    assert desk.handle.texts == ["list"]


async def test_what_was_kept_a_moment_ago_is_left_to_whoever_is_at_work_on_it(desk: Desk) -> None:
    intake = Intake(lambda: desk.store, lambda: datetime.now(UTC))
    for number in (7, 8):
        body = json.dumps(an_update(number, "/list"))
        await desk.store.take_in("telegram", number, body, datetime.now(UTC))
    intake.line_up(8, json.dumps(an_update(8, "/list")))
    assert intake.qsize() == 1
    for _ in range(SIGHTINGS):
        await intake.abandoned()
    assert intake.qsize() == 1
    await intake.abandoned()
    assert intake.qsize() == 2
    await intake.abandoned()
    assert intake.qsize() == 2


async def test_a_token_refused_when_polling_begins_loses_the_connection(desk: Desk) -> None:
    desk.telegram.misbehave(Refuses(401, "Unauthorized"), method="deleteWebhook", times=None)
    bot = await desk.attach()
    async with asyncio.timeout(10):
        assert (await bot.lost()).refused
