"""Playing a fault on a request."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from tests.fakes.slack.asked import Call
from tests.fakes.slack.faults import (
    Breaks,
    Delays,
    Drops,
    Fails,
    Fault,
    Hangs,
    LosesReply,
    RateLimited,
)

Work = Callable[[], web.Response]


async def played(
    request: web.Request, call: Call, fault: Fault | None, work: Work, released: asyncio.Event
) -> web.Response:
    """Do the work and answer, or misbehave as told."""
    match fault:
        case None:
            return work()
        case Fails(code):
            call.outcome = code
            return web.json_response({"ok": False, "error": code})
        case RateLimited(seconds):
            call.outcome = "ratelimited"
            body = {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})
        case Breaks(status):
            call.outcome = f"HTTP {status}"
            return web.Response(status=status, text="<html>Server Error</html>")
        case LosesReply():
            work()
            call.outcome += ", reply lost"
            return dropped(request)
        case Drops():
            call.outcome = "dropped"
            return dropped(request)
        case Delays(seconds):
            await asyncio.sleep(seconds)
            return work()
        case Hangs(done):
            response = work() if done else None
            if not done:
                call.outcome = "hangs"
            await released.wait()
            return response or work()


def dropped(request: web.Request) -> web.Response:
    """Break the connection under the answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
