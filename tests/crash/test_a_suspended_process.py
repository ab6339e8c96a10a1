"""A process that is suspended inside a call calls nothing twice when it wakes."""

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from tests.crash.house import House
from tests.crash.talking import settled, unknown
from tests.crash.witness import Witness

ASLEEP = 2.5
"""Seconds; the call is given one."""


@pytest.fixture
def hanging(witness: Witness) -> Iterator[Witness]:
    witness.behave("hang")
    yield witness
    witness.behave("says")


async def test_a_process_that_sleeps_past_the_end_of_its_call_leaves_it_in_doubt(
    house: House, hanging: Witness
) -> None:
    prompt = hanging.new_prompt()
    sleeping = house.chat()
    sleeping.type(f"/jobs add every 30d timeout=1s retry=5 name=k1 | {prompt}")
    sleeping.type("/jobs run 1")
    await hanging.until_called(prompt)
    os.kill(sleeping.pid, signal.SIGSTOP)
    await asyncio.sleep(ASLEEP)
    os.kill(sleeping.pid, signal.SIGCONT)
    await sleeping.until(unknown(1))
    await settled(sleeping)
    outcomes, calls = await house.outcomes(1), hanging.calls(prompt)
    assert (outcomes, calls, sleeping.count(unknown(1))) == (["unknown"], 1, 1)
