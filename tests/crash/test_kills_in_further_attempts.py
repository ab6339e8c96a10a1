"""A crash between two attempts of a run, or inside the second, makes no paid call a second time."""

import pytest

from tests.crash.house import Street
from tests.crash.killing import Aftermath, Fault, kill_runs
from tests.crash.sizes import rounds
from tests.figures import Figures

BUSY_ONCE = ("500", "says")


@rounds(5)
async def test_a_run_killed_between_two_attempts_goes_on_with_the_second(
    street: Street, figure: Figures, rounds: int
) -> None:
    fault = Fault("after-again", retry=2, answers=BUSY_ONCE)
    for aftermath in await kill_runs(street, fault, rounds, figure):
        assert aftermath == Aftermath(
            ("succeeded", "succeeded"), calls=3, answers_told=2, unknowns_told=0
        )


@rounds(5)
@pytest.mark.parametrize(
    ("point", "calls"),
    [("before-again", 2), ("after-gate:2", 2), ("after-call", 3), ("before-record", 3)],
)
async def test_a_run_killed_in_an_attempt_is_told_as_unknown_and_not_tried_again(
    street: Street, figure: Figures, point: str, calls: int, rounds: int
) -> None:
    fault = Fault(point, retry=2, answers=BUSY_ONCE)
    for aftermath in await kill_runs(street, fault, rounds, figure):
        assert aftermath == Aftermath(
            ("unknown", "succeeded"), calls=calls, answers_told=1, unknowns_told=1
        )
