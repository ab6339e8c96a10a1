"""What happens in one chat is handled in the order in which it happened; no chat waits for another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Lines:
    """A line for each chat that has something waiting."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Event] = {}

    def join(self, chat: str) -> "Stand":
        """Stand behind everything that came before."""
        mine = asyncio.Event()
        stand = Stand(self, chat, self._last.get(chat), mine)
        self._last[chat] = mine
        return stand

    def left(self, chat: str, mine: asyncio.Event) -> None:
        mine.set()
        if self._last.get(chat) is mine:
            del self._last[chat]


class Stand:
    """One's place in a line, to be left for those behind."""

    def __init__(
        self, lines: Lines, chat: str, before: asyncio.Event | None, mine: asyncio.Event
    ) -> None:
        self._lines = lines
        self._chat = chat
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
            self._lines.left(self._chat, self._mine)
