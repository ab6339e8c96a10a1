"""The command line, as typed on a machine."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import demo
from scheduler import judge

ROOT = Path(__file__).parents[2]
SDKS = ("pydantic_ai", "openai", "anthropic", "genai_prices", "prompt_toolkit", "sqlalchemy")


def driftpin(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """`driftpin …` in a folder of its own, with nothing else in its environment."""
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DRIFTPIN_HOME": str(folder / "home"),
        "COLUMNS": "200",
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=environ,
        input=typed,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def loaded_by(statement: str) -> set[str]:
    """The SDKs a fresh interpreter has loaded after a statement."""
    script = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(SDKS) & set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import bot, scheduler, storage",
        "import bot.__main__",
        "import sys; sys.argv = ['driftpin', '--help']\n"
        "import bot.__main__\n"
        "try: bot.__main__.main()\nexcept SystemExit: pass",
        "from bot.when import when",
    ],
)
def test_importing_and_asking_for_help_load_no_sdk(statement: str) -> None:
    assert loaded_by(statement) == set()


def test_building_the_whole_app_loads_no_model_sdk() -> None:
    assert loaded_by("import bot.chat") <= {"sqlalchemy"}


def test_when_says_what_was_understood_and_the_next_five_fires(tmp_path: Path) -> None:
    done = driftpin(tmp_path, "when", "every weekday at 09:00", "--tz", "Europe/Oslo")
    first, *fires = done.stdout.splitlines()
    assert first == "every weekday at 09:00 (Europe/Oslo)"
    assert len(fires) == 5
    assert all("09:00 +0" in fire for fire in fires)


def test_when_as_json_is_one_object_with_every_fire_until_then(tmp_path: Path) -> None:
    done = driftpin(
        tmp_path,
        *("when", "every weekday at 09:00", "--tz", "Europe/Oslo", "--json"),
        *("--after", "2026-11-20T08:00:00+00:00", "--until", "2026-11-24T08:00:00+00:00"),
    )
    assert json.loads(done.stdout) == {
        "text": "every weekday at 09:00",
        "zone": "Europe/Oslo",
        "fires": ["2026-11-23T08:00:00+00:00", "2026-11-24T08:00:00+00:00"],
    }


@pytest.mark.parametrize(
    "words",
    [
        ("every 5 minuets",),
        ("0 9 * * 1-5", "--tz", "Mars"),
        ("0 9 * * 1-5", "--after", "soon"),
        ("every 1s", "--after", "2026-01-01", "--until", "2027-01-01"),
    ],
)
def test_when_refuses_in_one_line_with_exit_code_2(tmp_path: Path, words: list[str]) -> None:
    done = driftpin(tmp_path, "when", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert ";" in done.stderr


def test_jobs_carries_out_a_command_when_no_process_runs(tmp_path: Path) -> None:
    added = driftpin(tmp_path, "jobs", "add", "every day at 09:00", "|", "Summarise")
    assert "Job 1 is scheduled" in added.stdout
    ran = driftpin(tmp_path, "jobs", "run", "1")
    assert "Demo provider (no model, no network): Summarise" in ran.stdout
    assert "succeeded" in driftpin(tmp_path, "jobs", "history", "1").stdout


def test_a_transcript_through_a_pipe_runs_its_lines_in_order(tmp_path: Path) -> None:
    lines = "/jobs add every day at 09:00 | Summarise\npress 1\nrun 1\nlist\n"
    done = driftpin(tmp_path, "chat", typed=lines)
    said = done.stdout
    order = [
        "> /jobs add",
        "Job 1 is scheduled",
        "> press 1",
        "Job 1 (Summarise) is pinned to demo:echo",
        "> run 1",
        "Demo provider (no model, no network)",
        "> list",
        "#1 Summarise: every day at 09:00",
    ]
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert (done.returncode, done.stderr) == (0, "")


def test_migrate_says_that_the_database_is_up_to_date(tmp_path: Path) -> None:
    assert driftpin(tmp_path, "migrate").stdout == "The database is up to date.\n"


def test_the_demo_tells_the_whole_story_and_the_provider_counted_no_paid_call(
    tmp_path: Path,
) -> None:
    done = driftpin(tmp_path, "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("paid calls made: 0") == 4
    assert "unintended spend was prevented" in done.stdout
    assert "make chat" in done.stdout
    assert done.stderr == ""


def test_the_demo_fails_when_the_guard_is_taken_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(judge, "_judge_route", lambda job, route, *guard: judge.Go(route))
    monkeypatch.setattr(demo, "PATIENCE", 12.0)
    assert asyncio.run(demo.demo()) == 1
    assert "Not as told: the run is held" in capsys.readouterr().out


def test_a_command_that_was_refused_ends_with_exit_code_2(tmp_path: Path) -> None:
    done = driftpin(tmp_path, "jobs", "show", "99")
    assert "There is no job 99 here" in done.stdout
    assert done.returncode == 2


def test_two_dashes_divide_schedule_and_prompt_on_the_command_line(tmp_path: Path) -> None:
    done = driftpin(tmp_path, "jobs", "add", "every", "weekday", "at", "09:00", "--", "Hello")
    assert "Job 1 is scheduled: Hello" in done.stdout


def test_what_the_command_line_says_can_be_typed_into_a_shell(tmp_path: Path) -> None:
    driftpin(tmp_path, "jobs", "add", "every day at 09:00", "--", "Summarise")
    halted = driftpin(tmp_path, "halt", "the bill looks wrong").stdout
    refused = driftpin(tmp_path, "jobs", "run", "1").stdout
    assert "driftpin jobs unhalt" in halted
    assert "'driftpin jobs unhalt'" in refused
    assert "driftpin jobs resume 1" in driftpin(tmp_path, "jobs", "remove", "1").stdout
    assert "/jobs" not in halted + refused


@pytest.mark.parametrize("words", [("raise", "7"), ("cost",), ("Spend", "all")])
def test_a_chat_command_typed_without_jobs_is_told_where_it_stands(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = driftpin(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"did you mean 'driftpin jobs {' '.join(words)}'?" in done.stderr
