"""What a run of a job costs at this rate, what its held fires would, and what its coming week will."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from scheduler.job import Job, JobId
from scheduler.money import habit, run_cost
from scheduler.price import PriceSource
from scheduler.route import Route
from scheduler.run import HoldReason

WEEK = timedelta(days=7)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Recent:
    """A good run of a job: its route, its tokens and its cost, where these are known."""

    route: Route | None
    input_tokens: int | None
    output_tokens: int | None
    cost: Decimal | None


class Basis(StrEnum):
    """What a rate rests on."""

    COSTS = "costs"
    """What its latest runs on this route have cost."""
    TOKENS = "tokens"
    """The price of this route, and the tokens of its latest runs."""
    ASSUMED = "assumed"
    """The price of this route, and tokens that are assumed: no good run has told them."""


@dataclass(frozen=True, slots=True)
class Rate:
    """About what a run costs, in US dollars, from so many `runs`; by the operator's `own` price where
    config.yaml has one, else by that of the list."""

    amount: Decimal
    basis: Basis
    runs: int = 0
    own: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Fires of a job that are held for one reason; `route` is the one that the latest was judged on."""

    job: JobId
    reason: HoldReason
    fires: int
    route: Route | None


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Held fires of a job, and about what they would cost, None where nobody knows."""

    job: JobId
    name: str
    reason: HoldReason
    fires: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """The coming week of one job: None is a rate that nobody knows."""

    job: Job
    fires: int
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Coming:
    """The coming week: `held` jobs would be held, `beyond` are too many to be reckoned."""

    jobs: tuple[Ahead, ...] = ()
    held: int = 0
    beyond: int = 0

    @property
    def amount(self) -> Decimal:
        return sum((each.rate.amount * each.fires for each in self.jobs if each.rate), ZERO)

    @property
    def fires(self) -> int:
        return sum(each.fires for each in self.jobs if each.rate)

    @property
    def unknown(self) -> tuple[Ahead, ...]:
        return tuple(each for each in self.jobs if each.rate is None and each.fires)


def rate(route: Route, recent: Sequence[Recent]) -> Rate | None:
    """About what a run on this route costs; what it did cost there says more than any price list."""
    paid = [
        run.cost
        for run in recent
        if run.cost is not None and run.route is not None and run.route.bills_like(route)
    ]
    if paid:
        return Rate(sum(paid, ZERO) / len(paid), Basis.COSTS, len(paid))
    tokens = [
        (run.input_tokens, run.output_tokens)
        for run in recent
        if run.input_tokens is not None and run.output_tokens is not None
    ]
    usual = habit(tokens)
    amount = run_cost(route.price_class, route.price, usual)
    if amount is None:
        return None
    own = route.price is not None and route.price.source is PriceSource.OVERRIDE
    return Rate(amount, Basis.TOKENS if usual.runs else Basis.ASSUMED, usual.runs, own)


def held_back(
    waiting: Waiting, name: str, recent: Sequence[Recent], usual: Route | None
) -> HeldBack:
    """`usual` is the route the job would use now, for a hold in which none was judged."""
    route = waiting.route or usual
    found = None if route is None else rate(route, recent)
    amount = None if found is None else found.amount * waiting.fires
    return HeldBack(waiting.job, name, waiting.reason, waiting.fires, amount)


def list_of(route: Route | None) -> str | None:
    """The price list that a route's figures come from."""
    card = route.price if route else None
    if card is None or not card.known:
        return None
    if card.source is PriceSource.OVERRIDE:
        return "config.yaml"
    return card.edition
