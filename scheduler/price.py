"""A price card: what a route costs for each million tokens, and who says so."""

from dataclasses import dataclass
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
class PriceCard:
    """US dollars for each million tokens; None is a figure that nobody knows, never zero.

    `matched` is the id in the list, or the key under `prices`, that these figures belong to, and
    `edition` the list and its version. With `tiered` the figures are those of a short request.
    """

    source: PriceSource
    input: Decimal | None = None
    output: Decimal | None = None
    cached: Decimal | None = None
    matched: str | None = None
    edition: str | None = None
    tiered: bool = False

    @property
    def known(self) -> bool:
        """Whether a run can be priced by it."""
        return self.input is not None and self.output is not None


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
    return any(
        after > before * (1 + tolerance)
        for before, after in (
            (old.input, new.input),
            (old.output, new.output),
            (old.cached, new.cached),
        )
        if before is not None and after is not None
    )


def not_dearer(old: PriceCard | None, new: PriceCard | None) -> bool:
    """Whether it is certain that no figure of the new card is above the old one."""
    if old is None or new is None or not (old.known and new.known):
        return False
    return not dearer(old, new, Decimal(0))


def per_million(card: PriceCard) -> str:
    """The figures as they are told: "$3 in / $15 out"."""
    return f"{_dollars(card.input)} in / {_dollars(card.output)} out"


def _dollars(figure: Decimal | None) -> str:
    if figure is None:
        return "$?"
    plain = f"{figure.normalize():f}"
    whole, _, cents = plain.partition(".")
    return f"${whole}.{cents.ljust(2, '0')}" if cents else f"${whole}"
