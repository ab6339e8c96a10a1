"""Whatever workers, admins and days do in whatever order, nothing leaves that a cap does not allow."""

import pytest

from tests.figures import Figures
from tests.machines.caps import CapsMachine
from tests.machines.stage import Stage, play

HELD = {f"held by per_{cap}_usd" for cap in ("run", "job_day", "chat_day", "day")}
HELD_OR_OWN = HELD | {"held by max_usd"}
DONE = {"reserved", "capped at once", "raised", "chats moved", "vanished in a call", "set free"}
SOME = {"reserved", "capped at once"}
"""Few examples on a server, and not each the same way."""


def told_of(figure: Figures, stage: Stage, examples: int) -> None:
    """A machine that never found room, or never found none, would prove nothing."""
    assert set(stage.told) >= (SOME if stage.shared else HELD_OR_OWN | DONE)
    figure(
        "machines of caps",
        examples=examples,
        requests=stage.told["reserved"] + stage.told["reserved at once"],
        held_by_caps=stage.told["capped at once"] + sum(stage.told[name] for name in HELD_OR_OWN),
        over=0,
    )


def test_caps_are_caps_in_any_order(stage: Stage, figure: Figures) -> None:
    examples = 8 if stage.shared else 25
    play(CapsMachine, stage, examples=examples, steps=40, at_random=False)
    told_of(figure, stage, examples)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(8))
def test_caps_are_caps_for_an_hour(stage: Stage, part: int, figure: Figures) -> None:
    examples = 400
    play(CapsMachine, stage, examples=examples, steps=80, at_random=True)
    told_of(figure, stage, examples)
