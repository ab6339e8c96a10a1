"""The results as a table in Markdown, the ratio first."""

from collections.abc import Iterable
from statistics import median

from benchmarks.figures import Comparison

HEAD = (
    "| ratio | goal | | what | Driftpin | against | its figure |",
    "|---:|---|---|---|---:|---|---:|",
)


def table(comparisons: Iterable[Comparison]) -> str:
    """One line for each comparison; a goal that was not reached says so."""
    return "\n".join([*HEAD, *map(_line, comparisons)])


def page(comparisons: Iterable[Comparison], machine: str, day: str) -> str:
    """The whole of RESULTS.md."""
    return (
        "# Results of `make bench`\n\n"
        f"{day}, on {machine}.\n\n"
        "The ratio is Driftpin's figure divided by the other one's; less is better. A figure is the"
        " median of its repetitions, in brackets the least and the greatest. Both sides were"
        " measured in turn, in one run; on another machine only the ratios mean anything."
        " What is measured, and how: docs/reference/speed.md.\n\n"
        f"{table(comparisons)}\n"
    )


def _line(row: Comparison) -> str:
    goal = row.goal.words if row.goal else ""
    met = {True: "met", False: "**missed**", None: ""}[row.met]
    ours, theirs = (_figure(values, row.unit) for values in (row.ours, row.theirs))
    cells = (f"{_short(row.ratio)}×", goal, met, row.what, ours, row.against, theirs)
    return f"| {' | '.join(cells)} |"


def _figure(values: tuple[float, ...], unit: str) -> str:
    middle = f"{_short(median(values))} {unit}"
    if min(values) == max(values):
        return middle
    return f"{middle} ({_short(min(values))}–{_short(max(values))})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:.2g}"
