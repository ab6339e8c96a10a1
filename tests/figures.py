"""The figures that prove the promises: counted by the tests, added up, printed at the end."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.machine import machine

PROPERTY = "figure"
SOAKED = Path(__file__).parents[1] / "benchmarks" / "SOAK.md"


class Figures:
    """`figure("P1", kills=5, double=0)`: each count is added to what other tests said of this promise."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self._properties = properties

    def __call__(self, promise: str, **counts: int) -> None:
        self._properties.append((PROPERTY, {"promise": promise, "counts": counts}))


def added_up(properties: Iterable[tuple[str, Any]]) -> dict[str, Counter[str]]:
    """The counts of every promise, in the order of the promises' numbers; what has none comes last."""
    found: dict[str, Counter[str]] = {}
    for name, said in properties:
        if name == PROPERTY:
            counts = found.setdefault(said["promise"], Counter())
            for count, number in said["counts"].items():
                counts[count] += number
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _order(name: str) -> tuple[bool, int, str]:
    number = name.removeprefix("P")
    return not number.isdigit(), int(number) if number.isdigit() else 0, name


def in_words(counts: Counter[str]) -> str:
    """`1,000 kills, 0 double`"""
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())


def page(found: dict[str, Counter[str]], today: date, seconds: float, failed: int) -> str:
    """What a soak found, as the page that is kept."""
    end = f"{failed} tests failed" if failed else "no test failed"
    rows = "\n".join(f"| {promise} | {in_words(counts)} |" for promise, counts in found.items())
    return (
        "# What the last soak found\n\n"
        f"`make soak` on {machine()}, {today:%d %B %Y}, {seconds / 60:.0f} minutes; {end}. The tests\n"
        "count, each with the fault injected and the oracle outside the process under test.\n\n"
        "| promise | figure |\n|---|---|\n"
        f"{rows}\n"
    )
