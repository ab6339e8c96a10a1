"""One request to the route's own address for each answer, over real sockets."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from scheduler.errors import GateShut, Refused
from scheduler.ports import Answer
from scheduler.providers.agent import ModelAgent
from scheduler.route import ApiMode, PriceClass, Resolution, Route
from scheduler.run import Usage
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_behaviours import Raw
from tests.fakes.provider_replies import Says
from tests.integration.agent_calls import CANARY, MODES, CountingGate, answer, every_mode


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as provider:
        yield provider


@every_mode
async def test_an_answer_takes_one_passage_and_one_request(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says("Hello.", model="meta/llama-3", tokens=(5, 2)))
    gate = CountingGate()
    told = await answer(mode, provider.url, gate=gate)
    assert told == Answer("Hello.", Usage(1, 5, 2, "meta/llama-3"))
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


async def test_calls_at_the_same_time_do_not_touch_each_other(provider: FakeProvider) -> None:
    gates = [CountingGate() for _ in range(8)]
    told = await asyncio.gather(
        *(answer(MODES[n % 3], provider.url, gate=gate) for n, gate in enumerate(gates))
    )
    assert {one.text for one in told} == {"All quiet."}
    assert [gate.passed for gate in gates] == [[1]] * 8
    assert provider.count == 8


async def test_the_demo_provider_says_what_it_is() -> None:
    gate = CountingGate()
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
    for gate, error in ((CountingGate(shut_at=1), GateShut), (CountingGate(), Refused)):
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
