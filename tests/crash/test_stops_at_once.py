"""A stop closes the socket of a hanging call, and ends a script with all it started, within a second."""

import os
import time
from pathlib import Path

from tests.crash.house import House, Street
from tests.crash.lives import until
from tests.crash.sizes import rounds, side_by_side
from tests.crash.talking import add
from tests.figures import Figures

STOPS = 8
"""In each of three houses of a round."""

FAMILY = "echo $$ > {file}; sleep 600 & echo $! >> {file}; sh -c 'echo $$ >> {file}; sleep 600; :'"
"""A script of three processes of its own, the last of which has a child as well."""

STUBBORN = f"trap '' TERM; {FAMILY}"


async def stop(house: House, job: int) -> float:
    """The moment at which the command was handed in."""
    handed_in = time.time()
    answer = await house.ask(f"/jobs stop {job}")
    assert "is stopped" in answer.text
    return handed_in


@rounds(50)
async def test_the_provider_sees_the_socket_of_a_stopped_call_closed_within_a_second(
    street: Street, figure: Figures, rounds: int
) -> None:
    async def in_one_house(number: int) -> list[float]:
        async with street.house(f"house-{number}") as house:
            prompt, took = house.witness.new_prompt("hang"), []
            await add(house.chat(), 1, prompt)
            for times in range(1, STOPS * rounds + 1):
                await begin(house)
                await house.witness.until_called(prompt, times)
                handed_in = await stop(house, 1)
                took.append(await house.witness.until_hung_up(prompt, times) - handed_in)
            return took

    took = [one for house in await side_by_side(map(in_one_house, range(3))) for one in house]
    figure("P17", stops=len(took), late=sum(one > 1 for one in took))
    figure("P17", ms_at_worst_until_closed=round(1000 * max(took)))
    assert max(took) < 1


async def begin(house: House) -> None:
    """Run the job as soon as its run before is recorded."""
    while "is already running" in (await house.ask("/jobs run 1")).text:
        pass


@rounds(50)
async def test_a_stopped_script_is_gone_with_all_it_started_within_a_second(
    street: Street, figure: Figures, rounds: int
) -> None:
    took = await stop_scripts(street, FAMILY, STOPS * rounds)
    figure("P17", scripts_stopped=len(took), late=sum(one > 1 for one in took))
    figure("P17", ms_at_worst_until_a_script_is_gone=round(1000 * max(took)))
    assert max(took) < 1


@rounds(10)
async def test_a_script_that_does_not_listen_is_gone_a_second_later(
    street: Street, figure: Figures, rounds: int
) -> None:
    took = await stop_scripts(street, STUBBORN, rounds)
    figure("P17", stubborn_scripts_stopped=len(took))
    assert max(took) < 2


async def stop_scripts(street: Street, script: str, times: int) -> list[float]:
    """How long each of the processes' end took, from the command on."""
    file, took = street.folder / "pids", list[float]()
    extra = f'scripts: {{family: {{argv: ["/bin/sh", "-c", "{script.format(file=file)}"]}}}}\n'
    async with street.house("house", extra=extra) as house:
        await add(house.chat(), 1, "family", "every 30d kind=script")
        for _ in range(times):
            file.write_text("")
            await begin(house)
            await until(lambda: len(file.read_text().split()) == 3)
            pids = [int(pid) for pid in file.read_text().split()]
            handed_in = await stop(house, 1)
            took.append(await gone(pids) - handed_in)
    return took


async def gone(pids: list[int]) -> float:
    """The moment at which none of them runs any more."""
    await until(lambda: not any(map(alive, pids)))
    return time.time()


def alive(pid: int) -> bool:
    """Whether it runs; one that has ended and that nobody has asked for is no more than a number."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
