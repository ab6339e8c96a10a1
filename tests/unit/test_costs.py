"""What jobs have cost, added up; and what a run and the coming week cost at this rate."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scheduler.caps import Cap, Caps
from scheduler.costs import NAMED, Sum, Used, by_day, by_job, since, summed, used
from scheduler.forecast import fires_within
from scheduler.job import JobId
from scheduler.price import PriceCard, PriceSource
from scheduler.rate import (
    WEEK,
    Ahead,
    Basis,
    Coming,
    Rate,
    Recent,
    Waiting,
    held_back,
    list_of,
    rate,
)
from scheduler.route import PriceClass, Route
from scheduler.run import CostSource, HoldReason
from scheduler.schedule import Cron, Interval, Once
from scheduler.spend import Cost, Spent
from tests.unit.jobs import FREE, NINE, NOON, PAID, a_job

LISTED = PriceCard(PriceSource.LIST, Decimal(3), Decimal(15), edition="genai-prices 0.2.3")
PRICED = replace(PAID, price=LISTED)
BEGUN = since("2026-11-25")


def cost(
    amount: str,
    job: int = 7,
    day: str = "2026-11-24",
    source: CostSource = CostSource.ESTIMATED,
    *,
    under_way: bool = False,
) -> Cost:
    return Cost(JobId(job), day, source, Decimal(amount), under_way, 1)


def total(known: str = "0", doubt: str = "0", under_way: str = "0") -> Sum:
    return Sum(Decimal(known), Decimal(doubt), Decimal(under_way))


@pytest.mark.parametrize(
    ("today", "week", "month", "earliest"),
    [
        ("2026-11-25", "2026-11-23", "2026-11-01", "2026-11-01"),
        ("2026-11-23", "2026-11-23", "2026-11-01", "2026-11-01"),
        ("2026-12-02", "2026-11-30", "2026-12-01", "2026-11-30"),
        ("2027-01-01", "2026-12-28", "2027-01-01", "2026-12-28"),
    ],
)
def test_a_week_begins_on_monday_and_a_month_on_the_first(
    today: str, week: str, month: str, earliest: str
) -> None:
    found = since(today)
    assert (found.week, found.month, found.earliest) == (week, month, earliest)
    assert (found.days()[0], found.days()[-1]) == (week, today)


def test_what_is_known_in_doubt_and_under_way_is_added_up_apart() -> None:
    costs = [
        cost("0.5", source=CostSource.BILLED),
        cost("0.25"),
        cost("0.071", source=CostSource.UNKNOWN),
        cost("0.06", source=CostSource.UNKNOWN, under_way=True),
        cost("1", job=8),
    ]
    assert summed(costs) == {7: total("0.75", "0.071", "0.06"), 8: total("1")}
    assert summed(costs)[JobId(7)].total == Decimal("0.881")


def test_each_day_of_the_week_has_its_sum() -> None:
    costs = [cost("0.5"), cost("0.25"), cost("9", day="2026-11-22")]
    assert by_day(costs, BEGUN.days()) == {
        "2026-11-23": Sum(),
        "2026-11-24": total("0.75"),
        "2026-11-25": Sum(),
    }


def test_the_dearest_jobs_are_named_and_all_others_added_up() -> None:
    costs = [cost(f"0.{number:02}", job=number, day="2026-11-02") for number in range(1, 21)]
    named, others = by_job([*costs, cost("0.5", job=3)], {JobId(3): "Brief"}, BEGUN)
    assert [row.job for row in named] == [3, *range(20, 9, -1)]
    assert len(named) == NAMED
    assert (named[0].name, named[0].week, named[0].month) == ("Brief", total("0.5"), total("0.53"))
    assert named[1].name is None
    assert (others.jobs, others.week, others.month) == (8, Sum(), total("0.42"))


def test_a_week_that_began_last_month_counts_whole_and_the_month_from_its_first_day() -> None:
    begun = since("2026-12-02")
    ((row,), _) = by_job([cost("1", day="2026-11-30"), cost("2", day="2026-12-01")], {}, begun)
    assert (row.week, row.month) == (total("3"), total("2"))


def test_a_cap_of_today_tells_what_is_used_of_it_and_what_was_raised() -> None:
    spent = Spent({Cap.DAY: Decimal(6)}, {Cap.DAY: Decimal(5)})
    assert used(Caps(per_day_usd=Decimal(5)), spent, (Cap.DAY,)) == (
        Used(Cap.DAY, Decimal(10), Decimal(5), Decimal(6)),
    )
    assert used(Caps(per_day_usd=None), spent, (Cap.DAY,)) == ()


def recent(amount: str | None = None, route: Route | None = PRICED, tokens: int = 1000) -> Recent:
    return Recent(route, tokens, tokens, None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        # 1,000 tokens in and 500 out at $3 and $15 for a million.
        ([], Rate(Decimal("0.0105"), Basis.ASSUMED)),
        ([recent("0.02"), recent("0.04")], Rate(Decimal("0.03"), Basis.COSTS, 2)),
        # What another route cost says nothing of this one, its tokens do.
        ([recent("0.02", FREE), recent(None, FREE)], Rate(Decimal("0.018"), Basis.TOKENS, 2)),
        ([recent(None), recent("0.05")], Rate(Decimal("0.05"), Basis.COSTS, 1)),
    ],
)
def test_what_runs_did_cost_says_more_than_a_price_list(runs: list[Recent], expected: Rate) -> None:
    assert rate(PRICED, runs) == expected


def test_another_key_of_the_same_account_is_the_same_route() -> None:
    before = recent("0.02", replace(PRICED, fingerprint="another"))
    assert rate(PRICED, [before]) == Rate(Decimal("0.02"), Basis.COSTS, 1)


def test_a_price_nobody_knows_is_no_rate_and_never_nothing() -> None:
    assert rate(replace(PAID, price_class=PriceClass.UNKNOWN), [recent(None)]) is None
    assert rate(PAID, []) is None
    assert rate(FREE, []) == Rate(Decimal(0), Basis.ASSUMED)


def test_held_fires_cost_what_the_route_they_were_judged_on_does() -> None:
    waiting = Waiting(JobId(7), HoldReason.DRIFT, 3, PRICED)
    assert held_back(waiting, "Brief", [], FREE).amount == Decimal("0.0315")
    assert held_back(replace(waiting, route=None), "Brief", [], FREE).amount == Decimal(0)
    assert held_back(replace(waiting, route=None), "Brief", [], None).amount is None


def test_the_coming_week_is_what_is_known_of_it() -> None:
    known = Ahead(a_job(), 7, Rate(Decimal("0.02"), Basis.COSTS, 3))
    nobody = Ahead(a_job(8), 70, None)
    coming = Coming((known, nobody))
    assert (coming.amount, coming.fires, coming.unknown) == (Decimal("0.14"), 7, (nobody,))


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 7),
        ({"schedule": Cron("0 9 * * 1-5")}, 5),
        ({"repeat_left": 2}, 2),
        ({"until": NINE + timedelta(days=2)}, 3),
        ({"schedule": Once(NINE)}, 1),
        ({"schedule": Once(NOON + timedelta(days=9))}, 0),
        ({"schedule": Interval(timedelta(minutes=5))}, 2016),
    ],
)
def test_the_fires_of_a_week_are_counted(changes: dict[str, Any], count: int) -> None:
    assert fires_within(a_job(**changes), NOON, WEEK) == count


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (LISTED, "genai-prices 0.2.3"),
        (replace(LISTED, source=PriceSource.OVERRIDE, edition=None), "config.yaml"),
        (PriceCard(PriceSource.UNKNOWN), None),
        (None, None),
    ],
)
def test_a_price_says_which_list_it_is_of(card: PriceCard | None, expected: str | None) -> None:
    assert list_of(replace(PAID, price=card)) == expected


def test_moments_before_a_job_ever_fires_are_none() -> None:
    late = a_job(schedule=Once(datetime(2026, 1, 1, tzinfo=NOON.tzinfo)), next_fire_time=None)
    assert fires_within(late, NOON, WEEK) == 0
