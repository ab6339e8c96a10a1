"""How fast a chat takes messages: one after the other, and slower when its platform says so."""

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

KEPT = 10_000
"""Chats remembered; the one that was written to longest ago is forgotten first."""


class Resting(Exception):
    """The chat must be left alone for so many `seconds`, longer than its turn may be waited for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the chat rests for {seconds:.0f} s")


class Chat:
    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.free_at = 0.0


class Turns:
    """One message to each chat at a time, at least `every` seconds apart; no chat waits for another."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._chats: OrderedDict[str, Chat] = OrderedDict()

    @asynccontextmanager
    async def turn(self, chat: str, patience: float = math.inf) -> AsyncIterator[None]:
        """Wait for the chat, and keep it for what is done meanwhile.

        Raises Resting where it then must be left alone for more than `patience` seconds: a rest may
        have been asked for while others had their turn.
        """
        kept = self._kept(chat)
        async with kept.turn:
            now = asyncio.get_running_loop().time()
            if kept.free_at - now > patience:
                raise Resting(kept.free_at - now)
            if kept.free_at > now:
                await asyncio.sleep(kept.free_at - now)
            try:
                yield
            finally:
                now = asyncio.get_running_loop().time()
                kept.free_at = max(kept.free_at, now + self._every)

    def rest(self, chat: str, seconds: float) -> None:
        """The platform asked to leave the chat alone."""
        kept = self._kept(chat)
        kept.free_at = max(kept.free_at, asyncio.get_running_loop().time() + seconds)

    def resting(self, chat: str) -> float:
        """Seconds until the chat may be written to again."""
        return max(0.0, self._kept(chat).free_at - asyncio.get_running_loop().time())

    def _kept(self, name: str) -> Chat:
        kept = self._chats.pop(name, None) or Chat()
        self._chats[name] = kept
        while len(self._chats) > KEPT:
            oldest = next(iter(self._chats))
            if self._chats[oldest].turn.locked() or oldest == name:
                break
            del self._chats[oldest]
        return kept
