"""What is to be done about an experiment, from its state, what the settings say, and the time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.experiment import (
    ABANDONED,
    Ending,
    Experiment,
    ExperimentId,
    ExperimentState,
    Step,
    step,
)
from scheduler.job import Place, Principal
from scheduler.press import RouteNames

BEGAN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ENDS = BEGAN + timedelta(hours=2)
OLD, NEW, OTHER = RouteNames("free", "a"), RouteNames("paid", "b"), RouteNames("lab", "c")
FILE, ANOTHER_FILE = "/etc/config.yaml 7", "/etc/config.yaml 8"
BEGINNING, RUNNING, RETURNING = (
    ExperimentState.BEGINNING,
    ExperimentState.RUNNING,
    ExperimentState.RETURNING,
)
EXPERIMENT = Experiment(
    ExperimentId(1),
    OLD,
    NEW,
    Place("slack", "T1", "C1"),
    Principal("slack", "T1", "U1"),
    FILE,
    BEGAN,
    ENDS,
    BEGAN,
)
BEFORE, AT_THE_END, LONG_AFTER = ENDS - timedelta(seconds=1), ENDS, ENDS + ABANDONED


@pytest.mark.parametrize(
    ("state", "default", "before", "at_the_end"),
    [
        (BEGINNING, NEW, Step.TAKE_UP, Step.TAKE_UP),
        (BEGINNING, OLD, Ending.NEVER, Ending.NEVER),
        (BEGINNING, OTHER, Ending.NEVER, Ending.NEVER),
        (BEGINNING, None, Ending.NEVER, Ending.NEVER),
        (RUNNING, NEW, Step.WAIT, Step.RETURN),
        (RUNNING, OLD, Ending.EDITED, Ending.EDITED),
        (RUNNING, OTHER, Ending.EDITED, Ending.EDITED),
        (RUNNING, None, Ending.EDITED, Ending.EDITED),
        (RETURNING, NEW, Step.RETURN, Step.RETURN),
        (RETURNING, OLD, Ending.RETURNED, Ending.RETURNED),
        (RETURNING, OTHER, Ending.EDITED, Ending.EDITED),
        (RETURNING, None, Ending.EDITED, Ending.EDITED),
    ],
)
def test_each_state_with_each_default_has_one_next_step(
    state: ExperimentState,
    default: RouteNames | None,
    before: Step | Ending,
    at_the_end: Step | Ending,
) -> None:
    experiment = replace(EXPERIMENT, state=state)
    assert step(experiment, default, BEFORE, FILE) == before
    assert step(experiment, default, AT_THE_END, FILE) == at_the_end


@pytest.mark.parametrize("state", [BEGINNING, RUNNING, RETURNING])
def test_who_reads_another_file_leaves_it_to_its_own_process(state: ExperimentState) -> None:
    experiment = replace(EXPERIMENT, state=state)
    assert step(experiment, OLD, AT_THE_END, ANOTHER_FILE) is Step.WAIT
    assert step(experiment, OLD, LONG_AFTER, ANOTHER_FILE) is not Step.WAIT


def test_who_reads_another_file_with_the_same_new_default_returns_it_too() -> None:
    experiment = replace(EXPERIMENT, state=RUNNING)
    assert step(experiment, NEW, AT_THE_END, ANOTHER_FILE) is Step.RETURN
