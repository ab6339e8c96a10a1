"""What to do about a route that was resolved for a job: let it be called, or hold the run."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import assert_never

from scheduler import held
from scheduler.config import GuardConfig, Identity, MissingSnapshot
from scheduler.drift import Moves, moves
from scheduler.errors import ConfigError, RouteError
from scheduler.job import Job, OnDrift, unguarded_axes
from scheduler.ports import Held
from scheduler.price import not_dearer
from scheduler.route import NAMES, Axis, Resolution, Route, Snapshot, filled, snapshot_of
from scheduler.run import HoldReason
from scheduler.told import Reason, Told

Resolved = Resolution | RouteError | ConfigError
"""What a look-up came to."""


@dataclass(frozen=True, slots=True)
class Go:
    """The run may call this very route, and no other.

    `consent` is what the job consents to once the run was good, where that is not what it was, and
    `told` what its chat must be told of then, once. `authorised`: nobody consented to it but for this
    one run.
    """

    resolution: Resolution
    consent: Snapshot | None = None
    told: tuple[Told, ...] = ()
    authorised: bool = False


def policy(job: Job, guard: GuardConfig) -> OnDrift:
    """What becomes of this job when the default moves: its own word, else that of the settings."""
    return job.on_drift or guard.on_drift


def judge(
    job: Job, resolved: Resolved, guard: GuardConfig, consented: Resolved | None = None
) -> Go | Held:
    """Compare what resolution says with what a person consented to; in doubt, hold.

    `consented` is what the names consented to resolve to now, for a job that may run on these; where
    the settings cannot be used, what the job's pins came to by the last good ones.
    """
    match resolved:
        case ConfigError():
            found = _unpaid(job, consented)
            why = Held(HoldReason.CONFIG, held.config_error(resolved))
            return _must_be_free(job, found or why)
        case RouteError():
            reason = HoldReason.CREDENTIAL if resolved.credential else HoldReason.CONFIG
            found = _on_snapshot(job, guard, consented)
            return _must_be_free(job, found or Held(reason, held.route_error(resolved)))
        case Resolution():
            return _must_be_free(job, _judge_route(job, resolved, guard, consented))
        case _:
            assert_never(resolved)


def _unpaid(job: Job, last_good: Resolved | None) -> Go | None:
    """The route of the last good settings, where it is certainly free or local, and is to the last
    axis the one a person consented to; in doubt, none."""
    if not isinstance(last_good, Resolution) or unguarded_axes(job):
        return None
    kept, route = job.snapshot, last_good.route
    fresh = snapshot_of(route, job.pins, kept.taken_at)
    names = moves(job, route, Decimal(0)).names
    same = replace(fresh, provider=kept.provider, model=kept.model, price=kept.price) == kept
    return None if names or not same or route.price_class.spends else Go(last_good)


def _judge_route(
    job: Job, resolution: Resolution, guard: GuardConfig, consented: Resolved | None
) -> Go | Held:
    route = resolution.route
    missing = unguarded_axes(job)
    if missing and job.snapshot.unseen:
        return Held(HoldReason.UNGUARDED, held.unguarded_error(job, missing), route=route)
    must_see = bool(missing) and guard.missing_snapshot is MissingSnapshot.HOLD
    found = moves(job, route, guard.price_tolerance)
    if stops := found.holding(guard.identity):
        # No policy speaks for an axis that nobody consented to, where the settings want somebody to.
        passed = None if must_see else _by_policy(job, resolution, guard, found, consented)
        reason = HoldReason.DRIFT if found.names else HoldReason.IDENTITY
        return passed or Held(reason, held.drift_error(job, stops), drifts=stops, route=route)
    if must_see:
        return Held(HoldReason.UNGUARDED, held.unguarded_error(job, missing), route=route)
    return _as_consented(job, resolution, guard, found)


def _as_consented(job: Job, resolution: Resolution, guard: GuardConfig, found: Moves) -> Go:
    """The run goes ahead; what was never recorded is recorded, and what is only told is told once.

    A job that nobody fully consented to records nothing: it would look as if somebody had.
    """
    guarded = job.kind.guarded and not unguarded_axes(job)
    kept = filled(job.snapshot, resolution.route) if guarded else job.snapshot
    told = [Told(Reason.RENAMED, found.renamed)] if found.renamed else []
    if guard.identity is not Identity.OFF:
        told += [Told(Reason.KEY, found.key)] if found.key else []
        told += [Told(Reason.IDENTITY, found.identity)] if found.identity else []
    if told:
        kept = _as_it_is(job, kept, resolution.route, tuple(told))
    return Go(resolution, kept if kept != job.snapshot else None, tuple(told))


def _as_it_is(job: Job, kept: Snapshot, route: Route, told: tuple[Told, ...]) -> Snapshot:
    """The snapshot with the told axes as they are now, and no other: a price that creeps up within
    its tolerance is still compared with the one a person saw."""
    fresh = snapshot_of(route, job.pins, kept.taken_at)
    changed: dict[str, object] = {}
    for axis in {drift.axis for each in told for drift in each.drifts}:
        match axis:
            case Axis.KEY:
                changed["fingerprint"] = fresh.fingerprint
            case Axis.PRICE_CLASS | Axis.PRICE:
                changed |= {"price_class": fresh.price_class, "price": fresh.price}
            case Axis.ENDPOINT | Axis.CREDENTIAL:
                changed |= {axis.value: getattr(fresh, axis), "fingerprint": fresh.fingerprint}
            case Axis.PROVIDER | Axis.MODEL | Axis.API_MODE:
                changed[axis.value] = getattr(fresh, axis)
    return replace(kept, **changed)  # type: ignore[arg-type]


def _by_policy(
    job: Job,
    resolution: Resolution,
    guard: GuardConfig,
    found: Moves,
    consented: Resolved | None,
) -> Go | None:
    """The run all the same, where its policy lets it pass."""
    match policy(job, guard):
        case OnDrift.HOLD:
            return None
        case OnDrift.RUN_ON_SNAPSHOT:
            return _on_snapshot(job, guard, consented)
        case OnDrift.ALLOW_IF_NOT_DEARER:
            return _not_dearer(job, resolution, guard, found)


def _on_snapshot(job: Job, guard: GuardConfig, consented: Resolved | None) -> Go | None:
    """The consented route, where every axis of it is known and as it was."""
    if policy(job, guard) is not OnDrift.RUN_ON_SNAPSHOT or not isinstance(consented, Resolution):
        return None
    kept, found = job.snapshot, moves(job, consented.route, guard.price_tolerance)
    known = None not in (kept.endpoint, kept.api_mode, kept.credential, kept.price_class)
    if not known or unguarded_axes(job) or found.names or found.identity or found.renamed:
        return None
    return _as_consented(job, consented, guard, found)


def _not_dearer(job: Job, resolution: Resolution, guard: GuardConfig, found: Moves) -> Go | None:
    """The resolved route, where it certainly costs no more than the consented one.

    Where more than a name moved, the price says nothing of who pays: it passes when nobody does. A job
    that nobody fully consented to records nothing, so it is told at every run.
    """
    route, kept, missing = resolution.route, job.snapshot, unguarded_axes(job)
    stops = found.holding(guard.identity)
    names_alone = all(drift.axis in NAMES for drift in stops)
    if route.price_class.spends and not (names_alone and not_dearer(kept.price, route.price)):
        return None
    told = [Told(Reason.FOLLOWED if missing else Reason.NOT_DEARER, stops)]
    if found.key and guard.identity is not Identity.OFF:
        told.append(Told(Reason.KEY, found.key))
    if found.identity and guard.identity is Identity.TELL:
        told.append(Told(Reason.IDENTITY, found.identity))
    consent = None if missing else snapshot_of(route, job.pins, kept.taken_at)
    return Go(resolution, consent, tuple(told))


def _must_be_free(job: Job, found: Go | Held) -> Go | Held:
    """A job of free routes only never calls one that may cost something, whoever pinned it."""
    if isinstance(found, Held) or not job.free_only:
        return found
    route = found.resolution.route
    if not route.price_class.spends:
        return found
    return Held(HoldReason.FREE_ONLY, held.free_only_error(job, route), route=route)
