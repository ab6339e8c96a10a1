"""Asks the model behind a route, whichever dialect it speaks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import assert_never

from scheduler.ports import Answer, Gate
from scheduler.providers import demo
from scheduler.route import ApiMode, Resolution


class ModelAgent:
    """The agent of production; it keeps nothing between calls."""

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        """Ask the model behind this very route; `timeout` counts from the moment the gate opens."""
        mode = resolution.route.api_mode
        match mode:
            case ApiMode.BUILT_IN:
                return await demo.answer(resolution.route, prompt, gate=gate)
            case ApiMode.CHAT_COMPLETIONS | ApiMode.RESPONSES | ApiMode.ANTHROPIC_MESSAGES:
                # Seconds of CPU the first time: in a thread, so that chats are answered meanwhile.
                ask = await asyncio.to_thread(_load)
                return await ask(
                    resolution, prompt, gate=gate, timeout=timeout, max_tokens=max_tokens
                )
            case _:
                assert_never(mode)


def _load() -> Callable[..., Awaitable[Answer]]:
    from scheduler.providers.models import ask

    return ask
