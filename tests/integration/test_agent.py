"""One request for each passage of the gate, to the route's own address, over real sockets."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from scheduler.errors import CallError, GateShut, Lost, NotSent, Refused
from scheduler import ports
from scheduler.ports import Answer
from scheduler.providers.agent import ModelAgent
from scheduler.providers.models import ask
from scheduler.route import ApiMode, PriceClass, Resolution, Route, Secret
from scheduler.run import Usage
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_behaviours import (
    Behaviour,
    Cut,
    Drop,
    Hang,
    Raw,
    Redirect,
    Status,
)
from tests.fakes.provider_replies import Says

MODES = [ApiMode.CHAT_COMPLETIONS, ApiMode.RESPONSES, ApiMode.ANTHROPIC_MESSAGES]
every_mode = pytest.mark.parametrize("mode", MODES)
CANARY = "sk-canary-8f2c1d77aa"


class Gate:
    """Counts its passages, and shuts at one of them when told to."""

    def __init__(self, shut_at: int | None = None) -> None:
        self.passed: list[int] = []
        self.refusal = GateShut("the run was stopped")
        self._shut_at = shut_at

    async def __call__(self, step: int) -> None:
        if step == self._shut_at:
            raise self.refusal
        self.passed.append(step)


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as provider:
        yield provider


def resolution(
    mode: ApiMode, url: str, *, key: str | None = CANARY, model: str = "meta/llama-3:free"
) -> Resolution:
    secret = None if key is None else Secret(key)
    credential = None if key is None else "LAB_KEY"
    route = Route("lab", model, url, mode, credential, PriceClass.PAID)
    return Resolution(route, secret, "model.provider in config.yaml")


async def answer(
    mode: ApiMode,
    url: str,
    *,
    gate: Gate | None = None,
    seconds: float = 20,
    key: str | None = CANARY,
) -> Answer:
    return await ModelAgent().answer(
        resolution(mode, url, key=key),
        "Say hello",
        gate=gate or Gate(),
        timeout=timedelta(seconds=seconds),
        max_tokens=123,
    )


async def failure(mode: ApiMode, url: str, *, seconds: float = 20) -> CallError:
    with pytest.raises(CallError) as caught:
        await answer(mode, url, seconds=seconds)
    assert CANARY not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


@every_mode
async def test_an_answer_takes_one_passage_and_one_request(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says("Hello.", model="served-2026", tokens=(5, 2)))
    gate = Gate()
    told = await answer(mode, provider.url, gate=gate)
    assert told == Answer("Hello.", Usage(1, 5, 2, "served-2026"))
    assert gate.passed == [1]
    assert provider.count == 1


@every_mode
async def test_the_request_asks_for_the_model_and_bounds_the_answer(
    provider: FakeProvider, mode: ApiMode
) -> None:
    await answer(mode, provider.url)
    [request] = provider.requests
    bound = "max_output_tokens" if mode is ApiMode.RESPONSES else "max_tokens"
    assert request.model == "meta/llama-3:free"
    assert request.body[bound] == 123
    assert request.body["stream"] is False
    assert request.headers["Authorization"] == f"Bearer {CANARY}"


@every_mode
async def test_a_provider_without_a_key_is_sent_none(
    provider: FakeProvider, mode: ApiMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    await answer(mode, provider.url, key=None)
    [request] = provider.requests
    assert not {name.lower() for name in request.headers} & {"authorization", "x-api-key"}


@every_mode
async def test_nothing_of_the_environment_leaves_or_leads_elsewhere(
    provider: FakeProvider, mode: ApiMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeProvider() as elsewhere:
        for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "OPENROUTER_BASE_URL"):
            monkeypatch.setenv(name, elsewhere.url)
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, elsewhere.url.removesuffix("/v1"))
        for name in ("ADMIN_KEY", "API_KEY", "AUTH_TOKEN", "ORG_ID", "PROJECT_ID", "PROFILE"):
            monkeypatch.setenv(f"OPENAI_{name}", "leaked-value")
            monkeypatch.setenv(f"ANTHROPIC_{name}", "leaked-value")
        headers = "X-Leak: leaked-value\nAuthorization: Bearer leaked-value\nHost: leaked-value"
        headers += "\nanthropic-beta: leaked-value\nanthropic-version: leaked-value"
        for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
            monkeypatch.setenv(name, headers)
        monkeypatch.setenv("OPENROUTER_APP_URL", "leaked-value")
        await answer(mode, provider.url)
        assert elsewhere.count == 0
    [request] = provider.requests
    assert "leaked-value" not in str(request.headers) + str(request.body)
    assert request.headers["Authorization"] == f"Bearer {CANARY}"
    allowed = "accept accept-encoding anthropic-version authorization connection content-length"
    allowed += " content-type host user-agent"
    assert {name.lower() for name in request.headers} <= set(allowed.split())


@every_mode
async def test_usage_that_was_not_given_is_unknown_and_never_zero(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(tokens=None))
    assert (await answer(mode, provider.url)).usage == Usage(1, None, None, "meta/llama-3:free")


@every_mode
async def test_an_answer_cut_by_its_bound_is_an_answer(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says("As long as", finish="length"))
    assert (await answer(mode, provider.url)).text == "As long as"


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


BARE = {
    ApiMode.CHAT_COMPLETIONS: """{"choices": [{"finish_reason": "stop",
        "message": {"content": "Hello."}}], "usage": {"prompt_tokens": 4}}""",
    ApiMode.RESPONSES: """{"status": "completed", "usage": {"input_tokens": 4}, "output": [
        {"type": "message", "content": [{"type": "output_text", "text": "Hello."}]}]}""",
    ApiMode.ANTHROPIC_MESSAGES: """{"stop_reason": "end_turn", "usage": {"input_tokens": 4},
        "content": [{"type": "text", "text": "Hello."}]}""",
}


@every_mode
async def test_a_whole_answer_without_ids_and_other_trimmings_is_an_answer(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Raw(BARE[mode]))
    assert await answer(mode, provider.url) == Answer("Hello.", Usage(1, 4, None, None))


async def test_a_pause_that_the_sdk_would_continue_by_itself_is_one_request(
    provider: FakeProvider,
) -> None:
    provider.behave(Says(finish="pause_turn"))
    error = await failure(ApiMode.ANTHROPIC_MESSAGES, provider.url)
    assert type(error) is Lost
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
@pytest.mark.parametrize("begun", [False, True])
async def test_stopping_a_call_closes_its_socket_at_once(
    provider: FakeProvider, mode: ApiMode, begun: bool
) -> None:
    provider.behave(Hang(begun))
    call = asyncio.create_task(answer(mode, provider.url))
    await provider.wait_for(1)
    clock = asyncio.get_running_loop()
    stopped_at = clock.time()
    call.cancel()
    await provider.wait_for_hang_ups(1)
    assert clock.time() - stopped_at < 1
    with pytest.raises(asyncio.CancelledError):
        await call
    assert provider.count == 1


@every_mode
async def test_a_shut_gate_lets_nothing_out_and_comes_through_unchanged(
    provider: FakeProvider, mode: ApiMode
) -> None:
    gate = Gate(shut_at=1)
    with pytest.raises(GateShut) as caught:
        await answer(mode, provider.url, gate=gate)
    assert caught.value is gate.refusal
    assert provider.count == 0


async def test_a_call_stopped_at_the_gate_lets_nothing_out(provider: FakeProvider) -> None:
    reached = asyncio.Event()

    async def slow(step: int) -> None:
        reached.set()
        await asyncio.Event().wait()

    asking = ask(
        resolution(ApiMode.CHAT_COMPLETIONS, provider.url),
        "Say hello",
        gate=slow,
        timeout=timedelta(seconds=0.1),
        max_tokens=1,
    )
    call = asyncio.create_task(asking)
    await reached.wait()
    call.cancel()
    with suppress(asyncio.CancelledError):
        await call
    assert call.cancelled()
    assert provider.count == 0


@every_mode
async def test_each_step_of_a_tool_loop_passes_the_gate_again(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(tool="look", tokens=(5, 2)), Says("Found it.", tokens=(9, 3)))
    gate = Gate()
    told = await loop(mode, provider.url, gate, requests=2)
    assert told == Answer("Found it.", Usage(2, 14, 5, "meta/llama-3:free"))
    assert gate.passed == [1, 2]
    assert provider.count == 2


@every_mode
async def test_a_gate_that_shuts_in_the_middle_of_a_loop_stops_it_there(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(tool="look"))
    gate = Gate(shut_at=2)
    with pytest.raises(GateShut):
        await loop(mode, provider.url, gate, requests=5)
    assert gate.passed == [1]
    assert provider.count == 1


@every_mode
async def test_a_provider_that_goes_away_in_the_middle_of_a_loop_may_have_billed(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(tool="look"))

    async def leave(step: int) -> None:
        if step == 2:
            await provider.close()

    with pytest.raises(Lost, match="an earlier request of this run was answered"):
        await loop(mode, provider.url, leave, requests=5)
    assert provider.count == 1


@every_mode
async def test_a_loop_ends_at_its_bound(provider: FakeProvider, mode: ApiMode) -> None:
    provider.behave(Says(tool="look"))
    with pytest.raises(Lost):
        await loop(mode, provider.url, Gate(), requests=3)
    assert provider.count == 3


async def loop(mode: ApiMode, url: str, gate: ports.Gate, *, requests: int) -> Answer:
    def look() -> str:
        """Look around."""
        return "nothing"

    return await ask(
        resolution(mode, url),
        "Look around",
        gate=gate,
        timeout=timedelta(seconds=20),
        max_tokens=50,
        tools=[look],
        requests=requests,
    )


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


async def test_an_address_without_a_protocol_was_never_sent_to() -> None:
    assert type(await failure(ApiMode.CHAT_COMPLETIONS, "ftp://127.0.0.1/v1")) is NotSent


@pytest.mark.parametrize("key", ["", "sk-line\nbreak-canary", "sk-ünicode-canary", "sk canary"])
async def test_a_key_that_fits_no_header_is_told_by_its_name_only(
    provider: FakeProvider, key: str
) -> None:
    with pytest.raises(NotSent, match="LAB_KEY") as caught:
        await answer(ApiMode.CHAT_COMPLETIONS, provider.url, key=key)
    assert "canary" not in str(caught.value)
    assert provider.count == 0


async def test_calls_at_the_same_time_do_not_touch_each_other(provider: FakeProvider) -> None:
    gates = [Gate() for _ in range(8)]
    told = await asyncio.gather(
        *(answer(MODES[n % 3], provider.url, gate=gate) for n, gate in enumerate(gates))
    )
    assert {one.text for one in told} == {"All quiet."}
    assert [gate.passed for gate in gates] == [[1]] * 8
    assert provider.count == 8


async def test_the_demo_provider_says_what_it_is() -> None:
    gate = Gate()
    route = Route("demo", "echo", "", ApiMode.BUILT_IN, None, PriceClass.LOCAL)
    told = await ModelAgent().answer(
        Resolution(route, None, "auto"),
        "  Summarise the news\nof today",
        gate=gate,
        timeout=timedelta(seconds=1),
        max_tokens=1,
    )
    assert told.text == "Demo provider (no model, no network): Summarise the news…"
    assert told.usage == Usage(requests=1, served_model="echo")
    assert gate.passed == [1]


async def test_the_demo_provider_passes_the_gate_and_has_one_model() -> None:
    route = Route("demo", "gpt-9", "", ApiMode.BUILT_IN, None, PriceClass.LOCAL)
    for gate, error in ((Gate(shut_at=1), GateShut), (Gate(), Refused)):
        with pytest.raises(error):
            await ModelAgent().answer(
                Resolution(route, None, "auto"),
                "hello",
                gate=gate,
                timeout=timedelta(seconds=1),
                max_tokens=1,
            )


def test_importing_the_agent_loads_no_sdk() -> None:
    code = (
        "import sys, scheduler.providers.agent\n"
        "print({'pydantic_ai', 'openai', 'anthropic', 'httpx2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
