"""A process that sleeps past its lease calls nothing twice when it wakes."""

import asyncio

import pytest

from scheduler.route import ApiMode
from tests.crash.house import House, Street
from tests.crash.killing import DIALECTS
from tests.crash.sizes import rounds, side_by_side
from tests.crash.talking import ANSWER, add, settled, unknown
from tests.figures import Figures

LEASE = 1.2
"""Seconds, a little more than the beat that extends it."""
ASLEEP = 2.0
"""Seconds: past the lease. Here they are no wait for anything, they are the fault."""


async def sleep_past_the_lease(house: House, figure: Figures, *, point: str, answers: str) -> None:
    """One sleep, at a point or inside the call, and what everybody says once it is over."""
    prompt = house.witness.new_prompt(answers)
    sleeping = house.chat(sleep_at=point, lease=LEASE)
    await add(sleeping, 1, prompt)
    sleeping.type("/jobs run 1")
    if not point:
        await house.witness.until_called(prompt)
        sleeping.suspend()
    await sleeping.suspended()
    await asyncio.sleep(ASLEEP)
    sleeping.wake()
    await sleeping.until(f"{ANSWER}|{unknown(1)}")
    await settled(sleeping)
    await sleeping.leave()
    [run], calls = house.kept(1), house.witness.calls(prompt)
    figure("P3", stops=1, calls=calls, double=max(0, calls - 1))
    # Whoever falls asleep between two halves of a heartbeat finds its own run lapsed, and in doubt.
    told = (run.state, sleeping.count(ANSWER), sleeping.count(unknown(1)))
    assert told in (("succeeded", 1, 0), ("unknown", 0, 1))
    assert (run.passed, calls) == (1, 1)


@rounds(10)
@pytest.mark.parametrize(
    "point", ["before-claim", "after-claim", "after-gate", "after-call", "before-record"]
)
async def test_a_process_that_sleeps_at_a_step_of_a_run_ends_it_with_one_call(
    street: Street, figure: Figures, point: str, rounds: int
) -> None:
    await asleep_in_every_dialect(street, figure, rounds, point=point, answers="says")


@rounds(10)
async def test_a_process_that_sleeps_while_its_call_is_answered_ends_it_with_one_call(
    street: Street, figure: Figures, rounds: int
) -> None:
    await asleep_in_every_dialect(street, figure, rounds, point="", answers="brief")


async def asleep_in_every_dialect(
    street: Street, figure: Figures, rounds: int, *, point: str, answers: str
) -> None:
    async def in_one_house(dialect: ApiMode, number: int) -> None:
        async with street.house(f"{dialect}-{number}", dialect) as house:
            await sleep_past_the_lease(house, figure, point=point, answers=answers)

    for number in range(rounds):
        await side_by_side(in_one_house(dialect, number) for dialect in DIALECTS)


@rounds(10)
async def test_a_process_that_sleeps_past_the_end_of_its_call_leaves_it_in_doubt(
    street: Street, figure: Figures, rounds: int
) -> None:
    async def in_one_house(dialect: ApiMode, number: int) -> None:
        async with street.house(f"{dialect}-{number}", dialect) as house:
            prompt = house.witness.new_prompt("hang")
            sleeping = house.chat(lease=LEASE)
            sleeping.type(f"/jobs add every 30d timeout=1s retry=5 name=k1 | {prompt}")
            sleeping.type("/jobs run 1")
            await house.witness.until_called(prompt)
            sleeping.suspend()
            await sleeping.suspended()
            await asyncio.sleep(ASLEEP)
            sleeping.wake()
            await sleeping.until(unknown(1))
            await settled(sleeping)
            outcomes, calls = await house.outcomes(1), house.witness.calls(prompt)
            figure("P3", stops=1, calls=calls, double=max(0, calls - 1))
            assert (outcomes, calls, sleeping.count(unknown(1))) == (["unknown"], 1, 1)

    for number in range(rounds):
        await side_by_side(in_one_house(dialect, number) for dialect in DIALECTS)
