"""Whatever workers, persons and time do in whatever order, runs go as the design says."""

import pytest

from tests.figures import Figures
from tests.machines.runs import RunsMachine
from tests.machines.stage import Stage, play

PASSAGES = {"OPEN", "NOT_MINE", "HALTED", "ALREADY_CALLED"}
MORE_PASSAGES = PASSAGES | {"CANCELLED", "CONSENT_CHANGED", "JOB_GONE"}
"""The answers of the gate; letting one run through is the matter of presses."""


def answers(stage: Stage) -> set[str]:
    """What the gate said at least once: a machine that never found it open would prove nothing."""
    return {told.removeprefix("gate ") for told in stage.told if told.startswith("gate ")}


def test_runs_go_as_the_design_says_in_any_order(stage: Stage, figure: Figures) -> None:
    examples = 10 if stage.shared else 40
    play(RunsMachine, stage, examples=examples, steps=40, at_random=False)
    assert stage.shared or answers(stage) >= PASSAGES
    figure("machines", examples_of_runs=examples, gates_passed=stage.told["gate OPEN"])


@pytest.mark.soak
@pytest.mark.parametrize("part", range(8))
def test_runs_go_as_the_design_says_for_an_hour(stage: Stage, part: int, figure: Figures) -> None:
    examples = 500
    play(RunsMachine, stage, examples=examples, steps=80, at_random=True)
    assert answers(stage) >= MORE_PASSAGES
    figure("machines", examples_of_runs=examples, gates_passed=stage.told["gate OPEN"])
