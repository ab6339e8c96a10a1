"""A crash at no particular moment never makes a second paid call, and leaves nothing stuck."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.route import ApiMode
from tests.crash.house import House, killed
from tests.crash.lives import Life
from tests.crash.starters import Nursery
from tests.crash.talking import ANSWER, add, count, settled, unknown
from tests.crash.tally import Tally
from tests.crash.witness import Witness

DIALECTS = (ApiMode.CHAT_COMPLETIONS, ApiMode.RESPONSES, ApiMode.ANTHROPIC_MESSAGES)
LONGEST_HANG = 0.5
WHOLE_RUN = 0.35
"""Seconds; a little longer than a run takes from the command to its report."""


@pytest.fixture
def hanging(witness: Witness) -> Iterator[Witness]:
    witness.behave("hang")
    yield witness
    witness.behave("says")


async def kill_at_random(life: Life, chance: random.Random, longest: float) -> None:
    """Here a moment is no wait for anything: it is the fault."""
    await asyncio.sleep(chance.uniform(0, longest))
    life.kill()
    await killed(life)


@pytest.mark.parametrize("seed", range(6))
async def test_a_run_killed_while_its_call_hangs_is_told_as_unknown_and_not_repeated(
    tmp_path: Path, nursery: Nursery, hanging: Witness, tally: Tally, seed: int
) -> None:
    prompt = hanging.new_prompt()
    async with House(tmp_path, nursery, hanging, DIALECTS[seed % 3]) as house:
        dying = house.chat()
        await add(dying, 1, prompt)
        dying.type("/jobs run 1")
        await hanging.until_called(prompt)
        await kill_at_random(dying, random.Random(seed), LONGEST_HANG)
        after = house.chat()
        await after.until(unknown(1))
        hanging.behave("says")
        after.type("/jobs run 1")
        await after.until(ANSWER)
        outcomes, calls = await house.outcomes(1), hanging.calls(prompt)
    tally.add(outcomes, calls=calls, unknowns_told=after.count(unknown(1)))
    assert outcomes == ["unknown", "succeeded"]
    assert calls == 2
    assert after.count(unknown(1)) == 1


@pytest.mark.parametrize("seed", range(12))
async def test_a_run_killed_at_any_moment_has_called_once_at_most_and_is_told(
    house: House, tally: Tally, seed: int
) -> None:
    prompt = house.witness.new_prompt()
    dying = house.chat()
    await add(dying, 1, prompt)
    dying.type("/jobs run 1")
    await kill_at_random(dying, random.Random(seed), WHOLE_RUN)
    after = house.chat()
    await settled(after)
    outcomes, calls = await house.outcomes(1), house.witness.calls(prompt)
    answers, unknowns = (count(told, dying, after) for told in (ANSWER, unknown(1)))
    tally.add(outcomes, calls=calls, unknowns_told=unknowns)
    match outcomes:
        case []:
            assert (calls, answers, unknowns) == (0, 0, 0)
        case ["succeeded"]:
            assert (calls, unknowns) == (1, 0)
            assert answers in (1, 2)
        case ["unknown"]:
            assert calls in (0, 1)
            assert (answers, unknowns) == (0, 1)
        case _:
            pytest.fail(f"the run was left as {outcomes}")
