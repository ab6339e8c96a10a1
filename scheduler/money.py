"""What a run and a month of runs would cost, from a price card and from what a job usually uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_high

from scheduler.price import PriceCard
from scheduler.route import PriceClass
from scheduler.terms import PerMillion


@dataclass(frozen=True, slots=True)
class Habit:
    """The tokens that a usual run of a job takes in and gives out; `runs` are those it was seen in,
    none where it is assumed."""

    input_tokens: int
    output_tokens: int
    runs: int = 0


ASSUMED = Habit(1000, 500)
"""What a job that has not run yet is assumed to use."""


def habit(usages: Sequence[tuple[int, int]]) -> Habit:
    """The median of tokens in and out of the runs of a job, else an assumption that is stated."""
    if not usages:
        return ASSUMED
    taken, given = zip(*usages, strict=True)
    return Habit(median_high(taken), median_high(given), len(usages))


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a job will go on: what a run of it uses, and how often it fires within a month."""

    habit: Habit
    fires: int


def run_cost(charged: PriceClass | None, card: PriceCard | None, usual: Habit) -> Decimal | None:
    """US dollars of one run; None is a cost that nobody knows, never nothing."""
    if charged is None or charged is PriceClass.UNKNOWN:
        return None
    if not charged.spends:
        return Decimal(0)
    price = PerMillion.by(card)
    return None if price is None else price.of(usual.input_tokens, usual.output_tokens)


def month_cost(
    charged: PriceClass | None, card: PriceCard | None, forecasts: Sequence[Forecast]
) -> Decimal | None:
    """US dollars of a month of all these jobs on one route."""
    total = Decimal(0)
    for forecast in forecasts:
        once = run_cost(charged, card, forecast.habit)
        if once is None:
            return None
        total += once * forecast.fires
    return total
