"""Updates that Telegram sends to our port: proved first, kept then, and only then confirmed."""

import hmac
import json
import logging
from typing import Any

from aiohttp import web

from bot.adapters.telegram.intake import Intake
from scheduler.errors import StoreError

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"


def is_proved(request: web.Request, secret: str) -> bool:
    """Does Telegram, and nobody else, send this? Compared in constant time."""
    given = request.headers.get(HEADER, "")
    return hmac.compare_digest(given.encode(errors="surrogateescape"), secret.encode())


async def taken_in(request: web.Request, intake: Intake) -> web.Response:
    """Keep the update of a request that is proved.

    Telegram sends again whatever is not answered with 200: so must what could not be kept, and so
    must not what nobody can read.
    """
    if request.content_type != "application/json":
        return web.Response(status=415, text="only application/json")
    try:
        raw = json.loads(await request.read())
    except (ValueError, RecursionError):
        raw = None
    number = _number(raw)
    if number is None:
        log.error("a request that Telegram's secret came with is no update")
        return web.Response(status=200)
    try:
        await intake.take_in(number, raw)
    except StoreError as error:
        log.warning("an update could not be kept: %s", error)
        return web.Response(status=503, text="send it again")
    return web.Response(status=200)


def _number(raw: Any) -> int | None:
    found = raw.get("update_id") if isinstance(raw, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None
