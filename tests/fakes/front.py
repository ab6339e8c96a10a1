"""A front before a server that others wrote: what goes in and out passes here and is written down."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl

from aiohttp import ClientSession, web
from multidict import CIMultiDict

from tests.fakes.slack.news import News

Json = dict[str, Any]
Seen = TypeVar("Seen")
FORM = "application/x-www-form-urlencoded"
HOP = frozenset({"connection", "content-encoding", "content-length", "host", "transfer-encoding"})
"""Headers that belong to one connection."""


@dataclass(frozen=True)
class Asked:
    """A request, whole."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def as_form(self) -> "Asked":
        """The same with its query as a form in the body."""
        headers = CIMultiDict({**self.headers, "Content-Type": FORM})
        return replace(self, method="POST", query="", headers=headers, body=self.query.encode())

    @property
    def arguments(self) -> Json:
        """What the body says, as JSON or as a form; {} for anything else."""
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        if kind == FORM:
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        return _object(self.body) if kind == "application/json" else {}


@dataclass(frozen=True)
class Answered:
    """An answer; `content` is {} where it is no JSON object."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> Json:
        return _object(self.body)


@dataclass(frozen=True)
class Passed:
    """A request that went through, and its answer."""

    path: str
    arguments: Json
    status: int
    answer: Json


class Front:
    """`async with Front(behind) as front`: ask `front.url` instead of `behind`.

    What the server behind does not understand, or says wrongly, is mended by a front of its own.
    """

    def __init__(self, behind: str) -> None:
        self.url = ""
        self.passed: list[Passed] = []
        self._behind = behind
        self._news = News()

    def going(self, asked: Asked) -> Asked:
        """The request as the server behind understands it."""
        return asked

    async def coming(self, asked: Asked, answered: Answered) -> Answered:
        """The answer as it should be."""
        return answered

    async def until(self, look: Callable[[], Awaitable[Seen | None]], seconds: float = 40) -> Seen:
        """Return the first true value somebody finds who looks again after everything that passed."""
        over = asyncio.get_running_loop().time() + seconds
        while True:
            passed = len(self.passed)
            if found := await look():
                return found
            left = over - asyncio.get_running_loop().time()
            await self._news.until(partial(self._more_than, passed), left, self._story)

    def _more_than(self, passed: int) -> bool:
        return len(self.passed) > passed

    def _story(self) -> str:
        return "\n".join(map(_short, self.passed))

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._session = ClientSession()
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _pass(self, request: web.Request) -> web.Response:
        body, query = await request.read(), request.rel_url.raw_query_string
        headers = _kept(request.headers)
        asked = self.going(Asked(request.method, request.path, query, headers, body))
        answered = await self.coming(asked, await self.ask(asked))
        self.passed.append(Passed(asked.path, asked.arguments, answered.status, answered.content))
        self._news.tell()
        return web.Response(
            status=answered.status, body=answered.body, headers=_kept(answered.headers)
        )

    async def ask(self, asked: Asked) -> Answered:
        """Ask the server behind."""
        url = self._behind + asked.path + (f"?{asked.query}" if asked.query else "")
        async with self._session.request(
            asked.method, url, headers=asked.headers, data=asked.body
        ) as answer:
            return Answered(answer.status, answer.headers, await answer.read())


def _short(one: Passed) -> str:
    arguments = {k: str(v)[:120] for k, v in one.arguments.items() if k != "blocks"}
    return f"{one.path} {arguments} -> {one.answer.get('error') or one.status}"


def _kept(headers: Mapping[str, str]) -> CIMultiDict[str]:
    return CIMultiDict({k: v for k, v in headers.items() if k.lower() not in HOP})


def _object(content: bytes) -> Json:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
