"""What a run and a month cost, and how a person is told: rounded, with its basis, never a guess as free."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.wording import prices
from scheduler.forecast import fires, forecast
from scheduler.job import Job
from scheduler.money import ASSUMED, Forecast, Habit, habit, month_cost, run_cost
from scheduler.price import LongPrice, PriceCard, PriceSource
from scheduler.route import PriceClass
from scheduler.schedule import Cron, Interval, Once, Schedule
from tests.unit.jobs import FREE, NINE, NOON, PAID, a_job

CARD = PriceCard(
    PriceSource.LIST, Decimal(3), Decimal(15), matched="claude-sonnet-4-5", edition="list 1"
)
DEAR = replace(PAID, price=CARD)
DAILY = Forecast(ASSUMED, 30)
KNOWN = Forecast(Habit(2_000_000, 100_000, 12), 30)


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("0", "about $0.00"),
        ("0.0004", "less than a cent"),
        ("0.0315", "about $0.03"),
        ("0.5", "about $0.50"),
        ("1.204", "about $1.20"),
        ("12.4", "about $12"),
        ("99.6", "about $100"),
        ("112.2", "about $110"),
        ("1122.83", "about $1,100"),
        ("56300", "about $56,000"),
    ],
)
def test_an_amount_is_rounded_like_a_person_would(amount: str, told: str) -> None:
    assert prices.about(Decimal(amount)) == told


def test_the_habit_of_a_job_is_the_median_of_its_runs_and_else_a_stated_assumption() -> None:
    assert habit([(100, 10), (9000, 900), (300, 30)]) == Habit(300, 30, 3)
    assert habit([]) == ASSUMED
    assert prices.basis(DAILY) == "30 runs a month; 1,000 tokens in and 500 out a run are assumed"
    assert prices.basis(Forecast(Habit(300, 30, 3), 1)) == (
        "1 run a month; 300 tokens in and 30 out a run, as in its last 3"
    )


MONTHS: list[tuple[Schedule, int]] = [
    (Cron("0 9 * * *"), 30),
    (Cron("0 9 * * 1-5"), 22),
    (Interval(timedelta(hours=1)), 720),
    (Interval(timedelta(minutes=5)), 8640),
    (Cron("*/30 * * * *"), 1440),
    (Once(NINE), 1),
]


@pytest.mark.parametrize(("schedule", "often"), MONTHS)
def test_the_fires_of_a_month_follow_from_the_schedule(schedule: Schedule, often: int) -> None:
    assert fires(a_job(schedule=schedule), NOON) == often


@pytest.mark.parametrize(
    ("job", "often"),
    [
        (a_job(repeat_left=3), 3),
        (a_job(until=NOON + timedelta(days=10)), 10),
        (a_job(schedule=Interval(timedelta(minutes=5)), until=NOON + timedelta(days=1)), 288),
    ],
)
def test_what_ends_a_job_ends_its_costs(job: Job, often: int) -> None:
    assert fires(job, NOON) == often


def test_a_forecast_joins_the_runs_so_far_and_the_schedule() -> None:
    assert forecast(a_job(), [(300, 30)], NOON) == Forecast(Habit(300, 30, 1), 30)


def test_a_run_costs_what_its_tokens_cost() -> None:
    assert run_cost(PriceClass.PAID, CARD, ASSUMED) == Decimal("0.0105")
    assert month_cost(PriceClass.PAID, CARD, [DAILY, DAILY]) == Decimal("0.63")
    fee = replace(CARD, request=Decimal("0.012"))
    assert month_cost(PriceClass.PAID, fee, [DAILY]) == Decimal("0.675")
    long = replace(CARD, tiered=True, long=LongPrice(1000, Decimal(6), Decimal(20)))
    assert run_cost(PriceClass.PAID, long, ASSUMED) == Decimal("0.016")


@pytest.mark.parametrize(
    ("charged", "card"),
    [
        (PriceClass.UNKNOWN, CARD),
        (PriceClass.PAID, None),
        (PriceClass.PAID, PriceCard(PriceSource.BILLING)),
        (PriceClass.PAID, replace(CARD, output=None)),
        (None, CARD),
    ],
)
def test_what_nobody_knows_costs_no_figure_and_never_nothing(
    charged: PriceClass | None, card: PriceCard | None
) -> None:
    assert run_cost(charged, card, ASSUMED) is None
    assert month_cost(charged, card, [DAILY]) is None


@pytest.mark.parametrize("charged", [PriceClass.FREE, PriceClass.LOCAL])
def test_what_is_free_costs_nothing_for_certain(charged: PriceClass) -> None:
    assert run_cost(charged, None, ASSUMED) == 0
    assert prices.spent(replace(FREE, price_class=charged), [DAILY]) == ""


def test_a_paid_route_is_told_with_its_figures_and_where_they_come_from() -> None:
    assert prices.class_and_figures(DEAR) == (
        "paid: $3 in / $15 out per million tokens (claude-sonnet-4-5 in list 1)"
    )
    own = PriceCard(PriceSource.OVERRIDE, Decimal("0.5"), Decimal(2), matched="large")
    assert prices.figures(replace(DEAR, price=own)) == (
        "$0.50 in / $2 out per million tokens (prices: large)"
    )
    fee = replace(DEAR, price=replace(CARD, request=Decimal("0.012")))
    assert prices.figures(fee) == (
        "$3 in / $15 out per million tokens and $0.012 a request (claude-sonnet-4-5 in list 1)"
    )
    tiered = replace(DEAR, price=replace(CARD, tiered=True))
    assert "more for long requests" in prices.figures(tiered)


@pytest.mark.parametrize(
    ("card", "charged", "told"),
    [
        (PriceCard(PriceSource.BILLING), PriceClass.PAID, "paid: how much is not known here"),
        (
            PriceCard(PriceSource.UNKNOWN),
            PriceClass.UNKNOWN,
            "price unknown, so it counts as paid",
        ),
        (PriceCard(PriceSource.FREE_NAME), PriceClass.FREE, "free"),
    ],
)
def test_without_figures_the_class_is_told(card: PriceCard, charged: PriceClass, told: str) -> None:
    assert prices.class_and_figures(replace(PAID, price=card, price_class=charged)) == told


def test_a_month_is_told_for_one_job_or_for_several_together() -> None:
    assert prices.spent(DEAR, [KNOWN]) == "about $7.50 a run, about $220 a month"
    assert prices.spent(DEAR, [DAILY]) == "about $0.01 a run, about $0.32 a month"
    assert prices.spent(DEAR, [DAILY] * 13) == "about $4.10 a month for 13 jobs"


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ("12.2", "about 12 times the price"),
        ("2.5", "about 2.5 times the price"),
        ("2", "about 2 times the price"),
        ("1.4", "about 40 % dearer"),
        ("1.01", "about the same price"),
        ("0.69", "about 30 % cheaper"),
    ],
)
def test_a_price_is_compared_as_a_person_would(times: str, told: str) -> None:
    new = replace(CARD, input=Decimal(3) * Decimal(times), output=Decimal(15) * Decimal(times))
    route = replace(DEAR, price=new)
    assert prices.compared((PriceClass.PAID, CARD), route, ASSUMED) == told


def test_nothing_is_compared_with_what_is_free_or_unknown() -> None:
    assert prices.compared((PriceClass.FREE, None), DEAR, ASSUMED) == ""
    assert prices.compared((None, None), DEAR, ASSUMED) == ""
