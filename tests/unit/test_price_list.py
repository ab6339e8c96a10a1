"""No figure of a card from the price list is below what a request may really be charged."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ConditionalPrice,
    ModelPrice,
    StartDateConstraint,
    Tier,
    TieredPrices,
    TimeOfDateConstraint,
    Usage,
)

from scheduler.config import Provider
from scheduler.price import LongPrice, PriceCard, PriceSource
from scheduler.providers.pricing import listed_card, of_day, price
from scheduler.route import ApiMode, PriceClass
from scheduler.terms import PerMillion

TODAY = date(2026, 11, 23)
NEW_YEAR = date(2027, 1, 1)
HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 45)]


def card(url: str, model: str, today: date = TODAY) -> PriceCard:
    provider = Provider("lab", url, ApiMode.CHAT_COMPLETIONS, "KEY", own=True)
    charged, found = price(provider, url, model, today)
    assert (charged, found.source) == (PriceClass.PAID, PriceSource.LIST)
    return found


def flat(paid: str, answered: str, **more: str) -> ModelPrice:
    return ModelPrice(
        input_mtok=Decimal(paid),
        output_mtok=Decimal(answered),
        **{part: Decimal(figure) for part, figure in more.items()},
    )


def made(*prices: ModelPrice) -> PriceCard:
    return listed_card([vars(each) for each in prices], "large", "list 1")


def test_a_fee_for_each_request_is_on_the_card() -> None:
    found = card("https://api.perplexity.ai", "sonar")
    figures = (found.input, found.output, found.request)
    assert figures == (Decimal(1), Decimal(1), Decimal("0.012"))


def test_the_dearest_price_of_the_day_is_on_the_card() -> None:
    found = card("https://api.deepseek.com/v1", "deepseek-chat")
    assert (found.input, found.output) == (Decimal("0.27"), Decimal("1.1"))
    assert found.cached == Decimal("0.07")


def test_a_price_with_a_start_date_counts_from_that_date_in_the_same_process() -> None:
    google = "https://generativelanguage.googleapis.com/v1beta/openai"
    before, after = (card(google, "gemini-3.6-flash", day) for day in (TODAY, NEW_YEAR))
    assert (before.input, before.output) == (Decimal("0.75"), Decimal("3.75"))
    assert (after.input, after.output) == (Decimal("1.5"), Decimal("7.5"))


def test_a_tiered_price_has_the_figures_of_a_long_request_too() -> None:
    found = card("https://api.x.ai/v1", "grok-4.5")
    assert found.tiered
    assert (found.input, found.output) == (Decimal(2), Decimal(6))
    assert found.long == LongPrice(199_999, Decimal(4), Decimal(12))


def test_the_dearest_of_all_tiers_counts_from_where_the_first_one_begins() -> None:
    tiers = [Tier(128_000, Decimal(5)), Tier(32_000, Decimal(3))]
    prices = ModelPrice(input_mtok=TieredPrices(Decimal(2), tiers), output_mtok=Decimal(8))
    assert made(prices).long == LongPrice(32_000, Decimal(5), Decimal(8))


@pytest.mark.parametrize("kind", ["output_reasoning_mtok", "output_audio_mtok"])
def test_of_an_answer_the_dearest_kind_of_token_counts(kind: str) -> None:
    assert made(flat("1", "4", **{kind: "9"})).output == 9
    assert made(flat("1", "4", **{kind: "3"})).output == 4


def test_a_price_with_a_part_that_nothing_bounds_has_no_figures() -> None:
    found = card("https://api.perplexity.ai", "sonar-deep-research")
    assert (found.input, found.output, found.known) == (None, None, False)
    assert found.matched == "sonar-deep-research"


def test_a_kind_of_token_says_nothing_of_what_plain_ones_cost() -> None:
    speech = ModelPrice(cache_read_mtok=Decimal(1), output_audio_mtok=Decimal(9))
    assert (made(speech).input, made(speech).output, made(speech).cached) == (
        None,
        None,
        Decimal(1),
    )


LOW, HIGH, NEXT, LATER = flat("1", "2"), flat("3", "6"), flat("2", "4"), flat("9", "9")
AT_DAY = TimeOfDateConstraint(time(1, tzinfo=UTC), time(4, tzinfo=UTC))


def since(day: date) -> StartDateConstraint:
    return StartDateConstraint(day)


def when(constraint: Any, prices: ModelPrice) -> ConditionalPrice:
    return ConditionalPrice(constraint, prices=prices)


@pytest.mark.parametrize(
    ("listed", "counting"),
    [
        (LOW, [LOW]),
        ([when(None, LOW), when(AT_DAY, HIGH)], [HIGH, LOW]),
        ([when(None, LOW), when(since(TODAY), NEXT)], [NEXT]),
        ([when(None, LOW), when(since(NEW_YEAR), LATER)], [LOW]),
        # What starts on a date ends the hours that are written before it, and not those behind it.
        ([when(None, LOW), when(AT_DAY, HIGH), when(since(TODAY), NEXT)], [NEXT]),
        ([when(None, LOW), when(since(TODAY), NEXT), when(AT_DAY, HIGH)], [HIGH, NEXT]),
        ([when(None, LOW), when(since(NEW_YEAR), LATER), when(AT_DAY, HIGH)], [HIGH, LOW]),
        # Where none counts, the first one does: so the list reads itself.
        ([when(since(NEW_YEAR), LATER)], [LATER]),
        ([when(since(NEW_YEAR), LATER), when(AT_DAY, HIGH)], [HIGH, LATER]),
    ],
)
def test_which_prices_of_the_list_count_on_a_day(listed: Any, counting: list[ModelPrice]) -> None:
    assert of_day(listed, TODAY) == [vars(each) for each in counting]


@pytest.mark.parametrize("today", [TODAY, NEW_YEAR])
@pytest.mark.parametrize("tokens", [1, 50_000, 3_000_000])
def test_no_price_of_the_whole_list_is_above_its_card_at_any_hour(today: date, tokens: int) -> None:
    usage, judged = Usage(input_tokens=tokens, output_tokens=tokens), 0
    for seller in get_snapshot().providers:
        for model in seller.models:
            figures = PerMillion.by(listed_card(of_day(model.prices, today), model.id, "list"))
            if figures is None:
                continue
            judged += 1
            for hour in HOURS if isinstance(model.prices, list) else HOURS[:1]:
                at = datetime.combine(today, hour, UTC)
                charged = model.get_prices(at).calc_price(usage)["total_price"]
                assert charged <= figures.of(tokens, tokens), (seller.id, model.id, hour)
    assert judged > 1000
