"""The figures of all kills of a session, for its closing line."""

from dataclasses import dataclass


@dataclass
class Tally:
    kills: int = 0
    second_calls: int = 0
    unknown_told: int = 0
    stuck: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.second_calls} second calls, "
            f"{self.unknown_told} unknown told, {self.stuck} runs stuck"
        )
