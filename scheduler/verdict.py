"""The guard at work: look the route up, compare it with the consent, say go or hold."""

from typing import Protocol

from scheduler import held
from scheduler.alert import MOVED
from scheduler.config import CoreConfig
from scheduler.drift import consent
from scheduler.errors import ConfigError, RouteError
from scheduler.job import Job, OnDrift
from scheduler.judge import Go, Resolved, judge, policy
from scheduler.ports import Held
from scheduler.route import Pins, Resolution
from scheduler.run import Authorised, HoldReason


class Look(Protocol):
    """What a verdict needs of the settings."""

    async def core(self) -> CoreConfig: ...

    async def resolve(self, pins: Pins) -> Resolution: ...

    def last_good(self) -> CoreConfig: ...


class OneLook:
    """The settings as they are in one look at many jobs: most of these have the same pins."""

    def __init__(self, config: Look) -> None:
        self._config = config
        self._core: CoreConfig | None = None
        self._found: dict[Pins, Resolved] = {}

    async def core(self) -> CoreConfig:
        if self._core is None:
            self._core = await self._config.core()
        return self._core

    async def resolve(self, pins: Pins) -> Resolution:
        if pins not in self._found:
            self._found[pins] = await self._resolved(pins)
        found = self._found[pins]
        if isinstance(found, Resolution):
            return found
        raise found

    async def _resolved(self, pins: Pins) -> Resolved:
        try:
            return await self._config.resolve(pins)
        except (ConfigError, RouteError) as error:
            return error

    def last_good(self) -> CoreConfig:
        return self._config.last_good()


async def verdict(config: Look, job: Job) -> tuple[Go | Held, CoreConfig]:
    """What would become of a run of this guarded job at this moment, and the settings it was judged by."""
    settings, resolved = await _look_up(config, job.pins)
    found = judge(job, resolved, settings.guard)
    may_run_on_snapshot = policy(job, settings.guard) is OnDrift.RUN_ON_SNAPSHOT
    if isinstance(found, Held) and may_run_on_snapshot and not isinstance(resolved, ConfigError):
        _, consented = await _look_up(config, consent(job))
        found = judge(job, resolved, settings.guard, consented)
    if isinstance(found, Go) and job.answered_as:
        error = held.served_before(job)
        found = Held(HoldReason.SERVED, error, route=found.resolution.route)
    return found, settings


async def as_authorised(config: Look, job: Job, found: Held, authorised: Authorised) -> Go | Held:
    """What becomes of a held run that a person let use one route: it goes on that very one, or stays held.

    Nothing is learned from it: the consent is what it was.
    """
    if found.reason not in MOVED or job.answered_as:
        return found
    _, resolved = await _look_up(config, job.pins)
    if not isinstance(resolved, Resolution) or not authorised.route.bills_like(resolved.route):
        return found
    if job.free_only and resolved.route.price_class.spends:
        return found
    return Go(resolved, authorised=True)


async def _look_up(config: Look, pins: Pins) -> tuple[CoreConfig, Resolved]:
    try:
        settings = await config.core()
        return settings, await config.resolve(pins)
    except (ConfigError, RouteError) as error:
        return config.last_good(), error
