"""Has the resolved route left what a person consented to?"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from scheduler.config import GuardConfig, Identity
from scheduler.job import Job
from scheduler.price import PriceCard, dearer, per_million
from scheduler.route import NAMES, Axis, CredentialKind, Pins, Route, Snapshot


@dataclass(frozen=True, slots=True)
class Drift:
    """One axis that moved, with the consented and the resolved value."""

    axis: Axis
    consented: str
    resolved: str


@dataclass(frozen=True, slots=True)
class Moves:
    """Everything that is not as consented, by what it means.

    `names` are the provider and the model where no pin holds them; `identity` is the rest of what
    decides who is billed and how much; `key` is another key under the same name for the same
    address, and `renamed` a provider entry that differs in nothing but its name.
    """

    names: tuple[Drift, ...] = ()
    identity: tuple[Drift, ...] = ()
    key: tuple[Drift, ...] = ()
    renamed: tuple[Drift, ...] = ()

    def holding(self, identity: Identity) -> tuple[Drift, ...]:
        """What holds a run under `guard.identity`, where no policy lets it pass."""
        return self.names + (self.identity if identity is Identity.HOLD else ())


def consent(job: Job) -> Pins:
    """What a person consented to on the judged axes: the pin where there is one, else the snapshot.

    None means nobody consented to anything on that axis. "Pin old" binds a job to exactly this value:
    pinning only the drifted axis would leave the other to follow the default away.
    """
    return Pins(
        provider=job.pins.provider or job.snapshot.provider,
        model=job.pins.model or job.snapshot.model,
    )


def drifts(job: Job, route: Route, guard: GuardConfig | None = None) -> tuple[Drift, ...]:
    """The axes that hold a job on this route, in the order of `Axis`, before any policy is asked."""
    guard = guard or GuardConfig()
    return moves(job, route, guard.price_tolerance).holding(guard.identity)


def by_name(job: Job, names: Pins) -> tuple[Drift, ...]:
    """The names that moved, of a route of which nothing else is known."""
    if not job.kind.guarded:
        return ()
    return tuple(
        Drift(axis, consented, resolved)
        for axis in NAMES
        if getattr(job.pins, axis) is None
        and (consented := getattr(job.snapshot, axis)) is not None
        and (resolved := getattr(names, axis)) is not None
        and consented != resolved
    )


def moves(job: Job, route: Route, tolerance: Decimal) -> Moves:
    """Compare axis by axis; a pinned name never moves, and what was never recorded is not judged."""
    if not job.kind.guarded:
        return Moves()
    names = by_name(job, Pins(route.provider, route.model))
    renamed: tuple[Drift, ...] = ()
    if [drift.axis for drift in names] == [Axis.PROVIDER] and _only_renamed(job, route):
        names, renamed = (), names
    axes = {drift.axis for drift in names}
    identity: list[Drift] = []
    if Axis.PROVIDER not in axes:
        # Another provider has another address and another key: to name it says all of that.
        identity += _called(job.snapshot, route)
    same_biller = Axis.PROVIDER not in axes and not identity
    key = tuple(_key(job.snapshot, route)) if same_biller else ()
    if not axes:
        identity += _charged(job.snapshot, route, tolerance)
    return Moves(names, tuple(identity), key, renamed)


def _called(kept: Snapshot, route: Route) -> Iterable[Drift]:
    """Where the call goes, in which dialect, and whose key it carries."""
    for axis, resolved in (
        (Axis.ENDPOINT, route.endpoint),
        (Axis.API_MODE, route.api_mode),
        (Axis.CREDENTIAL, route.identified_by),
    ):
        consented = getattr(kept, axis)
        if consented is not None and consented != resolved:
            yield Drift(axis, str(consented), str(resolved))


def _key(kept: Snapshot, route: Route) -> Iterable[Drift]:
    old, new = kept.fingerprint, route.fingerprint
    if None not in (old, new, kept.endpoint) and old != new:
        yield Drift(Axis.KEY, str(old), str(new))


def _charged(kept: Snapshot, route: Route, tolerance: Decimal) -> Iterable[Drift]:
    """A class that got worse, or a price of the same model that rose."""
    before = kept.price_class
    if before is not None and not before.spends and route.price_class.spends:
        yield Drift(Axis.PRICE_CLASS, str(before), str(route.price_class))
    elif _rose(kept.price, route.price, tolerance):
        yield Drift(Axis.PRICE, _figures(kept.price), _figures(route.price))


def _rose(old: PriceCard | None, new: PriceCard | None, tolerance: Decimal) -> bool:
    return old is not None and new is not None and dearer(old, new, tolerance)


def _figures(card: PriceCard | None) -> str:
    return per_million(card) if card else ""


def _only_renamed(job: Job, route: Route) -> bool:
    """Whether an entry differs in its name alone: address, credential and model known and equal."""
    kept = job.snapshot
    if None in (
        consent(job).model,
        kept.endpoint,
        kept.api_mode,
        kept.credential,
        kept.price_class,
    ):
        return False
    keyed = route.identified_by.kind is CredentialKind.VARIABLE
    worse = kept.price_class is not None and not kept.price_class.spends
    return (
        (kept.endpoint, kept.api_mode) == (route.endpoint, route.api_mode)
        and kept.credential == route.identified_by
        and (not keyed or (kept.fingerprint is not None and kept.fingerprint == route.fingerprint))
        and not (worse and route.price_class.spends)
    )
