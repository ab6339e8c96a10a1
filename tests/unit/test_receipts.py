"""Every report of a run ends with one quiet line: the route, and what it cost or that nobody knows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.adapters.terminal.render import Look, render
from bot.message import Quiet
from bot.wording import runs
from scheduler.route import PriceClass
from scheduler.run import CostSource, Run, RunId, RunKind, RunState, Usage
from tests.unit.jobs import NINE, PAID, a_job

CENT = Decimal("0.01")
COSTS = {
    "billed": (CENT, CostSource.BILLED, "$0.01 billed"),
    "nothing billed": (Decimal(0), CostSource.BILLED, "$0.00 billed"),
    "estimated": (CENT, CostSource.ESTIMATED, "about $0.01, estimated"),
    "unknown": (None, CostSource.UNKNOWN, "cost unknown"),
}
STATES = (RunState.SUCCEEDED, RunState.FAILED, RunState.UNKNOWN, RunState.CANCELLED)


def last_line(state: RunState, charged: PriceClass, usage: Usage) -> str:
    run = Run(
        RunId(1),
        a_job().id,
        NINE,
        RunKind.SCHEDULED,
        state,
        route=replace(PAID, price_class=charged),
        output="All quiet.",
        error="it broke",
        usage=usage,
    )
    report = runs.report(a_job(), run, "/jobs", first_unguarded=False)
    if usage.requests or state is not RunState.CANCELLED:
        assert isinstance(report.blocks[-1], Quiet)
    lines = [line.strip() for line in render(report, Look(width=10_000)).splitlines()]
    return next(line for line in reversed(lines) if line and not line.startswith("["))


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("charged", PriceClass)
@pytest.mark.parametrize("state", STATES)
def test_a_report_of_a_call_ends_with_its_route_and_its_cost(
    state: RunState, charged: PriceClass, cost: str
) -> None:
    amount, source, words = COSTS[cost]
    told = last_line(state, charged, Usage(1, 11, 7, cost=amount, cost_source=source))
    assert told.startswith("paid-lab:large, ")
    if charged is PriceClass.LOCAL and not amount:
        assert "no charge" in told
    else:
        assert words in told
    assert not ("no charge" in told and amount)
    assert "nothing was sent" not in told


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.UNKNOWN])
def test_a_report_without_a_request_says_so_only_where_that_is_certain(state: RunState) -> None:
    told = last_line(state, PriceClass.PAID, Usage())
    assert ("nothing was sent" in told) == (state is RunState.FAILED)
    assert ("cost unknown" in told) == (state is RunState.UNKNOWN)
