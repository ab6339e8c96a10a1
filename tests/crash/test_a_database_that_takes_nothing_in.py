"""While the database is full or locked no call is made; it recovers without a restart, and nobody is lied to."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.sending import REPEAT
from tests.crash.disks import Disk, Lock, Quota, tmpfs
from tests.crash.house import House
from tests.crash.lives import Life
from tests.crash.sizes import rounds
from tests.crash.starters import Nursery
from tests.crash.talking import ANSWER, add, settled, unknown
from tests.crash.witness import Witness
from tests.figures import Figures

BROKEN = "Something broke on our side."
LEASE = 1.2
SHUT = 3.0
TOO_LONG = 9.5
"""Seconds for which it takes nothing in: within the patience of a run that has an answer, and past it."""
NO_TMPFS = "a full disk needs a small tmpfs, and none can be mounted here: a quota shows it alone"


@pytest.fixture(params=["tmpfs", "quota", "lock"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    with ExitStack() as stack:
        match request.param:
            case "tmpfs":
                found = stack.enter_context(tmpfs(tmp_path / "small"))
                if found is None:
                    pytest.skip(NO_TMPFS)
                yield found
            case "quota":
                yield Quota(tmp_path)
            case _:
                yield Lock(tmp_path)


@pytest.fixture
async def house(
    disk: Disk, tmp_path: Path, nursery: Nursery, witness: Witness
) -> AsyncIterator[House]:
    async with House(tmp_path, nursery, witness, home=disk.folder) as house:
        yield house


async def account(house: House, life: Life, prompt: str, disk: Disk, figure: Figures) -> None:
    """What the provider counted against what the gate let through, and what was told against what is."""
    await settled(life)
    assert await life.leave() == 0, life.printed
    kept, calls = house.kept(1), house.witness.calls(prompt)
    passed = sum(run.passed for run in kept)
    states = [run.state for run in kept]
    kind = type(disk).__name__.lower()
    figure("P14", calls=calls, ungated=max(0, calls - passed), **{f"by_{kind}": 1})
    assert calls <= passed
    assert life.count(unknown(1)) == states.count("unknown")
    repeats = life.count(REPEAT)
    assert life.count(ANSWER) - repeats <= states.count("succeeded") <= life.count(ANSWER)
    assert set(states) <= {"succeeded", "unknown"}
    assert "Traceback" not in life.printed
    assert "not running" not in life.printed


@rounds(5)
async def test_what_comes_due_meanwhile_calls_nobody_and_runs_afterwards(
    house: House, disk: Disk, figure: Figures, rounds: int
) -> None:
    prompt = house.witness.new_prompt()
    life = house.chat()
    await add(life, 1, prompt, "every 1s")
    for number in range(rounds):
        await house.witness.until_called(prompt, house.witness.calls(prompt) + 1)
        disk.shut(life)
        told = await house.ask(f"/jobs add every 30d name=never{number} | never made")
        before = house.witness.calls(prompt)
        await asyncio.sleep(SHUT)
        assert BROKEN in told.text
        assert house.witness.calls(prompt) == before
        disk.open(life)
        await house.witness.until_called(prompt, before + 1)
    assert "never" not in (await house.ask("/jobs list")).text
    await house.ask("/jobs pause 1")
    await account(house, life, prompt, disk, figure)


async def a_call_answered_while_shut(house: House, disk: Disk, prompt: str, seconds: float) -> Life:
    """A run whose answer comes while the database takes nothing in, for so long."""
    life = house.chat(lease=LEASE)
    await add(life, 1, prompt)
    await house.ask("/jobs run 1")
    await house.witness.until_called(prompt)
    disk.shut(life)
    await asyncio.sleep(seconds)
    disk.open(life)
    await life.until(f"{ANSWER}|{unknown(1)}")
    return life


async def test_an_answer_that_cannot_be_kept_for_moments_is_kept_and_told(
    house: House, disk: Disk, figure: Figures
) -> None:
    prompt = house.witness.new_prompt("brief")
    life = await a_call_answered_while_shut(house, disk, prompt, SHUT)
    await account(house, life, prompt, disk, figure)
    assert [run.state for run in house.kept(1)] == ["succeeded"]


async def test_an_answer_that_cannot_be_kept_for_long_is_told_as_in_doubt_and_not_asked_again(
    house: House, disk: Disk, figure: Figures
) -> None:
    prompt = house.witness.new_prompt("brief")
    life = await a_call_answered_while_shut(house, disk, prompt, TOO_LONG)
    await account(house, life, prompt, disk, figure)
    # Whoever waits for a lock has not been refused anything yet.
    outcome = "succeeded" if isinstance(disk, Lock) else "unknown"
    assert [run.state for run in house.kept(1)] == [outcome]
    assert house.witness.calls(prompt) == 1
