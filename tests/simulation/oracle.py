"""Who consented to what, kept beside the code under test and from nothing it says.

It knows the settings (tests.simulation.settings), what persons did, and what the servers saw. It reads
the settings by itself: none of the resolver, the judge or the rows is asked.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from scheduler.config import Identity
from scheduler.job import OnDrift
from scheduler.route import ApiMode, PriceClass
from tests.simulation.settings import Settings

FREE = (PriceClass.FREE, PriceClass.LOCAL)
TOLERATED = Decimal("1.10")


@dataclass(frozen=True, slots=True)
class Bill:
    """Whom a request would bill; in a consent None is what nobody ever consented to."""

    provider: str | None = None
    model: str | None = None
    url: str | None = None
    mode: ApiMode | None = None
    key: str | None = None
    kind: PriceClass | None = None
    price: Decimal | None = None
    known: bool = True
    """Whether address, mode, key and class were recorded at all."""

    @property
    def named(self) -> bool:
        return self.provider is not None and self.model is not None


@dataclass(frozen=True, slots=True)
class Consent:
    """What persons want of one job: pins, and any of `bills` (several where a policy let it move)."""

    bills: frozenset[Bill]
    provider: str | None = None
    model: str | None = None
    on_drift: OnDrift | None = None
    free_only: bool = False

    @property
    def one(self) -> Bill:
        return next(iter(self.bills))


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived at a server; `key` is the value it carried."""

    model: str
    url: str
    mode: ApiMode
    key: str | None


def billed(settings: Settings, provider: str | None, model: str | None) -> Bill | None:
    """Whom a call under these pins would bill; None where the settings name no route."""
    name = provider or settings.jobs_provider or settings.provider
    entry = settings.entries.get(name)
    if entry is None:
        return None
    asked = model or settings.jobs_model or settings.model
    url, key = settings.url(entry.server, entry.path), entry.key
    if settings.base_url is not None and provider is None and name == settings.provider:
        url = settings.url(*settings.base_url)
        key = key if settings.base_url[0] == entry.server else None
    price = settings.prices.get(f"{name}:{asked}")
    kind = entry.billing
    if kind is None:
        by_name = PriceClass.UNKNOWN if asked.endswith(":cloud") else PriceClass.LOCAL
        kind = by_name if price is None else PriceClass.PAID
    figure = price if kind is PriceClass.PAID else None
    return Bill(name, asked, url, entry.mode, key, kind, figure)


def callable_now(settings: Settings, provider: str | None, model: str | None) -> Bill | None:
    """The same, where its key is there and the settings are whole."""
    found = None if settings.broken else billed(settings, provider, model)
    if found is None or (found.key is not None and found.key not in settings.variables):
        return None
    return found


def as_consented(old: Bill, new: Bill) -> bool:
    """Whether a route is in no way other, and not dearer, than what was consented to."""
    return _names(old, new) and _identity(old, new) and _not_worse(old, new)


def _names(old: Bill, new: Bill) -> bool:
    model = old.model in (None, new.model)
    if old.provider in (None, new.provider):
        return model
    renamed = old.named and old.known
    return model and renamed and _identity(old, new)


def _identity(old: Bill, new: Bill) -> bool:
    return not old.known or (old.url, old.mode, old.key) == (new.url, new.mode, new.key)


def _not_worse(old: Bill, new: Bill) -> bool:
    if old.kind in FREE and new.kind not in FREE:
        return False
    return old.price is None or new.price is None or new.price <= old.price * TOLERATED


def _followed(old: Bill, new: Bill) -> bool:
    """Whether `allow_if_not_dearer` follows from one to the other."""
    if new.kind in FREE:
        return True
    moved = old.provider not in (None, new.provider) or old.model not in (None, new.model)
    same_hands = old.provider not in (None, new.provider) or _identity(old, new)
    known = old.price is not None and new.price is not None and new.price <= old.price
    return moved and same_hands and known


def licensed(consent: Consent, settings: Settings, seen: Seen) -> Bill | None:
    """The route that these settings name and this consent lets be called as it was seen, if any."""
    if settings.broken:
        return _unpaid(consent, settings.whole, seen)
    policy = consent.on_drift or settings.on_drift
    for old in consent.bills:
        found = billed(settings, consent.provider, consent.model)
        if found is not None and _is(found, seen) and not _too_dear(consent, found):
            if as_consented(old, found):
                return found
            if _names(old, found) and settings.identity is not Identity.HOLD:
                return found
            if policy is OnDrift.ALLOW_IF_NOT_DEARER and _followed(old, found):
                return found
        if policy is OnDrift.RUN_ON_SNAPSHOT and old.named and old.known:
            back = billed(settings, old.provider, old.model)
            unmoved = back is not None and as_consented(old, back) and _is(back, seen)
            if back is not None and unmoved and not _too_dear(consent, back):
                return old
    return None


def _unpaid(consent: Consent, whole: Settings | None, seen: Seen) -> Bill | None:
    """Broken settings let go on what is free or local by the last whole ones, and exactly as it was
    consented to."""
    found = None if whole is None else billed(whole, consent.provider, consent.model)
    if found is None or found.kind not in FREE or not _is(found, seen):
        return None
    for old in consent.bills:
        named = old.named and old.known and found.kind is old.kind
        if (
            named
            and (found.provider, found.model) == (old.provider, old.model)
            and _identity(old, found)
        ):
            return found
    return None


def _is(bill: Bill, seen: Seen) -> bool:
    return (bill.model, bill.url, bill.mode) == (seen.model, seen.url, seen.mode) and (
        (bill.key is None) == (seen.key is None)
    )


def _too_dear(consent: Consent, bill: Bill) -> bool:
    return consent.free_only and bill.kind not in FREE


def learned(consent: Consent, routes: frozenset[Bill], settings: list[Settings]) -> Consent:
    """The consent after a good run: what was never recorded is known, what a policy followed is new."""
    told = any(each.identity is not Identity.HOLD for each in settings)
    policies = {consent.on_drift or each.on_drift for each in settings}
    after: set[Bill] = set()
    for old in consent.bills:
        for new in routes:
            if as_consented(old, new):
                kept = replace(new, kind=old.kind or new.kind, price=_seen_price(old, new))
                after.add(kept if old.named else old)
            elif told or OnDrift.ALLOW_IF_NOT_DEARER in policies:
                after |= {new, old}
            else:
                after.add(old)
    return replace(consent, bills=frozenset(after or consent.bills))


def _seen_price(old: Bill, new: Bill) -> Decimal | None:
    """A price that creeps within the tolerance is compared with the one a person saw."""
    return old.price if old.known and old.price is not None else new.price


@dataclass(slots=True)
class Watched:
    """One job under the oracle: its consent over time, what it sent, and whether it must be silent."""

    consent: Consent
    window: list[Settings] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    requests: list[Seen] = field(default_factory=list)
    used: set[Bill] = field(default_factory=set)
    silenced: bool = False
    odd: bool = False
    """Whether some answer may be taken for another than was consented to."""
    moved: bool = False
    once: Bill | None = None
    """The route that somebody let the run of this moment use, consent or none."""

    def begins(self, settings: Settings) -> None:
        """A run begins: only what holds from now on can justify its requests."""
        self.window, self.consents = [settings], [self.consent]
        self.requests, self.used, self.moved = [], set(), False

    def at_the_gate(self) -> None:
        """What was consented to before this moment justifies nothing after it."""
        self.consents = [self.consent]

    def consents_to(self, consent: Consent, *, about_rules: bool = False) -> None:
        """A person decided; what a policy decides is not what answered: who is silent stays so."""
        self.consent = consent
        self.consents.append(consent)
        self.moved = True
        if not about_rules:
            self.silenced = self.odd = False

    def judge(self, seen: Seen) -> str | None:
        """What is wrong with this request; None where a person consented to it."""
        self.requests.append(seen)
        if self.silenced:
            return "asked again although what answered is not what was consented to"
        # An entry that was renamed meanwhile may have been called by either name.
        found = {licensed(consent, each, seen) for each in self.window for consent in self.consents}
        used = {each for each in found if each is not None and self._has_key(each.key, seen.key)}
        self.used |= used
        if used:
            return None
        return None if self.let_through(seen) else "nobody consented to this"

    def let_through(self, seen: Seen) -> bool:
        """Whether somebody let this run use that very route, which is still what its job would use."""
        once, pins = self.once, self.consent
        if once is None or not _is(once, seen) or _too_dear(pins, once):
            return False
        still = any(billed(each, pins.provider, pins.model) == once for each in self.window)
        return still and self._has_key(once.key, seen.key)

    def _has_key(self, variable: str | None, value: str | None) -> bool:
        if variable is None:
            return value is None
        return value in {settings.variables.get(variable) for settings in self.window}
