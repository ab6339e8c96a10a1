"""A job's own cap (`max_usd=`): it lowers what a run may cost, and nothing raises it but an edit."""

import pytest

from scheduler.run import HoldReason, RunState
from tests.acceptance.test_caps import PRICES
from tests.acceptance.test_scripts import scripts
from tests.acceptance.world import World, text_of

# One request reserves $0.071 (tests/acceptance/test_caps.py).
ADD = "/jobs add 0 */2 * * * name=Brief max_usd={} | Summarise open incidents"


async def capped(world: World, own: str = "0.05", extra: str = PRICES) -> None:
    world.point_default("paid-lab", "large", extra)
    await world.type(ADD.format(own))


async def test_a_run_that_may_cost_more_than_its_job_allows_is_held(world: World) -> None:
    await capped(world)
    run = await world.fire()
    assert (run.state, run.hold_reason, world.calls) == (RunState.HELD, HoldReason.BUDGET, 0)
    told = text_of(world.latest)
    assert "a run of job 1 could cost more than the $0.05 of its own max_usd" in told
    assert "Its next request may cost up to $0.071." in told
    assert "/jobs edit 1 max_usd=0.071 allows it." in told
    assert "spend.per_run_usd" not in told
    assert "/jobs raise" not in told
    assert [button.label for button in world.latest.buttons] == ["Pause"]


async def test_the_command_that_the_message_prints_lets_it_leave(world: World) -> None:
    await capped(world)
    await world.fire()
    changed = await world.type("/jobs edit 1 max_usd=0.071")
    assert "$0.05 a run -> $0.071 a run" in text_of(changed)
    await world.type("/jobs run 1")
    assert world.paid.count == 1


async def test_an_admin_cannot_raise_it_for_today(world: World) -> None:
    await capped(world)
    await world.fire()
    refused = await world.type("/jobs raise 1")
    assert refused.title == (
        "Job 1 itself allows a run $0.05 (max_usd), and its next request may cost up to $0.071;"
        " '/jobs edit 1 max_usd=0.071' allows it."
    )
    run = await world.type("/jobs run 1")
    assert "'/jobs edit 1 max_usd=0.071' allows it" in run.title
    assert world.calls == 0


async def test_it_never_widens_the_cap_of_the_settings(world: World) -> None:
    await capped(world, "5", PRICES + "spend: {per_run_usd: 0.06}\n")
    card = " ".join(text_of(await world.type("/jobs show 1")).split())
    assert "At most $0.06 a run (spend.per_run_usd, less than its max_usd of $5.00)" in card
    await world.fire()
    assert "more than the $0.06 of spend.per_run_usd" in text_of(world.latest)
    assert world.calls == 0


async def test_what_nobody_knows_the_price_of_does_not_fit_under_it(world: World) -> None:
    await capped(world, "0.40", "")
    await world.fire()
    assert "Nobody knows what paid-lab:large costs" in text_of(world.latest)
    assert world.calls == 0


async def test_a_run_that_fits_leaves_and_the_card_says_what_it_may_cost(world: World) -> None:
    await capped(world, "$0.10")
    assert "$0.10 a run (max_usd)" in text_of(await world.type("/jobs show 1"))
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert world.paid.count == 1


async def test_off_leaves_it_to_the_settings_again(world: World) -> None:
    await capped(world)
    assert "$0.05 a run -> as configured" in text_of(await world.type("/jobs edit 1 max_usd=off"))
    assert (await world.fire()).state is RunState.SUCCEEDED


async def test_it_outlives_a_restart(world: World) -> None:
    await capped(world)
    await world.restart()
    assert (await world.fire()).state is RunState.HELD


@pytest.mark.parametrize("kind", ["message", "script"])
async def test_a_job_that_calls_no_provider_takes_none(world: World, kind: str) -> None:
    await scripts(world, check=["/bin/true"])
    add = f"/jobs add every day at 09:00 kind={kind} {{}}| check"
    words = f"A job of kind={kind} calls no provider; leave max_usd= out."
    assert (await world.type(add.format("max_usd=1 "))).title == words
    await world.type(add.format(""))
    assert (await world.type("/jobs edit 1 max_usd=1")).title == words
    assert (await world.job()).max_usd is None
