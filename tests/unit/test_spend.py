"""What a request may cost at worst, and which cap would not allow it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from scheduler.caps import Cap, Caps
from scheduler.dollars import enough
from scheduler.price import LongPrice, PriceCard, PriceSource
from scheduler.route import ApiMode, PriceClass, Route
from scheduler.run import CostSource, RunState, Usage
from scheduler.spend import Reached, Spent, day_of, raised_for, reached, settled, warned, worst_case
from scheduler.terms import PerMillion, Terms

KNOWN = PriceCard(PriceSource.LIST, input=Decimal(3), output=Decimal(15))
HALF = PriceCard(PriceSource.LIST, input=Decimal(3))
FEE = replace(KNOWN, request=Decimal("0.012"))
LONG = replace(KNOWN, tiered=True, long=LongPrice(5000, Decimal(6), Decimal(20)))
OLDER = replace(KNOWN, tiered=True)
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
        (PriceClass.PAID, FEE, 1, "0.07503"),
        (PriceClass.PAID, LONG, 1, "0.06303"),
        # 6020 bytes in reach the tier, whose figures count for all of them.
        (PriceClass.PAID, LONG, 2, "0.11612"),
        (PriceClass.PAID, OLDER, 1, "1"),
    ],
)
def test_the_worst_a_request_may_cost(
    charged: PriceClass, card: PriceCard | None, step: int, expected: str
) -> None:
    assert worst_case(route(charged, card), Terms(), "ten bytes.", step, 4000, CAPS) == Decimal(
        expected
    )


def test_a_prompt_is_counted_in_bytes_for_no_token_is_less_than_one() -> None:
    paid = route(PriceClass.PAID, KNOWN)
    assert worst_case(paid, Terms(), "日" * 1000, 1, 1, CAPS) > worst_case(
        paid, Terms(), "x" * 1000, 1, 1, CAPS
    )


def test_an_unknown_price_reserves_the_usual_cap_of_a_run_where_that_is_off() -> None:
    off = Caps(per_run_usd=None)
    assert worst_case(route(PriceClass.UNKNOWN), Terms(), "x", 1, 10, off) == Decimal("0.50")


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


@pytest.mark.parametrize(
    ("own", "spent", "asked", "cap"),
    [
        ("0.3", "0", "0.3", None),
        ("0.3", "0", "0.31", Cap.OWN),
        ("0.3", "0.2", "0.11", Cap.OWN),
        ("5", "0", "1.1", Cap.RUN),
    ],
)
def test_of_a_jobs_own_cap_and_that_of_the_settings_the_lower_one_counts(
    own: str, spent: str, asked: str, cap: Cap | None
) -> None:
    caps, before = replace(CAPS, max_usd=Decimal(own)), Spent({Cap.RUN: Decimal(spent)})
    found = reached(caps, before, Decimal(asked))
    assert (found.cap if found else None) == cap


def test_what_an_admin_raised_for_a_run_does_not_raise_its_own_cap() -> None:
    caps = replace(CAPS, max_usd=Decimal("0.3"))
    found = reached(caps, Spent(raised={Cap.RUN: Decimal(9)}), Decimal(2))
    assert found == Reached(Cap.OWN, Decimal("0.3"), Decimal(0), Decimal(2))


@pytest.mark.parametrize(
    ("needed", "typed"),
    [("0.0712", "0.072"), ("0.05", "0.05"), ("1.231", "1.24"), ("0.0000004", "0.000001")],
)
def test_an_amount_to_type_is_never_less_than_what_is_needed(needed: str, typed: str) -> None:
    assert enough(Decimal(needed)) == typed


def test_what_an_admin_added_for_today_counts() -> None:
    spent = Spent({Cap.DAY: Decimal(8)}, {Cap.DAY: Decimal(2)})
    assert reached(CAPS, spent, Decimal(1)) is None
    full = Spent({Cap.DAY: Decimal(10)}, {Cap.DAY: Decimal(2)})
    assert reached(CAPS, full, Decimal(1)) == Reached(Cap.DAY, Decimal(10), Decimal(10), Decimal(1))


def test_a_cap_that_is_off_stops_nothing() -> None:
    assert reached(Caps(None, None, None, None), Spent(), Decimal(10**6)) is None


@pytest.mark.parametrize(("asked", "told"), [("0.3", 0), ("0.4", 1), ("0", 0)])
def test_people_are_warned_at_four_fifths(asked: str, told: int) -> None:
    assert len(warned(CAPS, Spent({Cap.DAY: Decimal(6)}), Decimal(asked))) == told


def test_people_are_warned_once_a_day() -> None:
    spent = Spent({Cap.DAY: Decimal(7)}, warned=frozenset({Cap.DAY}))
    assert warned(CAPS, spent, Decimal("0.1")) == ()


def test_a_provider_that_may_ask_for_more_is_reserved_for_more() -> None:
    most = Terms(max_price=PerMillion(Decimal(6), Decimal(10)))
    # The dearer of both: (10 bytes + 1000) tokens in at $6, 4000 out at $15, of a million.
    paid = route(PriceClass.PAID, KNOWN)
    assert worst_case(paid, most, "ten bytes.", 1, 4000, CAPS) == Decimal("0.06606")


def test_of_a_long_request_and_its_fee_the_dearer_of_route_and_consent_is_reserved() -> None:
    most = Terms(max_price=PerMillion.by(replace(LONG, request=Decimal("0.02")), Decimal("0.1")))
    # 6020 tokens in at $6.60, 4000 out at $22, of a million; and 2.2 cents.
    assert worst_case(route(PriceClass.PAID, FEE), most, "ten bytes.", 2, 4000, CAPS) == Decimal(
        "0.149732"
    )


@pytest.mark.parametrize(("tokens", "cost"), [(4999, "0.002999"), (5000, "0.0060")])
def test_a_request_is_long_from_the_first_token_of_the_tier_on(tokens: int, cost: str) -> None:
    card = replace(LONG, input=Decimal("0.6"), long=LongPrice(5000, Decimal("1.2"), Decimal(20)))
    found = PerMillion.by(card)
    assert found is not None
    assert round(found.of(tokens, 0), 6) == Decimal(cost)


@pytest.mark.parametrize(
    ("spent", "asked", "added"), [("5", "0.1", "5"), ("5", "5.1", "10"), ("15", "0.1", "15")]
)
def test_an_admin_adds_the_cap_itself_as_often_as_is_needed(
    spent: str, asked: str, added: str
) -> None:
    found = Reached(Cap.JOB_DAY, Decimal(5), Decimal(spent), Decimal(asked))
    assert raised_for(found, Decimal(5)) == Decimal(added)


def test_a_cap_of_nothing_is_raised_by_what_is_asked_for() -> None:
    found = Reached(Cap.DAY, Decimal(0), Decimal(0), Decimal("0.3"))
    assert raised_for(found, Decimal(0)) == Decimal("0.3")


@pytest.mark.parametrize(
    ("state", "cost", "unbilled", "expected"),
    [
        (RunState.SUCCEEDED, "0.2", 0, ["0.2", "0"]),
        (RunState.SUCCEEDED, None, 0, ["1", "2"]),
        (RunState.UNKNOWN, "0.2", 0, ["1", "2"]),
        (RunState.FAILED, None, 1, ["1", "0"]),
        (RunState.FAILED, "0.2", 1, ["0.2", "0"]),
        (RunState.FAILED, None, 2, ["0", "0"]),
    ],
)
def test_what_the_requests_of_an_attempt_count_as_once_it_is_over(
    state: RunState, cost: str | None, unbilled: int, expected: list[str]
) -> None:
    usage = Usage(2, cost=Decimal(cost) if cost else None, cost_source=CostSource.BILLED)
    found = settled([Decimal(1), Decimal(2)], state, usage, unbilled)
    assert found == [Decimal(each) for each in expected]


def test_a_day_is_one_of_the_operators_clock() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert day_of(late, "UTC") == "2026-11-21"
    assert day_of(late, "Europe/Oslo") == "2026-11-22"
