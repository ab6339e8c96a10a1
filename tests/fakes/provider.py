"""A provider on loopback that counts and records every request, and misbehaves when told to.

`python -m tests.fakes.provider --port 0 --journal FILE` runs it as a process of its own: an oracle
that outlives whoever calls it. Its journal has a line for each request that arrived, and one for how
that request was over: `answered`, or `hung up` by the caller.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.provider_behaviours import (
    NAMED,
    Behaviour,
    Cut,
    Drop,
    Hang,
    Raw,
    Received,
    Redirect,
    Slow,
    Status,
)
from tests.fakes.provider_replies import Says, error, reply


class FakeProvider:
    """`async with FakeProvider() as provider`: give `provider.url` as a base URL."""

    def __init__(self, *, port: int = 0, journal: Path | None = None) -> None:
        self.requests: list[Received] = []
        self.hung_up = 0
        self.url = ""
        self._port = port
        self._journal = journal
        self._behaviours: list[Behaviour] = [Says()]
        self._asked: dict[str, list[Behaviour]] = {}
        self._released = asyncio.Event()
        self._news = asyncio.Condition()

    @property
    def count(self) -> int:
        return len(self.requests)

    def behave(self, *behaviours: Behaviour) -> None:
        """Behave like this at the next requests, one after the other; the last one stays."""
        self._behaviours = list(behaviours)

    def behave_when_asked(self, prompt: str, *behaviours: Behaviour) -> None:
        """Behave like this at the requests that carry this prompt, whatever is said to others."""
        self._asked[prompt] = list(behaviours)

    def release(self) -> None:
        """Answer what hangs now."""
        self._released.set()
        self._released = asyncio.Event()

    async def wait_for(self, count: int, *, seconds: float = 20) -> None:
        """Return once `count` requests have arrived."""
        await self._until(lambda: self.count >= count, seconds)

    async def wait_for_hang_ups(self, count: int, *, seconds: float = 20) -> None:
        """Return once `count` callers have closed their connection before their reply."""
        await self._until(lambda: self.hung_up >= count, seconds)

    async def _until(self, is_true: Callable[[], bool], seconds: float) -> None:
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(is_true)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_put("/behave/{names}", self._told)
        app.router.add_post("/{path:.*}", self._arrived)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Go away; whoever calls now is refused the connection."""
        self.release()
        await self._runner.cleanup()

    async def _told(self, request: web.Request) -> web.Response:
        behaviours = [NAMED[name]() for name in request.match_info["names"].split(",")]
        if prompt := request.query.get("prompt"):
            self.behave_when_asked(prompt, *behaviours)
        else:
            self.behave(*behaviours)
        return web.Response()

    async def _arrived(self, request: web.Request) -> web.StreamResponse:
        behaviour = None if self._asked else _next(self._behaviours)
        unread = isinstance(behaviour, Drop) and not behaviour.read
        number, received = await self._record(request, unread)
        behaviour = behaviour or _next(self._behaviours_for(received))
        try:
            response = await self._play(request, received, behaviour)
        except asyncio.CancelledError:
            self.hung_up += 1
            self._write({"number": number, "over": "hung up", "at": time.time()})
            await self._tell()
            raise
        self._write({"number": number, "over": "answered", "at": time.time()})
        return response

    def _behaviours_for(self, received: Received) -> list[Behaviour]:
        body = json.dumps(received.body)
        asked = (behaviours for prompt, behaviours in self._asked.items() if prompt in body)
        return next(asked, self._behaviours)

    async def _record(self, request: web.Request, unread: bool) -> tuple[int, Received]:
        body: dict[str, Any] = {}
        try:
            if not unread:
                body = await request.json()
        finally:
            # A caller that died while it sent has sent all the same.
            received = Received(request.path, dict(request.headers), body, time.time())
            self.requests.append(received)
            number = self.count
            self._write({"number": number, **asdict(received)})
        await self._tell()
        return number, received

    def _write(self, line: dict[str, Any]) -> None:
        if self._journal is None:
            return
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _play(
        self, request: web.Request, received: Received, behaviour: Behaviour
    ) -> web.StreamResponse:
        path = received.path
        match behaviour:
            case Says():
                return web.json_response(reply(path, received.model, behaviour))
            case Status(code, words):
                return web.json_response(error(path, words), status=code)
            case Redirect(to, code):
                return web.Response(status=code, headers={"Location": to})
            case Raw(text, content_type):
                return web.Response(text=text, content_type=content_type)
            case Hang(begun, then):
                return await self._hang(request, reply(path, received.model, then), begun)
            case Slow(seconds, then):
                await asyncio.sleep(seconds)
                return web.json_response(reply(path, received.model, then))
            case Drop():
                return _dropped(request)
            case Cut(says):
                whole = json.dumps(reply(path, received.model, says)).encode()
                response = await _begin(request, len(whole))
                await response.write(whole[: len(whole) // 2])
                return _dropped(request)

    async def _hang(
        self, request: web.Request, body: dict[str, Any], begun: bool
    ) -> web.StreamResponse:
        whole = json.dumps(body).encode()
        response = await _begin(request, len(whole)) if begun else None
        await self._released.wait()
        response = response or await _begin(request, len(whole))
        await response.write(whole)
        return response


def _next(behaviours: list[Behaviour]) -> Behaviour:
    """The first of them, which is used up unless it is the last."""
    return behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]


async def _begin(request: web.Request, length: int) -> web.StreamResponse:
    headers = {"Content-Type": "application/json", "Content-Length": str(length)}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    return response


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _serve(port: int, journal: Path, behaviour: str) -> None:
    async with FakeProvider(port=port, journal=journal) as provider:
        provider.behave(NAMED[behaviour]())
        sys.stdout.write(provider.url + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--behave", choices=sorted(NAMED), default="says")
    options = parser.parse_args()
    asyncio.run(_serve(options.port, options.journal, options.behave))


if __name__ == "__main__":
    main()
