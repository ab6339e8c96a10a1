"""What a chat is told of runs that are over: as they were, also when they waited."""

import re
from datetime import timedelta

import pytest

from scheduler.job import JobState
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, BEN, alerted, states
from tests.acceptance.world import World, text_of


async def test_a_held_fire_that_ran_stays_a_held_fire_in_the_history(world: World) -> None:
    await alerted(world)
    before = text_of(await world.type("/jobs history 1"))
    assert "held, the default moved" in before
    world.clock.advance(timedelta(minutes=5))
    await world.press(world.button("Pin old"))
    await world.press(world.button("Run the held fire now"))
    after = text_of(await world.type("/jobs history 1"))
    due = re.search(r"- (.* 09:00)", after)
    assert due is not None
    assert due[1] in before
    assert re.search(r"held 5 minutes.*, then succeeded, on free-lab:small; ran at .* 09:05", after)
    assert re.search(r"free, .*\d+ tokens in, \d+ out", after)


@pytest.mark.parametrize("command", ["show", "history", "output"])
async def test_a_removed_job_can_still_be_read(world: World, command: str) -> None:
    await world.type(ADD)
    await world.fire()
    before = await world.type(f"/jobs {command} 1")
    await world.type("/jobs remove 1", by=BEN)
    told = await world.type(f"/jobs {command} 1")
    assert told.title == before.title
    assert re.search(r"Removed by Ben at .*\. `/jobs resume 1` brings it back\.", text_of(told))
    assert told.buttons == ()


@pytest.mark.parametrize("command", ["pin 1", "run 1", "remove 1", "edit 1 name=x", "pause 1"])
async def test_nothing_but_bringing_it_back_is_done_to_a_removed_job(
    world: World, command: str
) -> None:
    await world.type(ADD)
    await world.type("/jobs remove 1")
    told = await world.type(f"/jobs {command}")
    assert told.title == "Job 1 was removed; '/jobs resume 1' brings it back."
    assert (await world.job()).state is JobState.REMOVED


async def test_a_removed_job_comes_back_as_it_was_for_its_next_fire(world: World) -> None:
    await world.type(ADD)
    before = await world.job()
    await world.type("/jobs remove 1")
    world.clock.advance(timedelta(days=3))
    told = await world.type("/jobs resume 1")
    assert told.title == "Job 1 (Brief) is back, as it was."
    after = await world.job()
    assert (after.state, after.snapshot, after.pins) == (
        JobState.ACTIVE,
        before.snapshot,
        before.pins,
    )
    assert after.next_fire_time is not None
    assert after.next_fire_time > world.clock.now()
    await world.fire()
    assert await states(world) == [RunState.SUCCEEDED]


async def test_a_removed_job_that_was_paused_comes_back_paused(world: World) -> None:
    await world.type(ADD)
    await world.type("/jobs pause 1")
    await world.type("/jobs remove 1")
    await world.type("/jobs resume 1")
    assert (await world.job()).state is JobState.PAUSED


async def test_a_default_that_moved_meanwhile_holds_a_job_that_came_back(world: World) -> None:
    await world.type(ADD)
    await world.type("/jobs remove 1")
    world.point_default("paid-lab", "large")
    await world.type("/jobs resume 1")
    assert (await world.fire()).state is RunState.HELD


async def test_undo_takes_the_place_of_the_card_and_can_be_undone_there(world: World) -> None:
    card = await world.type(ADD)
    gone = await world.press(world.button("Undo", card))
    assert (gone.title, gone.replaces) == ("Job 1 (Brief) is removed by Ana.", True)
    back = await world.press(world.button("Undo", gone))
    assert (back.title, back.replaces) == ("Job 1 (Brief) is back, as it was.", True)
    assert (await world.press(world.button("Undo", gone))).private
    assert (await world.job()).state is JobState.ACTIVE


async def test_an_undo_of_a_removal_that_was_undone_otherwise_does_nothing(world: World) -> None:
    await world.type(ADD)
    gone = await world.type("/jobs remove 1")
    await world.type("/jobs resume 1")
    await world.type("/jobs pause 1")
    told = await world.press(world.button("Undo", gone))
    assert told.title == "This button is not known or too old; nothing was done."
    assert (await world.job()).state is JobState.PAUSED
