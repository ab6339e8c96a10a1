"""A crash at no particular moment never makes a second paid call, and leaves nothing stuck."""

import asyncio
import random

import pytest

from tests.crash.house import House, Street, killed
from tests.crash.killing import DIALECTS, count_kill
from tests.crash.lives import Life
from tests.crash.sizes import rounds, side_by_side
from tests.crash.talking import ANSWER, add, count, settled, unknown
from tests.figures import Figures

LONGEST_HANG = 0.5
WHOLE_RUN = 0.35
"""Seconds; a little longer than a run takes from the command to its report."""
HANGING, ANY_MOMENT = 6, 14
"""Kills in a round, one after the other, in each of three houses side by side."""


async def kill_at_random(life: Life, chance: random.Random, longest: float) -> None:
    """Here a moment is no wait for anything: it is the fault."""
    await asyncio.sleep(chance.uniform(0, longest))
    life.kill()
    await killed(life)


@rounds(6)
async def test_a_run_killed_while_its_call_hangs_is_told_as_unknown_and_not_repeated(
    street: Street, figure: Figures, rounds: int
) -> None:
    async def in_one_house(number: int) -> None:
        async with street.house(f"house-{number}", DIALECTS[number]) as house:
            chance = random.Random(number)
            for job in range(1, rounds * HANGING + 1):
                await kill_a_hanging_run(house, job, chance, figure)

    await side_by_side(in_one_house(number) for number in range(len(DIALECTS)))


async def kill_a_hanging_run(
    house: House, job: int, chance: random.Random, figure: Figures
) -> None:
    prompt = house.witness.new_prompt("hang", "says")
    dying = house.chat()
    await add(dying, job, prompt)
    dying.type(f"/jobs run {job}")
    await house.witness.until_called(prompt)
    await kill_at_random(dying, chance, LONGEST_HANG)
    after = house.chat()
    await after.until(unknown(job))
    after.type(f"/jobs run {job}")
    await after.until(ANSWER)
    await after.leave()
    kept, calls, told = house.kept(job), house.witness.calls(prompt), after.count(unknown(job))
    count_kill(figure, kept, calls=calls, unknowns_told=told)
    assert [run.state for run in kept] == ["unknown", "succeeded"]
    assert (calls, told) == (2, 1)


@rounds(6)
async def test_a_run_killed_at_any_moment_has_called_once_at_most_and_is_told(
    street: Street, figure: Figures, rounds: int
) -> None:
    async def in_one_house(number: int) -> None:
        async with street.house(f"house-{number}", DIALECTS[number]) as house:
            chance = random.Random(number)
            for job in range(1, rounds * ANY_MOMENT + 1):
                await kill_a_run_at_any_moment(house, job, chance, figure)

    await side_by_side(in_one_house(number) for number in range(len(DIALECTS)))


async def kill_a_run_at_any_moment(
    house: House, job: int, chance: random.Random, figure: Figures
) -> None:
    prompt = house.witness.new_prompt()
    dying = house.chat()
    await add(dying, job, prompt)
    dying.type(f"/jobs run {job}")
    await kill_at_random(dying, chance, WHOLE_RUN)
    after = house.chat()
    await settled(after)
    await after.leave()
    kept, calls = house.kept(job), house.witness.calls(prompt)
    answers, unknowns = (count(told, dying, after) for told in (ANSWER, unknown(job)))
    count_kill(figure, kept, calls=calls, unknowns_told=unknowns)
    match [run.state for run in kept]:
        case []:
            assert (calls, answers, unknowns) == (0, 0, 0)
        case ["succeeded"]:
            assert (calls, unknowns) == (1, 0)
            assert answers in (1, 2)
        case ["unknown"]:
            assert calls in (0, 1)
            assert (answers, unknowns) == (0, 1)
        case states:
            pytest.fail(f"the run was left as {states}")
