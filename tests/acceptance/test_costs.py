"""`/jobs cost`: what jobs cost this week and month, what is held back, and what the coming week will."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.slack.blocks import draw as draw_for_slack
from bot.adapters.telegram.drawing import draw as draw_for_telegram
from bot.message import Code, Message
from scheduler.job import JobId, Place, Principal
from scheduler.ports import Entry
from scheduler.run import HoldReason, RunState
from tests.acceptance.test_caps import ADD, PRICES, lose, paying
from tests.acceptance.world import ME, World, text_of
from tests.fakes.provider_behaviours import Hang
from tests.fakes.provider_replies import Says

ELSEWHERE = Place("slack", "T012AB", "C0ELSE")
ROOM = Place("slack", "T012AB", "C0ROOM")
VIEWER = Principal("slack", "T012AB", "U0VIEW", "Vi")
STRANGER = Principal("slack", "T012AB", "U0NOBODY", "No")
LISTS = 'access: {viewers: ["slack:T012AB:U0VIEW"]}\n'

# A good run of the paid lab takes 11 tokens in at $3 and 7 out at $15, of a million: $0.000138.
# A lost one counts as the $0.071 it had reserved.
BIG = Says(tokens=(10_000, 2_000))
"""$0.06 at that price."""


async def run(world: World, times: int = 1, job: int = 1) -> None:
    world.paid.behave(BIG)
    for _ in range(times):
        await world.type(f"/jobs run {job}")


def bars(message: Message) -> list[str]:
    """The lines of the bars."""
    return [
        row for block in message.blocks if isinstance(block, Code) for row in block.text.split("\n")
    ]


@pytest.fixture
async def spent(world: World) -> World:
    """Job 1 had four good runs and a lost one, and a fire that its cap holds; job 2 one good run."""
    await paying(world, PRICES + "spend: {per_job_day_usd: 0.32}\n")
    await world.type(ADD.replace("Brief", "Watch"))
    await run(world, 4)
    await run(world, 1, job=2)
    await lose(world)
    world.paid.behave(BIG)
    held = await world.fire()
    assert (held.state, held.hold_reason) == (RunState.HELD, HoldReason.BUDGET)
    return world


async def test_this_week_and_month_are_shown_by_job_as_bars(spent: World) -> None:
    told = await spent.type("/jobs cost")
    # The fire of job 2 ran when that of job 1 was held.
    assert told.title == "The jobs here cost $0.43 this week and $0.43 this month."
    week = ["#1 Brief       $0.31 ███████▒▒", "#2 Watch       $0.12 ███▌"]
    assert bars(told) == [*week, *week]
    assert "▒ $0.071 in doubt: outcome or cost unknown" in text_of(told)


async def test_what_is_held_back_is_told_with_about_what_it_would_cost(spent: World) -> None:
    told = text_of(await spent.type("/jobs cost"))
    assert "Held back: 1 fire, about $0.06 at this rate" in told
    assert "#1 Brief: 1 fire, about $0.06; a cap on spending allows no more" in told


async def test_the_coming_week_costs_what_the_latest_runs_did(spent: World) -> None:
    told = text_of(await spent.type("/jobs cost"))
    # Two jobs of 84 runs a week.
    assert "about $10.08 for 168 runs; 2 jobs by what their latest runs cost" in told


async def test_the_caps_of_today_say_how_much_of_them_is_used(spent: World) -> None:
    told = text_of(await spent.type("/jobs cost"))
    assert "$0.43 of $10.00, 4 %" in told
    assert "$0.43 of $20.00, 2 %" in told
    await spent.type("/jobs raise 1")
    assert "$0.31 of $0.64, 49 %, $0.32 of it raised today" in text_of(
        await spent.type("/jobs cost 1")
    )


async def test_one_job_shows_each_day_and_how_the_cost_of_each_run_is_known(spent: World) -> None:
    await spent.type("/jobs pause 1")
    spent.clock.advance(timedelta(days=1))
    spent.paid.behave(Says(cost=0.03))
    await spent.type("/jobs run 1")
    told = await spent.type("/jobs cost 1")
    assert bars(told) == ["Mon 23         $0.31 ███████▒▒", "Tue 24         $0.03 ▉"]
    assert "$0.03 billed, on paid-lab:large" in text_of(told)
    assert "outcome unknown, so it counts as $0.071, on paid-lab:large" in text_of(told)
    assert "about $0.06, estimated (prices of config.yaml), on paid-lab:large" in text_of(told)
    assert "at most $0.50 (spend.per_run_usd)" in text_of(told)


async def test_a_history_says_on_which_prices_an_estimate_rests(spent: World) -> None:
    told = text_of(await spent.type("/jobs history 2"))
    assert "about $0.06, estimated (prices of config.yaml)" in told


async def test_what_is_under_way_counts_as_reserved(world: World) -> None:
    await paying(world)
    world.paid.behave(Hang())
    await world.app.service.runs.run(JobId(1), ME)
    await world.until(lambda: world.paid.count == 1)
    told = await world.app.service.costs.overview(None)
    assert told.week.total == told.week.open
    assert f"{told.week.open:.3f}" == "0.071"
    await world.app.service.runs.stop(JobId(1), ME)
    await world.settle()


async def test_jobs_on_free_routes_cost_nothing_and_say_so_in_a_line(world: World) -> None:
    await world.type(ADD)
    await world.fire()
    said = (
        "The jobs here cost $0.00 this week and this month, and no run that costs anything is due."
    )
    assert text_of(await world.type("/jobs cost")) == said
    assert text_of(await world.type("/jobs cost 1")) == (
        "Job 1 (Brief) cost $0.00 this week and $0.00 this month, and no run that costs anything is due."
    )


async def test_a_price_nobody_knows_is_said_plainly(world: World) -> None:
    await paying(world, "")
    assert "what #1 will cost: no price is known" in text_of(await world.type("/jobs cost"))
    assert "nobody knows what one costs" in text_of(await world.type("/jobs cost 1"))


async def test_a_job_held_by_a_drift_costs_nothing_meanwhile(world: World) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large", PRICES)
    await world.fire()
    told = text_of(await world.type("/jobs cost"))
    assert "Held back: 1 fire, about $0.01 at this rate" in told
    assert "the default moved" in told
    assert "1 job held meanwhile, not counted" in told


async def test_a_job_that_was_removed_still_counts(spent: World) -> None:
    await spent.type("/jobs remove 1")
    told = await spent.type("/jobs cost")
    assert bars(told)[0] == "#1 (gone)      $0.31 ███████▒▒"
    assert "Removed by Ana" in text_of(await spent.type("/jobs cost 1"))


async def test_a_chat_sees_its_own_jobs_and_an_admin_all_of_them(tmp_path: Path) -> None:
    async with World(tmp_path, config=LISTS) as world:
        await paying(world)
        await world.type(ADD.replace("Brief", "Elsewhere"), place=ELSEWHERE)
        await run(world, 1)
        await run(world, 1, job=2)
        here = text_of(await world.type("/jobs cost"))
        assert "#1 Brief" in here
        assert "Elsewhere" not in here
        everywhere = text_of(await world.type("/jobs cost all"))
        assert "#1 Brief" in everywhere
        assert "#2 Elsewh" in everywhere
        seen = await world.type("/jobs cost", VIEWER, ELSEWHERE)
        assert "#2 Elsewh" in text_of(seen)
        refused = await world.type("/jobs cost all", VIEWER, ELSEWHERE)
        assert "an admin" in text_of(refused)
        hidden = await world.type("/jobs cost 1", VIEWER, ELSEWHERE)
        assert hidden.title == "There is no job 1 here; '/jobs list' shows the jobs of this chat."
        assert "$" not in text_of(await world.type("/jobs cost", STRANGER, ELSEWHERE))


async def test_a_new_week_and_a_new_month_begin_anew(spent: World) -> None:
    await spent.type("/jobs pause 1")
    await spent.type("/jobs pause 2")
    spent.clock.advance(timedelta(days=7))
    told = await spent.type("/jobs cost")
    assert told.title == "The jobs here cost $0.00 this week and $0.43 this month."
    spent.clock.advance(timedelta(days=1))
    told = await spent.type("/jobs cost")
    assert told.title == "The jobs here cost $0.00 this week and this month."


async def test_a_thousand_jobs_are_one_message_and_soon_read(world: World) -> None:
    await paying(world, PRICES + "spend: {per_chat_day_usd: off, per_day_usd: off}\n")
    await run(world)
    first = await world.job()
    more = [(str(n), replace(first, name=f"Brief-{n}")) for n in range(2, 1001)]
    await world.app.store.bring("a test", more, Entry(world.clock.now(), ME, "import", "jobs"))
    for job in range(2, 16):
        await run(world, 1, job)
    began = time.monotonic()
    told = await world.type("/jobs cost all")
    took = time.monotonic() - began
    assert took < 15, "a read that everybody waits for"
    assert "3 more         $0.18" in bars(told)
    assert len(bars(told)) == 2 * 13
    assert "900 more jobs not reckoned" in text_of(told)
    slack = draw_for_slack(told)
    assert slack.rest == ()
    (part,) = draw_for_telegram(told).parts
    assert len(part.text) <= 4096
