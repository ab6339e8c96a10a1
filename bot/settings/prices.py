"""The section `prices`: what an operator knows better than the price list."""

from bot.settings.keys import PRICE
from bot.settings.section import Section
from scheduler.price import Price
from scheduler.route import MODEL_NAME

MOST = 100_000
"""US dollars for a million tokens; beyond that somebody forgot the unit."""

_EXAMPLE = "for example 0.59, in US dollars for a million tokens"


def read_prices(section: Section) -> dict[str, Price]:
    """The operator's prices by `provider:model` or model."""
    found: dict[str, Price] = {}
    for name in section.names():
        if name not in section or not MODEL_NAME.fullmatch(name):
            section.wrong(name, "is no name of a model", "write provider:model, or the model alone")
            continue
        wrong = len(section.problems.lines)
        price = _read_price(section.section(name), wrong)
        if price is not None:
            found[name] = price
    return found


def _read_price(entry: Section, wrong: int) -> Price | None:
    """`wrong` is how many problems were known before this entry."""
    entry.only(PRICE)
    paid, answered, cached = (entry.decimal(key, None, MOST, _EXAMPLE) for key in PRICE)
    if paid is not None and answered is not None:
        return Price(paid, answered, cached)
    if len(entry.problems.lines) == wrong:
        entry.wrong("input" if paid is None else "output", "is missing", f"write {_EXAMPLE}")
    return None
