"""Caps on spending: at a cap nothing leaves, one message says so, and an admin may allow more today."""

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.job import JobState, Principal
from scheduler.run import CostSource, HoldReason, RunState
from tests.acceptance.alerted import states
from tests.acceptance.world import World, text_of
from tests.fakes.provider_behaviours import Drop, Status
from tests.fakes.provider_replies import Says
from tests.figures import Figures

# What one request reserves: 1,024 tokens in at $3 and 4,096 out at $15, of a million, and a tenth more,
# for so much dearer the consent lets it become: $0.071.
PRICES = "prices: {'paid-lab:large': {input: 3, output: 15}}\n"
TWO = PRICES + "spend: {per_job_day_usd: 0.15}\n"
ADD = "/jobs add 0 */2 * * * name=Brief | Summarise open incidents"
OPERATOR = Principal("slack", "T012AB", "U034CD", "Olu")


async def paying(world: World, extra: str = TWO) -> None:
    world.point_default("paid-lab", "large", extra)
    await world.type(ADD)


async def lose(world: World, times: int = 1, job: int = 1) -> None:
    """Runs of unknown outcome: each counts as all it had reserved."""
    world.paid.behave(*[Drop()] * times)
    for _ in range(times):
        await world.type(f"/jobs run {job}")
    world.paid.behave(Says())


@pytest.fixture
async def capped(world: World) -> World:
    """Job 1 has used two of the two runs that its cap of today has room for, and is held."""
    await paying(world)
    await lose(world, 2)
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.BUDGET)
    return world


async def test_at_a_cap_no_request_leaves_and_one_message_says_so(capped: World) -> None:
    assert capped.paid.count == 2
    told = text_of(capped.latest)
    assert capped.latest.title == (
        "Job 1 (Brief) is held: a cap on spending allows no more. No call was made."
    )
    assert "this run could take job 1 over the $0.15 it may spend on" in told
    assert "$0.14 is spent or reserved, and this request may cost up to $0.071." in told
    assert [button.label for button in capped.latest.buttons] == ["Raise for today", "Pause"]


async def test_the_message_is_one_however_many_jobs_a_cap_holds(world: World) -> None:
    await paying(world, PRICES + "spend: {per_chat_day_usd: 0.15}\n")
    for number in range(2, 6):
        await world.type(ADD.replace("Brief", f"Brief-{number}"))
    await lose(world, 2)
    posts = world.chat.posts
    await world.fire()
    for number in range(1, 6):
        assert (await states(world, number))[0] is RunState.HELD
    assert world.chat.posts == posts + 1
    assert world.paid.count == 2


async def test_a_held_fire_uses_up_no_repeat(world: World) -> None:
    world.point_default("paid-lab", "large", PRICES + "spend: {per_day_usd: 0}\n")
    await world.type(ADD.replace("|", "repeat=2 |"))
    await world.fire()
    assert (await world.job()).repeat_left == 2
    assert world.calls == 0


async def test_the_next_day_runs_again_by_itself(capped: World) -> None:
    day = capped.clock.now().date()
    while (run := await capped.fire()).fire_time.date() == day:
        assert run.state is RunState.HELD
    assert run.state is RunState.SUCCEEDED
    assert capped.paid.count == 3
    assert RunState.HELD not in await states(capped), "what a later fire made up for waits no more"


async def test_an_admin_raises_the_cap_and_runs_the_held_fire(capped: World) -> None:
    raised = await capped.press(capped.button("Raise for today"))
    assert raised.title.startswith("More may be spent on 20")
    assert "Job 1 (Brief): $0.30 (spend.per_job_day_usd)" in text_of(raised)
    assert "/jobs run 1" in text_of(raised)
    assert capped.paid.count == 2
    await capped.press(capped.button("Run the held fire now", raised))
    assert capped.paid.count == 3
    assert (await states(capped))[0] is RunState.SUCCEEDED


async def test_raising_twice_says_that_it_is_not_needed(capped: World) -> None:
    await capped.type("/jobs raise 1")
    again = await capped.type("/jobs raise 1")
    assert again.title == "No cap on spending holds job 1; '/jobs run 1' runs it."


async def test_what_was_raised_ends_with_the_day(capped: World) -> None:
    await capped.type("/jobs raise 1")
    capped.clock.advance(timedelta(days=1))
    await lose(capped, 2)
    refused = await capped.type("/jobs run 1")
    assert "over the $0.15 it may spend on" in refused.title


async def test_only_an_admin_raises(tmp_path: Path) -> None:
    async with World(tmp_path, config='access: {operators: ["slack:T012AB:*"]}\n') as world:
        await paying(world)
        await lose(world, 2)
        await world.fire()
        refused = await world.press(world.button("Raise for today"), OPERATOR)
        typed = await world.type("/jobs raise 1", OPERATOR)
        for told in (refused, typed):
            assert "an admin" in told.title
        assert "over the $0.15" in (await world.type("/jobs run 1")).title
        assert world.paid.count == 2


async def test_pause_rests_the_job(capped: World) -> None:
    await capped.press(capped.button("Pause"))
    assert (await capped.job()).state is JobState.PAUSED


async def test_a_run_asked_for_at_a_cap_says_why_nothing_was_run(capped: World) -> None:
    before = await states(capped)
    told = await capped.type("/jobs run 1")
    assert told.title.startswith("Nothing was run: this run could take job 1 over the $0.15")
    assert "'/jobs raise 1'" in told.title
    assert await states(capped) == before


async def test_a_run_that_costs_what_is_known_leaves_the_rest_of_the_cap(world: World) -> None:
    await paying(world)
    for _ in range(12):
        await world.type("/jobs run 1")
    assert world.paid.count == 12


async def test_what_the_provider_refuses_counts_as_nothing(world: World) -> None:
    await paying(world)
    world.paid.behave(*[Status(500, "closed today")] * 4)
    for _ in range(4):
        await world.type("/jobs run 1")
    assert world.paid.count == 4
    assert (await states(world)) == [RunState.FAILED] * 4
    report = text_of(world.latest)
    history = text_of(await world.type("/jobs history 1"))
    costs = text_of(await world.type("/jobs cost 1"))
    for told, times in ((report, 1), (history, 4), (costs, 4)):
        assert told.count("nothing billed") == times
        assert "unknown" not in told
        assert "0 tokens" not in told


async def test_a_free_route_knows_no_cap(world: World) -> None:
    world.point_default("free-lab", "small", "spend: {per_run_usd: 0, per_day_usd: 0}\n")
    await world.type(ADD)
    assert (await world.fire()).state is RunState.SUCCEEDED


async def test_a_price_nobody_knows_counts_as_all_that_a_run_may_cost(world: World) -> None:
    await paying(world, "spend: {per_run_usd: 0.50, per_job_day_usd: 1}\n")
    for _ in range(2):
        await world.type("/jobs run 1")
    run = await world.fire()
    assert (run.state, world.paid.count) == (RunState.HELD, 2)
    assert "Nobody knows what paid-lab:large costs" in text_of(world.latest)


async def test_people_are_warned_once_before_a_cap_holds_anything(world: World) -> None:
    await paying(world, PRICES + "spend: {per_job_day_usd: 0.17}\n")
    await lose(world, 2)
    warnings = [m for m in world.chat.messages.values() if "comes near the $0.17" in m.title]
    assert len(warnings) == 1
    told = " ".join(text_of(warnings[0]).split())
    assert "$0.071 is spent or reserved" in told
    assert "`/jobs cost 1` says what was spent; `/jobs raise 1` allows more" in told
    assert world.paid.count == 2


async def test_of_many_runs_at_once_no_more_leave_than_the_cap_allows(
    world: World, figure: Figures
) -> None:
    """Forty jobs due in one second, and room for seven requests of unknown outcome."""
    await paying(world, PRICES + "spend: {per_day_usd: 0.50}\nlimits: {jobs_per_chat: 60}\n")
    for number in range(2, 41):
        await world.type(ADD.replace("Brief", f"Brief-{number}"))
    world.paid.behave(*[Drop()] * 40)
    await world.fire()
    held = [number for number in range(1, 41) if (await states(world, number)) == [RunState.HELD]]
    figure(
        "P13",
        requests_asked=40,
        let_through=world.paid.count,
        over=max(0, world.paid.count - 7),
    )
    assert world.paid.count == 7
    assert len(held) == 33


async def test_what_was_refused_leaves_no_doubt_about_what_the_next_attempt_costs(
    world: World,
) -> None:
    world.point_default("paid-lab", "large", TWO)
    await world.type(ADD.replace("|", "retry=2 |"))
    world.paid.behave(Status(500, "closed today"), Says())
    run = await world.fire()
    assert (run.state, run.attempt, run.usage.requests) == (RunState.SUCCEEDED, 2, 2)
    assert run.usage.cost_source is CostSource.ESTIMATED
    assert run.usage.cost is not None
    assert (run.usage.input_tokens, run.usage.output_tokens) == (11, 7)


async def test_a_card_says_that_a_cap_holds_the_job(capped: World) -> None:
    shown = text_of(await capped.type("/jobs show 1"))
    assert "is held: this run could take job 1 over the $0.15" in shown
    assert "nothing holds the job now" not in shown
    await capped.type("/jobs raise 1")
    assert "nothing holds the job now: `/jobs run 1`" in text_of(await capped.type("/jobs show 1"))


async def test_a_job_whose_runs_can_never_fit_says_so_when_it_is_added(world: World) -> None:
    world.point_default("paid-lab", "large", PRICES + "spend: {per_run_usd: 0.05}\n")
    card = text_of(await world.type(ADD))
    assert "would be held: a run of job 1 could cost more than the $0.05" in card
