"""What a change of the settings means: which guards and caps became wider."""

from dataclasses import fields
from datetime import timedelta

from bot.settings.section import brief
from bot.settings.values import Settings
from scheduler.caps import Cap
from scheduler.config import Identity, Limits, MissingSnapshot, Provider
from scheduler.job import OnDrift


def loosened(old: Settings, new: Settings) -> tuple[str, ...]:
    """Each guard, cap or list that became wider, with its old and its new value."""
    return (
        *_guard(old, new),
        *_limits(old, new),
        *_caps(old, new),
        *_access(old, new),
        *_billing(old, new),
        *_prices(old, new),
    )


def _guard(old: Settings, new: Settings) -> list[str]:
    before, after = old.core.guard, new.core.guard
    wider = {
        "on_drift": before.on_drift is OnDrift.HOLD and after.on_drift is not OnDrift.HOLD,
        "missing_snapshot": before.missing_snapshot is MissingSnapshot.HOLD
        and after.missing_snapshot is not MissingSnapshot.HOLD,
        "identity": list(Identity).index(after.identity) > list(Identity).index(before.identity),
        "price_tolerance": after.price_tolerance > before.price_tolerance,
    }
    return [
        f"guard.{key}: {getattr(before, key)} -> {getattr(after, key)}"
        for key, loose in wider.items()
        if loose
    ]


def _limits(old: Settings, new: Settings) -> list[str]:
    found = []
    for limit in fields(Limits):
        before = getattr(old.core.limits, limit.name)
        after = getattr(new.core.limits, limit.name)
        wider = after < before if limit.name == "min_interval" else after > before
        if wider:
            found.append(f"limits.{limit.name}: {_shown(before)} -> {_shown(after)}")
    return found


def _caps(old: Settings, new: Settings) -> list[str]:
    found = []
    for cap in Cap:
        before, after = old.core.caps.of(cap), new.core.caps.of(cap)
        if before is not None and (after is None or after > before):
            found.append(f"spend.{cap}: {before} -> {'off' if after is None else after}")
    return found


def _shown(value: object) -> str:
    return brief(value) if isinstance(value, timedelta) else str(value)


def _access(old: Settings, new: Settings) -> list[str]:
    found = []
    for role in ("admins", "operators", "viewers"):
        before: tuple[str, ...] = getattr(old.access, role)
        after: tuple[str, ...] = getattr(new.access, role)
        added = [principal for principal in after if principal not in before]
        if added:
            found.append(f"access.{role}: {', '.join(added)} added")
    return found


def _billing(old: Settings, new: Settings) -> list[str]:
    """Entries that an operator now declares to cost nothing."""
    found = []
    for name, provider in new.core.routes.providers.items():
        before = old.core.routes.providers.get(name)
        if _costs_nothing(provider) and (before is None or not _costs_nothing(before)):
            found.append(f"providers.{name}.billing: {provider.billing}")
    return found


def _prices(old: Settings, new: Settings) -> list[str]:
    """Models that an operator now declares to cost nothing."""
    before = old.core.routes.prices
    return [
        f"prices.{name}: nothing is charged"
        for name, price in new.core.routes.prices.items()
        if price.free and not (name in before and before[name].free)
    ]


def _costs_nothing(provider: Provider) -> bool:
    return provider.billing is not None and not provider.billing.spends
