"""A start with settings that cannot be used, and last good ones: told on the console and in the log."""

from pathlib import Path

import pytest

from tests.acceptance.test_command_line import driftpin
from tests.acceptance.test_serve import APP, BOT, Bare
from tests.fakes.slack.server import FakeSlack

HELD = "jobs that may cost something are held"
GOOD = "timezone: Europe/Oslo\n"


def good_once(folder: Path) -> Path:
    """A data folder that has known good settings; returns the path of config.yaml."""
    config = folder / "config.yaml"
    config.write_text(GOOD)
    assert driftpin(folder, "jobs", "list").returncode == 0
    return config


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("timezone: Mars\n", "config.yaml: timezone: 'Mars' is not the name of a time zone; "),
        ("access: {admins: [ana]}\n", "config.yaml: access.admins: 'ana' is not a person; "),
        (None, "config.yaml: cannot be read (Is a directory); put a file there"),
    ],
)
def test_a_command_prints_the_lines_a_fresh_folder_prints(
    tmp_path: Path, content: str | None, line: str
) -> None:
    known, fresh = tmp_path / "known", tmp_path / "fresh"
    for folder in (known, fresh):
        folder.mkdir()
    good_once(known).unlink()
    for folder in (known, fresh):
        if content is None:
            (folder / "config.yaml").mkdir()
        else:
            (folder / "config.yaml").write_text(content)
    refused, told = driftpin(fresh, "jobs", "list"), driftpin(known, "jobs", "list")
    assert refused.returncode == 2
    assert told.returncode == 0
    first, *rest = told.stderr.splitlines()
    assert first.startswith(line)
    assert first == refused.stderr.strip()
    assert HELD in " ".join(rest)
    assert "no jobs here yet" in told.stdout
    log = (known / "home" / "driftpin.log").read_text()
    assert line in log
    assert HELD in log


def test_a_chat_prints_them_and_talks(tmp_path: Path) -> None:
    good_once(tmp_path).write_text("timezone: Mars\n")
    done = driftpin(tmp_path, "chat", typed="/jobs list\n")
    assert done.returncode == 0
    assert done.stderr.startswith("config.yaml: timezone: 'Mars' is not")
    assert HELD in done.stderr
    assert "no jobs here yet" in done.stdout


async def test_serve_prints_them_and_serves(tmp_path: Path) -> None:
    async with FakeSlack() as slack:
        variables = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP, "SLACK_API_URL": slack.api_url}
        async with Bare(tmp_path, variables) as bare:
            await bare.start()
            await bare.stop()
            bare.folder.joinpath("config.yaml").write_text("timezone: Mars\n")
            await bare.start()
            assert "config.yaml: timezone: 'Mars' is not the name of a time zone" in bare.output
            assert HELD in bare.output
            assert "timezone: 'Mars'" in bare.log
            assert HELD in bare.log
            assert await bare.stop() == 0
