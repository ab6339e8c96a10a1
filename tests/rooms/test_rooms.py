"""A new file is placed: it is pure, or it is named here as one that touches the world."""

import configparser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TOUCHES_THE_WORLD = {
    "bot.__main__",
    "bot.adapters",
    "bot.admission",
    "bot.alert_presses",
    "bot.alone",
    "bot.app",
    "bot.asking",
    "bot.at_start",
    "bot.attaching",
    "bot.carrying",
    "bot.chat",
    "bot.claims",
    "bot.clock",
    "bot.control",
    "bot.counting_provider",
    "bot.crash_points",
    "bot.demo",
    "bot.desk",
    "bot.dispatcher",
    "bot.doors",
    "bot.forms",
    "bot.halt_file",
    "bot.halting",
    "bot.http",
    "bot.importing",
    "bot.logs",
    "bot.notifier",
    "bot.one_command",
    "bot.one_import",
    "bot.outlook",
    "bot.owed",
    "bot.platform",
    "bot.presses",
    "bot.sending",
    "bot.serve",
    "bot.settings",
    "bot.slack_manifest",
    "bot.stage",
    "bot.telling_admins",
    "scheduler.drill",
    "scheduler.engines",
    "scheduler.foreseeing",
    "scheduler.healing",
    "scheduler.heartbeat",
    "scheduler.providers",
    "scheduler.runner",
    "scheduler.service",
    "scheduler.snapshots",
    "scheduler.ticker",
    "scheduler.verdict",
}


def pure_files() -> set[str]:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    return set(contracts["importlinter:contract:pure"]["source_modules"].split())


def files_of(room: str) -> set[str]:
    children = (path for path in (ROOT / room).iterdir() if path.name != "__init__.py")
    return {
        f"{room}.{path.stem}"
        for path in children
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }


@pytest.mark.parametrize("room", ["bot", "scheduler"])
def test_every_file_is_pure_or_named_as_one_that_touches_the_world(room: str) -> None:
    placed = pure_files() | TOUCHES_THE_WORLD
    unplaced = sorted(files_of(room) - placed)
    assert not unplaced, f"place {unplaced} in .importlinter (pure) or in {Path(__file__).name}"


def test_no_file_is_both_pure_and_touching_the_world() -> None:
    assert not pure_files() & TOUCHES_THE_WORLD
