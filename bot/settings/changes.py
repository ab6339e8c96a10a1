"""What a change of the settings means: which guards and caps became wider."""

from dataclasses import fields
from datetime import timedelta

from bot.settings.section import brief
from bot.settings.values import Settings
from scheduler.config import Limits, MissingSnapshot, Provider


def loosened(old: Settings, new: Settings) -> tuple[str, ...]:
    """Each guard, cap or list that became wider, with its old and its new value."""
    return (*_guard(old, new), *_limits(old, new), *_access(old, new), *_billing(old, new))


def _guard(old: Settings, new: Settings) -> list[str]:
    before, after = old.core.guard.missing_snapshot, new.core.guard.missing_snapshot
    if before is MissingSnapshot.HOLD and after is not MissingSnapshot.HOLD:
        return [f"guard.missing_snapshot: {before} -> {after}"]
    return []


def _limits(old: Settings, new: Settings) -> list[str]:
    found = []
    for limit in fields(Limits):
        before = getattr(old.core.limits, limit.name)
        after = getattr(new.core.limits, limit.name)
        wider = after < before if limit.name == "min_interval" else after > before
        if wider:
            found.append(f"limits.{limit.name}: {_shown(before)} -> {_shown(after)}")
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


def _costs_nothing(provider: Provider) -> bool:
    return provider.billing is not None and not provider.billing.spends
