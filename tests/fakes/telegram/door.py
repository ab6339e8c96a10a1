"""HTTP on one side, methods on the other: tokens, forms, faults, and the record of every call."""

import asyncio
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.telegram.calls import Call
from tests.fakes.telegram.faults import (
    BadGateway,
    Delays,
    Drops,
    Faults,
    Hangs,
    LosesReply,
    Refuses,
)
from tests.fakes.telegram.methods import Methods
from tests.fakes.telegram.parameters import METHODS, Upload, read
from tests.fakes.telegram.refusals import Careless, Refused
from tests.fakes.telegram.state import Json

BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>"
)


class _Dropped(Exception):
    """The connection goes away instead of an answer."""


@dataclass(slots=True)
class Door:
    """Takes requests for one token."""

    methods: Methods
    faults: Faults
    token: str
    revoked: bool = False

    async def arrived(self, request: web.Request) -> web.StreamResponse:
        call = Call(request.match_info["method"], {}, time.monotonic())
        world = self.methods.world
        world.calls.append(call)
        try:
            response = await self._answered(request, call)
        except _Dropped:
            call.status = 0
            if request.transport is not None:
                request.transport.abort()
            response = web.Response()
        except asyncio.CancelledError:
            call.status = 0
            raise
        finally:
            world.news.tell()
        return response

    async def _answered(self, request: web.Request, call: Call) -> web.Response:
        try:
            self._check_token(request.match_info["token"])
            if call.method not in METHODS:
                self.methods.world.complain(f"there is no method {call.method!r}")
                raise Refused(404, "Not Found")
            sent = await _sent(request)
            call.params = dict(sent)
            call.params = read(call.method, sent)
            body = await self._done(call)
        except Refused as refusal:
            if isinstance(refusal, Careless):
                self.methods.world.complain(f"{call.method}: {refusal.description}")
            return self._say(call, refusal.code, refusal.body())
        return self._say(call, 200, body)

    def _check_token(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{30,}", token):
            raise Refused(404, "Not Found")
        if self.revoked or token != self.token:
            raise Refused(401, "Unauthorized")

    async def _done(self, call: Call) -> Json:
        struck = self.faults.strike(call)
        fault = struck.fault if struck is not None else None
        self.methods.world.news.tell()
        match fault:
            case Refuses():
                raise fault.refusal
            case BadGateway():
                raise Refused(fault.code, "")
            case Drops():
                raise _Dropped
            case Delays(seconds, after=False):
                await asyncio.sleep(seconds)
            case Hangs(after=False) if struck is not None:
                await struck.cleared.wait()
        result, words = await self.methods.do(call.method, call.params)
        body: Json = {"ok": True, "result": result}
        if words is not None:
            body["description"] = words
        call.answer = body
        self.methods.world.news.tell()
        match fault:
            case LosesReply():
                raise _Dropped
            case Delays(seconds, after=True):
                await asyncio.sleep(seconds)
            case Hangs(after=True) if struck is not None:
                await struck.cleared.wait()
        return body

    def _say(self, call: Call, status: int, body: Json) -> web.Response:
        call.status, call.answer = status, body
        if status == 502:
            return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
        headers = {}
        if "retry_after" in body.get("parameters", {}):
            headers["Retry-After"] = str(body["parameters"]["retry_after"])
        return web.json_response(body, status=status, headers=headers)


async def _sent(request: web.Request) -> dict[str, Any]:
    """Everything a call carries, from the address and from the body."""
    sent: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            raise Refused(400, "Bad Request: object expected as parameters") from None
        if not isinstance(body, dict):
            raise Refused(400, "Bad Request: object expected as parameters")
        return sent | body
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            sent[name] = Upload(value.filename, value.content_type, value.file.read())
        else:
            sent[name] = value
    return sent
