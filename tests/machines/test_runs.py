"""Whatever workers, persons and time do in whatever order, runs go as the design says."""

import pytest

from tests.figures import Figures
from tests.machines.runs import RunsMachine
from tests.machines.stage import Stage, play

PASSAGES = (
    *("OPEN", "NOT_MINE", "HALTED", "CANCELLED"),
    *("CONSENT_CHANGED", "JOB_GONE", "ALREADY_CALLED"),
)
"""The answers of the gate that a machine can meet; letting one run through is the presses' matter."""


def test_runs_go_as_the_design_says_in_any_order(stage: Stage, figure: Figures) -> None:
    examples = 20 if stage.shared else 80
    play(RunsMachine, stage, examples=examples, steps=50, at_random=False)
    # A machine that never came to the gate, or never found it open, would prove nothing.
    missing = [] if stage.shared else [name for name in PASSAGES if not stage.told[f"gate {name}"]]
    assert not missing
    assert stage.told["gate OPEN"] > examples / 4
    figure("machines", run_examples=examples, gates_passed=stage.told["gate OPEN"])


@pytest.mark.soak
@pytest.mark.parametrize("part", range(8))
def test_runs_go_as_the_design_says_for_hours(stage: Stage, part: int, figure: Figures) -> None:
    play(RunsMachine, stage, examples=400, steps=80, at_random=True)
    figure("machines", run_examples=400, gates_passed=stage.told["gate OPEN"])
