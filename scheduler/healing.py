"""Healing: an alert closes by itself when the default is back where its jobs consented to it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from scheduler.alert import MOVED
from scheduler.job import Job
from scheduler.ports import Alerts, Clock, Config, Held
from scheduler.run import HoldReason
from scheduler.verdict import OneLook, verdict

EVERY = timedelta(seconds=5)
"""A hold may be written after the default came back, so that no change of the settings tells of it."""


class Healer:
    """Looks at the open alerts at start, whenever the settings change, and every few seconds."""

    def __init__(
        self, alerts: Alerts, config: Config, clock: Clock, *, told: Callable[[], None]
    ) -> None:
        self._alerts = alerts
        self._config = config
        self._clock = clock
        self._told = told
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """The default may have moved."""
        self._wake.set()

    async def run(self) -> None:
        """Heal until cancelled."""
        while True:
            self._wake.clear()
            await self.heal()
            await self._clock.sleep_until(self._clock.now() + EVERY, self._wake)

    async def heal(self) -> None:
        """Close the open alerts none of whose undecided jobs would be held any more, and settle in the
        others the jobs that would not."""
        look = OneLook(self._config)
        for alert in await self._alerts.open_alerts():
            if alert.reason not in MOVED:
                continue
            free = [row.job.id for row in alert.undecided if await _free(look, row.job)]
            if alert.undecided and not free:
                continue
            if await self._alerts.heal(alert.id, alert.revision, free, self._clock.now()):
                self._told()


async def _free(look: OneLook, job: Job) -> bool:
    """Whether a job would run now, as it is judged at fire time."""
    found, _ = await verdict(look, job)
    return not isinstance(found, Held) or found.reason is HoldReason.SERVED
