"""The answer a press waits for: at once, and with the words if they come in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from bot.adapters.telegram.utf16 import units

IN_TIME = 1.5
"""Seconds after which a press is answered without words; a person watches it wait."""

ASKED_IN_TIME = 8.0
"""Seconds where the words are a question: without them there would be nothing to answer."""

TOAST = 200
"""Characters an answer to a press may have."""

GLANCE = 60
"""Characters that are read in the moment they are shown; more is shown until it is closed."""


class Toasts(Protocol):
    async def toast(self, query: str, text: str, *, alert: bool) -> bool:
        """Answer a press; False where it is too old, or was not answered for another reason."""
        ...


class Query:
    """One press, to be answered once."""

    def __init__(self, id: str, poster: Toasts, *, asks: bool = False) -> None:
        self._id = id
        self._poster = poster
        self._asks = asks
        self._answered = False

    async def say(self, text: str = "") -> bool:
        """Show the words to whoever pressed; False where an answer was given before, or is too late."""
        words = text if len(text) <= TOAST else f"{text[: TOAST - 1].rstrip()}…"
        return await self._say(words, alert=len(words) > GLANCE)

    async def ask(self, question: str) -> bool:
        """The same in a box that is to be closed. Of a long question the middle goes, not its end."""
        if units(question) > TOAST:
            question = f"{question[: TOAST // 4].rstrip()} … {question[-TOAST // 4 :].lstrip()}"
        return await self._say(question, alert=True)

    async def _say(self, words: str, *, alert: bool) -> bool:
        if self._answered:
            return False
        self._answered = True
        return await self._poster.toast(self._id, words, alert=alert)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Meanwhile the press is answered as soon as it has waited long enough."""
        done = asyncio.Event()
        late = asyncio.create_task(self._late(done))
        try:
            yield
        finally:
            done.set()
            await late

    async def _late(self, done: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(ASKED_IN_TIME if self._asks else IN_TIME):
                await done.wait()
        except TimeoutError:
            # Never cut short: an answer that was on its way when it was cut is lost, and counts as given.
            await self.say()
