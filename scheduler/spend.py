"""Caps on spending: what a request may cost at worst, and which cap would not allow it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduler.route import Route

BESIDE_PROMPT = 1000
"""Tokens of a request beside its prompt: instructions, roles, names of tools."""

WARNED_AT = Decimal("0.8")
"""The part of a cap at which its people are warned."""

MILLION = Decimal(1_000_000)
"""Tokens that a price is for, and millionths of a dollar."""


class Cap(StrEnum):
    """What a cap is about; the order is the order they are looked at."""

    RUN = "per_run_usd"
    JOB_DAY = "per_job_day_usd"
    CHAT_DAY = "per_chat_day_usd"
    DAY = "per_day_usd"


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent, in US dollars; None is a cap that was turned off by its word."""

    per_run_usd: Decimal | None = Decimal("0.50")
    per_job_day_usd: Decimal | None = Decimal(5)
    per_chat_day_usd: Decimal | None = Decimal(10)
    per_day_usd: Decimal | None = Decimal(20)

    def of(self, cap: Cap) -> Decimal | None:
        found: Decimal | None = getattr(self, cap.value)
        return found


@dataclass(frozen=True, slots=True)
class Spent:
    """What counts as spent under each cap, in US dollars: what was settled, and what is still reserved.

    `raised` is what an admin has added for today.
    """

    by_cap: Mapping[Cap, Decimal] = field(default_factory=dict)
    raised: Mapping[Cap, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """A cap that does not allow a request: `spent` so far, and `asked` for at worst."""

    cap: Cap
    most: Decimal
    spent: Decimal
    asked: Decimal


def worst_case(route: Route, prompt: str, step: int, max_tokens: int, caps: Caps) -> Decimal:
    """What the request of this step may cost at worst, in US dollars.

    A token is at least a byte. A later step sends again what went before it. A price nobody knows
    reserves all that a run may spend.
    """
    if not route.price_class.spends:
        return Decimal(0)
    card = route.price
    if card is None or card.input is None or card.output is None:
        return caps.per_run_usd or Caps().per_run_usd or Decimal(0)
    sent = step * (len(prompt.encode()) + BESIDE_PROMPT) + (step - 1) * max_tokens
    return (card.input * sent + card.output * max_tokens) / MILLION


def reached(caps: Caps, spent: Spent, asked: Decimal) -> Reached | None:
    """The first cap that this request would go over; None where it may leave."""
    if not asked:
        return None
    for cap in Cap:
        most = _most(caps, spent, cap)
        so_far = spent.by_cap.get(cap, Decimal(0))
        if most is not None and so_far + asked > most:
            return Reached(cap, most, so_far, asked)
    return None


def warned(caps: Caps, spent: Spent, asked: Decimal) -> tuple[Reached, ...]:
    """The caps of a day that this request takes across their warning."""
    found = []
    for cap in (Cap.JOB_DAY, Cap.CHAT_DAY, Cap.DAY):
        most = _most(caps, spent, cap)
        so_far = spent.by_cap.get(cap, Decimal(0))
        if most and so_far < most * WARNED_AT <= so_far + asked:
            found.append(Reached(cap, most, so_far, asked))
    return tuple(found)


def _most(caps: Caps, spent: Spent, cap: Cap) -> Decimal | None:
    most = caps.of(cap)
    return None if most is None else most + spent.raised.get(cap, Decimal(0))


def day_of(moment: datetime, timezone: str) -> str:
    """The day a moment belongs to, where the operator's clock stands: 2026-11-21."""
    return moment.astimezone(ZoneInfo(timezone)).date().isoformat()


def micros(amount: Decimal) -> int:
    """Millionths of a dollar, never fewer than it is."""
    return int((amount * MILLION).to_integral_value(ROUND_CEILING))


def usd(amount: int) -> Decimal:
    """Dollars of so many millionths."""
    return Decimal(amount) / MILLION
