"""Slack as a platform: one workspace, through Socket Mode or through the HTTP port."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import time
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.answering import Answers
from bot.adapters.slack.connection import Socket, identify, said, web_client
from bot.adapters.slack.incoming import Identity, ends_us, is_ours
from bot.adapters.slack.listeners import Listeners, bolt_app
from bot.adapters.slack.manifest import EVENTS_PATH
from bot.adapters.slack.people import People
from bot.adapters.slack.posting import EVERY, Poster, WorkspaceRefused
from bot.adapters.slack.signatures import Signatures
from bot.adapters.slack.tracking import Tracked
from bot.message import Message
from bot.platform import Handle, Owe, Platform, PlatformAway
from bot.settings.chats import SlackKeys
from bot.turns import Turns
from scheduler.errors import ConfigError, SendError
from scheduler.job import Place

log = logging.getLogger(__name__)

NOT_YET, REFUSED = 1.0, 10.0
"""Seconds after which a message is tried again before we are connected, and while we are refused."""

SENT = 5.0
"""Seconds a request has to arrive whole; Slack itself waits three for the answer."""

ACKNOWLEDGED = 3.0
"""Seconds that what came last has to be acknowledged before the socket closes; Slack waits no longer."""

HURRY = 2.5
"""Seconds after which, at the end, no answer waits for its channel any more: it is owed instead."""

NOT_SLACKS = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the library raises over a body that has not the shape Slack gives it."""

Route = tuple[str, Callable[[web.Request], Awaitable[web.Response]]]


@dataclass(slots=True)
class Life:
    """One connection, from start to start; `refused` is set when Slack will not have us any more."""

    keys: SlackKeys
    client: AsyncWebClient
    us: Identity
    poster: Poster
    bolt: AsyncApp
    socket: Socket | None
    refused: asyncio.Future[PlatformAway]


class Slack(Platform):
    """`keys` are asked for at every attempt to connect, so that new tokens need no restart.

    `owe` keeps an answer that cannot be posted now.
    """

    name = "slack"

    def __init__(self, keys: Callable[[], SlackKeys], owe: Owe, *, every: float = EVERY) -> None:
        self._keys = keys
        self._owe = owe
        self._turns = Turns(every)
        self._tracked = Tracked()
        self._signatures = Signatures()
        self._acknowledging = Tracked()
        self._hurry = asyncio.Event()
        self._life: Life | None = None
        self._quiet = False
        self._stopped = False

    # --- connecting --------------------------------------------------------------------------------

    async def start(self, handle: Handle) -> None:
        try:
            keys = self._keys()
        except ConfigError as error:
            raise PlatformAway(error.problems[0], refused=True) from None
        if self._quiet:
            raise PlatformAway("is not connected again: Driftpin stops.")
        before = self._life
        if before is not None and before.socket is not None:
            await before.socket.close()
        kept = before is not None and before.keys == keys
        client = before.client if before and kept else web_client(keys.bot_token, keys.api_url)
        try:
            self._life = await self._connected(client, keys, handle)
        except BaseException:
            if not kept:
                await _close(client)
            raise
        if before is not None and not kept:
            await _close(before.client)

    async def _connected(self, client: AsyncWebClient, keys: SlackKeys, handle: Handle) -> Life:
        us = await identify(client)
        refused: asyncio.Future[PlatformAway] = asyncio.get_running_loop().create_future()
        refuse = partial(_refuse, refused)
        poster = Poster(
            client, self._turns, us.bot_name, keys.api_url, hurry=self._hurry, refuse=refuse
        )
        bolt = bolt_app(client, us)
        take_in = partial(self._from_socket, bolt)
        socket = Socket(client, keys.app_token, take_in) if keys.app_token else None
        life = Life(keys, client, us, poster, bolt, socket, refused)

        async def ended(event: dict[str, object], body: dict[str, object]) -> None:
            if is_ours(body, us) and ends_us(event) and await _is_refused(client):
                refuse(str(event["type"]))

        bolt.event("app_uninstalled")(ended)
        bolt.event("tokens_revoked")(ended)
        answers = Answers(client, poster, self._owe)
        Listeners(us, keys.command, handle, People(client), answers, self._tracked).hang(bolt)
        if socket is not None:
            await socket.open()
        return life

    async def lost(self) -> PlatformAway:
        life = self._life
        if life is None:
            return PlatformAway("is not connected.")
        if life.socket is None:
            return await life.refused
        gone = asyncio.create_task(life.socket.lost())
        either: list[asyncio.Future[Any]] = [gone, life.refused]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
        return life.refused.result() if life.refused.done() else PlatformAway(gone.result())

    def connection(self) -> str:
        if self._life is None:
            return "not connected"
        us = self._life.us
        mode = "Socket Mode" if self._life.socket else f"HTTP mode at {EVENTS_PATH}"
        return f"connected to {us.team_name} ({us.team}) as @{us.bot_name}, {mode}"

    def command(self, place: Place) -> str:
        """Slack knows no slash command in a thread; there people mention us."""
        if self._life is None:
            return "/jobs"
        return f"@{self._life.us.bot_name}" if place.thread else self._life.keys.command

    # --- what comes in -------------------------------------------------------------------------------

    @property
    def routes(self) -> Sequence[Route]:
        """Where Slack's requests come in, in HTTP mode."""
        return [(EVENTS_PATH, self._from_http)]

    async def _from_http(self, request: web.Request) -> web.Response:
        refusal = self._signatures.refusal(request.headers)
        if refusal is not None:
            status, why = refusal
            return web.Response(status=status, text=why)
        life = self._life
        if life is not None and life.socket is not None:
            return web.Response(status=404, text="this Driftpin takes no requests of Slack's")
        if life is None or self._quiet:
            return web.Response(status=503, text="not connected; send it again")
        try:
            async with asyncio.timeout(SENT):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408, text="too slow")
        if not self._signatures.proves(request.headers, body, life.keys.signing_secret or ""):
            return web.Response(status=401, text="not signed by Slack")
        if self._signatures.is_replay(request.headers):
            return web.Response(status=200)
        self._signatures.taken_in(request.headers)
        with self._tracked.work():
            return await to_aiohttp_response(
                await _dispatched(_handed(life.bolt, body, request.content_type))
            )

    async def _from_socket(
        self, bolt: AsyncApp, client: AsyncBaseSocketModeClient, request: SocketModeRequest
    ) -> None:
        if self._quiet:
            return
        with self._tracked.work(), self._acknowledging.work():
            started = time()
            answer = await _dispatched(run_async_bolt_app(bolt, request))
            with suppress(ConnectionError):
                # A lost acknowledgement brings the event again, and then it is known.
                if 400 <= answer.status < 500:
                    # What cannot be read now cannot be read the next time either.
                    taken = SocketModeResponse(envelope_id=request.envelope_id)
                    await client.send_socket_mode_response(taken)
                else:
                    await send_async_response(client, request, answer, started)

    # --- what goes out -------------------------------------------------------------------------------

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        life = self._life
        if life is None or self._stopped:
            raise SendError("Slack is not connected", retry_after=NOT_YET)
        if life.refused.done():
            raise SendError(str(life.refused.result()), retry_after=REFUSED)
        try:
            channel = await self._channel(place, life)
            if edit is not None:
                return await life.poster.edit(channel, place.thread, edit, message)
            return await life.poster.post(channel, place.thread, message)
        except WorkspaceRefused as error:
            # Until we are connected anew, a further try asks nothing of Slack.
            raise SendError(str(error), retry_after=REFUSED) from None

    async def _channel(self, place: Place, life: Life) -> str:
        """Slack's channel of a place; direct messages are opened first."""
        if place.workspace != life.us.team:
            raise SendError(f"Slack: {place.workspace} is another workspace", permanent=True)
        if not place.chat.startswith(("U", "W")):
            return place.chat
        return await life.poster.open_direct(place.chat)

    # --- closing -------------------------------------------------------------------------------------

    async def quiet(self) -> None:
        self._quiet = True
        asyncio.get_running_loop().call_later(HURRY, self._hurry.set)
        with suppress(TimeoutError):
            # A form that is not acknowledged looks to its person as if nothing came of it.
            async with asyncio.timeout(ACKNOWLEDGED):
                await self._acknowledging.drained()
        if self._life is not None and self._life.socket is not None:
            await self._life.socket.close()
        await self._tracked.drained()

    async def stop(self) -> None:
        self._stopped = True
        life, self._life = self._life, None
        if life is None:
            return
        if life.socket is not None:
            await life.socket.close()
        await _close(life.client)


async def _handed(bolt: AsyncApp, body: bytes, content_type: str) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {"content-type": content_type}
    return await bolt.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=headers))


async def _dispatched(dispatching: Awaitable[BoltResponse]) -> BoltResponse:
    """The library's answer; it looks into whatever it is given, and breaks over other shapes."""
    try:
        return await dispatching
    except NOT_SLACKS as error:
        log.warning("something that came from Slack cannot be read: %s", type(error).__name__)
        return BoltResponse(status=400, body="not readable")


def _refuse(refused: asyncio.Future[PlatformAway], code: str) -> None:
    if not refused.done():
        refused.set_result(PlatformAway(said(code), refused=True))


async def _is_refused(client: AsyncWebClient) -> bool:
    """Does Slack itself say so? An event may be of long ago, or of a token that we do not use."""
    try:
        await identify(client)
    except PlatformAway as away:
        return away.refused
    return False


async def _close(client: AsyncWebClient) -> None:
    if client.session is not None:
        await client.session.close()
