"""Waiting for what a test has in mind, woken by every change and by nothing else."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class News:
    """Wakes all who wait, at every change of the fake."""

    def __init__(self, seen: Callable[[], str]) -> None:
        self._seen = seen
        self._changed = asyncio.Event()

    def tell(self) -> None:
        """Something has changed."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def next(self) -> None:
        """Return at the next change."""
        await self._changed.wait()

    async def until(self, condition: Callable[[], T | None], *, seconds: float = 20) -> T:
        """The first true value of `condition`; an AssertionError that shows what was seen else."""
        try:
            async with asyncio.timeout(seconds):
                while not (value := condition()):
                    await self.next()
                return value
        except TimeoutError:
            seen = self._seen()
        raise AssertionError(f"It did not come true within {seconds:g} s. Seen:\n{seen}")
