"""What only one process may do: it is begun when the lease is ours, and ended when it may not be."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from telegram.error import TelegramError

from bot.adapters.telegram.rows import Rows
from scheduler.errors import StoreError

log = logging.getLogger(__name__)

LIFE = 30.0
RENEWED = 10.0
"""Seconds a lease lives, and between two renewals."""

AGAIN = 1.0
"""Seconds until a beginning that failed is tried again."""

Deed = Callable[[], Awaitable[None]]


class Duty:
    """`begun` when the lease was taken, `going` at each renewal, `lost` when it is another's or may be,
    `ended` then too, and when we end it ourselves.

    The first two may raise StoreError and TelegramError; they are then called again. The last one
    may be called though nothing was begun.
    """

    def __init__(
        self,
        rows: Callable[[], Rows],
        name: str,
        holder: str,
        begun: Deed,
        going: Deed,
        lost: Callable[[], None],
        ended: Deed,
        *,
        life: float = LIFE,
        renewed: float = RENEWED,
    ) -> None:
        self._rows = rows
        self._name = name
        self._holder = holder
        self._begun = begun
        self._going = going
        self._lost = lost
        self._ended = ended
        self._life = life
        self._renewed = renewed
        self._until = 0.0
        self.on = False

    async def run(self) -> None:
        """Until cancelled; that ends nothing."""
        while True:
            held = await self._held()
            if held:
                await self._do()
            elif self.on and held is not None:
                log.warning("%s is another process's now", self._name)
                self._lost()
                await self.end()
            elif self.on and _now() >= self._until - self._renewed:
                log.warning("%s may be another process's by now", self._name)
                self._lost()
                await self.end()
            await asyncio.sleep(self._renewed if self.on or not held else AGAIN)

    async def end(self) -> None:
        """Do it no more, also where it was only just beginning; the lease is kept until it is let go,
        or dies."""
        self.on = False
        await self._ended()

    async def let_go(self) -> None:
        """Another process may take it up."""
        try:
            await self._rows().end_lease(self._name, self._holder)
        except StoreError as error:
            log.info("%s is let go of by itself: %s", self._name, error)

    async def _held(self) -> bool | None:
        """Is the lease ours? None where the database does not say."""
        asked = _now()
        life = timedelta(seconds=self._life)
        try:
            held = await self._rows().hold_lease(self._name, self._holder, life)
        except StoreError as error:
            log.warning("%s cannot be renewed now: %s", self._name, error)
            return None
        if held:
            self._until = asked + self._life
        return held

    async def _do(self) -> None:
        try:
            await (self._going() if self.on else self._begun())
        except (StoreError, TelegramError) as error:
            log.warning("%s cannot begin yet: %s", self._name, error)
        else:
            self.on = True


def _now() -> float:
    return asyncio.get_running_loop().time()
