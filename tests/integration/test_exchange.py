"""The door below the SDKs, for what no SDK does today."""

from datetime import timedelta

import httpx2
import pytest

from scheduler.errors import NotSent, Refused
from scheduler.providers.exchange import Exchange
from scheduler.providers.models import ask
from scheduler.route import ApiMode
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_behaviours import Status
from tests.integration.agent_calls import CountingGate, resolution

CHAT = ApiMode.CHAT_COMPLETIONS
BODY = {"model": "m-1", "messages": []}


async def test_after_a_failure_nothing_more_leaves() -> None:
    async with FakeProvider() as provider:
        provider.behave(Status(500))
        gate = CountingGate()
        door = Exchange(
            resolution(CHAT, provider.url), gate, timeout=timedelta(seconds=20), requests=9
        )
        async with httpx2.AsyncClient(transport=door) as client:
            for _ in range(3):
                with pytest.raises(Refused):
                    await client.post(f"{provider.url}/chat/completions", json=BODY)
        assert provider.count == 1
        assert gate.passed == [1]


@pytest.mark.parametrize("path", ["https://{host}/v1/x", "http://{host}/admin", "{other}/x"])
async def test_nothing_leaves_for_another_address(path: str) -> None:
    async with FakeProvider() as provider, FakeProvider() as other:
        gate = CountingGate()
        door = Exchange(resolution(CHAT, provider.url), gate, timeout=timedelta(seconds=20))
        host = provider.url.removeprefix("http://").removesuffix("/v1")
        async with httpx2.AsyncClient(transport=door) as client:
            with pytest.raises(NotSent, match="turned to"):
                await client.post(path.format(host=host, other=other.url), json=BODY)
        assert (gate.passed, provider.count, other.count) == ([], 0, 0)


async def test_a_built_in_provider_is_never_called_over_the_network() -> None:
    gate = CountingGate()
    with pytest.raises(NotSent, match="built in"):
        await ask(
            resolution(ApiMode.BUILT_IN, "http://127.0.0.1:1"),
            "hello",
            gate=gate,
            timeout=timedelta(seconds=20),
            max_tokens=5,
        )
    assert gate.passed == []
