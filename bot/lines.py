"""What happens in one line is handled in the order in which it happened; no line waits for another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Lines:
    """A line for each name that has something waiting."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Event] = {}

    def join(self, name: str) -> "Stand":
        """Stand behind everything that came before."""
        mine = asyncio.Event()
        stand = Stand(self, name, self._last.get(name), mine)
        self._last[name] = mine
        return stand

    def left(self, name: str, mine: asyncio.Event) -> None:
        mine.set()
        if self._last.get(name) is mine:
            del self._last[name]


class Stand:
    """One's place in a line, to be left for those behind."""

    def __init__(
        self, lines: Lines, name: str, before: asyncio.Event | None, mine: asyncio.Event
    ) -> None:
        self._lines = lines
        self._name = name
        self._before = before
        self._mine = mine

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for everybody before, and let the next one go afterwards, also after an error.

        Whoever is cancelled while waiting holds up those behind: they must be cancelled too.
        """
        if self._before is not None:
            await self._before.wait()
        try:
            yield
        finally:
            self._lines.left(self._name, self._mine)
