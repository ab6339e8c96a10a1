"""An experiment as a value: another default for a while, and what is to be done about it at a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from scheduler.job import Place, Principal
from scheduler.press import RouteNames

ExperimentId = NewType("ExperimentId", int)

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=30)

ABANDONED = timedelta(minutes=10)
"""After its end an experiment is closed by anybody, if whoever has its file never comes back."""


class ExperimentState(StrEnum):
    """What is meant is recorded before the file is written, so that a crash leaves no riddle."""

    BEGINNING = "beginning"
    RUNNING = "running"
    RETURNING = "returning"
    OVER = "over"


class Ending(StrEnum):
    RETURNED = "returned"
    """The old default is back."""
    EDITED = "edited"
    """Somebody changed the default meanwhile; theirs stays."""
    KEPT = "kept"
    """A person made it the default for good."""
    NEVER = "never"
    """It did not begin: the process stopped before the file was written."""
    STUCK = "stuck"
    """The file could not be written; a person must put the old default back."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """Another default until `ends_at`, begun from `place`.

    `old` are the names as they stood in the settings, `file` is which settings: another process may
    read others. `ended_by` is the person who ended it early or kept it; None where time did. `since`
    is when it came into its state.
    """

    id: ExperimentId
    old: RouteNames
    new: RouteNames
    place: Place
    by: Principal
    file: str
    began_at: datetime
    ends_at: datetime
    since: datetime
    state: ExperimentState = ExperimentState.BEGINNING
    ended_by: Principal | None = None
    ending: Ending | None = None
    detail: str = ""

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.began_at


class Step(StrEnum):
    WAIT = "wait"
    TAKE_UP = "take_up"
    """The file was written and that was not recorded."""
    RETURN = "return"


def step(
    experiment: Experiment, default: RouteNames | None, now: datetime, file: str
) -> Step | Ending:
    """What whoever reads these settings is to do, where they name this default (None: no default)."""
    if default == experiment.new:
        match experiment.state:
            case ExperimentState.BEGINNING:
                return Step.TAKE_UP
            case ExperimentState.RUNNING if now < experiment.ends_at:
                return Step.WAIT
            case _:
                return Step.RETURN
    if file != experiment.file and now < experiment.ends_at + ABANDONED:
        return Step.WAIT
    match experiment.state:
        case ExperimentState.BEGINNING:
            return Ending.NEVER
        case ExperimentState.RETURNING if default == experiment.old:
            return Ending.RETURNED
        case _:
            return Ending.EDITED
