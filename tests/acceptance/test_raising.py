"""More for today: what an admin allows is what the message said, and it lets the run leave."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from scheduler.caps import Cap
from scheduler.job import JobId
from scheduler.ports import Raise
from scheduler.run import HoldReason, RunState
from tests.acceptance.alerted import states
from tests.acceptance.test_caps import ADD, PRICES, lose, paying
from tests.acceptance.world import World, text_of
from tests.fakes.provider_behaviours import Drop, Raw, Status
from tests.fakes.provider_replies import Says
from tests.integration.stores import entry

STALE = "What that message says is not so any more; nothing was changed"


async def counted(world: World) -> Decimal:
    """What counts as spent by job 1 today."""
    spent = await world.app.store.spent(JobId(1), world.clock.now().date().isoformat())
    return spent.by_cap.get(Cap.JOB_DAY, Decimal(0))


def withheld(cost: float | None) -> Raw:
    """An answer that a filter kept back, and that is billed all the same."""
    usage: dict[str, float] = {"prompt_tokens": 1000, "completion_tokens": 4000}
    if cost is not None:
        usage["cost"] = cost
    choice = {"index": 0, "message": {"content": None}, "finish_reason": "content_filter"}
    reply = {"id": "x", "model": "large", "choices": [choice], "usage": usage}
    return Raw(json.dumps(reply))


async def test_an_answer_that_was_withheld_counts_as_what_it_cost(world: World) -> None:
    await paying(world, PRICES)
    world.paid.behave(withheld(0.063))
    run = await world.fire()
    assert (run.state, run.usage.cost) == (RunState.FAILED, Decimal("0.063"))
    assert await counted(world) == Decimal("0.063")


async def test_an_old_button_raises_nothing_once_its_message_is_not_so(world: World) -> None:
    await paying(world, PRICES + "spend: {per_day_usd: 0.15}\n")
    await lose(world, 2)
    await world.fire()
    old = world.latest
    await world.type("/jobs raise 1")
    await lose(world, 2)
    await world.fire()
    told = await world.press(world.button("Raise for today", old))
    assert told.title.startswith(STALE)
    assert "over the $0.30" in (await world.type("/jobs run 1")).title
    assert world.paid.count == 4


async def test_a_button_of_yesterday_raises_nothing_today(world: World) -> None:
    await paying(world, PRICES + "spend: {per_job_day_usd: 0.15}\n")
    await lose(world, 2)
    await world.fire()
    old = world.latest
    world.clock.advance(timedelta(days=1))
    await lose(world, 2)
    told = await world.press(world.button("Raise for today", old))
    assert told.title.startswith(STALE)


async def test_two_who_raise_at_once_raise_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody raises between the look of another and their word."""
    await paying(world, PRICES + "spend: {per_day_usd: 0.15}\n")
    await lose(world, 2)
    store, looked = world.app.store, 0
    spent, day = store.spent, world.clock.now().date().isoformat()

    async def slow(*what: object) -> object:
        nonlocal looked
        looked += 1
        found = await spent(*what)  # type: ignore[arg-type]
        if looked == 1:
            more = [Raise(Cap.DAY, "", Decimal(0), Decimal("0.15"))]
            assert await store.raise_caps(day, more, entry("raise"))
        return found

    monkeypatch.setattr(store, "spent", slow)
    told = await world.type("/jobs raise 1")
    assert told.title.startswith("Somebody has raised a cap just now")
    monkeypatch.undo()
    assert (await store.spent(JobId(1), day)).raised[Cap.DAY] == Decimal("0.15")


async def test_a_day_that_is_full_is_raised_for_a_route_that_a_person_lets_through(
    world: World,
) -> None:
    caps = PRICES + "spend: {per_day_usd: 0.05}\n"
    world.point_default("free-lab", "small", caps)
    await world.type(ADD)
    world.point_default("paid-lab", "large", caps)
    await world.fire()
    alert = world.latest
    told = await world.press(world.button("Run once", alert))
    assert "'/jobs raise 1'" in told.title
    raised = await world.type("/jobs raise 1")
    assert "All jobs together: $0.10" in text_of(raised)
    await world.type("/jobs run 1 once")
    assert (world.calls, world.paid.count) == (1, 1)


async def test_what_a_run_has_spent_before_counts_when_it_is_raised(world: World) -> None:
    await paying(world, PRICES + "spend: {per_run_usd: 0.10}\n")
    world.paid.behave(Says(model="other", tokens=(1000, 4000)))
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.SERVED)
    await world.press(world.button("Accept new"))
    told = await world.type("/jobs run 1")
    assert "a run of job 1 could cost more than the $0.10" in told.title
    raised = await world.type("/jobs raise 1")
    world.paid.behave(Says(model="other"))
    await world.press(world.button("Run the held fire now", raised))
    assert (await states(world))[0] is RunState.SUCCEEDED
    assert world.paid.count == 2


async def test_a_job_held_by_something_else_is_told_so(world: World) -> None:
    await paying(world, PRICES)
    world.write_config("model: {provider: nobody, default: large}\n" + PRICES)
    await world.fire()
    told = await world.type("/jobs raise 1")
    assert told.title.startswith("It is no cap on spending that holds job 1; '/jobs show 1'")


async def test_a_run_that_is_too_dear_is_told_anew_each_day_and_no_more_often(world: World) -> None:
    world.point_default("paid-lab", "large", PRICES + "spend: {per_run_usd: 0.05}\n")
    await world.type("/jobs add 0 */8 * * * name=Brief | Summarise open incidents")
    told: dict[object, int] = {}
    for _ in range(7):
        posts = world.chat.posts
        run = await world.fire()
        assert run.state is RunState.HELD
        day = run.fire_time.date()
        told[day] = told.get(day, 0) + world.chat.posts - posts
    assert len(told) >= 3
    assert set(told.values()) == {1}
    assert world.calls == 0


async def test_a_paid_route_that_is_said_to_cost_nothing_counts_as_one_nobody_knows(
    world: World,
) -> None:
    nothing = "prices: {'paid-lab:large': {input: 0, output: 0}}\nspend: {per_run_usd: 0}\n"
    await paying(world, nothing)
    assert (await world.fire()).hold_reason is HoldReason.BUDGET
    assert world.calls == 0


async def test_a_paused_job_is_not_promised_its_next_fires(world: World) -> None:
    await paying(world)
    await lose(world, 2)
    await world.type("/jobs pause 1")
    raised = text_of(await world.type("/jobs raise 1"))
    assert "It is paused, and stays so" in raised


async def test_a_held_fire_stays_until_a_later_one_was_good(world: World) -> None:
    await paying(world)
    await lose(world, 2)
    assert (await world.fire()).state is RunState.HELD
    await world.type("/jobs raise 1")
    world.paid.behave(Drop())
    assert (await world.fire()).state is RunState.UNKNOWN
    assert (await states(world))[1] is RunState.HELD
    world.paid.behave(Says())
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert RunState.HELD not in await states(world)


async def test_a_gateway_that_had_no_answer_counts_as_all_that_was_reserved(world: World) -> None:
    await paying(world, PRICES)
    world.paid.behave(Status(504, "upstream timed out"))
    assert (await world.fire()).state is RunState.FAILED
    assert Decimal("0.07") < await counted(world) < Decimal("0.072")


async def test_a_button_raises_only_the_cap_that_its_message_named(world: World) -> None:
    await paying(world, PRICES + "spend: {per_job_day_usd: 0.15, per_day_usd: 0.16}\n")
    await lose(world, 2)
    await world.fire()
    told = await world.press(world.button("Raise for today"))
    assert "Job 1 (Brief): $0.30 (spend.per_job_day_usd)" in text_of(told)
    assert "Still in the way: spend.per_day_usd, $0.16." in text_of(told)
    assert not told.buttons
    raised = text_of(await world.type("/jobs raise 1"))
    assert "All jobs together: $0.32 (spend.per_day_usd)" in raised
    await world.type("/jobs run 1")
    assert world.paid.count == 3
