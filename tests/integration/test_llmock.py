"""The agent against llmock, which others wrote."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from llmock.journal import RequestRecord
from llmock.scenarios import Fail, Reply
from llmock.testing import LLMockServer

from scheduler.errors import Refused
from scheduler.ports import Answer
from scheduler.providers.agent import ModelAgent
from scheduler.route import ApiMode, PriceClass, Resolution, Route, Secret

DIALECTS = [
    (ApiMode.CHAT_COMPLETIONS, "openai"),
    (ApiMode.RESPONSES, "openai"),
    (ApiMode.ANTHROPIC_MESSAGES, "anthropic"),
]
every_dialect = pytest.mark.parametrize(("mode", "dialect"), DIALECTS)


@pytest.fixture
def server() -> Iterator[LLMockServer]:
    with LLMockServer() as server:
        yield server


async def answer(server: LLMockServer, mode: ApiMode, dialect: str) -> Answer:
    async def gate(step: int) -> None:
        assert step == 1

    model = "claude-sonnet-5-5" if dialect == "anthropic" else "gpt-4o"
    route = Route(dialect, model, server.base_url(dialect), mode, "KEY", PriceClass.PAID)
    return await ModelAgent().answer(
        Resolution(route, Secret("a-test-key"), "pin"),
        "Say hello",
        gate=gate,
        timeout=timedelta(seconds=20),
        max_tokens=50,
    )


def journal(server: LLMockServer) -> list[RequestRecord]:
    return server.state.journal.records(wait=2)


@every_dialect
async def test_an_answer_comes_with_its_usage_and_model(
    server: LLMockServer, mode: ApiMode, dialect: str
) -> None:
    server.state.scenarios.add(Reply("Hello from llmock."))
    told = await answer(server, mode, dialect)
    assert told.text == "Hello from llmock."
    assert told.usage.requests == 1
    assert told.usage.input_tokens
    assert told.usage.output_tokens
    assert told.usage.served_model in ("gpt-4o", "claude-sonnet-5-5")
    assert len(journal(server)) == 1


@every_dialect
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_error_is_refused_and_never_repeated(
    server: LLMockServer, mode: ApiMode, dialect: str, status: int
) -> None:
    server.state.scenarios.add(Fail(status, message="not today", times=None))
    with pytest.raises(Refused, match=f"HTTP {status}: not today"):
        await answer(server, mode, dialect)
    assert len(journal(server)) == 1
