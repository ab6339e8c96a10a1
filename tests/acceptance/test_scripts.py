"""Jobs of kind=script, as an admin types them: a chat only ever chooses a name."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.terminal.adapter import HERE
from bot.message import Request
from scheduler.run import HoldReason, RunState
from tests.acceptance.team import ANA, BOSS, ROOM, team_world
from tests.acceptance.world import ME, World, text_of

ADD = "/jobs add every 30d kind=script name=Disk tz=UTC | {script}"


async def scripts(world: World, **argv: list[str]) -> None:
    entries = "".join(f"  {name}: {{argv: {json.dumps(words)}}}\n" for name, words in argv.items())
    world.point_default("free-lab", "small", f"scripts:\n{entries}")
    world.clock.advance(timedelta(seconds=3))
    await world.type("/jobs default")


async def test_a_script_runs_and_prints_into_the_chat(world: World) -> None:
    await scripts(world, check=["/bin/sh", "-c", "echo 42 per cent used"])
    card = text_of(await world.type(ADD.format(script="check")))
    assert "Job 1 is scheduled: Disk" in card
    assert "Script  check" in card
    assert "not needed: it calls no provider" in card
    await world.type("/jobs run 1")
    report = text_of(world.latest)
    assert "42 per cent used" in report
    assert "script check, no provider was called" in report
    assert world.calls == 0


@pytest.mark.parametrize("verb", ["pin 1", "unpin 1", "accept 1", "snapshot 1"])
async def test_a_script_has_nothing_to_consent_to_and_is_called_a_script(
    world: World, verb: str
) -> None:
    await scripts(world, check=["/bin/true"])
    await world.type(ADD.format(script="check"))
    told = text_of(await world.type(f"/jobs {verb}"))
    assert "Job 1 is a script and calls no provider, so there is nothing to guard" in told


async def test_a_script_that_fails_says_so_and_shows_what_it_printed(world: World) -> None:
    await scripts(world, check=["/bin/sh", "-c", "echo no space left; exit 3"])
    await world.type(ADD.format(script="check"))
    await world.type("/jobs run 1")
    report = text_of(world.latest)
    assert "Job 1 (Disk) failed." in report
    assert "The script check failed: exit code 3." in report
    assert "no space left" in report
    history = " ".join(text_of(await world.type("/jobs history 1")).split())
    assert ": failed (the script check failed: exit code 3), asked for by hand" in history


@pytest.mark.parametrize("typed", ["check; id", "/bin/sh", "../check", "$(id)"])
async def test_only_a_name_of_the_settings_can_be_typed(world: World, typed: str) -> None:
    await scripts(world, check=["/bin/true"])
    answer = text_of(await world.type(ADD.format(script=typed)))
    assert answer == ("There is no script of that name; the scripts in config.yaml are check.")


async def test_a_script_that_is_gone_from_the_settings_is_held_and_says_what_to_do(
    world: World,
) -> None:
    await scripts(world, check=["/bin/true"])
    await world.type(ADD.format(script="check"))
    await scripts(world, other=["/bin/true"])
    await world.type("/jobs run 1")
    held = text_of(world.latest)
    assert "Job 1 (Disk) is held" in held
    assert "config.yaml has no script check any more, nothing was run" in held


async def test_stop_ends_a_running_script(world: World) -> None:
    pids = world.folder / "pids"
    await scripts(world, check=["/bin/sh", "-c", f"echo begun > {pids}; sleep 600"])
    await world.type(ADD.format(script="check"))
    await world.ask(Request(ME, HERE, "/jobs run 1"))
    await world.until(pids.exists)
    told = await world.type("/jobs stop 1")
    assert told.title == (
        "Job 1 (Disk) is stopped: its script is ended, with everything it has started."
    )
    stopped = text_of(world.latest)
    assert "billed" not in stopped
    assert "Job 1 (Disk) was cancelled" in stopped
    assert "The script was ended, with everything it had started." in stopped


async def test_only_admins_may_choose_a_script(tmp_path: Path) -> None:
    world, _ = team_world(tmp_path)
    async with world:
        await scripts(world, check=["/bin/true"], other=["/bin/true"])
        refused = await world.type(ADD.format(script="check"), ANA, ROOM)
        assert "admin" in text_of(refused)
        await world.type(ADD.format(script="check"), BOSS, ROOM)
        refused = await world.type("/jobs edit 1 | other", ANA, ROOM)
        assert (await world.job()).prompt == "check"


async def test_a_halt_ends_a_running_script_and_starts_no_other(world: World) -> None:
    pids = world.folder / "pids"
    await scripts(world, check=["/bin/sh", "-c", f"echo begun > {pids}; sleep 600"])
    await world.type(ADD.format(script="check"))
    await world.ask(Request(ME, HERE, "/jobs run 1"))
    await world.until(pids.exists)
    answer = text_of(await world.type("/jobs halt"))
    assert "1 script ended (job 1), with everything it had started." in answer
    assert "billed" not in answer
    assert "The script was ended, with everything it had started." in text_of(world.latest)
    told = await world.type("/jobs run 1")
    assert "Ana halted everything that spends" in told.title
    held = await world.fire()
    assert (held.state, held.hold_reason) == (RunState.HELD, HoldReason.HALT)
