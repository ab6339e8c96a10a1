"""What a request may cost at worst, and which cap would not allow it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from scheduler.price import PriceCard, PriceSource
from scheduler.route import ApiMode, PriceClass, Route
from scheduler.spend import (
    Cap,
    Caps,
    Reached,
    Spent,
    day_of,
    micros,
    reached,
    usd,
    warned,
    worst_case,
)

KNOWN = PriceCard(PriceSource.LIST, input=Decimal(3), output=Decimal(15))
HALF = PriceCard(PriceSource.LIST, input=Decimal(3))
CAPS = Caps(Decimal(1), Decimal(2), Decimal(4), Decimal(8))


def route(charged: PriceClass, card: PriceCard | None = None) -> Route:
    return Route(
        "lab", "large", "https://lab", ApiMode.CHAT_COMPLETIONS, "KEY", charged, price=card
    )


@pytest.mark.parametrize(
    ("charged", "card", "step", "expected"),
    [
        (PriceClass.FREE, None, 1, "0"),
        (PriceClass.LOCAL, KNOWN, 1, "0"),
        # (10 bytes + 1000) tokens in at $3, 4000 out at $15, of a million.
        (PriceClass.PAID, KNOWN, 1, "0.06303"),
        # Twice the prompt and the first answer go in again.
        (PriceClass.PAID, KNOWN, 2, "0.07806"),
        (PriceClass.PAID, HALF, 1, "1"),
        (PriceClass.PAID, None, 1, "1"),
        (PriceClass.UNKNOWN, None, 3, "1"),
        (PriceClass.UNKNOWN, KNOWN, 1, "0.06303"),
    ],
)
def test_the_worst_a_request_may_cost(
    charged: PriceClass, card: PriceCard | None, step: int, expected: str
) -> None:
    assert worst_case(route(charged, card), "ten bytes.", step, 4000, CAPS) == Decimal(expected)


def test_a_prompt_is_counted_in_bytes_for_no_token_is_less_than_one() -> None:
    paid = route(PriceClass.PAID, KNOWN)
    assert worst_case(paid, "日" * 1000, 1, 1, CAPS) > worst_case(paid, "x" * 1000, 1, 1, CAPS)


def test_an_unknown_price_reserves_the_usual_cap_of_a_run_where_that_is_off() -> None:
    off = Caps(per_run_usd=None)
    assert worst_case(route(PriceClass.UNKNOWN), "x", 1, 10, off) == Decimal("0.50")


@pytest.mark.parametrize(
    ("spent", "asked", "cap"),
    [
        ({}, "1", None),
        ({}, "1.000001", Cap.RUN),
        ({Cap.RUN: "0.5"}, "0.5", None),
        ({Cap.RUN: "0.5"}, "0.6", Cap.RUN),
        ({Cap.JOB_DAY: "1.5"}, "0.5", None),
        ({Cap.JOB_DAY: "1.5"}, "0.51", Cap.JOB_DAY),
        ({Cap.CHAT_DAY: "4"}, "0.1", Cap.CHAT_DAY),
        ({Cap.DAY: "9"}, "0.1", Cap.DAY),
        ({Cap.DAY: "9"}, "0", None),
    ],
)
def test_which_cap_a_request_would_go_over(
    spent: dict[Cap, str], asked: str, cap: Cap | None
) -> None:
    found = reached(CAPS, Spent({key: Decimal(v) for key, v in spent.items()}), Decimal(asked))
    assert (found.cap if found else None) == cap


def test_what_an_admin_added_for_today_counts() -> None:
    spent = Spent({Cap.DAY: Decimal(8)}, {Cap.DAY: Decimal(2)})
    assert reached(CAPS, spent, Decimal(1)) is None
    full = Spent({Cap.DAY: Decimal(10)}, {Cap.DAY: Decimal(2)})
    assert reached(CAPS, full, Decimal(1)) == Reached(Cap.DAY, Decimal(10), Decimal(10), Decimal(1))


def test_a_cap_that_is_off_stops_nothing() -> None:
    assert reached(Caps(None, None, None, None), Spent(), Decimal(10**6)) is None


@pytest.mark.parametrize(
    ("before", "asked", "told"), [("6.3", "0.1", 1), ("6.4", "0.1", 0), ("6", "0.1", 0)]
)
def test_people_are_warned_once_at_four_fifths(before: str, asked: str, told: int) -> None:
    assert len(warned(CAPS, Spent({Cap.DAY: Decimal(before)}), Decimal(asked))) == told


def test_a_day_is_one_of_the_operators_clock() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert day_of(late, "UTC") == "2026-11-21"
    assert day_of(late, "Europe/Oslo") == "2026-11-22"


def test_dollars_are_kept_as_millionths_and_never_as_less() -> None:
    assert micros(Decimal("0.0000001")) == 1
    assert usd(micros(Decimal("1.234567"))) == Decimal("1.234567")
