"""What the coming week will cost is said with what that rests on, and with no run that is not due."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.message import Span
from bot.wording import coming
from scheduler.price import PriceCard, PriceSource
from scheduler.rate import Ahead, Basis, Coming, Rate, Recent, rate
from tests.unit.jobs import PAID, a_job

CENT = Decimal("0.01")
OWN = replace(PAID, price=PriceCard(PriceSource.OVERRIDE, Decimal(3), Decimal(15), matched="large"))
LISTED = replace(
    PAID, price=PriceCard(PriceSource.LIST, Decimal(3), Decimal(15), edition="genai-prices 0.2.3")
)
TOKENS = Recent(None, 1000, 500, None)


def of_one(found: Rate | None, fires: int = 7) -> str:
    told = coming.of_one(Coming((Ahead(a_job(), fires, found),)))
    return "".join(part.text for part in told if isinstance(part, Span))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            rate(OWN, ()),
            "by the price in config.yaml and assumed tokens: no good run tells them yet",
        ),
        (rate(LISTED, ()), "by list price and assumed tokens: no good run tells them yet"),
        (rate(OWN, [TOKENS]), "by the price in config.yaml and the tokens of its last run"),
        (rate(LISTED, [TOKENS] * 3), "by list price and the tokens of its last 3 runs"),
        (rate(LISTED, [replace(TOKENS, route=LISTED, cost=CENT)]), "each, as its last run"),
        (Rate(CENT, Basis.COSTS, 2), "each, as its last 2 runs on average"),
    ],
)
def test_a_rate_says_whose_price_it_is_and_which_runs_it_rests_on(found: Rate, words: str) -> None:
    assert of_one(found).endswith(words)


def test_several_jobs_are_told_apart_by_what_their_rates_rest_on() -> None:
    rates = [rate(OWN, ()), rate(OWN, ()), rate(LISTED, ()), Rate(CENT, Basis.COSTS, 2)]
    jobs = tuple(Ahead(a_job(number), 7, each) for number, each in enumerate(rates))
    assert coming.of_all(Coming(jobs)).endswith(
        "1 job by what its latest runs cost, 2 jobs by the price in config.yaml and assumed tokens,"
        " 1 job by list price and assumed tokens"
    )


@pytest.mark.parametrize("found", [rate(LISTED, ()), None])
def test_a_week_without_a_fire_says_that_none_is_due(found: Rate | None) -> None:
    assert of_one(found, fires=0) == "$0.00: no run is due"
    week = Coming((Ahead(a_job(), 0, found),))
    assert coming.of_all(week) == "$0.00: no run that costs anything is due"
    assert not week.unknown
