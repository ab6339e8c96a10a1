"""What is tried again by itself, after which pause, and how often."""

from datetime import timedelta

import pytest

from scheduler.again import LONGEST_PAUSE, pause_before_again
from scheduler.errors import DriftpinError, GateShut, Lost, NotSent, Refused, TooMuch

BUSY = Refused("HTTP 429: slow down", passing=True)


def seconds(error: DriftpinError, attempt: int, retries: int) -> float | None:
    wait = pause_before_again(error, attempt, retries)
    return None if wait is None else wait.total_seconds()


@pytest.mark.parametrize(
    ("error", "attempt", "retries", "wait"),
    [
        (NotSent("refused"), 1, 0, 1),
        (NotSent("refused"), 2, 0, 5),
        (NotSent("refused"), 3, 5, None),
        (BUSY, 1, 0, None),
        (BUSY, 1, 2, 5),
        (BUSY, 2, 2, 10),
        (BUSY, 3, 2, None),
        (Refused("HTTP 400: no"), 1, 5, None),
        (Lost("cut"), 1, 5, None),
        (TooMuch("too long"), 1, 5, None),
        (GateShut("stopped"), 1, 5, None),
        (DriftpinError("ours"), 1, 5, None),
    ],
)
def test_only_what_is_certain_is_tried_again_and_only_so_often(
    error: DriftpinError, attempt: int, retries: int, wait: float | None
) -> None:
    assert seconds(error, attempt, retries) == wait


def test_a_provider_that_names_a_moment_is_not_asked_before_it() -> None:
    assert seconds(Refused("busy", passing=True, retry_after=30), 1, 2) == 30
    assert seconds(Refused("busy", passing=True, retry_after=1), 1, 2) == 5


def test_a_moment_too_far_away_is_left_to_the_next_fire() -> None:
    far = LONGEST_PAUSE + timedelta(seconds=1)
    busy = Refused("busy", passing=True, retry_after=far.total_seconds())
    assert pause_before_again(busy, 1, 2) is None
