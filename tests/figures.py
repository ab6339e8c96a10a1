"""The figures that prove the promises: counted by the tests, added up, printed at the end."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.machine import machine

PROPERTY = "figure"
SOAKED = Path(__file__).parents[1] / "benchmarks" / "SOAK.md"


@dataclass(frozen=True, slots=True)
class Ended:
    """How many tests passed, failed, and were not reached, in so many seconds."""

    passed: int
    failed: int
    left: int
    seconds: float

    def __str__(self) -> str:
        left = f", {self.left} not run" if self.left else ""
        minutes = max(1, round(self.seconds / 60))
        return f"{self.passed} passed, {self.failed} failed{left}, {minutes} min"


class Figures:
    """`figure("P1", kills=5, double=0)`: each count is added to what other tests said of this promise."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self._properties = properties

    def __call__(self, promise: str, **counts: int) -> None:
        self._properties.append((PROPERTY, {"promise": promise, "counts": counts}))


def added_up(properties: Iterable[tuple[str, Any]]) -> dict[str, Counter[str]]:
    """The counts of every promise, in the order of the promises' numbers; what has no number comes last."""
    found: dict[str, Counter[str]] = {}
    for name, said in properties:
        if name == PROPERTY:
            counts = found.setdefault(said["promise"], Counter())
            for count, number in said["counts"].items():
                counts[count] += number
    return dict(sorted(found.items(), key=lambda item: _place(item[0])))


def _place(promise: str) -> tuple[bool, int, str]:
    number = promise.removeprefix("P")
    numbered = number.isdecimal() and number != promise
    return not numbered, int(number) if numbered else 0, promise


def in_words(counts: Counter[str]) -> str:
    """`1,000 kills, 0 double`"""
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())


def page(before: str, found: dict[str, Counter[str]], today: date, ended: Ended) -> str:
    """What soaks found, as the page that is kept: a soak of some of the tests leaves the other rows."""
    how = f"{today:%d %B %Y}, {ended}"
    rows = {row[1]: row[0] for row in _ROW.finditer(before)}
    rows |= {
        promise: f"| {promise} | {in_words(counts)} | {how} |" for promise, counts in found.items()
    }
    kept = "\n".join(rows[promise] for promise in sorted(rows, key=_place))
    return (
        "# What the last soak found\n\n"
        f"`make soak` on {machine()}. The tests count, each with the fault injected and the oracle outside\n"
        "the process under test. `make soak ARGS=tests/crash` runs some of them, and keeps the other rows.\n\n"
        "| figure of | what was counted | when, by how many tests |\n|---|---|---|\n"
        f"{kept}\n"
    )


_ROW = re.compile(r"^\| (P[0-9]+|[a-z ]+) \| .+ \| [0-9]+ .+ \|$", re.MULTILINE)
