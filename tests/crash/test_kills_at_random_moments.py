"""A crash at no particular moment never makes a second paid call, and leaves nothing stuck."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.route import ApiMode
from tests.crash.house import House, killed
from tests.crash.killing import added, answer, unknown
from tests.crash.lives import Life
from tests.crash.starters import Nursery
from tests.crash.tally import Tally
from tests.crash.witness import Witness

LONGEST_HANG = 0.5
WHOLE_RUN = 0.35
"""Seconds; a little longer than a run takes from the command to its report."""


@pytest.fixture
def hanging(witness: Witness) -> Iterator[Witness]:
    witness.behave("hang")
    yield witness
    witness.behave("says")


async def kill_at_random(life: Life, chance: random.Random, longest: float) -> None:
    """The moment is the fault that is injected: nothing is waited for here."""
    await asyncio.sleep(chance.uniform(0, longest))
    life.kill()
    await killed(life)


@pytest.mark.parametrize("seed", range(6))
async def test_a_kill_while_the_call_hangs_is_told_as_unknown_and_not_repeated(
    tmp_path: Path, nursery: Nursery, hanging: Witness, tally: Tally, seed: int
) -> None:
    dialect = list(ApiMode.__members__.values())[seed % 3]
    async with House(tmp_path, nursery, hanging, dialect) as house:
        prompt = hanging.new_prompt()
        dying = house.chat()
        await added(dying, 1, prompt)
        dying.type("/jobs run 1")
        await hanging.until_called(prompt)
        await kill_at_random(dying, random.Random(seed), LONGEST_HANG)
        after = house.chat()
        await after.until(unknown(1))
        hanging.behave("says")
        after.type("/jobs run 1")
        await after.until(answer(1))
        tally.count(await house.outcomes(1), hanging.calls(prompt), 1)
        assert await house.outcomes(1) == ["unknown", "succeeded"]
        assert hanging.calls(prompt) == 2
        assert after.count(unknown(1)) == 1


@pytest.mark.parametrize("seed", range(10))
async def test_a_kill_at_any_moment_leaves_a_run_that_called_once_at_most_and_was_told(
    tmp_path: Path, nursery: Nursery, witness: Witness, tally: Tally, seed: int
) -> None:
    async with House(tmp_path, nursery, witness) as house:
        prompt = witness.new_prompt()
        dying = house.chat()
        await added(dying, 1, prompt)
        dying.type("/jobs run 1")
        await kill_at_random(dying, random.Random(seed), WHOLE_RUN)
        after = house.chat()
        after.type("wait")
        after.type("/jobs list")
        await after.until("> /jobs list")
        outcomes, calls = await house.outcomes(1), witness.calls(prompt)
        unknowns = dying.count(unknown(1)) + after.count(unknown(1))
        tally.count(outcomes, calls, unknowns)
        match outcomes:
            case []:
                assert calls == 0
            case ["succeeded"]:
                assert calls == 1
                assert 1 <= dying.count(answer(1)) + after.count(answer(1)) <= 2
            case ["unknown"]:
                assert calls <= 1
                assert unknowns == 1
            case _:
                pytest.fail(f"a run was left {outcomes}")
