"""Run once: one run on the route nobody consented to, by leave of somebody who might accept it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.message import Request
from scheduler.route import Pins
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, BEN, NO_CALL, alerted, calls, states
from tests.acceptance.team import ANA, BOB, ROOM, team_world
from tests.acceptance.world import Chat, World, text_of

Team = tuple[World, Chat]


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    world, slack = team_world(tmp_path)
    async with world:
        yield world, slack


async def test_the_held_fire_runs_on_the_new_route_and_the_consent_stays(world: World) -> None:
    message = await alerted(world)
    told = await world.press(world.button("Run once", message))
    assert [button.label for button in told.buttons] == ["Stop"]
    assert told.title == (
        "A held fire runs now, once, on paid-lab:large (paid) for job 1 (Brief-1); what the job"
        " consents to stays as it was."
    )
    assert calls(world) == (0, 1)
    assert await states(world) == [RunState.SUCCEEDED]
    job = await world.job()
    assert (job.snapshot.provider, job.consent_revision) == ("free-lab", 1)
    alert = world.chat.messages["message-1"]
    assert "Ana let #1 Brief-1 run once on paid-lab:large (paid)" in text_of(alert)
    assert "succeeded" in text_of(alert)
    assert "1 run let through by hand, nothing else spent." in alert.title


async def test_the_next_fire_is_held_again(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Run once"))
    assert (await world.fire()).state is RunState.HELD
    assert calls(world) == (0, 1)


async def test_of_fifty_presses_one_runs(world: World) -> None:
    message = await alerted(world)
    token = world.button("Run once", message).token
    presses = (
        world.app.dispatcher.handle(Request(BEN, world.chat.places["message-1"], token=token))
        for _ in range(50)
    )
    await asyncio.gather(*presses)
    await world.settle()
    assert calls(world) == (0, 1)


async def test_a_press_after_the_route_has_changed_makes_no_call(world: World) -> None:
    message = await alerted(world)
    world.point_default("paid-lab", "huge")
    told = await world.press(world.button("Run once", message))
    assert "the default has moved again since that message" in told.title.lower()
    assert calls(world) == NO_CALL


async def test_a_default_that_moves_between_the_leave_and_the_gate_holds_the_run(
    world: World,
) -> None:
    await alerted(world)
    world.app.engine.submit = _later  # type: ignore[method-assign]
    await world.ask(
        Request(BEN, world.chat.places["message-1"], token=world.button("Run once").token)
    )
    del world.app.engine.submit
    world.point_default("paid-lab", "huge")
    await world.until(lambda: "paid-lab:huge" in world.latest.title)
    for run in await world.app.store.planned():
        await world.app.engine.submit(run)
    await world.settle()
    assert calls(world) == NO_CALL
    assert await states(world) == [RunState.HELD]


async def _later(run_id: object) -> None:
    """Nobody takes the run up yet."""


async def test_typed_it_does_what_the_button_does(world: World) -> None:
    await alerted(world)
    told = await world.type("/jobs run 1 once")
    assert "once, on paid-lab:large (paid)" in told.title
    assert calls(world) == (0, 1)
    entries = await world.app.store.audited("job 1")
    assert (entries[0].action, entries[0].detail) == (
        "run-once",
        "paid-lab:large",
    )


async def test_typed_with_a_route_it_is_that_route_or_none(world: World) -> None:
    await alerted(world)
    told = await world.type("/jobs run 1 once paid-lab:tiny")
    assert told.title.startswith("Job 1 would use paid-lab:large now")
    assert calls(world) == NO_CALL
    await world.type("/jobs run 1 once paid-lab:large")
    assert calls(world) == (0, 1)


async def test_a_job_that_is_not_held_needs_no_leave(world: World) -> None:
    await world.type(ADD)
    told = await world.type("/jobs run 1 once")
    assert told.title.startswith("Job 1 would not be held, so it needs no leave")


async def test_a_job_of_free_routes_only_is_never_let_through(world: World) -> None:
    await world.type(ADD.replace(" |", " free_only=yes |"))
    world.point_default("paid-lab", "large")
    await world.fire()
    told = await world.press(world.button("Run once"))
    assert "may use free and local routes only" in told.title
    assert calls(world) == NO_CALL


async def test_the_next_decision_still_pins_what_was_consented_to(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Run once"))
    await world.press(world.button("Pin old", world.chat.messages["message-1"]))
    assert (await world.job()).pins == Pins("free-lab", "small")
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert calls(world) == (1, 1)


async def test_only_who_may_accept_may_let_a_run_through(team: Team) -> None:
    world, slack = team
    await world.type(ADD, by=ANA, place=ROOM)
    world.point_default("paid-lab", "large")
    await world.fire()
    told = await world.press(world.button("Run once", slack.latest), by=BOB, place=ROOM)
    assert told.title.startswith("You may not let one run use a new route for job 1 here")
    told = await world.type("/jobs run 1 once", by=BOB, place=ROOM)
    assert told.title.startswith("You may not let one run use a new route for job 1 here")
    assert calls(world) == NO_CALL
    await world.press(world.button("Run once", slack.latest), by=ANA, place=ROOM)
    assert calls(world) == (0, 1)


async def test_a_job_that_has_used_up_its_repeats_is_not_let_through(world: World) -> None:
    await world.type(ADD.replace(" |", " repeat=1 |"))
    await world.fire()
    world.point_default("paid-lab", "large")
    told = await world.type("/jobs run 1 once paid-lab:large")
    assert told.title.startswith("Job 1 has used up its repeats")
    assert world.paid.count == 0
