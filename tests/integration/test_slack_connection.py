"""The connection to Slack, over real sockets: deaf, closed, renewed, refused, and found again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.adapter import Slack
from bot.adapters.slack.connection import Socket, web_client
from bot.attaching import Attaching, State
from bot.message import Message, Request
from bot.platform import PlatformAway
from bot.settings.chats import SlackKeys
from tests.fakes.slack.server import FakeSlack


@asynccontextmanager
async def client_of(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    client = web_client(slack.bot_token, slack.api_url)
    try:
        yield client
    finally:
        assert client.session is not None
        await client.session.close()


async def take_nothing(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
    return None


@asynccontextmanager
async def socket_of(slack: FakeSlack, *, deaf: float, gone: float = 60) -> AsyncIterator[Socket]:
    async with client_of(slack) as client:
        socket = Socket(client, slack.app_token, take_nothing, ping=0.1, deaf=deaf, gone=gone)
        await socket.open()
        try:
            yield socket
        finally:
            await socket.close()


async def test_a_socket_that_hears_is_not_thrown_away() -> None:
    async with FakeSlack() as slack, socket_of(slack, deaf=0.5, gone=0.5) as socket:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.lost(), 1.5)
        assert slack.sockets.opened == 1


async def test_a_socket_that_went_deaf_is_noticed() -> None:
    async with FakeSlack() as slack, socket_of(slack, deaf=0.5) as socket:
        slack.sockets.go_deaf()
        async with asyncio.timeout(10):
            assert await socket.lost() == "its socket went deaf; a new one is opened."


async def test_a_socket_that_was_cut_is_noticed() -> None:
    async with FakeSlack() as slack, socket_of(slack, deaf=60, gone=0.3) as socket:
        slack.sockets.cut()
        async with asyncio.timeout(10):
            assert await socket.lost() == "its socket is closed; a new one is opened."


async def test_a_socket_that_slack_has_renewed_is_not_lost() -> None:
    async with FakeSlack() as slack, socket_of(slack, deaf=1, gone=1) as socket:
        lost = asyncio.create_task(socket.lost())
        await slack.sockets.disconnect()
        await slack.until(lambda: slack.sockets.opened == 2)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lost, 2)


async def test_a_socket_that_we_closed_is_not_lost() -> None:
    async with FakeSlack() as slack, socket_of(slack, deaf=0.1, gone=0.1) as socket:
        lost = asyncio.create_task(socket.lost())
        await socket.close()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lost, 0.5)


async def test_a_refused_app_token_is_asked_about_once() -> None:
    async with FakeSlack() as slack, client_of(slack) as client:
        slack.intake.app_token_revoked = "invalid_auth"
        with pytest.raises(PlatformAway) as away:
            await Socket(client, slack.app_token, take_nothing).open()
        assert away.value.refused
        assert len(slack.calls) == 1


class Attached:
    """Slack kept connected, with rests that no test notices."""

    def __init__(self, slack: FakeSlack) -> None:
        self.keys = SlackKeys(slack.bot_token, slack.app_token, api_url=slack.api_url)
        self.platform = Slack(lambda: self.keys)
        self.states: list[State] = []
        self._slack = slack

    async def __aenter__(self) -> "Attached":
        attaching = Attaching(
            self.platform, self.handle, self.told, first_rest=0.05, refused_rest=0.05
        )
        self._running = asyncio.create_task(attaching.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self.platform.stop()

    async def handle(self, request: Request) -> Message | None:
        return Message("Heard.", private=True)

    def told(self, name: str, state: State) -> None:
        self.states.append(state)
        self._slack.news.tell()

    async def until(self, true: Callable[[list[State]], bool]) -> None:
        await self._slack.until(lambda: true(self.states))


async def test_a_token_that_is_taken_again_connects_again() -> None:
    async with FakeSlack(events=("app_uninstalled",)) as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
        slack.happened(slack.workspace, {"type": "app_uninstalled"})
        await attached.until(lambda states: len(states) == 3 and states[-1].up)
        assert attached.states[1].refused
        ana, room = slack.person("U0ANA"), slack.channel("C0ROOM")
        await ana.types_command("/jobs", "list", room)
        await slack.until(lambda: "Heard." in slack.plain(ana.ephemerals[-1]))


async def test_new_tokens_are_taken_up_without_a_restart() -> None:
    async with FakeSlack() as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
        slack.workspace.token = "xoxb-the-new-one"
        attached.keys = SlackKeys("xoxb-wrong", slack.app_token, api_url=slack.api_url)
        slack.sockets.cut()
        await attached.until(lambda states: states[-1].refused)
        assert "Slack refuses the token (invalid_auth)" in attached.states[-1].text
        attached.keys = SlackKeys("xoxb-the-new-one", slack.app_token, api_url=slack.api_url)
        await attached.until(lambda states: states[-1].up)
        ana, room = slack.person("U0ANA"), slack.channel("C0ROOM")
        await ana.types_command("/jobs", "list", room)
        await slack.until(lambda: "Heard." in slack.plain(ana.ephemerals[-1]))
        assert slack.calls[-1].token in (None, "xoxb-the-new-one")
