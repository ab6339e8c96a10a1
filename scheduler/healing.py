"""Healing: an alert closes by itself when the default is back where its jobs consented to it."""

from scheduler.alert import Alert
from scheduler.drift import drifts
from scheduler.errors import DriftpinError
from scheduler.ports import Clock, Config, Store


async def heal(store: Store, config: Config, clock: Clock) -> None:
    """Close the open alerts none of whose undecided jobs would drift any more."""
    for alert in await store.open_alerts():
        if await _healed(alert, config):
            await store.heal(alert.id, clock.now())


async def _healed(alert: Alert, config: Config) -> bool:
    for row in alert.undecided:
        try:
            resolution = await config.resolve(row.job.pins)
        except DriftpinError:
            return False
        if drifts(row.job, resolution.route):
            return False
    return True
