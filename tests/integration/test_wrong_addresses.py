"""What answers at the address of a chat is no chat at all: one clear line, and no page of anybody's."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.adapters.slack.connection import identify, web_client
from bot.adapters.telegram.connection import build, connect
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.rows import Rows
from bot.logs import log_to_file
from bot.platform import PlatformAway
from bot.settings.chats import TelegramKeys

PAGE = "<html><body>" + "<p>Not the API</p>\n" * 50 + "</body></html>"
TOKEN = "123456:canary-canary-canary-canary-canary"


@asynccontextmanager
async def answering(status: int, text: str = PAGE) -> AsyncIterator[str]:
    async def page(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def slack_says(url: str) -> str:
    client = web_client("xoxb-canary", f"{url}/")
    try:
        with pytest.raises(PlatformAway) as away:
            await identify(client)
    finally:
        await client.session.close()  # type: ignore[union-attr]
    return str(away.value)


def no_rows() -> Rows:
    raise AssertionError("nobody connected")


async def telegram_says(url: str) -> str:
    intake = Intake(no_rows, lambda: datetime.now(UTC))
    application = build(TelegramKeys(TOKEN, url), intake, lambda: None)
    with pytest.raises(PlatformAway) as away:
        await connect(application)
    return str(away.value)


@pytest.mark.parametrize("status", [200, 404])
def test_a_page_instead_of_an_answer_names_the_address_to_look_at(status: int) -> None:
    async def story() -> None:
        async with answering(status) as url:
            slack, telegram = await slack_says(url), await telegram_says(url)
        assert "what answers at SLACK_API_URL is not Slack" in slack
        assert "what answers at TELEGRAM_API_URL is not Telegram" in telegram
        assert "<" not in slack + telegram

    asyncio.run(story())


def test_a_page_of_an_outage_is_an_outage() -> None:
    async def story() -> None:
        async with answering(502) as url:
            for said in (await slack_says(url), await telegram_says(url)):
                assert "cannot be reached now" in said
                assert "<" not in said

    asyncio.run(story())


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (404, PAGE),
        (200, PAGE),
        (401, '{"ok": false, "error_code": 401, "description": "Unauthorized"}'),
    ],
)
def test_what_telegram_refuses_is_no_traceback_in_the_log(
    tmp_path: Path, status: int, text: str
) -> None:
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    level = root.level

    async def story() -> None:
        async with answering(status, text) as url:
            await telegram_says(url)

    log_to_file(tmp_path, frozenset)
    try:
        asyncio.run(story())
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    logged = (tmp_path / "driftpin.log").read_text()
    assert "Traceback" not in logged
    assert all(len(line) < 500 for line in logged.splitlines())
