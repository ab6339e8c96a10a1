"""Bad input gets one clear line, and nothing is stored, half-done or called."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import App
from bot.clock import SystemClock
from bot.settings import Environment
from scheduler.errors import ConfigError
from scheduler.run import HoldReason, RunState
from tests.acceptance.world import World, text_of
from tests.unit.wrong_configs import WRONG


def bad_lines() -> list[tuple[str, str]]:
    """Wrong lines, each with the one line it is answered with."""
    text = Path(__file__).parents[1].joinpath("data", "bad_lines.txt").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(typed, said.strip()) for typed, said in zip(lines[::2], lines[1::2], strict=True)]


async def test_a_wrong_line_is_answered_in_one_line_and_nothing_is_stored(world: World) -> None:
    for typed, expected in bad_lines():
        answer = await world.type(typed)
        assert text_of(answer) == expected, typed
        assert answer.private
    assert await world.app.store.jobs() == []
    assert world.calls == 0
    assert world.chat.posts == 0


def test_there_are_at_least_sixty_wrong_lines() -> None:
    assert len(bad_lines()) >= 60


def start(folder: Path) -> subprocess.CompletedProcess[str]:
    """`driftpin chat` in a folder, with nothing to say to it."""
    environ = {
        "PATH": os.environ["PATH"],
        "DRIFTPIN_HOME": str(folder / "home"),
        "OPENROUTER_API_KEY": "canary-that-must-not-be-used",
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("wrong", [text for text, _, _ in WRONG])
async def test_a_wrong_config_is_refused_at_start_with_its_key(tmp_path: Path, wrong: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(wrong)
    os.utime(config, (0, 0))  # settled long ago
    environment = Environment({"DRIFTPIN_HOME": str(tmp_path / "home")}, tmp_path)
    with pytest.raises(ConfigError) as refused:
        await App.open(environment, SystemClock(), {})
    keys = [key for text, key, _ in WRONG if text == wrong]
    assert all(line.startswith("config.yaml: ") for line in refused.value.problems)
    assert any(key in str(refused.value) for key in keys)
    assert not (tmp_path / "home" / "driftpin.db").exists()


def test_at_start_every_error_is_told_at_once_with_exit_code_2_and_no_traceback(
    tmp_path: Path,
) -> None:
    tmp_path.joinpath("config.yaml").write_text(
        "model: {provider: openruoter}\nguard: {on_drift: hodl}\ntimezone: Mars\n"
    )
    started = start(tmp_path)
    lines = started.stderr.splitlines()
    assert started.returncode == 2
    assert len(lines) == 3
    assert all(line.startswith("config.yaml: ") for line in lines)
    assert "canary" not in started.stderr + started.stdout


async def test_while_running_a_wrong_config_stores_the_job_unguarded_and_calls_nobody(
    world: World,
) -> None:
    for number, (wrong, _, _) in enumerate(WRONG[::3], start=1):
        world.folder.joinpath("config.yaml").write_text(wrong)
        card = await world.type("/jobs add every day at 09:00 | Summarise")
        job = await world.job(number)
        assert job.snapshot.provider is None, wrong
        assert "UNGUARDED" in card.title, wrong
        await world.type(f"/jobs run {number}")
        [run] = await world.app.store.history(job.id, 5)
        assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.CONFIG), wrong
        await world.type(f"/jobs remove {number}")
    assert world.calls == 0


async def test_a_broken_config_never_falls_through_to_a_key_of_the_environment(
    world: World,
) -> None:
    world.point_default("paid-lab", "large")
    await world.type("/jobs add every day at 09:00 | Summarise")
    world.folder.joinpath("config.yaml").write_text("model: {provider: auto, default: x")
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.CONFIG)
    assert world.calls == 0
