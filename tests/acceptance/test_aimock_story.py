"""What answers against `@copilotkit/aimock`, an OpenRouter written by others."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scheduler.providers.models import ask
from scheduler.route import ApiMode, PriceClass, Resolution, Route
from scheduler.run import CostSource, HoldReason, RunState
from scheduler.terms import NOTHING, Terms
from tests.acceptance.answering import ADD, ASKED, AnsweringWorld
from tests.acceptance.world import text_of
from tests.fakes.aimock import PACKAGE, AiMock, aimock
from tests.fakes.peers import what_is_missing

QUIET: dict[str, Any] = {"provider": "DeepInfra", "usage": {"cost": 0}}
CONTRADICTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "another model": (
        {**QUIET, "model": "gpt-4o", "usage": {"cost": 0.0004}},
        "router:meta/llama:free was answered by gpt-4o and was not free. $0.0004 was billed.",
    ),
    "another downstream provider": (
        {**QUIET, "provider": "Together"},
        "router:meta/llama:free came through Together instead of DeepInfra. $0.00 was billed.",
    ),
    "a cost": (
        {**QUIET, "usage": {"cost": 0.0123}},
        "router:meta/llama:free was not free. $0.012 was billed.",
    ),
}
each = pytest.mark.parametrize(
    ("envelope", "told"), CONTRADICTIONS.values(), ids=list(CONTRADICTIONS)
)


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[AiMock]:
    missing = what_is_missing(PACKAGE)
    if missing is not None:
        pytest.skip(f"they need {PACKAGE}, and {missing}")
    fixtures = tmp_path / "fixtures.json"
    quiet = {"match": {}, "response": {"content": "All quiet.", **QUIET}}
    fixtures.write_text(json.dumps({"fixtures": [quiet]}))
    async with aimock(str(fixtures)) as router:
        yield router


class RoutedWorld(AnsweringWorld):
    """A world whose router is aimock."""

    def __init__(self, folder: Path, router: AiMock) -> None:
        super().__init__(folder)
        self._router = router

    @property
    def router_url(self) -> str:
        return self._router.url


@pytest.fixture
async def world(tmp_path: Path, router: AiMock) -> AsyncIterator[RoutedWorld]:
    async with RoutedWorld(tmp_path, router) as world:
        world.point_default("router", ASKED)
        yield world


async def test_an_answer_on_the_terms_of_the_consent_is_an_answer(
    world: RoutedWorld, router: AiMock
) -> None:
    await world.type(ADD)
    run = await world.fire()
    assert (run.state, run.output) == (RunState.SUCCEEDED, "All quiet.")
    assert (run.usage.downstream, run.usage.cost) == ("DeepInfra", Decimal(0))
    assert "router:meta/llama:free, free, through DeepInfra, $0.00 billed" in text_of(world.latest)
    [body] = await router.requests()
    assert body["provider"] == {
        "allow_fallbacks": False,
        "only": ["deepinfra"],
        "max_price": {"prompt": 0, "completion": 0},
    }


@each
async def test_the_job_is_held_and_the_alert_names_the_real_cost(
    world: RoutedWorld, router: AiMock, envelope: dict[str, Any], told: str
) -> None:
    await router.says("Four.", **envelope)
    await world.type(ADD)
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.SERVED)
    assert run.usage.cost_source is CostSource.BILLED
    assert world.latest.title == f"Job 1 (Brief) is held: {told}"
    for _ in range(2):
        assert (await world.fire()).hold_reason is HoldReason.SERVED
    assert len(await router.requests()) == 1


async def test_a_person_can_accept_what_answers(world: RoutedWorld, router: AiMock) -> None:
    await router.says("Four.", **CONTRADICTIONS["another model"][0])
    await world.type(ADD)
    await world.fire()
    await world.press(world.button("Accept new"))
    assert len(await router.requests()) == 1
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert len(await router.requests()) == 2


@each
async def test_the_next_request_of_a_tool_loop_never_leaves(
    router: AiMock, envelope: dict[str, Any], told: str
) -> None:
    call = {"toolCalls": [{"name": "look", "arguments": "{}"}], **envelope}
    await router.answers({"match": {}, "response": call})
    looked: list[str] = []

    def look() -> str:
        """Look around."""
        looked.append("looked")
        return "nothing"

    async def gate(step: int) -> None:
        assert step == 1

    route = Route("router", ASKED, router.url, ApiMode.CHAT_COMPLETIONS, None, PriceClass.FREE)
    terms = Terms(
        dialect="openrouter", only=("DeepInfra",), free=True, max_price=NOTHING, binding=True
    )
    answer = await ask(
        replace(Resolution(route, None, "a test"), terms=terms),
        "Look around",
        gate=gate,
        timeout=timedelta(seconds=20),
        max_tokens=50,
        tools=[look],
        requests=5,
    )
    assert answer.mismatches
    assert (answer.text, looked) == ("", [])
    assert len(await router.requests()) == 1
