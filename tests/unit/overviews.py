"""Costs as the service finds them, for the tests of what is said about them."""

from dataclasses import replace
from decimal import Decimal

from scheduler.answers import CostsOf, Removed
from scheduler.caps import Cap
from scheduler.costs import JobCosts, Others, Overview, Sum, Used, since
from scheduler.job import JobId, JobKind, JobState
from scheduler.price import PriceCard, PriceSource
from scheduler.rate import Ahead, Basis, Coming, HeldBack, Rate
from scheduler.run import CostSource, HoldReason, Run, RunId, RunKind, RunState, Usage
from tests.unit.jobs import NINE, PAID, a_job

BEGUN = since("2026-11-25")
LISTED = replace(
    PAID,
    price=PriceCard(PriceSource.LIST, Decimal(3), Decimal(15), edition="genai-prices 0.2.3"),
)
NOTHING = Sum()


def total(known: str = "0", doubt: str = "0", under_way: str = "0") -> Sum:
    return Sum(Decimal(known), Decimal(doubt), Decimal(under_way))


def under(cap: Cap, most: str, spent: str, raised: str = "0") -> Used:
    return Used(cap, Decimal(most), Decimal(raised), Decimal(spent))


CAPS = (under(Cap.CHAT_DAY, "10", "1.4"), under(Cap.DAY, "40", "12.5", "20"))
OF_A_JOB = (
    under(Cap.OWN, "0.05", "0"),
    under(Cap.RUN, "0.5", "0"),
    under(Cap.JOB_DAY, "5", "0.4"),
    *CAPS,
)
MEAN = Rate(Decimal("0.021"), Basis.COSTS, 12)
BY_LIST = Rate(Decimal("0.0105"), Basis.ASSUMED)
WATCH = a_job(9, name="Build watch of the whole team")

CHAT = Overview(
    BEGUN,
    "Europe/Oslo",
    (
        JobCosts(JobId(7), "Brief", total("0.42", "0.071"), total("2.31", "0.142")),
        JobCosts(JobId(9), WATCH.name, total("0.084"), total("0.9")),
        JobCosts(JobId(4), None, NOTHING, total("0.02")),
    ),
    Others(),
    free=3,
    week=total("0.504", "0.071"),
    month=total("3.23", "0.142"),
    caps=CAPS,
    held=(
        HeldBack(JobId(11), "Digest", HoldReason.HALT, 1, None),
        HeldBack(JobId(7), "Brief", HoldReason.BUDGET, 2, Decimal("0.042")),
    ),
    coming=Coming(
        (Ahead(a_job(), 7, MEAN), Ahead(WATCH, 84, BY_LIST), Ahead(a_job(11), 7, None)), held=1
    ),
    prices=("config.yaml", "genai-prices 0.2.3"),
)
CROWD = replace(
    CHAT,
    named=tuple(
        JobCosts(JobId(n), f"Brief-{n}", total("0.5"), total("1.5", "0", "0.1")) for n in range(12)
    ),
    others=Others(988, total("40"), total("160")),
    free=0,
    week=total("46"),
    month=total("178", "0", "1.2"),
    caps=CAPS[1:],
    held=tuple(
        HeldBack(JobId(n), f"Brief-{n}", HoldReason.DRIFT, 3, Decimal("0.1")) for n in range(40)
    ),
    coming=Coming(tuple(Ahead(a_job(n), 7, None) for n in range(100)), held=40, beyond=860),
    everywhere=True,
)
FREE_CHAT = replace(
    CHAT, named=(), free=4, week=NOTHING, month=NOTHING, held=(), coming=Coming(), prices=()
)
NEW_CHAT = replace(FREE_CHAT, coming=Coming((Ahead(a_job(), 7, BY_LIST),)))


def a_run(number: int, state: RunState, usage: Usage) -> Run:
    return Run(RunId(number), JobId(7), NINE, RunKind.SCHEDULED, state, route=LISTED, usage=usage)


def cost(amount: str | None, source: CostSource) -> Usage:
    return Usage(1, 11, 7, cost=None if amount is None else Decimal(amount), cost_source=source)


ONE = CostsOf(
    a_job(max_usd=Decimal("0.05")),
    BEGUN,
    "Europe/Oslo",
    (
        ("2026-11-23", NOTHING),
        ("2026-11-24", total("0.0021")),
        ("2026-11-25", total("0.4", "0.05")),
    ),
    total("2.31", "0.05"),
    OF_A_JOB,
    CHAT.held[1:],
    Coming((Ahead(a_job(), 7, MEAN),)),
    (
        (a_run(5, RunState.CALLING, Usage()), Decimal("0.05")),
        (a_run(4, RunState.SUCCEEDED, cost(None, CostSource.UNKNOWN)), Decimal("0.05")),
        (a_run(3, RunState.UNKNOWN, Usage(1)), Decimal("0.05")),
        (a_run(2, RunState.SUCCEEDED, cost("0.0021", CostSource.ESTIMATED)), Decimal("0.0021")),
        (a_run(1, RunState.SUCCEEDED, cost("0.4", CostSource.BILLED)), Decimal("0.4")),
    ),
    ("genai-prices 0.2.3",),
)
UNPRICED = replace(ONE, coming=Coming((Ahead(a_job(), 7, None),)), held=(), runs=())
HELD = replace(UNPRICED, coming=Coming(held=1), held=CHAT.held[:1])
GONE = replace(
    ONE, job=a_job(state=JobState.REMOVED), coming=Coming(), removed=Removed("Ana", NINE)
)
IDLE = replace(HELD, days=(("2026-11-25", NOTHING),), month=NOTHING, held=(), coming=Coming())
TEA = replace(IDLE, job=a_job(kind=JobKind.MESSAGE, name="Tea"))
