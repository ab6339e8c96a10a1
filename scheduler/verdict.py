"""The guard at work: look the route up, compare it with the consent, say go or hold."""

from typing import Protocol

from scheduler import held
from scheduler.alert import MOVED
from scheduler.config import CoreConfig, RouteConfig
from scheduler.drift import Drift, consent
from scheduler.errors import ConfigError, RouteError
from scheduler.job import Job, OnDrift
from scheduler.judge import Go, Resolved, judge, policy
from scheduler.ports import Held
from scheduler.route import Axis, Pins, Resolution
from scheduler.run import Authorised, HoldReason
from scheduler.told import Reason, Told


class Look(Protocol):
    """What a verdict needs of the settings."""

    async def core(self) -> CoreConfig: ...

    async def resolve(self, pins: Pins) -> Resolution: ...

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution: ...
    async def resolve_last_good(self, pins: Pins) -> Resolution: ...

    def last_good(self) -> CoreConfig: ...


class OneLook:
    """The settings as they are in one look at many jobs: most of these have the same pins."""

    def __init__(self, config: Look) -> None:
        self._config = config
        self._core: CoreConfig | ConfigError | None = None
        self._found: dict[Pins, Resolved] = {}

    async def core(self) -> CoreConfig:
        if self._core is None:
            try:
                self._core = await self._config.core()
            except ConfigError as error:
                self._core = error
        if isinstance(self._core, ConfigError):
            raise self._core
        return self._core

    async def resolve(self, pins: Pins) -> Resolution:
        if pins not in self._found:
            self._found[pins] = await self._resolved(pins)
        found = self._found[pins]
        if isinstance(found, Resolution):
            return found
        raise found

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        if not isinstance(self._core, CoreConfig) or routes != self._core.routes:
            return await self._config.resolve_under(routes, pins)
        return await self.resolve(pins)

    async def _resolved(self, pins: Pins) -> Resolved:
        try:
            return await self._config.resolve_under((await self.core()).routes, pins)
        except (ConfigError, RouteError) as error:
            return error

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        return await self._config.resolve_last_good(pins)

    async def default_model(self) -> str | None:
        """The model an unpinned job would use, read without resolving any provider."""
        routes = (await self.core()).routes
        return routes.jobs_model or routes.model

    def last_good(self) -> CoreConfig:
        return self._config.last_good()


async def verdict(config: Look, job: Job) -> tuple[Go | Held, CoreConfig]:
    """What would become of a run of this guarded job at this moment, and the settings it was judged by.

    These are read once: a guard of before a change and a route of after it would judge what no
    settings ever said.
    """
    resolved: Resolved
    try:
        settings = await config.core()
    except ConfigError as broken:
        settings, resolved = config.last_good(), broken
    else:
        resolved = await _resolved(config, settings.routes, job.pins)
    if isinstance(resolved, ConfigError):
        found = judge(job, resolved, settings.guard, await _last_good(config, job.pins))
    else:
        found = judge(job, resolved, settings.guard)
    may_run_on_snapshot = policy(job, settings.guard) is OnDrift.RUN_ON_SNAPSHOT
    if isinstance(found, Held) and may_run_on_snapshot and not isinstance(resolved, ConfigError):
        consented = await _resolved(config, settings.routes, consent(job))
        found = judge(job, resolved, settings.guard, consented)
    if isinstance(found, Go) and job.answered_as:
        error = held.served_before(job)
        found = Held(HoldReason.SERVED, error, route=found.resolution.route)
    return found, settings


async def as_authorised(config: Look, job: Job, found: Held, authorised: Authorised) -> Go | Held:
    """What becomes of a held run that a person let use one route: it goes on that very one, or stays held.

    Nothing is learned from it: the consent is what it was. Another key under the same name is told.
    """
    if found.reason not in MOVED or job.answered_as:
        return found
    try:
        resolved = await config.resolve(job.pins)
    except (ConfigError, RouteError):
        return found
    if not authorised.route.bills_like(resolved.route):
        return found
    if job.free_only and resolved.route.price_class.spends:
        return found
    old, new = authorised.route.fingerprint, resolved.route.fingerprint
    rotated = (Drift(Axis.KEY, str(old), str(new)),) if old != new else ()
    told = (Told(Reason.KEY, rotated),) if rotated else ()
    return Go(resolved, told=told, authorised=True)


async def _resolved(config: Look, routes: RouteConfig, pins: Pins) -> Resolved:
    try:
        return await config.resolve_under(routes, pins)
    except (ConfigError, RouteError) as error:
        return error


async def _last_good(config: Look, pins: Pins) -> Resolved:
    try:
        return await config.resolve_last_good(pins)
    except (ConfigError, RouteError) as error:
        return error
