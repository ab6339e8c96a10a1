"""What is asked for twice is told as nothing to do, whatever it is; and a job that is there twice."""

import pytest

from tests.acceptance.alerted import ADD
from tests.acceptance.world import World, text_of


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("pause 1", "is already paused"),
        ("pin 1", "is already pinned to free-lab:small"),
        ("unpin 1", "is not pinned"),
        ("unpin 1 model", "is not pinned on its model"),
        ("accept 1", "is consenting to free-lab:small already"),
        ("snapshot 1", "is guarded already"),
        ("resume 1", "is not paused but active"),
        ("edit 1 name=Brief", "is like that already"),
    ],
)
async def test_a_command_that_changes_nothing_says_so(
    world: World, command: str, said: str
) -> None:
    await world.type(ADD)
    await world.type(f"/jobs {command}")
    before = await world.job()
    told = await world.type(f"/jobs {command}")
    assert told.title == f"Nothing to do: job 1 (Brief) {said}."
    assert await world.job() == before


async def test_an_edit_says_what_was_and_what_is(world: World) -> None:
    await world.type(ADD)
    told = text_of(await world.type("/jobs edit 1 | Summarise closed incidents"))
    assert "'Summarise open incidents' -> 'Summarise closed incidents'" in told


async def test_a_job_that_is_there_already_is_named_on_the_card_of_its_twin(world: World) -> None:
    assert "same schedule" not in text_of(await world.type(ADD))
    assert "Job 1 has the same schedule and prompt." in text_of(await world.type(ADD))
    other = await world.type(ADD.replace("Summarise", "Count"))
    assert "same schedule" not in text_of(other)
