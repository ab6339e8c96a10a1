"""Of one data folder there is one process; others talk to it, or say that they cannot start."""

from pathlib import Path

from tests.crash.house import House
from tests.crash.killing import Aftermath, Fault, Trigger, kill_a_run
from tests.crash.starters import Cold
from tests.crash.talking import ANSWER, add
from tests.crash.witness import Witness
from tests.figures import Figures


async def test_a_second_chat_in_the_same_home_says_so_in_one_line_and_exits_2(
    house: House,
) -> None:
    first = house.chat()
    await add(first, 1, "hello")
    second = house.chat()
    assert await second.ended() == 2
    assert len(second.printed.splitlines()) == 1
    assert second.count(rf"is in use by another Driftpin \(process {first.pid}\)") == 1


async def test_commands_of_other_processes_are_carried_out_by_the_running_chat(
    house: House,
) -> None:
    chat = house.chat()
    await add(chat, 1, "hello")
    assert "k1: every 30 days" in await house.jobs("list")
    await house.jobs("run 1")
    await chat.until(ANSWER)


async def test_a_socket_left_by_a_killed_process_is_in_nobodys_way(house: House) -> None:
    dead = house.chat()
    await add(dead, 1, "hello")
    dead.kill()
    await dead.ended()
    assert "k1: every 30 days" in await house.jobs("list")
    after = house.chat()
    after.type("/jobs list")
    await after.until("k1: every 30 days")
    assert "k1: every 30 days" in await house.jobs("list")


async def test_a_process_that_was_started_cold_dies_and_recovers_like_a_forked_one(
    tmp_path: Path, witness: Witness, figure: Figures
) -> None:
    async with House(tmp_path, Cold(), witness) as house:
        aftermath = await kill_a_run(house, Trigger.PERSON, Fault("after-call"), 1, figure)
    assert aftermath == Aftermath(
        ("unknown", "succeeded"), calls=2, answers_told=1, unknowns_told=1
    )
