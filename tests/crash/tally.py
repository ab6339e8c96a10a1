"""The figures of all kills of a session, for its closing line."""

from collections.abc import Sequence
from dataclasses import dataclass

MAY_HAVE_CALLED = ("succeeded", "unknown", "failed")
IN_FLIGHT = ("is about to start", "is starting", "is running")


@dataclass
class Tally:
    kills: int = 0
    second_calls: int = 0
    unknown_told: int = 0
    stuck: int = 0

    def add(self, outcomes: Sequence[str], *, calls: int, unknowns_told: int) -> None:
        """One kill, and what became of the runs of the job that was hit."""
        self.kills += 1
        allowed = sum(outcome in MAY_HAVE_CALLED for outcome in outcomes)
        self.second_calls += max(0, calls - allowed)
        self.unknown_told += unknowns_told
        self.stuck += sum(outcome in IN_FLIGHT for outcome in outcomes)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.second_calls} second calls, "
            f"{self.unknown_told} unknown told, {self.stuck} runs stuck"
        )
