"""A Slack on loopback: it records every call, behaves as Slack does, and misbehaves when told to."""

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from tests.fakes.slack.delivery import Carrier, Delivery, Kind
from tests.fakes.slack.errors import Json
from tests.fakes.slack.faults import Fault
from tests.fakes.slack.intake import Intake
from tests.fakes.slack.payloads import event_callback
from tests.fakes.slack.person import Person
from tests.fakes.slack.population import Population
from tests.fakes.slack.requests import Requests
from tests.fakes.slack.response_urls import ResponseUrls
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.triggers import Triggers
from tests.fakes.slack.workspace import LEAST_SCOPES, Workspace

SCOPE_OF = {"app_mention": "app_mentions:read", "message.im": "im:history"}
EVENTS = ("app_mention", "message.im")
REDELIVERED: tuple[Kind, ...] = ("events_api",)
RETRIES = (0.0, 0.3, 0.6)
"""Seconds before each retry of an event; Slack itself waits none, a minute, five minutes."""


class FakeSlack(Population):
    """`async with FakeSlack() as slack`: give `slack.api_url` as SLACK_API_URL."""

    def __init__(
        self,
        mode: Literal["socket", "http"] = "socket",
        *,
        app_url: str | None = None,
        port: int = 0,
        team_id: str = "T0TEAM",
        bot_user: str = "UBOT",
        bot_id: str = "B0BOT",
        app_id: str = "A0APP",
        bot_token: str = "xoxb-canary-bot",
        app_token: str = "xapp-canary-app",
        signing_secret: str = "canary-signing-secret",
        scopes: Collection[str] = LEAST_SCOPES,
        events: Collection[str] = EVENTS,
        patience: float = 3.0,
        retries: Sequence[float] = RETRIES,
        redelivered: Collection[Kind] = REDELIVERED,
        trigger_life: float = 3.0,
        response_url_life: float = 1800.0,
    ) -> None:
        super().__init__(app_id)
        self.mode = mode
        self.url = ""
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.events = frozenset(events)
        self.triggers = Triggers(trigger_life)
        self.response_urls = ResponseUrls(response_url_life)
        self.requests = Requests(self.news, signing_secret, patience=patience, retries=retries)
        self.requests.url = app_url
        self.sockets = Sockets(
            self.news,
            app_id,
            patience=patience,
            retries=retries,
            redelivered=redelivered,
            complaints=self.complaints,
        )
        self.intake = Intake(
            self.workspaces,
            app_token,
            self.calls,
            self.complaints,
            self.news,
            self.triggers,
            self.response_urls,
            address=self.address,
            socket_path=self.sockets.ticket,
            happened=self.happened,
        )
        self._carrier: Carrier = self.sockets if mode == "socket" else self.requests
        self._port = port
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.add_workspace(
            team_id, token=bot_token, bot_user=bot_user, bot_id=bot_id, scopes=scopes
        )

    # Where it is

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.url}/api/"

    @property
    def app_url(self) -> str | None:
        """Where the app takes requests, in HTTP mode: http://127.0.0.1:PORT/slack/events."""
        return self.requests.url

    @app_url.setter
    def app_url(self, url: str) -> None:
        self.requests.url = url

    @property
    def connected(self) -> bool:
        """Whether a socket of the app stands that hears."""
        return any(not connection.deaf for connection in self.sockets.connections)

    def address(self, path: str) -> str:
        """The whole URL of a path here."""
        return self.url + path

    async def __aenter__(self) -> Self:
        await self.come_back()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop for good, with what is still on its way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.go_away()

    async def go_away(self) -> None:
        """Break every connection and refuse new ones."""
        self.intake.release()
        self.sockets.cut()
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()
        self.news.tell()

    async def come_back(self) -> None:
        """Serve, on the same port as before."""
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_routes(self.intake.routes())
        app.router.add_get("/link/", self.sockets.opened_by)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = int(self._runner.addresses[0][1])
        self.url = f"http://127.0.0.1:{self._port}"
        self.news.tell()

    def person(
        self, user_id: str, name: str | None = None, *, tz: str = "UTC", team: str | None = None
    ) -> Person:
        """Somebody who acts in that workspace; the name defaults to the id without its U."""
        user = self._user(user_id, name, tz, team)
        return Person(self, self._team(team), user)

    # How it misbehaves

    def misbehave(
        self, method: str, fault: Fault, *, times: int | None = 1, channel: str | None = None
    ) -> None:
        """Play a fault at the next calls of a method (`*`: any); `times=None`: until cleared."""
        self.intake.faults.add(method, fault, times=times, channel=channel)

    def behave(self, method: str | None = None) -> None:
        """Clear the faults of a method, or all."""
        self.intake.faults.clear(method)

    def release(self) -> None:
        """Answer what hangs now."""
        self.intake.release()

    # To the app

    async def deliver(self, kind: Kind, payload: Json) -> Delivery:
        """Bring it to the app; return when it was answered, or given up."""
        delivery = Delivery(kind, payload)
        self.deliveries.append(delivery)
        self.news.tell()
        await self._carrier.carry(delivery)
        self.news.tell()
        return delivery

    async def again(self, delivery: Delivery) -> None:
        """Deliver the same once more: the same envelope, or the same signed bytes."""
        await self._carrier.again(delivery)

    def happened(self, workspace: Workspace, event: Json) -> None:
        """Tell the app of an event, if it subscribed to it and may see it."""
        name = str(event["type"])
        name += ".im" if event.get("channel_type") == "im" else ""
        allowed = SCOPE_OF.get(name, "") in ("", *workspace.scopes)
        if name in self.events and allowed and workspace.revoked is None:
            self._spawn(self._deliver_event(event_callback(workspace, event)))

    async def _deliver_event(self, payload: Json) -> None:
        await self.deliver("events_api", payload)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.complaints.append(f"an event could not be sent: {task.exception()!r}")
            self.news.tell()
