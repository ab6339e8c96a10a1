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
from bot.adapters.slack.posting import Poster
from bot.attaching import Attaching, State
from bot.message import AddForm, Button, Message, Request
from bot.platform import PlatformAway
from bot.settings.chats import SlackKeys
from bot.turns import Turns
from scheduler.errors import SendError
from scheduler.press import Action, Press
from tests.fakes.slack import Breaks, Fails, RateLimited
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
        self.owed: list[Message] = []
        self.platform = Slack(lambda: self.keys, self.owe)
        self.states: list[State] = []
        self.requests: list[Request] = []
        self.answers: Callable[[Request], Message | Exception] = lambda _: Message(
            "Heard.", private=True
        )
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

    async def owe(self, request: Request, answer: Message) -> None:
        self.owed.append(answer)

    async def handle(self, request: Request) -> Message | None:
        self.requests.append(request)
        answer = self.answers(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def told(self, name: str, state: State) -> None:
        self.states.append(state)
        self._slack.news.tell()

    async def until(self, true: Callable[[list[State]], bool]) -> None:
        await self._slack.until(lambda: true(self.states))


async def test_a_token_that_is_taken_again_connects_again() -> None:
    async with FakeSlack(events=("app_uninstalled",)) as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
        slack.happened(slack.workspace, {"type": "app_uninstalled"})
        slack.revoke("account_inactive")
        await attached.until(lambda states: len(states) == 2 and states[-1].refused)
        slack.restore()
        await attached.until(lambda states: states[-1].up)
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


LIFE = ("app_uninstalled", "tokens_revoked")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}},
    ],
    ids=lambda event: str(event["type"]),
)
async def test_neither_another_workspace_nor_a_token_that_still_works_disconnects_us(
    event: dict[str, object],
) -> None:
    async with FakeSlack(events=LIFE) as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
        elsewhere = slack.add_workspace("T0ELSE", token="xoxb-else")
        slack.happened(elsewhere, event)
        slack.happened(slack.workspace, event)
        asked = [call for call in slack.calls if call.method == "auth.test"]
        await slack.until(lambda: all(sent.answered for sent in slack.deliveries))
        await slack.until(lambda: len(slack.calls_of("auth.test")) > len(asked))
        ana, room = slack.person("U0ANA"), slack.channel("C0ROOM")
        await ana.types_command("/jobs", "list", room)
        await slack.until(lambda: ana.ephemerals)
        assert [state.up for state in attached.states] == [True]
        assert len(slack.calls_of("auth.test")) == 2


async def test_another_workspaces_end_is_not_ours_even_when_our_token_is_refused() -> None:
    async with FakeSlack(events=LIFE) as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
        elsewhere = slack.add_workspace("T0ELSE", token="xoxb-else")
        slack.happened(elsewhere, {"type": "app_uninstalled"})
        own = {"type": "tokens_revoked", "tokens": {"oauth": ["U0ANA"], "bot": []}}
        slack.happened(slack.workspace, own)
        slack.revoke()
        await slack.until(lambda: len(slack.deliveries) == 2)
        await slack.until(lambda: all(sent.answered for sent in slack.deliveries))
        await attached.platform.quiet()
        assert len(slack.calls_of("auth.test")) == 1
        assert [state.up for state in attached.states] == [True]


async def test_a_token_that_is_refused_over_an_answer_loses_the_connection_and_no_answer() -> None:
    async with FakeSlack() as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
        attached.answers = lambda _: Message("To everybody.")
        slack.misbehave("chat.postMessage", Fails("team_access_not_granted"), times=None)
        ana, room = slack.person("U0ANA"), slack.channel("C0ROOM")
        await ana.types_command("/jobs", "list", room)
        await attached.until(lambda states: len(states) >= 2 and states[1].refused)
        await slack.until(lambda: attached.owed)
        assert [owed.title for owed in attached.owed] == ["To everybody."]


@pytest.mark.parametrize(
    "payload",
    [{"type": "view_submission", "view": 5}, {"type": 7}, {"type": "block_actions", "actions": 5}],
    ids=str,
)
async def test_an_envelope_that_nobody_can_read_is_acknowledged(payload: dict[str, object]) -> None:
    async with FakeSlack() as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
        sent = await slack.deliver("interactive", payload)
        assert sent.answered
        assert not sent.answer


async def test_a_form_over_which_we_break_is_closed_all_the_same() -> None:
    async with FakeSlack() as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
        attached.answers = lambda request: (
            Message("Fill it in", private=True, form=AddForm())
            if request.form is None
            else RuntimeError("broken on purpose")
        )
        ana, room = slack.person("U0ANA"), slack.channel("C0ROOM")
        await ana.types_command("/jobs", "add", room)
        view = await slack.until(lambda: ana.views[-1] if ana.views else None)
        assert await ana.submits(view, {"When": "daily", "What": "hello"}) is None
        assert not view.is_open


async def test_an_answer_to_a_press_on_a_private_message_finds_another_way() -> None:
    async with FakeSlack() as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
        button = Button("Go", Press(Action.PAGE), token="token")
        attached.answers = lambda request: (
            Message("Press it.", private=True, buttons=(button,))
            if request.token is None
            else Message("It is done.")
        )
        ana, room = slack.person("U0ANA"), slack.channel("C0ROOM")
        await ana.types_command("/jobs", "list", room)
        asked = await slack.until(lambda: ana.ephemerals[-1] if ana.ephemerals else None)
        slack.misbehave("response_url", Breaks(404), times=None)
        await ana.presses(asked, "Go")
        await slack.until(lambda: "It is done." in slack.plain(ana.ephemerals[-1]))


async def test_what_waits_behind_a_message_that_is_limited_does_not_wait_for_its_rest() -> None:
    """Certainly not sent, so that the outbox tries again when Slack says, and not as a repeat."""
    async with FakeSlack() as slack, client_of(slack) as client:
        slack.channel("C0ROOM")
        slack.misbehave("chat.postMessage", RateLimited(60))
        poster = Poster(
            client,
            Turns(1.0),
            "driftpin",
            slack.api_url,
            hurry=asyncio.Event(),
            refuse=lambda code: None,
        )
        posts = (poster.post("C0ROOM", None, Message(f"{n}")) for n in range(3))
        async with asyncio.timeout(5):
            found = await asyncio.gather(*posts, return_exceptions=True)
        assert len(slack.calls_of("chat.postMessage")) == 1
        for error in found:
            assert isinstance(error, SendError)
            assert not error.ambiguous
            assert error.retry_after is not None
            assert error.retry_after > 50


async def test_connecting_warns_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with FakeSlack() as slack, Attached(slack) as attached:
        await attached.until(lambda states: len(states) == 1 and states[-1].up)
    assert [record.getMessage() for record in caplog.records if record.levelno > 20] == []


async def test_a_socket_that_nobody_waits_for_any_more_is_closed() -> None:
    """Whoever opens it is cancelled while the other end says nothing at all."""
    connected, closed = asyncio.Event(), asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        writer.close()
        closed.set()

    async with (
        await asyncio.start_server(mute, "127.0.0.1", 0) as server,
        FakeSlack() as slack,
        client_of(slack) as client,
    ):
        port = server.sockets[0].getsockname()[1]
        socket = Socket(client, slack.app_token, take_nothing)
        slack.intake.address = lambda path: f"http://127.0.0.1:{port}{path}"
        opening = asyncio.create_task(socket.open())
        async with asyncio.timeout(10):
            await connected.wait()
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            await closed.wait()
