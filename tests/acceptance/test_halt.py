"""A halt shuts every door to spending, survives a restart, and runs nothing when it is over."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.terminal.adapter import HERE
from bot.halt_file import HaltFile
from bot.message import Button, Message, Request
from scheduler.halt import Halt
from scheduler.job import JobId, JobState, Place, Principal
from scheduler.ports import Entry
from scheduler.run import HoldReason, RunState
from tests.acceptance.alerted import ADD, NO_CALL, alerted, calls, states
from tests.acceptance.test_life_of_a_run import calling, latest_run, said
from tests.acceptance.world import ME, World, text_of
from tests.fakes.provider_behaviours import Drop

ONCE = "/jobs add in 10m name=Once | Summarise open incidents"
TEA = "/jobs add every day at 09:00 kind=message name=Tea | The kettle is on"
WHO_AND_WHY = "Ana halted everything that spends at 2026-11-2"
ROOM = Place("slack", "T012AB", "C0ROOM")
BEN = Principal("slack", "T012AB", "U0BEN", name="Ben")
ACCESS = 'access:\n  admins: ["slack:T012AB:U0BOSS"]\n  operators: ["slack:T012AB:*"]\n'


async def halted(world: World, reason: str = "the bill looks wrong") -> Message:
    return await world.type(f"/jobs halt {reason}")


# --- the doors -------------------------------------------------------------------------------------


async def test_a_halt_says_that_it_holds_and_how_to_end_it(world: World) -> None:
    told = await halted(world)
    assert told.title.startswith(WHO_AND_WHY)
    assert "(the bill looks wrong)" in told.title
    assert "No call was under way." in text_of(told)
    assert "/jobs unhalt" in text_of(told)


async def test_a_list_says_above_its_jobs_that_everything_is_halted(world: World) -> None:
    await halted(world)
    empty = await world.type("/jobs list")
    assert WHO_AND_WHY in text_of(empty)
    await world.type(ADD)
    told = text_of(await world.type("/jobs list"))
    assert told.index(WHO_AND_WHY) < told.index("#1 Brief")
    assert "(the bill looks wrong)" in told
    await world.type("/jobs unhalt")
    assert "halted" not in text_of(await world.type("/jobs list")).lower()


@pytest.mark.parametrize("reading", ["show 1", "history 1"])
async def test_what_is_read_of_a_job_says_above_all_else_that_everything_is_halted(
    world: World, reading: str
) -> None:
    await world.type(ADD)
    await world.type(TEA)
    await halted(world)
    await world.fire()
    told = text_of(await world.type(f"/jobs {reading}"))
    assert WHO_AND_WHY in told.splitlines()[1]
    assert "nothing holds" not in told
    assert "run 1" not in told
    assert WHO_AND_WHY not in text_of(await world.type("/jobs show 2"))
    await world.type("/jobs unhalt")
    assert WHO_AND_WHY not in text_of(await world.type("/jobs show 1"))


async def test_a_list_shows_a_halt_of_the_machine_too(world: World) -> None:
    by_file(world)
    told = text_of(await world.type("/jobs list"))
    assert "Cleo halted everything that spends" in told
    assert "(it hangs)" in told


async def test_a_due_fire_is_held_uses_nothing_up_and_plain_messages_go_on(world: World) -> None:
    await world.type(ADD.replace("|", "repeat=2 |"))
    await world.type(TEA)
    await halted(world)
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.HALT)
    assert WHO_AND_WHY in (run.error or "")
    assert (await world.job()).repeat_left == 2
    assert await states(world, 2) == [RunState.SUCCEEDED]
    assert calls(world) == NO_CALL


async def test_held_fires_are_told_once_in_a_chat(world: World) -> None:
    await world.type(ADD)
    await world.type(ADD.replace("Brief", "Other"))
    await halted(world)
    await world.fire()
    await world.fire()
    assert await states(world) == [RunState.HELD, RunState.HELD]
    assert await states(world, 2) == [RunState.HELD, RunState.HELD]
    [told] = said(world, "is held: everything that spends is halted. No call was made.")
    assert "Later fires of this chat are held without a word." in text_of(told)
    assert told.buttons == ()
    assert text_of(told).count("/jobs unhalt") == 1


Door = Callable[[World], Awaitable[Message]]
DOORS: dict[str, Door] = {
    "run": lambda world: world.type("/jobs run 1"),
    "run held": lambda world: world.type("/jobs run 1 held"),
    "drill": lambda world: world.type("/jobs drill 1"),
}


@pytest.mark.parametrize("door", DOORS)
async def test_a_command_that_could_spend_says_who_halted_and_why(world: World, door: str) -> None:
    await world.type(ADD)
    await halted(world)
    told = await DOORS[door](world)
    assert WHO_AND_WHY.lower() in told.title.lower()
    assert "(the bill looks wrong)" in told.title
    assert "'/jobs unhalt'" in told.title
    assert await states(world) == []
    assert calls(world) == NO_CALL


async def refused(world: World, button: Button) -> None:
    before = calls(world)
    told = await world.press(button)
    assert WHO_AND_WHY in told.title
    assert calls(world) == before


async def test_run_again_is_refused_and_works_once_the_halt_is_over(world: World) -> None:
    world.free.behave(Drop())
    await world.type(ADD)
    await world.fire()
    again = world.button("Run again")
    await halted(world)
    await refused(world, again)
    await world.type("/jobs unhalt")
    await world.press(again)
    assert calls(world) == (2, 0)


async def test_the_held_fires_of_an_alert_stay_held(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Pin old"))
    run_held = world.button("Run the held fire now")
    await halted(world)
    await refused(world, run_held)
    assert await states(world) == [RunState.HELD]


async def test_a_decision_runs_no_one_shot_while_everything_is_halted(world: World) -> None:
    await world.type(ONCE)
    world.point_default("paid-lab", "large")
    await world.fire()
    await halted(world)
    pinned = await world.type("/jobs pin 1")
    assert WHO_AND_WHY in text_of(pinned)
    assert pinned.buttons == ()
    assert await states(world) == [RunState.HELD]
    await world.type("/jobs unhalt")
    assert await states(world) == [RunState.HELD]
    await world.type("/jobs run 1 held")
    assert await states(world) == [RunState.SUCCEEDED]
    assert calls(world) == (1, 0)


async def test_a_message_is_run_by_hand_while_everything_else_is_halted(world: World) -> None:
    await world.type(TEA)
    await halted(world)
    await world.type("/jobs run 1")
    assert await states(world) == [RunState.SUCCEEDED]


async def test_a_call_under_way_is_cut_off_and_told_as_perhaps_billed(world: World) -> None:
    await calling(world)
    told = await halted(world)
    await world.free.wait_for_hang_ups(1)
    assert "1 call cut off (job 1); what had left by then may have been billed." in text_of(told)
    run = await latest_run(world)
    assert run.state is RunState.UNKNOWN
    assert run.error == "stopped by Ana (halt: the bill looks wrong) during the call"
    assert "may have been billed" in world.latest.title
    assert calls(world) == (1, 0)


# --- who, how long, and the end --------------------------------------------------------------------


async def test_only_admins_halt_and_unhalt(tmp_path: Path) -> None:
    async with World(tmp_path, config=ACCESS) as world:
        for command in ("halt", "unhalt"):
            told = await world.type(f"/jobs {command}", by=BEN, place=ROOM)
            assert told.private
            assert "that takes an admin" in told.title
        assert await world.app.store.halted() is None
        boss = replace(BEN, person="U0BOSS", name="Bo")
        await world.type("/jobs halt", by=boss, place=ROOM)
        assert await world.app.store.halted() is not None


async def test_a_second_halt_keeps_the_first(world: World) -> None:
    await halted(world)
    told = await world.type("/jobs halt because of me", by=replace(ME, name="Ben"))
    assert told.title.startswith(f"It is halted already: {WHO_AND_WHY}")
    assert "because of me" not in told.title


async def test_a_halt_survives_a_restart(world: World) -> None:
    await world.type(ADD)
    await halted(world)
    await world.restart()
    assert (await world.fire()).hold_reason is HoldReason.HALT
    assert WHO_AND_WHY in (await world.type("/jobs run 1")).title
    assert calls(world) == NO_CALL


async def test_unhalt_says_what_was_missed_and_runs_nothing_by_itself(world: World) -> None:
    await world.type(ADD)
    await world.type(ONCE)
    await halted(world)
    await world.fire(2)
    await world.fire()
    await world.fire()
    told = await world.type("/jobs unhalt")
    assert told.title == "The halt is over. Nothing runs by itself before its next fire."
    assert "#1 Brief: 2 fires" in text_of(told)
    assert "#2 Once, due" in text_of(told)
    assert "/jobs run 2" in text_of(told)
    assert await states(world) == [RunState.MISSED, RunState.MISSED]
    assert await states(world, 2) == [RunState.HELD]
    assert calls(world) == NO_CALL
    await world.type("/jobs run 2")
    assert await states(world, 2) == [RunState.SUCCEEDED]
    assert (await world.job(2)).state is JobState.FINISHED
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert calls(world) == (2, 0)


async def test_a_chat_elsewhere_is_told_that_the_halt_is_over(tmp_path: Path) -> None:
    async with World(tmp_path, config=ACCESS) as world:
        world.others["slack"] = type(world.chat)("slack")
        await world.restart()
        await world.type(ADD, by=BEN, place=ROOM)
        await halted(world)
        await world.fire()
        await world.type("/jobs unhalt")
        latest = world.others["slack"].latest
        assert latest.title == "Ana ended the halt; jobs run again from their next fires on."
        assert "Missed, and not made up for: fires of job 1." in text_of(latest)


async def test_unhalt_where_nothing_is_halted_changes_nothing(world: World) -> None:
    told = await world.type("/jobs unhalt")
    assert told.title == "Nothing is halted; nothing was changed."


# --- the file --------------------------------------------------------------------------------------


def by_file(world: World) -> HaltFile:
    """Halt as `driftpin halt` does while nobody answers."""
    file = HaltFile(world.folder / "home")
    file.write(Halt("Cleo", "it hangs", world.clock.now()))
    return file


async def test_the_gate_reads_the_file_before_anybody_has_heard_of_it(world: World) -> None:
    await world.type(ADD)
    run = await world.app.store.plan_manual(JobId(1), world.clock.now(), _entry(world))
    by_file(world)
    await world.app.engine.submit(run.id)
    await world.app.engine.idle()
    held = await latest_run(world)
    assert (held.state, held.hold_reason) == (RunState.HELD, HoldReason.HALT)
    assert "Cleo halted everything" in (held.error or "")
    assert calls(world) == NO_CALL


def _entry(world: World) -> Entry:
    return Entry(world.clock.now(), ME, "run", "job 1")


async def test_the_file_becomes_the_row_and_the_admins_are_told_once(world: World) -> None:
    await calling(world)
    file = by_file(world)
    await world.until(lambda: not file.path.exists())
    await world.free.wait_for_hang_ups(1)
    await world.settle()
    assert await states(world) == [RunState.UNKNOWN]
    assert len(said(world, "Cleo halted everything that spends")) == 1
    await world.restart()
    assert "Cleo halted" in (await world.type("/jobs run 1")).title
    await world.type("/jobs unhalt")
    assert await world.app.store.halted() is None


@pytest.mark.parametrize("content", ["", "{", '{"by": 1}', "stop it, all of it"])
async def test_whatever_stands_in_the_file_halts(tmp_path: Path, content: str) -> None:
    file = HaltFile(tmp_path)
    file.path.write_text(content)
    halt = file.read()
    assert halt is not None
    assert halt.by == "somebody on the machine"


async def test_a_file_that_cannot_be_read_halts(tmp_path: Path) -> None:
    file = HaltFile(tmp_path)
    file.path.mkdir()
    assert file.read() is not None


async def test_forty_fires_at_once_find_every_door_shut(world: World) -> None:
    await world.type("/jobs halt")
    for _ in range(40):
        await world.ask(Request(ME, HERE, ADD))
    world.clock.advance(timedelta(days=1))
    await asyncio.gather(*(world.ask(Request(ME, HERE, f"/jobs run {n}")) for n in range(1, 41)))
    await world.settle()
    assert calls(world) == NO_CALL
