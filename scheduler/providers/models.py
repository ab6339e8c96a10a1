"""Calls models over HTTP; the only file that knows pydantic_ai and the SDKs beneath it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import NoneType
from typing import Any, assert_never

import httpx2
from pydantic_ai import Agent, UsageLimitExceeded, UsageLimits
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from scheduler.errors import CallError, CutOff, GateShut, Lost, NotSent, TooMuch
from scheduler.ports import Answer, Gate
from scheduler.providers.call_errors import one_line
from scheduler.providers.exchange import Exchange
from scheduler.providers.openrouter import provider_limits
from scheduler.route import ApiMode, Resolution, Route

# The SDKs insist on a key and would look for one in the environment. The real one is put on by
# the exchange, below them, so that none of them can log it, keep it or send it elsewhere.
PLACEHOLDER = "not-a-key"


async def ask(
    resolution: Resolution,
    prompt: str,
    *,
    gate: Gate,
    timeout: timedelta,
    max_tokens: int,
    tools: Sequence[Callable[..., Any]] = (),
    requests: int = 1,
) -> Answer:
    """Ask once; `requests` bounds the steps of a loop over `tools`.

    Raises NotSent, Refused and Lost; whatever the gate raises comes through unchanged.
    """
    # SDKs and certificates are loaded in a thread: they take long enough to be felt.
    exchange = await asyncio.to_thread(_exchange, resolution, gate, timeout, requests)
    async with httpx2.AsyncClient(
        transport=exchange, trust_env=False, follow_redirects=False
    ) as client:
        settings = ModelSettings(
            max_tokens=max_tokens, max_retries=0, timeout=timeout.total_seconds()
        )
        if limits := provider_limits(resolution.terms):
            settings["extra_body"] = {"provider": limits}
        bounds = UsageLimits(request_limit=requests)
        try:
            model = await asyncio.to_thread(_model, resolution.route, client)
            agent = Agent(model, output_type=[str, NoneType], retries=0, tools=tools)
            result = await agent.run(prompt, model_settings=settings, usage_limits=bounds)
            if not result.output:
                raise Lost("the reply is whole and has no text")
        except asyncio.CancelledError:
            cut = CutOff()
            cut.usage, cut.under_way = exchange.usage, exchange.asked > exchange.answered
            raise cut from None
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises, a run has an outcome
            failure = _verdict(error, exchange, resolution)
        else:
            return Answer(result.output, exchange.usage, exchange.mismatches)
        if exchange.contradicted:
            return Answer("", exchange.usage, exchange.mismatches)
    if isinstance(failure, CallError | GateShut):
        failure.usage = exchange.usage
    raise failure


def _verdict(error: Exception, exchange: Exchange, resolution: Resolution) -> Exception:
    """What to raise for whatever came out of the SDK: the exchange knows what really happened."""
    error = exchange.failure or error
    if exchange.answered and isinstance(error, NotSent):
        return Lost(f"{error}; an earlier request of this run was answered")
    if isinstance(error, CallError) or exchange.failure is not None:
        return error
    if isinstance(error, UsageLimitExceeded):
        return TooMuch(f"the model wanted more than the {exchange.asked} requests of a run")
    words = one_line(str(error) or type(error).__name__, resolution.secret)
    if exchange.asked == 0:
        return NotSent(f"no request could be made: {words}")
    return Lost(f"the reply could not be used: {words}")


def _model(route: Route, client: httpx2.AsyncClient) -> Model:
    match route.api_mode:
        case ApiMode.CHAT_COMPLETIONS | ApiMode.RESPONSES:
            return _openai_model(route, client)
        case ApiMode.ANTHROPIC_MESSAGES:
            return _anthropic_model(route, client)
        case ApiMode.BUILT_IN:
            raise NotSent(f"{route.name} is built in and has no endpoint")
        case _:
            assert_never(route.api_mode)


def _openai_model(route: Route, client: httpx2.AsyncClient) -> Model:
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider

    sdk = AsyncOpenAI(
        base_url=route.endpoint, api_key=PLACEHOLDER, max_retries=0, http_client=client
    )
    provider = OpenAIProvider(openai_client=sdk)
    if route.api_mode is ApiMode.RESPONSES:
        return OpenAIResponsesModel(route.model, provider=provider)
    # OpenAI wants the newer name of the bound; everybody else ignores it, and would not be bound.
    newer = httpx2.URL(route.endpoint).host.endswith(".openai.com")
    profile = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=newer)
    return OpenAIChatModel(route.model, provider=provider, profile=profile)


def _anthropic_model(route: Route, client: httpx2.AsyncClient) -> Model:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    sdk = AsyncAnthropic(
        # The SDK adds the version to the address itself.
        base_url=route.endpoint.removesuffix("/v1"),
        api_key=PLACEHOLDER,
        max_retries=0,
        http_client=client,
        open_telemetry=False,
    )
    return AnthropicModel(route.model, provider=AnthropicProvider(anthropic_client=sdk))


def _exchange(resolution: Resolution, gate: Gate, timeout: timedelta, requests: int) -> Exchange:
    headers = _dialect_headers(resolution.route)
    try:
        return Exchange(resolution, gate, timeout=timeout, requests=requests, headers=headers)
    except httpx2.InvalidURL as error:
        raise NotSent(f"{resolution.route.endpoint} is no address: {error}") from None


def _dialect_headers(route: Route) -> dict[str, str]:
    if route.api_mode is not ApiMode.ANTHROPIC_MESSAGES:
        return {}
    # Its replies are read by this SDK, so it is asked for the version this SDK reads.
    from anthropic._constants import ANTHROPIC_API_VERSION

    return {"anthropic-version": ANTHROPIC_API_VERSION}
