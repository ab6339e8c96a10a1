"""What a call says of its terms, and what an answer that contradicts them stops."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from scheduler.errors import Lost, Refused
from scheduler.ports import Answer
from scheduler.providers.agent import ModelAgent
from scheduler.providers.models import ask
from scheduler.route import ApiMode
from scheduler.run import CostSource, Usage
from scheduler.served import Fact, Mismatch
from scheduler.terms import NOTHING, PerMillion, Terms
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_behaviours import Raw, Status
from tests.fakes.provider_replies import Says
from tests.integration.agent_calls import CountingGate, every_mode, resolution

ASKED = "meta/llama-3:free"
OPENROUTER = Terms(dialect="openrouter", binding=True)
FREE = replace(OPENROUTER, free=True, max_price=NOTHING, only=("DeepInfra",))
FOREIGN = {
    Fact.MODEL: Says(model="gpt-4o", tool="look"),
    Fact.DOWNSTREAM: Says(downstream="Together", tool="look"),
    Fact.COST: Says(cost=0.0004, tool="look"),
}
each_fact = pytest.mark.parametrize("fact", Fact)


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as provider:
        yield provider


async def call(
    provider: FakeProvider,
    terms: Terms,
    *,
    mode: ApiMode = ApiMode.CHAT_COMPLETIONS,
    gate: CountingGate | None = None,
) -> Answer:
    return await ModelAgent().answer(
        replace(resolution(mode, provider.url), terms=terms),
        "Say hello",
        gate=gate or CountingGate(),
        timeout=timedelta(seconds=20),
        max_tokens=50,
    )


async def loop(
    provider: FakeProvider, terms: Terms, gate: CountingGate, mode: ApiMode, done: list[str]
) -> Answer:
    def look() -> str:
        """Look around."""
        done.append("looked")
        return "nothing"

    return await ask(
        replace(resolution(mode, provider.url), terms=terms),
        "Look around",
        gate=gate,
        timeout=timedelta(seconds=20),
        max_tokens=50,
        tools=[look],
        requests=5,
    )


@every_mode
async def test_a_call_through_openrouter_carries_the_limits_of_its_consent(
    provider: FakeProvider, mode: ApiMode
) -> None:
    await call(provider, FREE, mode=mode)
    [request] = provider.requests
    assert request.body["provider"] == {
        "allow_fallbacks": False,
        "only": ["deepinfra"],
        "max_price": {"prompt": 0, "completion": 0},
    }
    assert "models" not in request.body


async def test_a_consented_price_is_the_most_a_call_may_cost(provider: FakeProvider) -> None:
    price = PerMillion(Decimal("0.55"), Decimal(2))
    await call(provider, replace(OPENROUTER, max_price=price))
    [request] = provider.requests
    limits = {"allow_fallbacks": False, "max_price": {"prompt": 0.55, "completion": 2}}
    assert request.body["provider"] == limits


@pytest.mark.parametrize("dialect", [None, "openai", "groq"])
async def test_no_other_dialect_is_sent_limits_it_does_not_know(
    provider: FakeProvider, dialect: str | None
) -> None:
    await call(provider, replace(FREE, dialect=dialect))
    [request] = provider.requests
    assert "provider" not in request.body


@every_mode
@each_fact
async def test_a_contradiction_stops_a_tool_loop_before_its_next_request(
    provider: FakeProvider, mode: ApiMode, fact: Fact
) -> None:
    provider.behave(FOREIGN[fact], Says("Found it."))
    gate, done = CountingGate(), list[str]()
    told = await loop(provider, FREE, gate, mode, done)
    assert [each.fact for each in told.mismatches] == [fact]
    assert (told.text, told.usage.requests) == ("", 1)
    assert gate.passed == [1]
    assert provider.count == 1
    assert done == []


@every_mode
async def test_a_contradiction_in_the_middle_of_a_loop_has_the_cost_of_all_of_it(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(tool="look", cost=0), FOREIGN[Fact.COST], Says("Found it."))
    gate, done = CountingGate(), list[str]()
    told = await loop(provider, FREE, gate, mode, done)
    assert told.usage.cost == Decimal("0.0004")
    assert told.usage.cost_source is CostSource.BILLED
    assert gate.passed == [1, 2]
    assert provider.count == 2
    assert done == ["looked"]


@every_mode
async def test_the_last_word_of_the_wrong_model_is_kept(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says("Hello.", model="gpt-4o"))
    told = await call(provider, FREE, mode=mode)
    assert told.text == "Hello."
    assert told.mismatches == (Mismatch(Fact.MODEL, ASKED, "gpt-4o"),)


async def test_a_refusal_that_was_billed_although_it_is_free_is_a_contradiction(
    provider: FakeProvider,
) -> None:
    provider.behave(Says("", finish="content_filter", cost=0.01))
    told = await call(provider, FREE)
    assert [each.fact for each in told.mismatches] == [Fact.COST]
    assert told.usage.cost == Decimal("0.01")


@every_mode
@each_fact
async def test_where_nobody_consented_it_is_told_and_the_loop_goes_on(
    provider: FakeProvider, mode: ApiMode, fact: Fact
) -> None:
    provider.behave(FOREIGN[fact], Says("Found it.", downstream="DeepInfra"))
    gate, done = CountingGate(), list[str]()
    told = await loop(provider, replace(FREE, binding=False), gate, mode, done)
    assert told.text == "Found it."
    assert [each.fact for each in told.mismatches] == [fact]
    assert gate.passed == [1, 2]


@every_mode
async def test_usage_says_through_whom_and_what_was_billed(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(cost=0.0004, downstream="DeepInfra"))
    told = await call(provider, replace(FREE, free=False), mode=mode)
    billed = (Decimal("0.0004"), CostSource.BILLED)
    assert told.usage == Usage(1, 11, 7, ASKED, "DeepInfra", *billed)
    assert told.mismatches == ()


async def test_a_cost_nobody_billed_is_estimated_from_the_price_list(
    provider: FakeProvider,
) -> None:
    listed = replace(OPENROUTER, list_price=PerMillion(Decimal(10), Decimal(20)))
    told = await call(provider, listed)
    assert told.usage.cost == Decimal("0.00025")
    assert told.usage.cost_source is CostSource.ESTIMATED


async def test_an_answer_without_usage_has_an_unknown_cost_and_never_none(
    provider: FakeProvider,
) -> None:
    provider.behave(Says(tokens=None))
    told = await call(provider, replace(FREE, list_price=NOTHING))
    assert (told.usage.cost, told.usage.cost_source) == (None, CostSource.UNKNOWN)
    assert told.mismatches == ()


@pytest.mark.parametrize("cost", ["NaN", "-1", '"0.1"', "true", '{"total_cost": 1}', "Infinity"])
async def test_a_cost_that_is_no_amount_says_nothing(provider: FakeProvider, cost: str) -> None:
    provider.behave(
        Raw(
            '{"choices": [{"finish_reason": "stop", "message": {"content": "Hello."}}],'
            f' "usage": {{"cost": {cost}}}}}'
        )
    )
    told = await call(provider, FREE)
    assert (told.usage.cost, told.mismatches) == (None, ())


async def test_with_a_key_of_ones_own_the_call_is_billed_beside_the_fee(
    provider: FakeProvider,
) -> None:
    provider.behave(
        Raw(
            '{"choices": [{"finish_reason": "stop", "message": {"content": "Hello."}}],'
            ' "usage": {"cost": 0, "is_byok": true,'
            ' "cost_details": {"upstream_inference_cost": 0.25}}}'
        )
    )
    told = await call(provider, FREE)
    assert told.usage.cost == Decimal("0.25")
    assert [each.fact for each in told.mismatches] == [Fact.COST]


async def test_an_answer_that_cannot_be_used_has_its_bill_all_the_same(
    provider: FakeProvider,
) -> None:
    provider.behave(Says("", cost=0.01))
    with pytest.raises(Lost) as caught:
        await call(provider, OPENROUTER)
    assert isinstance(caught.value.usage, Usage)
    assert caught.value.usage.cost == Decimal("0.01")


async def test_a_refusal_without_a_reply_has_no_figures(provider: FakeProvider) -> None:
    provider.behave(Status(500))
    with pytest.raises(Refused) as caught:
        await call(provider, FREE)
    assert caught.value.usage == Usage(1)
