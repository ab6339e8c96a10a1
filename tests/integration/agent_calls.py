"""Asking through the agent as a run does, over a gate that counts."""

from datetime import timedelta

import pytest

from scheduler.errors import CallError, GateShut
from scheduler.ports import Answer, Gate
from scheduler.providers.agent import ModelAgent
from scheduler.providers.models import ask
from scheduler.route import ApiMode, PriceClass, Resolution, Route, Secret

MODES = [ApiMode.CHAT_COMPLETIONS, ApiMode.RESPONSES, ApiMode.ANTHROPIC_MESSAGES]
every_mode = pytest.mark.parametrize("mode", MODES)
CANARY = "sk-canary-8f2c1d77aa"


class CountingGate:
    """Counts its passages, and shuts at one of them when told to."""

    def __init__(self, shut_at: int | None = None) -> None:
        self.passed: list[int] = []
        self.refusal = GateShut("the run was stopped")
        self._shut_at = shut_at

    async def __call__(self, step: int) -> None:
        if step == self._shut_at:
            raise self.refusal
        self.passed.append(step)


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
    prompt: str = "Say hello",
) -> Answer:
    return await ModelAgent().answer(
        resolution(mode, url, key=key),
        prompt,
        gate=gate or CountingGate(),
        timeout=timedelta(seconds=seconds),
        max_tokens=123,
    )


async def failure(
    mode: ApiMode, url: str, *, seconds: float = 20, prompt: str = "Say hello"
) -> CallError:
    """The error of a call, which names no key and is one line."""
    with pytest.raises(CallError) as caught:
        await answer(mode, url, seconds=seconds, prompt=prompt)
    assert CANARY not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


async def loop(mode: ApiMode, url: str, gate: Gate, *, requests: int) -> Answer:
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
