"""What a chat is told of runs that are over: as they were, also when they waited."""

import re
from datetime import timedelta

from tests.acceptance.alerted import alerted
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
