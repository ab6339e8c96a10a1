"""What a run that went ahead tells its chat of, once: something changed, and it held nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from scheduler.drift import Drift
from scheduler.route import AXIS_WORDS


class Reason(StrEnum):
    """Why what changed did not hold the run."""

    KEY = "key"
    """Another key under the same name, for the same address."""
    RENAMED = "renamed"
    """A provider's entry has another name, and nothing else of it changed."""
    IDENTITY = "identity"
    """`guard.identity: tell`."""
    NOT_DEARER = "not_dearer"
    """`on_drift=allow_if_not_dearer`, and it is not."""
    FOLLOWED = "followed"
    """The same of a job that nobody fully consented to: nothing is recorded for it."""


@dataclass(frozen=True, slots=True)
class Told:
    reason: Reason
    drifts: tuple[Drift, ...]


def in_words(told: Sequence[Told]) -> str:
    """One sentence for each change; empty where nothing changed."""
    return " ".join(_sentence(each) for each in told)


def _sentence(told: Told) -> str:
    moved = ", ".join(_moved(drift) for drift in told.drifts)
    match told.reason:
        case Reason.KEY:
            return "There is another key under the same name, for the same address; it was used."
        case Reason.RENAMED:
            return f"Only the name of its provider's entry changed: {moved}."
        case Reason.IDENTITY:
            return f"It ran although this changed, because guard.identity is tell: {moved}."
        case Reason.NOT_DEARER:
            return f"The job follows a change that is not dearer, and consents to it from now on: {moved}."
        case Reason.FOLLOWED:
            return f"The job follows a change that is not dearer; it is unguarded still: {moved}."
        case _:
            assert_never(told.reason)


def _moved(drift: Drift) -> str:
    return f"{AXIS_WORDS[drift.axis]} '{drift.consented}' -> '{drift.resolved}'"
