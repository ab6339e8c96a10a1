"""Healing: an alert closes by itself when the default is back where its jobs consented to it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from scheduler.alert import Alert
from scheduler.drift import drifts
from scheduler.ports import Alerts, Clock, Config
from scheduler.route import Pins, Route
from scheduler.snapshots import resolved

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
        """Close the open alerts none of whose undecided jobs would drift any more."""
        routes = _Routes(self._config)
        for alert in await self._alerts.open_alerts():
            if await _healed(alert, routes):
                await self._alerts.heal(alert.id, self._clock.now())
                self._told()


class _Routes:
    """What resolution says in one look at the alerts: most of their jobs have the same pins."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._found: dict[Pins, Route | None] = {}

    async def under(self, pins: Pins) -> Route | None:
        """The route of a job with these pins, None where none can be resolved."""
        if pins not in self._found:
            self._found[pins] = await self._resolve(pins)
        return self._found[pins]

    async def _resolve(self, pins: Pins) -> Route | None:
        resolution, _ = await resolved(self._config, pins)
        return resolution.route if resolution else None


async def _healed(alert: Alert, routes: _Routes) -> bool:
    for row in alert.undecided:
        route = await routes.under(row.job.pins)
        if route is None or drifts(row.job, route):
            return False
    return True
