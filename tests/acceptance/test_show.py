"""What `show` says of a job that is held, and of one that was, word by word."""

from pathlib import Path

import pytest

from tests.acceptance.world import World, text_of

ADD = "/jobs add every day at 09:00 name=Brief | Summarise open incidents"


@pytest.fixture
async def world(tmp_path: Path):  # type: ignore[no-untyped-def]
    async with World(tmp_path) as running:
        yield running


async def shown(world: World) -> str:
    """The card, with one space between a label and its words."""
    lines = text_of(await world.type("/jobs show 1")).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines)


async def test_a_held_job_says_what_it_would_use_and_why_that_is_held(world: World) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    await world.fire()
    text = await shown(world)
    for words in (
        "Route would use `paid-lab:large`, paid: how much is not known here, so it is held\n",
        "Drift is held: provider 'free-lab' -> 'paid-lab'; model 'small' -> 'large'\n",
        "Guard follows the default while it is free-lab:small; held when that moves\n",
        "Held 1 fire since ",
        "/jobs pin 1 free-lab:small",
    ):
        assert words in text
    assert text.count("Held ") == 1
    assert "#44585" not in text
    assert world.calls == 0


async def test_a_job_that_nothing_holds_any_more_says_how_its_fire_runs(world: World) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    await world.fire()
    world.point_default("free-lab", "small")
    text = await shown(world)
    assert "Route `free-lab:small`, free\n" in text
    assert "; nothing holds the job now: `/jobs run 1`" in text
    assert "unintended spend" not in text
    assert "would be held" not in text


async def test_a_policy_of_the_settings_is_what_the_card_says(world: World) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large", "guard: {on_drift: run_on_snapshot}")
    text = await shown(world)
    assert "its snapshot, while the default is `paid-lab:large`" in text
    assert "runs on that when the default moves" in text
    assert "held when that moves" not in text
