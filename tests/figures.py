"""The figures that prove the promises: counted by the tests, added up, printed at the end."""

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
    """How many tests passed, failed, and were not reached."""

    passed: int
    failed: int
    left: int = 0


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


def page(found: dict[str, Counter[str]], today: date, seconds: float, ended: Ended) -> str:
    """What a soak found, as the page that is kept."""
    left = f", and {ended.left} were not run" if ended.left else ""
    end = f"{ended.passed} tests passed, {ended.failed} failed{left}"
    rows = "\n".join(f"| {promise} | {in_words(counts)} |" for promise, counts in found.items())
    return (
        "# What the last soak found\n\n"
        f"`make soak` on {machine()}, {today:%d %B %Y}, {seconds / 60:.0f} minutes; {end}. The tests\n"
        "count, each with the fault injected and the oracle outside the process under test.\n\n"
        "| promise | figure |\n|---|---|\n"
        f"{rows}\n"
    )
