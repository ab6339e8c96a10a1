"""What jobs have cost: sums over what their requests reserved and settled."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from scheduler.caps import Cap, Caps
from scheduler.job import JobId
from scheduler.rate import Coming, HeldBack
from scheduler.run import CostSource
from scheduler.spend import Cost, Spent

NAMED = 12
"""Jobs that a sum names one by one; the others are added up."""

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sum:
    """US dollars: `known` was billed or estimated, `doubt` is what runs of unknown outcome or cost count
    as, which is all they had reserved, and `open` is what requests under way have reserved."""

    known: Decimal = ZERO
    doubt: Decimal = ZERO
    open: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.known + self.doubt + self.open

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.known + other.known, self.doubt + other.doubt, self.open + other.open)


@dataclass(frozen=True, slots=True)
class Since:
    """The first days of this week (a Monday) and of this month: 2026-11-16."""

    today: str
    week: str
    month: str

    @property
    def earliest(self) -> str:
        return min(self.week, self.month)

    @property
    def latest(self) -> str:
        return max(self.week, self.month)

    def days(self) -> tuple[str, ...]:
        """The days of this week up to today."""
        first, last = date.fromisoformat(self.week), date.fromisoformat(self.today)
        return tuple((first + timedelta(n)).isoformat() for n in range((last - first).days + 1))


@dataclass(frozen=True, slots=True)
class JobCosts:
    """What one job has cost; `name` is None where it was removed meanwhile."""

    job: JobId
    name: str | None
    week: Sum
    month: Sum


@dataclass(frozen=True, slots=True)
class Others:
    """The jobs that are not named, together."""

    jobs: int = 0
    week: Sum = Sum()
    month: Sum = Sum()


@dataclass(frozen=True, slots=True)
class Used:
    """A cap of today: `most` is allowed, of which `raised` by an admin, and `spent` counts under it."""

    cap: Cap
    most: Decimal
    raised: Decimal
    spent: Decimal


@dataclass(frozen=True, slots=True)
class Overview:
    """What was spent this week and this month, and what is ahead, of a chat or of all chats.

    `free` jobs have cost nothing. `prices` are the lists that estimates and forecasts rest on.
    """

    since: Since
    zone: str
    named: tuple[JobCosts, ...]
    others: Others
    free: int
    week: Sum
    month: Sum
    caps: tuple[Used, ...]
    held: tuple[HeldBack, ...]
    coming: Coming
    prices: tuple[str, ...] = ()
    everywhere: bool = False


def since(today: str) -> Since:
    day = date.fromisoformat(today)
    monday = day - timedelta(days=day.weekday())
    return Since(today, monday.isoformat(), day.replace(day=1).isoformat())


def summed(costs: Iterable[Cost]) -> dict[JobId, Sum]:
    found: dict[JobId, Sum] = {}
    for cost in costs:
        found[cost.job] = found.get(cost.job, Sum()) + _sum(cost)
    return found


def by_day(costs: Iterable[Cost], days: Sequence[str]) -> dict[str, Sum]:
    """One sum for each of these days."""
    found = dict.fromkeys(days, Sum())
    for cost in costs:
        if cost.day in found:
            found[cost.day] += _sum(cost)
    return found


def _sum(cost: Cost) -> Sum:
    if cost.open:
        return Sum(open=cost.amount)
    if cost.source is CostSource.UNKNOWN:
        return Sum(doubt=cost.amount)
    return Sum(known=cost.amount)


def by_job(
    costs: Sequence[Cost], names: Mapping[JobId, str], begun: Since
) -> tuple[tuple[JobCosts, ...], Others]:
    """The jobs that cost most this month, the dearest first, and all others together."""
    weeks = summed(cost for cost in costs if cost.day >= begun.week)
    months = summed(cost for cost in costs if cost.day >= begun.month)
    rows = [
        JobCosts(job, names.get(job), weeks.get(job, Sum()), months.get(job, Sum()))
        for job in {**weeks, **months}
    ]
    rows.sort(key=lambda row: (-max(row.month.total, row.week.total), row.job))
    rows = [row for row in rows if row.month.total or row.week.total]
    rest = rows[NAMED:]
    together = Others(
        len(rest),
        sum((row.week for row in rest), Sum()),
        sum((row.month for row in rest), Sum()),
    )
    return tuple(rows[:NAMED]), together


def used(caps: Caps, spent: Spent, of: Collection[Cap]) -> tuple[Used, ...]:
    """How much of each cap of today is used; one that is off is none."""
    found = []
    for cap in Cap:
        most, raised = caps.of(cap), spent.raised.get(cap, ZERO)
        if cap in of and most is not None:
            found.append(Used(cap, most + raised, raised, spent.by_cap.get(cap, ZERO)))
    return tuple(found)
