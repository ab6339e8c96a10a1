"""A clock that stands still until a test moves it."""

import asyncio
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class StoppedClock:
    """Implements `scheduler.ports.Clock`."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move on, and wake every sleeper whose moment has come."""
        self.move_to(self._now + by)

    def move_to(self, moment: datetime) -> None:
        self._now = moment
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        while not wake.is_set() and (moment is None or self._now < moment):
            waiters = {
                asyncio.ensure_future(wake.wait()),
                asyncio.ensure_future(self._moved.wait()),
            }
            try:
                await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for waiter in waiters:
                    waiter.cancel()
                await asyncio.gather(*waiters, return_exceptions=True)
