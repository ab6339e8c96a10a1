"""Waiting for a condition: every change is news, and whoever waits looks again."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


class News:
    """`tell()` at every change; `until(condition)` returns what the condition found."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def tell(self) -> None:
        """Wake everybody who waits."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(
        self, condition: Callable[[], Seen | None], seconds: float, story: Callable[[], str]
    ) -> Seen:
        """Return the first true value of the condition, or fail and show what was seen.

        A condition that looks for what is not there yet (an IndexError) is not true yet.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := _looked(condition)):
                    await self._changed.wait()
                return found
        except TimeoutError:
            message = f"This never became true within {seconds:g} s. What Slack saw:\n{story()}"
            raise AssertionError(message) from None


def _looked(condition: Callable[[], Seen | None]) -> Seen | None:
    try:
        return condition()
    except LookupError:
        return None
