"""The connection to Telegram: who we are there, and how its updates reach us."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application
from telegram.request import HTTPXRequest

from bot.adapters.telegram.incoming import Us
from bot.adapters.telegram.intake import Intake, Polled
from bot.adapters.telegram.refusing import rest
from bot.platform import PlatformAway
from bot.settings.chats import TelegramKeys
from scheduler.errors import StoreError

log = logging.getLogger(__name__)

ALLOWED = ("message", "callback_query", "my_chat_member")
"""What we ask to be told. Edited messages are not: an edited command is no new command."""

ANSWER, CONNECT = 10.0, 5.0
"""Seconds Telegram has for an answer, and for taking a connection."""

FAREWELL = 2.0
"""Seconds to confirm what was taken in; what is not confirmed comes again, and is known."""

LONG_POLL = timedelta(seconds=25)

AT_ONCE = 10_000
"""Updates at work at once; all but the first of each chat wait in its line."""

CONNECTIONS = 256
HOOK_CONNECTIONS = 40

REFUSED = "Telegram refuses the token; ask @BotFather for a new one and set TELEGRAM_BOT_TOKEN."

NO_JSON = ". Parsing the server response"
"""Where the library begins to quote an answer that is none of Telegram's, perhaps a whole page."""

STRANGER = (
    "what answers at TELEGRAM_API_URL is not Telegram ({said}); look at that address in .env."
)

Built = Application[Any, Any, Any, Any, Any, Any]
Result = TypeVar("Result")


def build(keys: TelegramKeys, intake: Intake, refused: Callable[[], None]) -> Built:
    """An application that is not connected yet; `refused` is called when polling lost its token."""
    # Otherwise the library warns at every error that says how long to wait.
    os.environ["PTB_TIMEDELTA"] = "true"
    # At INFO it writes down every address, and the token is in it.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    common: dict[str, Any] = {
        "read_timeout": ANSWER,
        "write_timeout": ANSWER,
        "connect_timeout": CONNECT,
    }
    return (
        Application.builder()
        .token(keys.token)
        .base_url(f"{keys.api_url}/bot")
        .base_file_url(f"{keys.api_url}/file/bot")
        .request(HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=ANSWER, **common))
        .get_updates_request(Polled(refused, connection_pool_size=2, **common))
        .update_queue(intake)
        .concurrent_updates(AT_ONCE)
        .job_queue(None)
        .build()
    )


async def connect(application: Built) -> Us:
    """Raises PlatformAway, with nothing left open."""
    try:
        await asked(application.initialize)
    except BaseException:
        await application.bot.shutdown()
        raise
    return Us(application.bot.id, application.bot.username)


async def poll(application: Built) -> None:
    """Begin to ask for updates; any webhook is taken off first. Raises TelegramError."""
    if application.updater is not None:
        await application.updater.start_polling(
            timeout=LONG_POLL, allowed_updates=ALLOWED, error_callback=_said
        )


async def poll_no_more(application: Built) -> None:
    """Ask for nothing more; what came is confirmed."""
    updater = application.updater
    if updater is None or not updater.running:
        return
    try:
        async with asyncio.timeout(FAREWELL):
            await updater.stop()
    except (TelegramError, TimeoutError) as error:
        log.info("polling ended without a farewell: %s", type(error).__name__)


async def hook(bot: Bot, keys: TelegramKeys) -> None:
    """Have updates sent to our port. Raises PlatformAway.

    Told at every start: Telegram says which address it knows, but never which secret.
    """
    await asked(
        lambda: bot.set_webhook(
            keys.webhook_url or "",
            secret_token=keys.webhook_secret,
            allowed_updates=ALLOWED,
            max_connections=HOOK_CONNECTIONS,
        )
    )


async def asked(call: Callable[[], Awaitable[Result]]) -> Result:
    """An answer of Telegram's. Raises PlatformAway."""
    try:
        return await call()
    except InvalidToken as error:
        if stranger := _stranger(error):
            raise PlatformAway(stranger) from None
        raise PlatformAway(REFUSED, refused=True) from None
    except RetryAfter as error:
        raise PlatformAway(f"asks us to wait {rest(error):.0f} s; it is tried again.") from None
    except TelegramError as error:
        away = f"cannot be reached now ({error.message.partition(NO_JSON)[0]}); it is tried again."
        raise PlatformAway(_stranger(error) or away) from None


def _stranger(error: TelegramError) -> str | None:
    """What is said where the answer was none of Telegram's; the page itself is not."""
    # At the start the library says of any 404 that the token was rejected, and why only beneath.
    cause = error.__cause__ if isinstance(error, InvalidToken) else None
    message = cause.message if isinstance(cause, InvalidToken) else error.message
    said, odd, _ = message.partition(NO_JSON)
    if odd and "(5" not in said:
        return STRANGER.format(said=said)
    if message == "Invalid server response":
        return STRANGER.format(said="it sends no JSON")
    return None


def _said(error: TelegramError) -> None:
    """The library asks again by itself, more and more slowly."""
    if isinstance(error.__cause__, StoreError):
        log.warning("Telegram: %s", error.message)
    else:
        log.warning("Telegram cannot be polled now, it is tried again: %s", error.message)
