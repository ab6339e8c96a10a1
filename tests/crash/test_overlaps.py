"""A run that is longer than its period never overlaps with itself, through presses and kills."""

import asyncio
import random
from contextlib import suppress

from scheduler.errors import OperatorError
from tests.crash.house import House, Street, killed
from tests.crash.killing import count_kill
from tests.crash.sizes import rounds, side_by_side
from tests.crash.talking import add, count, settled, unknown
from tests.figures import Figures

KILLS = 3
"""In each house; a job whose runs came to nothing five times in a row pauses itself."""
LONGEST_LIFE = 2.5
"""Seconds, of a job that is due every second and takes 1.6."""
BETWEEN_PRESSES = 0.4
ALREADY = "is already running"


async def press(house: House, pressed: list[str]) -> None:
    """Ask for a run again and again, as long as somebody lives here."""
    with suppress(OperatorError, AssertionError):
        while True:
            pressed.append((await house.ask("/jobs run 1")).text)
            await asyncio.sleep(BETWEEN_PRESSES)


@rounds(10)
async def test_a_slow_run_of_a_fast_schedule_is_alone_whoever_presses_and_dies(
    street: Street, figure: Figures, rounds: int
) -> None:
    async def in_one_house(number: int) -> None:
        async with street.house(f"house-{number}") as house:
            await live_and_die(house, random.Random(number), figure)

    for number in range(rounds):
        await side_by_side(in_one_house(3 * number + one) for one in range(3))


async def live_and_die(house: House, chance: random.Random, figure: Figures) -> None:
    prompt, pressed = house.witness.new_prompt("slow"), list[str]()
    lives = [house.chat()]
    await add(lives[0], 1, prompt, "every 1s retry=2")
    for _ in range(KILLS):
        before = house.witness.calls(prompt)
        await house.witness.until_called(prompt, before + 1)
        pressing = asyncio.create_task(press(house, pressed))
        await asyncio.sleep(chance.uniform(0, LONGEST_LIFE))
        lives[-1].kill()
        await killed(lives[-1])
        await pressing
        lives.append(house.chat())
    await house.witness.until_called(prompt, house.witness.calls(prompt) + 1)
    await house.ask("/jobs pause 1")
    await settled(lives[-1])
    await lives[-1].leave()
    kept, calls, most = (
        house.kept(1),
        house.witness.calls(prompt),
        house.witness.most_at_once(prompt),
    )
    told = count(unknown(1), *lives)
    for _ in range(KILLS - 1):
        figure("P1", kills=1)
    count_kill(figure, kept, calls=calls, unknowns_told=told)
    turned_away = sum(ALREADY in text for text in pressed)
    figure("P6", calls=calls, presses=len(pressed), turned_away=turned_away, overlaps=most - 1)
    assert most == 1
    assert sum(run.state == "unknown" for run in kept) == told
    assert turned_away > 0
    assert {run.state for run in kept} <= {"succeeded", "unknown"}


@rounds(5)
async def test_the_only_fire_of_a_job_waits_until_the_run_before_it_is_over(
    street: Street, figure: Figures, rounds: int
) -> None:
    async def in_one_house(number: int) -> None:
        async with street.house(f"house-{number}") as house:
            prompt = house.witness.new_prompt("slower", "says")
            life = house.chat()
            await add(life, 1, prompt, "in 4s")
            await house.ask("/jobs run 1")
            await house.witness.until_called(prompt, 2)
            await settled(life)
            await life.leave()
            calls, most = house.witness.calls(prompt), house.witness.most_at_once(prompt)
            figure("P6", calls=calls, presses=1, overlaps=most - 1)
            assert [run.state for run in house.kept(1)] == ["succeeded", "succeeded"]
            assert (calls, most) == (2, 1)

    for number in range(rounds):
        await side_by_side(in_one_house(3 * number + one) for one in range(3))
