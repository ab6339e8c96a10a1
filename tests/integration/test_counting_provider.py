"""The witness of the demo counts what the agent sends."""

from datetime import timedelta

import aiohttp
import pytest

from bot.counting_provider import CountingProvider
from scheduler.errors import GateShut
from scheduler.ports import Answer, Gate
from scheduler.providers.agent import ModelAgent
from scheduler.route import ApiMode, PriceClass, Resolution, Route
from scheduler.run import Usage


async def open_gate(step: int) -> None:
    assert step == 1


async def shut_gate(step: int) -> None:
    raise GateShut(f"step {step} may not leave")


async def answer(provider: CountingProvider, model: str, gate: Gate) -> Answer:
    route = Route("lab", model, provider.url, ApiMode.CHAT_COMPLETIONS, None, PriceClass.PAID)
    return await ModelAgent().answer(
        Resolution(route, None, "pin"),
        "Summarise   the\nnews",
        gate=gate,
        timeout=timedelta(seconds=20),
        max_tokens=5,
    )


async def test_it_counts_calls_by_model_and_answers_with_usage() -> None:
    async with CountingProvider() as provider:
        told = [await answer(provider, model, open_gate) for model in ("big", "big", "small")]
        assert provider.calls == {"big": 2, "small": 1}
    assert told[0] == told[1]
    assert told[0] == Answer("big was asked: Summarise the news", Usage(1, 3, 6, "big"))


async def test_it_counts_nothing_when_nothing_leaves() -> None:
    async with CountingProvider() as provider:
        with pytest.raises(GateShut):
            await answer(provider, "big", shut_gate)
        assert provider.calls.total() == 0


@pytest.mark.parametrize("body", ["{", "[]", '{"model": "m"}', '{"model": "m", "messages": [1]}'])
async def test_a_request_it_cannot_read_is_counted_too(body: str) -> None:
    async with CountingProvider() as provider, aiohttp.ClientSession() as session:
        async with session.post(f"{provider.url}/chat/completions", data=body) as response:
            assert response.status == 400
        assert provider.calls == {"(unreadable)": 1}
