"""`driftpin halt` works while nobody runs, and while the process that runs hangs."""

import os
import signal

from tests.crash.house import House
from tests.crash.talking import add, settled


async def halted(house: House, code: int) -> str:
    life = house.command("halt", "it", "hangs")
    assert await life.leave() == code, life.printed
    return life.printed


async def test_a_halt_while_nobody_runs_is_there_at_the_next_start(house: House) -> None:
    assert "halted everything that spends" in await halted(house, 0)
    assert not (house.folder / "HALT").exists()
    after = house.chat()
    prompt = house.witness.new_prompt()
    await add(after, 1, prompt)
    after.type("/jobs run 1")
    await after.until("(it hangs)")
    assert house.witness.calls(prompt) == 0


async def test_a_running_process_confirms_a_halt(house: House) -> None:
    running = house.chat()
    prompt = house.witness.new_prompt()
    await add(running, 1, prompt)
    assert "halted everything that spends" in await halted(house, 0)
    running.type("/jobs run 1")
    await running.until("Nothing was done: .* halted everything")
    assert house.witness.calls(prompt) == 0


async def test_a_process_that_hangs_finds_the_gate_shut_when_it_wakes(house: House) -> None:
    hanging = house.chat()
    prompt = house.witness.new_prompt()
    await add(hanging, 1, prompt)
    os.kill(hanging.pid, signal.SIGSTOP)
    try:
        told = await halted(house, 1)
        assert "Halted by" in told
        assert (house.folder / "HALT").exists()
        hanging.type("/jobs run 1")
    finally:
        os.kill(hanging.pid, signal.SIGCONT)
    await hanging.until("halted everything")
    await settled(hanging)
    assert house.witness.calls(prompt) == 0
