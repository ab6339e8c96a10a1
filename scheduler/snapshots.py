"""Taking a snapshot: the route a person consents to by creating a job, or by accepting a new default."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from scheduler.drift import consent
from scheduler.errors import DriftpinError
from scheduler.job import Job, JobKind
from scheduler.ports import Config
from scheduler.route import Pins, Resolution, Route, Snapshot, snapshot_of

log = logging.getLogger(__name__)

OURS = "an error of ours; see the log"


class Resolver(Protocol):
    """Whatever says what a call would bill."""

    async def resolve(self, pins: Pins) -> Resolution: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot, complete or with holes; `problem` says in words why an axis stayed empty."""

    snapshot: Snapshot
    resolution: Resolution | None = None
    problem: str | None = None


async def take_snapshot(config: Config, kind: JobKind, pins: Pins, now: datetime) -> Taken:
    """Resolve as fire time would, and keep what can be kept; it never fails.

    With a pinned provider only that provider's own entry is looked up, never the default.
    """
    if not kind.guarded:
        return Taken(Snapshot())
    resolution, problem = await resolved(config, pins)
    if resolution is None:
        return Taken(await _model_alone(config, pins, now), problem=problem)
    return Taken(snapshot_of(resolution.route, pins, now), resolution)


async def bound_to(config: Config, job: Job, pins: Pins, now: datetime) -> Snapshot:
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
    config: Config, kept: Snapshot, pins: Pins, route: Route, now: datetime
) -> Snapshot:
    """A snapshot taken from a route of another model than it names, with the price of its own."""
    names = Pins(pins.provider or kept.provider, pins.model or kept.model)
    if names.model == route.model:
        return kept
    taken = await take_snapshot(config, JobKind.AGENT, names, now)
    return priced_as(kept, taken.snapshot)


async def resolved(config: Resolver, pins: Pins) -> tuple[Resolution | None, str | None]:
    """The route at this moment, or in words why there is none; it never fails."""
    try:
        return await config.resolve(pins), None
    except DriftpinError as error:
        return None, str(error)
    except Exception:
        # Whatever is wrong with the lookup, a person's job is made and shown, and told as unguarded.
        log.exception("a route could not be looked up")
        return None, OURS


async def _model_alone(config: Config, pins: Pins, now: datetime) -> Snapshot:
    if pins.model is not None:
        return Snapshot(taken_at=now)
    try:
        return Snapshot(model=await config.default_model(), taken_at=now)
    except DriftpinError:
        return Snapshot(taken_at=now)
    except Exception:
        log.exception("the default model could not be looked up")
        return Snapshot(taken_at=now)
