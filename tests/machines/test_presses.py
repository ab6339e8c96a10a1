"""Whoever presses whichever button in whatever order, what comes of it is what the button said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.figures import Figures
from tests.machines.presses import PressesMachine
from tests.machines.stage import Stage, play

EFFECTS = {"pin", "accept", "pause", "run_once"}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A database file: what presses do at once on PostgreSQL would not go the same way twice."""
    played = Stage(f"sqlite:///{tmp_path / 'driftpin.db'}", tmp_path)
    yield played
    played.close()


def test_presses_do_what_their_buttons_said_in_any_order(stage: Stage, figure: Figures) -> None:
    play(PressesMachine, stage, examples=30, steps=30, at_random=False)
    effects = sum(stage.told[name] for name in EFFECTS)
    # People who never may, or buttons that never are fresh, would prove nothing.
    assert effects > 10
    figure("machines", examples_of_presses=30, presses_with_an_effect=effects)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(8))
def test_presses_do_what_their_buttons_said_for_an_hour(
    stage: Stage, part: int, figure: Figures
) -> None:
    play(PressesMachine, stage, examples=300, steps=60, at_random=True)
    assert set(stage.told) >= EFFECTS
    effects = sum(stage.told[name] for name in EFFECTS)
    figure("machines", examples_of_presses=300, presses_with_an_effect=effects)
