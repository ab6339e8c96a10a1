"""A call that brings no answer is told for what it is, and never repeated."""

import socket
import traceback
from collections.abc import AsyncIterator

import pytest

from scheduler.errors import CallError, Lost, NotSent, Refused, TooMuch
from scheduler.providers.exchange import LONGEST_REPLY
from scheduler.route import ApiMode
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_behaviours import Behaviour, Cut, Drop, Hang, Raw, Redirect, Status
from tests.fakes.provider_replies import Says
from tests.integration.agent_calls import CANARY, answer, every_mode, failure


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as provider:
        yield provider


@every_mode
@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        (Status(429, f"slow down,\n{CANARY}"), Refused, "HTTP 429: slow down, [key]"),
        (Status(500), Refused, "HTTP 500: something is wrong here"),
        (Status(401, "who are you"), Refused, "HTTP 401: who are you"),
        (Raw('{"error": {"code": 402, "message": "no credits"}}'), Refused, "no credits"),
        (Raw("{not json"), Lost, "no JSON object"),
        (Raw("pong", content_type="text/plain"), Lost, "no JSON object"),
        (Raw("{}"), Lost, "the reply has no"),
        (Says(finish=None), Lost, "it may not be whole"),
        (Says(text=""), Lost, "the reply is whole and has no text"),
        (Says(tool="rm"), Lost, "could not be used: Tool 'rm'"),
        (Drop(read=False), Lost, "broke before a whole answer"),
        (Drop(read=True), Lost, "broke before a whole answer"),
        (Cut(), Lost, "broke before a whole answer"),
    ],
    ids=str,
)
async def test_a_failure_is_told_for_what_it_is_and_never_repeated(
    provider: FakeProvider,
    mode: ApiMode,
    behaviour: Behaviour,
    kind: type[CallError],
    words: str,
) -> None:
    provider.behave(behaviour, Says())
    error = await failure(mode, provider.url)
    assert type(error) is kind
    assert words in str(error)
    assert provider.count == 1


async def test_a_pause_that_the_sdk_would_continue_by_itself_is_one_request(
    provider: FakeProvider,
) -> None:
    provider.behave(Says(finish="pause_turn"))
    error = await failure(ApiMode.ANTHROPIC_MESSAGES, provider.url)
    assert type(error) is TooMuch
    assert provider.count == 1


@every_mode
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_is_refused_and_its_target_hears_nothing(
    provider: FakeProvider, mode: ApiMode, code: int
) -> None:
    async with FakeProvider() as elsewhere:
        provider.behave(Redirect(elsewhere.url + "/chat/completions", code))
        assert isinstance(await failure(mode, provider.url), Refused)
        assert (provider.count, elsewhere.count) == (1, 0)


@every_mode
@pytest.mark.parametrize("begun", [False, True])
async def test_a_provider_that_hangs_is_lost_when_the_time_is_up(
    provider: FakeProvider, mode: ApiMode, begun: bool
) -> None:
    provider.behave(Hang(begun))
    error = await failure(mode, provider.url, seconds=0.5)
    assert type(error) is Lost
    assert "in the time allowed" in str(error)
    await provider.wait_for_hang_ups(1)
    assert provider.count == 1


@every_mode
async def test_a_closed_port_was_never_sent_to(mode: ApiMode) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = await failure(mode, f"http://127.0.0.1:{closed.getsockname()[1]}/v1")
    assert type(error) is NotSent


async def test_an_unknown_host_was_never_sent_to() -> None:
    error = await failure(ApiMode.CHAT_COMPLETIONS, "http://no-such-host.invalid/v1")
    assert type(error) is NotSent
    assert "no-such-host.invalid" in str(error)


async def test_a_failed_tls_handshake_was_never_sent(provider: FakeProvider) -> None:
    url = provider.url.replace("http://", "https://")
    assert type(await failure(ApiMode.CHAT_COMPLETIONS, url)) is NotSent
    assert provider.count == 0


async def test_a_host_that_does_not_take_the_connection_was_never_sent_to() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
        error = await failure(ApiMode.CHAT_COMPLETIONS, url, seconds=0.9)
    assert type(error) is NotSent


@every_mode
@pytest.mark.parametrize("url", ["ftp://127.0.0.1/v1", "http://[::1/v1", "http:///v1", "nowhere"])
async def test_what_is_no_address_was_never_sent_to(mode: ApiMode, url: str) -> None:
    assert type(await failure(mode, url)) is NotSent


@every_mode
async def test_a_prompt_that_cannot_be_written_was_never_sent(
    provider: FakeProvider, mode: ApiMode
) -> None:
    error = await failure(mode, provider.url, prompt="half a pair: \ud83d")
    assert type(error) is NotSent
    assert provider.count == 0


async def test_a_reply_without_end_is_too_much(provider: FakeProvider) -> None:
    provider.behave(Raw("x" * (LONGEST_REPLY + 1)))
    error = await failure(ApiMode.CHAT_COMPLETIONS, provider.url)
    assert type(error) is TooMuch
    assert "longer than" in str(error)


@pytest.mark.parametrize("key", ["", "sk-line\nbreak-canary", "sk-ünicode-canary", "sk canary"])
async def test_a_key_that_fits_no_header_is_told_by_its_name_only(
    provider: FakeProvider, key: str
) -> None:
    with pytest.raises(NotSent, match="LAB_KEY") as caught:
        await answer(ApiMode.CHAT_COMPLETIONS, provider.url, key=key)
    assert "canary" not in str(caught.value)
    assert provider.count == 0


@every_mode
async def test_the_key_is_in_no_log_and_no_traceback(
    provider: FakeProvider, mode: ApiMode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await answer(mode, provider.url)
    provider.behave(Status(401, f"what key is {CANARY}?"))
    error = await failure(mode, provider.url)
    assert CANARY not in caplog.text
    assert CANARY not in "".join(traceback.format_exception(error))
