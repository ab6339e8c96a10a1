"""What comes from the app: calls of the Web API, uses of a response_url, uploaded bytes."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.slack.arguments import Given, given
from tests.fakes.slack.asked import Asked, Call
from tests.fakes.slack.errors import Json, SlackError
from tests.fakes.slack.faults import Faults
from tests.fakes.slack.file_methods import receive
from tests.fakes.slack.methods import METHODS, Method
from tests.fakes.slack.news import News
from tests.fakes.slack.playing import played
from tests.fakes.slack.response_urls import ResponseUrls
from tests.fakes.slack.triggers import Triggers
from tests.fakes.slack.workspace import Workspace


@dataclass
class Intake:
    """Answers the app, after the faults that stand."""

    workspaces: dict[str, Workspace]
    app_token: str
    calls: list[Call]
    complaints: list[str]
    news: News
    triggers: Triggers
    response_urls: ResponseUrls
    address: Callable[[str], str]
    socket_path: Callable[[], str]
    happened: Callable[[Workspace, Json], None]
    app_token_revoked: str | None = None
    faults: Faults = field(default_factory=Faults)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self._called),
            web.post("/actions/{path:.*}", self._answered),
            web.post("/upload/v1/{team}/{file}", self._uploaded),
        ]

    def release(self) -> None:
        """Answer what hangs now."""
        self.released.set()
        self.released = asyncio.Event()

    async def _called(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        came = await given(request)
        method = METHODS.get(name)
        args = came.args
        if came.was_json and method is not None and not method.takes_json:
            self.complaints.append(f"{name} takes no JSON")
            args = dict(request.query)
        call = self._recorded(Call(name, args, came.token))

        def work() -> web.Response:
            return self._done(call, method, came)

        return await self._played(request, call, work)

    def _done(self, call: Call, method: Method | None, came: Given) -> web.Response:
        headers = {}
        try:
            if method is None:
                raise SlackError("unknown_method", req_method=call.method)
            workspace = self._of_token(came.token, method)
            headers["X-OAuth-Scopes"] = ",".join(sorted(workspace.scopes))
            asked = Asked(
                workspace,
                call.args,
                self.triggers,
                self.address,
                self.socket_path,
                self.happened,
            )
            call.answer = method.run(asked)
            call.outcome = "ok"
        except SlackError as error:
            call.answer, call.outcome = error.answer(), error.code
            if error.code in ("invalid_arguments", "unknown_method"):
                self.complaints.append(f"{call.method}: {call.answer} for {call.args}")
        return web.json_response(call.answer, headers=headers)

    def _of_token(self, token: str | None, method: Method) -> Workspace:
        if token is None:
            raise SlackError("not_authed")
        found = [one for one in self.workspaces.values() if one.token == token]
        is_app_token = token == self.app_token
        if not found and not is_app_token:
            raise SlackError("invalid_auth")
        if is_app_token != method.for_app_token:
            raise SlackError("not_allowed_token_type")
        if is_app_token:
            if self.app_token_revoked:
                raise SlackError(self.app_token_revoked)
            return next(iter(self.workspaces.values()))
        if found[0].revoked:
            raise SlackError(found[0].revoked)
        return found[0]

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        try:
            body = json.loads(await request.text())
        except ValueError:
            body = {}
        url = self.response_urls.made.get(path)
        args = {"channel": url.channel.id if url else None, **body}
        call = self._recorded(Call("response_url", args, None))

        def work() -> web.Response:
            try:
                self.response_urls.use(path, body)
            except SlackError as error:
                call.answer, call.outcome = error.answer(), error.code
                if error.code == "invalid_arguments":
                    self.complaints.append(f"response_url: {call.answer} for {body}")
                gone = error.code in ("used_url", "expired_url", "invalid_url")
                return web.json_response(call.answer, status=404 if gone else 400)
            call.outcome = "ok"
            return web.Response(text="ok")

        return await self._played(request, call, work)

    async def _uploaded(self, request: web.Request) -> web.StreamResponse:
        content = await _bytes_of(request)
        team, name = request.match_info["team"], request.match_info["file"]
        call = self._recorded(Call("upload", {"file": name, "length": len(content)}, None))

        def work() -> web.Response:
            try:
                receive(self.workspaces[team].uploads[name], content)
            except SlackError as error:
                call.outcome = error.code
                return web.Response(status=400, text=error.code)
            call.outcome = "ok"
            return web.Response(text=f"OK - {len(content)}")

        return await self._played(request, call, work)

    async def _played(
        self, request: web.Request, call: Call, work: Callable[[], web.Response]
    ) -> web.Response:
        fault = self.faults.take(call.method, call.args)
        try:
            return await played(request, call, fault, work, self.released)
        finally:
            self.news.tell()

    def _recorded(self, call: Call) -> Call:
        self.calls.append(call)
        self.news.tell()
        return call


async def _bytes_of(request: web.Request) -> bytes:
    """The bytes of a file: the body itself, or the one part of a form."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""
