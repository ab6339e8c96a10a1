"""A price card: what a route costs for each million tokens, and who says so."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum


class PriceSource(StrEnum):
    """Where a price, or a price class, comes from."""

    BILLING = "billing"
    """`providers.NAME.billing`: the operator's word about the class."""
    OVERRIDE = "override"
    """`prices` in config.yaml: the operator's figures."""
    LIST = "list"
    """The price list that comes with Driftpin."""
    FREE_NAME = "free_name"
    """A model of OpenRouter whose name ends in `:free`."""
    LOOPBACK = "loopback"
    DEMO = "demo"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LongPrice:
    """The dearest figures of a request that sends `start` tokens or more, for each million of all its
    tokens."""

    start: int
    input: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class PriceCard:
    """US dollars for each million tokens; None is a figure that nobody knows, never zero.

    `matched` is the id in the list, or the key under `prices`, that these figures belong to, and
    `edition` the list and its version. With `tiered` the figures are those of a short request, and
    `long` those of any other; a card that an older version stored lacks it. `request` is what each
    request costs beside its tokens, None where that is nothing.
    """

    source: PriceSource
    input: Decimal | None = None
    output: Decimal | None = None
    cached: Decimal | None = None
    matched: str | None = None
    edition: str | None = None
    tiered: bool = False
    request: Decimal | None = None
    long: LongPrice | None = None

    def __repr__(self) -> str:
        # `Route.billing` is made of it: a card without these reads as it did before there were any.
        told = [field.name for field in fields(self) if field.name not in _LATER]
        told += [name for name in _LATER if getattr(self, name) is not None]
        return f"PriceCard({', '.join(f'{name}={getattr(self, name)!r}' for name in told)})"

    @property
    def known(self) -> bool:
        """Whether a run can be priced by it."""
        return self.input is not None and self.output is not None


_LATER = ("request", "long")
"""Fields that stored cards may lack."""


@dataclass(frozen=True, slots=True)
class Price:
    """An operator's own figures for a model, in US dollars for each million tokens."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None

    @property
    def free(self) -> bool:
        return not (self.input or self.output or self.cached)


def dearer(old: PriceCard, new: PriceCard, tolerance: Decimal) -> bool:
    """Whether a figure that both know rose by more than a tolerance (0.10 is a tenth)."""
    return _rose(_told(old), _told(new), tolerance)


def _told(card: PriceCard) -> tuple[Decimal | None, ...]:
    """The figures a person sees; of a card with figures no fee for each request is a fee of nothing."""
    fee = card.request or Decimal(0) if card.known else None
    return card.input, card.output, card.cached, fee


def _rose(old: Sequence[Decimal | None], new: Sequence[Decimal | None], tolerance: Decimal) -> bool:
    return any(
        after > before * (1 + tolerance)
        for before, after in zip(old, new, strict=True)
        if before is not None and after is not None
    )


def not_dearer(old: PriceCard | None, new: PriceCard | None) -> bool:
    """Whether it is certain that no figure of the new card is above the old one."""
    if old is None or new is None or not (old.known and new.known):
        return False
    return not (dearer(old, new, Decimal(0)) or _rose(_long(old), _long(new), Decimal(0)))


def _long(card: PriceCard) -> tuple[Decimal | None, ...]:
    """The figures of a request however long it is."""
    return (card.long.input, card.long.output) if card.long else (card.input, card.output)


def per_million(card: PriceCard, unit: str = "") -> str:
    """The figures as they are told, with their unit where it is named: "$3 in / $15 out"."""
    fee = f" and {_dollars(card.request)} a request" if card.request else ""
    return f"{_dollars(card.input)} in / {_dollars(card.output)} out{unit}{fee}"


def _dollars(figure: Decimal | None) -> str:
    if figure is None:
        return "$?"
    plain = f"{figure.normalize():f}"
    whole, _, cents = plain.partition(".")
    return f"${whole}.{cents.ljust(2, '0')}" if cents else f"${whole}"
