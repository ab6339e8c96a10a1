"""A crash at any step of a run never makes a second paid call, and leaves nothing stuck."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.route import ApiMode
from tests.crash.house import House, killed
from tests.crash.killing import Aftermath, Trigger, kill_a_run
from tests.crash.starters import Nursery
from tests.crash.talking import add, settled, unknown
from tests.crash.tally import Tally
from tests.crash.witness import Witness

CHAT, MESSAGES = ApiMode.CHAT_COMPLETIONS, ApiMode.ANTHROPIC_MESSAGES
TEN_KILLS = (
    (CHAT, Trigger.SCHEDULE, 3),
    (CHAT, Trigger.PERSON, 2),
    (MESSAGES, Trigger.SCHEDULE, 2),
    (MESSAGES, Trigger.PERSON, 3),
)
"""In each of four houses, side by side, so many kills one after the other."""

rounds = pytest.mark.parametrize(
    "rounds", [pytest.param(1, id="ten"), pytest.param(20, id="many", marks=pytest.mark.soak)]
)


class Killer:
    """Kills runs at one step, ten in a round."""

    def __init__(self, folder: Path, nursery: Nursery, witness: Witness, tally: Tally) -> None:
        self._folder = folder
        self._nursery = nursery
        self._witness = witness
        self._tally = tally

    async def kill(self, point: str, rounds: int) -> list[Aftermath]:
        found: list[Aftermath] = []
        for number in range(rounds):
            folder = self._folder / f"{point}-{number}"
            async with asyncio.TaskGroup() as side_by_side:
                houses = [
                    side_by_side.create_task(self._kill_in(folder, point, *kind))
                    for kind in TEN_KILLS
                ]
            for house in houses:
                found += house.result()
        return found

    async def _kill_in(
        self, folder: Path, point: str, dialect: ApiMode, trigger: Trigger, times: int
    ) -> list[Aftermath]:
        at = folder / f"{dialect}-{trigger}"
        async with House(at, self._nursery, self._witness, dialect) as house:
            jobs = range(1, times + 1)
            return [await kill_a_run(house, trigger, point, job, self._tally) for job in jobs]


@pytest.fixture
def killer(tmp_path: Path, nursery: Nursery, witness: Witness, tally: Tally) -> Killer:
    return Killer(tmp_path, nursery, witness, tally)


@rounds
@pytest.mark.parametrize("point", ["before-claim", "after-claim"])
async def test_a_run_killed_before_the_gate_is_carried_out_after_the_restart(
    killer: Killer, point: str, rounds: int
) -> None:
    for aftermath in await killer.kill(point, rounds):
        assert aftermath == Aftermath(
            ("succeeded", "succeeded"), calls=2, answers_told=2, unknowns_told=0
        )


@rounds
@pytest.mark.parametrize(
    ("point", "calls"), [("after-gate", 1), ("after-call", 2), ("before-record", 2)]
)
async def test_a_run_killed_past_the_gate_is_told_as_unknown_and_never_repeated(
    killer: Killer, point: str, calls: int, rounds: int
) -> None:
    for aftermath in await killer.kill(point, rounds):
        assert aftermath == Aftermath(
            ("unknown", "succeeded"), calls=calls, answers_told=1, unknowns_told=1
        )


@pytest.fixture
def refusing(witness: Witness) -> Iterator[Witness]:
    witness.behave("500")
    yield witness
    witness.behave("says")


async def test_a_refusal_that_was_not_recorded_is_in_doubt_and_its_call_is_not_repeated(
    house: House, refusing: Witness, tally: Tally
) -> None:
    prompt = refusing.new_prompt()
    dying = house.chat(crash_at="before-record")
    await add(dying, 1, prompt)
    dying.type("/jobs run 1")
    await killed(dying)
    after = house.chat()
    await after.until(unknown(1))
    await settled(after)
    outcomes, calls = await house.outcomes(1), refusing.calls(prompt)
    tally.add(outcomes, calls=calls, unknowns_told=after.count(unknown(1)))
    assert outcomes == ["unknown"]
    assert calls == 1
