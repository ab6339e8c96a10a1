"""A crash while a run is being stopped, or everything halted, leaves its call told as in doubt, once."""

from contextlib import suppress

import pytest

from scheduler.errors import OperatorError
from scheduler.route import ApiMode
from tests.crash.house import House, Street, killed
from tests.crash.killing import DIALECTS, count_kill
from tests.crash.lives import Life
from tests.crash.sizes import rounds, side_by_side
from tests.crash.talking import add, count, settled, unknown
from tests.figures import Figures


@rounds(4)
@pytest.mark.parametrize(
    ("command", "point"),
    [
        ("stop 1", "stop-asked"),
        ("stop 1", "before-record"),
        ("stop 1", "after-record"),
        ("halt for the test", "halt-set"),
        ("halt for the test", "before-record"),
        ("halt for the test", "after-record"),
    ],
)
async def test_a_call_that_was_being_cut_off_is_unknown_and_not_repeated(
    street: Street, figure: Figures, command: str, point: str, rounds: int
) -> None:
    async def in_one_house(dialect: ApiMode, number: int) -> None:
        async with street.house(f"{dialect}-{number}", dialect) as house:
            await kill_in_a_stop(house, command, point, figure)

    for number in range(rounds):
        await side_by_side(in_one_house(dialect, number) for dialect in DIALECTS)


async def kill_in_a_stop(house: House, command: str, point: str, figure: Figures) -> None:
    prompt = house.witness.new_prompt("hang", "says")
    dying = house.chat(crash_at=point)
    await add(dying, 1, prompt)
    dying.type("/jobs run 1")
    await house.witness.until_called(prompt)
    with suppress(OperatorError):
        await house.ask(f"/jobs {command}")
    await killed(dying)
    after = house.chat()
    await after_the_kill(after)
    await after.leave()
    kept, calls = house.kept(1), house.witness.calls(prompt)
    told = count(unknown(1), dying, after)
    count_kill(figure, kept, calls=calls, unknowns_told=told)
    assert ([run.state for run in kept], calls, told) == (["unknown"], 1, 1)


async def after_the_kill(life: Life) -> None:
    await life.until(unknown(1))
    await settled(life)
