"""The clock on the wall."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

LONGEST_SLEEP = timedelta(seconds=30)
"""A machine that slept, or whose clock was set, is noticed within this."""


class SystemClock:
    """Implements `scheduler.ports.Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        while not wake.is_set():
            left = LONGEST_SLEEP if moment is None else moment - self.now()
            if left <= timedelta():
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, LONGEST_SLEEP).total_seconds()):
                    await wake.wait()
