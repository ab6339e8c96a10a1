"""What things cost, in words and in figures rounded like a person would; unknown is never free."""

from collections.abc import Sequence
from decimal import Decimal

from scheduler.money import Forecast, Habit, month_cost, run_cost
from scheduler.price import PriceCard, PriceSource, per_million
from scheduler.rate import list_of
from scheduler.route import PriceClass, Route

PRICE_WORDS = {
    PriceClass.LOCAL: "local, no charge",
    PriceClass.FREE: "free",
    PriceClass.PAID: "paid",
    PriceClass.UNKNOWN: "price unknown, so it counts as paid",
}

PER_MILLION = " per million tokens"

_CENT = Decimal("0.01")


def about(amount: Decimal) -> str:
    """Dollars as they are said: about $1,100, about $12, about $0.03, less than a cent."""
    if 0 < amount < _CENT:
        return "less than a cent"
    if amount >= 100:
        return f"about ${round(amount, 1 - amount.adjusted()):,.0f}"
    if amount >= 10:
        return f"about ${amount:.0f}"
    return f"about ${amount:.2f}"


def figures(route: Route) -> str:
    """The figures of a paid route and who says so; empty where its class says it all."""
    card = route.price
    if card is None or route.price_class is not PriceClass.PAID:
        return ""
    if card.input is None and card.output is None:
        return "how much is not known here"
    return f"{per_million(card, PER_MILLION)} ({_source(card)})"


def _source(card: PriceCard) -> str:
    if card.source is PriceSource.OVERRIDE:
        return f"prices: {card.matched}"
    more = ", more for long requests" if card.tiered else ""
    return f"{card.matched} in {card.edition}{more}"


def list_words(route: Route) -> str:
    """On which price list an estimate rests; empty where there is none."""
    known = list_of(route)
    return f" (prices of {known})" if known else ""


def class_and_figures(route: Route) -> str:
    """ "free", "paid: $3 in / $15 out per million tokens (…)"."""
    told = figures(route)
    return f"{PRICE_WORDS[route.price_class]}{': ' if told else ''}{told}"


def priced(route: Route, cost: str = "") -> str:
    """A route by name with its class, and with what it costs where that is told."""
    more = f", {cost}" if cost else ""
    return f"{route.name} ({PRICE_WORDS[route.price_class]}{more})"


def spent(route: Route, forecasts: Sequence[Forecast]) -> str:
    """About how much a run and a month of some jobs cost; empty where nothing is, or nobody knows."""
    month = month_cost(route.price_class, route.price, forecasts)
    if not month:
        return ""
    if len(forecasts) > 1:
        return f"{about(month)} a month for {len(forecasts)} jobs"
    once = run_cost(route.price_class, route.price, forecasts[0].habit) or Decimal(0)
    return f"{about(once)} a run, {about(month)} a month"


def basis(forecast: Forecast) -> str:
    """What such a figure rests on."""
    usual = forecast.habit
    tokens = f"{usual.input_tokens:,} tokens in and {usual.output_tokens:,} out a run"
    seen = f"{tokens}, as in its last {usual.runs}" if usual.runs else f"{tokens} are assumed"
    often = "1 run" if forecast.fires == 1 else f"{forecast.fires:,} runs"
    return f"{often} a month; {seen}"


def compared(before: tuple[PriceClass | None, PriceCard | None], after: Route, usual: Habit) -> str:
    """How much dearer or cheaper a paid route is than a paid one; empty where that says nothing."""
    old, new = run_cost(*before, usual), run_cost(after.price_class, after.price, usual)
    if not old or not new:
        return ""
    times = new / old
    if times >= Decimal("1.95"):
        return (
            f"about {times:.0f} times the price"
            if times >= 10
            else f"about {_short(times)} times the price"
        )
    percent = round(abs(times - 1) * 20) * 5
    if not percent:
        return "about the same price"
    return f"about {percent} % {'dearer' if times > 1 else 'cheaper'}"


def _short(times: Decimal) -> str:
    return f"{times:.1f}".removesuffix(".0")
