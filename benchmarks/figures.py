"""A comparison: one figure of Driftpin's beside another's, each measured several times."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured; every figure is a median of `repetitions`."""

    repetitions: int = 5
    questions: int = 500
    runs: int = 300
    due: int = 1_000
    stored: int = 10_000
    added_slowly: int = 1_000
    start_ups: tuple[int, ...] = (10_000, 100_000)


FULL = Size()
QUICK = Size(
    questions=100, runs=50, due=200, stored=2_000, added_slowly=200, start_ups=(1_000, 10_000)
)


@dataclass(frozen=True, slots=True)
class Goal:
    """What was promised: a bound of the ratio to the other one, or of the figure itself."""

    words: str
    ratio: float | None = None
    figure: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the results; of every figure, less is better."""

    what: str
    unit: str
    ours: tuple[float, ...]
    against: str
    theirs: tuple[float, ...]
    goal: Goal | None = None

    @property
    def figure(self) -> float:
        return median(self.ours)

    @property
    def other(self) -> float:
        return median(self.theirs)

    @property
    def ratio(self) -> float:
        """Ours to theirs."""
        return self.figure / self.other

    @property
    def met(self) -> bool | None:
        """Whether the goal was reached; None where nothing was promised."""
        if self.goal is None:
            return None
        bounds = ((self.ratio, self.goal.ratio), (self.figure, self.goal.figure))
        return all(bound is None or value <= bound for value, bound in bounds)


def quantile_99(values: list[float]) -> float:
    """The value that one in a hundred exceeds."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 99 // 100) - 1)]
