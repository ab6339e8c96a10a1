"""Taking a snapshot: the route a person consents to by creating a job, or by accepting a new default."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.errors import DriftpinError
from scheduler.job import JobKind
from scheduler.ports import Config
from scheduler.route import Pins, Resolution, Snapshot, snapshot_of


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
    try:
        resolution = await config.resolve(pins)
    except DriftpinError as error:
        return Taken(await _model_alone(config, pins, now), problem=str(error))
    return Taken(snapshot_of(resolution.route, pins, now), resolution)


async def _model_alone(config: Config, pins: Pins, now: datetime) -> Snapshot:
    if pins.model is not None:
        return Snapshot(taken_at=now)
    try:
        return Snapshot(model=await config.default_model(), taken_at=now)
    except DriftpinError:
        return Snapshot(taken_at=now)
