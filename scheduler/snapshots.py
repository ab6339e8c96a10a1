"""Taking a snapshot: the route a person consents to by creating a job, or by accepting a new default."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from scheduler.drift import consent
from scheduler.errors import ConfigError, DriftpinError, RouteError
from scheduler.job import Job, JobKind
from scheduler.route import Pins, Resolution, Route, Snapshot, snapshot_of

log = logging.getLogger(__name__)

OURS = "an error of ours; see the log"


class Resolver(Protocol):
    """Whatever says what a call would bill."""

    async def resolve(self, pins: Pins) -> Resolution: ...


class Source(Resolver, Protocol):
    """The same, and what is left of it where there is no route now."""

    async def resolve_last_good(self, pins: Pins) -> Resolution: ...
    async def default_model(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot, complete or with holes; `problem` says in words why an axis stayed empty."""

    snapshot: Snapshot
    resolution: Resolution | None = None
    problem: str | None = None


async def take_snapshot(config: Source, kind: JobKind, pins: Pins, now: datetime) -> Taken:
    """Resolve as fire time would, and keep what can be kept; it never fails.

    With a pinned provider only that provider's own entry is looked up, never the default.
    """
    if not kind.guarded:
        return Taken(Snapshot())
    found = await _looked_up(config, pins)
    if isinstance(found, Resolution):
        return Taken(snapshot_of(found.route, pins, now), found)
    return Taken(await _without_route(config, pins, found, now), problem=_in_words(found))


async def bound_to(config: Source, job: Job, pins: Pins, now: datetime) -> Snapshot:
    """What a job consents to beside these pins; it never fails.

    Those axes of long ago where the pins are the old route, those of the pinned provider's own
    entry where they are a new one; never those of the default. Another model of the same provider
    has another price, and nothing else that is another.
    """
    old = consent(job)
    route = Pins(pins.provider or old.provider, pins.model or old.model)
    if route == old:
        return job.snapshot
    taken = await take_snapshot(config, job.kind, route, now)
    if route.provider == old.provider:
        return priced_as(job.snapshot, taken.snapshot)
    return replace(taken.snapshot, model=job.snapshot.model)


def priced_as(kept: Snapshot, fresh: Snapshot) -> Snapshot:
    """A snapshot with the price of another one: that of another model at the same provider."""
    return replace(kept, price_class=fresh.price_class, price=fresh.price)


async def with_own_price(
    config: Source, kept: Snapshot, pins: Pins, route: Route, now: datetime
) -> Snapshot:
    """A snapshot taken from a route of another model than it names, with the price of its own."""
    names = Pins(pins.provider or kept.provider, pins.model or kept.model)
    if names.model == route.model:
        return kept
    taken = await take_snapshot(config, JobKind.AGENT, names, now)
    return priced_as(kept, taken.snapshot)


async def resolved(config: Resolver, pins: Pins) -> tuple[Resolution | None, str | None]:
    """The route at this moment, or in words why there is none; it never fails."""
    found = await _looked_up(config, pins)
    return (found, None) if isinstance(found, Resolution) else (None, _in_words(found))


async def _looked_up(config: Resolver, pins: Pins) -> Resolution | Exception:
    try:
        return await config.resolve(pins)
    except DriftpinError as error:
        return error
    except Exception as error:
        # Whatever is wrong with the lookup, a person's job is made and shown, and told as unguarded.
        log.exception("a route could not be looked up")
        return error


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, DriftpinError) else OURS


async def _without_route(config: Source, pins: Pins, error: Exception, now: datetime) -> Snapshot:
    """What can be kept without a route to call: the model, and what a pinned provider's name stands for."""
    model = None if pins.model else await _default_model(config)
    route = await _route_of_the_pin(config, pins, error)
    kept = snapshot_of(route, pins, now) if route else Snapshot(taken_at=now)
    unseen = pins.provider is None or (pins.model is None and model is None)
    return replace(kept, model=model, unseen=unseen)


async def _route_of_the_pin(config: Source, pins: Pins, error: Exception) -> Route | None:
    """Where a pinned provider is, by its entry: that of the last good settings, or one without its key."""
    if pins.provider is None:
        return None
    if isinstance(error, ConfigError):
        try:
            return (await config.resolve_last_good(pins)).route
        except DriftpinError as again:
            error = again
    route = error.route if isinstance(error, RouteError) else None
    return route if isinstance(route, Route) else None


async def _default_model(config: Source) -> str | None:
    try:
        return await config.default_model()
    except DriftpinError:
        return None
    except Exception:
        log.exception("the default model could not be looked up")
        return None
