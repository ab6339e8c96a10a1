"""A schedule is a cron expression, an interval or one moment, and knows when it fires next."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfo

from scheduler.errors import ScheduleError
from scheduler.schedule.cron_fires import next_crontab_fire
from scheduler.schedule.crontab import Crontab
from scheduler.schedule.crontab_text import read_crontab

# Python's calendar ends with 9999; nothing is scheduled for its last days.
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_LEAP_CYCLE = 366 * 41


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields, normalised, with single spaces; they follow the clock on the wall."""

    expression: str


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole seconds of elapsed time, counted from an anchor."""

    every: timedelta


@dataclass(frozen=True, slots=True)
class Once:
    """One moment, aware, in UTC."""

    at: datetime


Schedule: TypeAlias = Cron | Interval | Once


def dump(schedule: Schedule) -> str:
    """The form in which a schedule is stored, such as 'cron 0 9 * * 1-5' or 'every 1800'."""
    match schedule:
        case Cron(expression):
            return f"cron {expression}"
        case Interval(every):
            return f"every {every // timedelta(seconds=1)}"
        case Once(at):
            return f"once {at.astimezone(UTC).isoformat()}"
        case _:
            assert_never(schedule)


def load(stored: str) -> Schedule:
    """The schedule of a stored form; anything that `dump` did not write is an error."""
    kind, _, rest = stored.partition(" ")
    try:
        if kind == "cron":
            return Cron(read_crontab(rest).expression)
        if kind == "every" and int(rest) > 0:
            return Interval(timedelta(seconds=int(rest)))
        if kind == "once":
            at = datetime.fromisoformat(rest)
            if at.tzinfo is not None:
                return Once(at.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    raise ScheduleError(f"'{stored[:60]}' is not a stored schedule", "try 'every 1800'")


def next_fire(
    schedule: Schedule, zone: ZoneInfo, after: datetime, *, anchor: datetime
) -> datetime | None:
    """The first fire strictly after `after`, aware UTC, or None; intervals fall on
    `anchor + k * every` for k of 1 and more."""
    after = after.astimezone(UTC)
    if after >= _END_OF_TIME:
        return None
    match schedule:
        case Cron(expression):
            return _next_cron(expression, zone, after)
        case Interval(every):
            elapsed = max(0, (after - anchor) // every)
            return (anchor + (elapsed + 1) * every).astimezone(UTC)
        case Once(at):
            return at if at > after else None
        case _:
            assert_never(schedule)


def fires(
    schedule: Schedule,
    zone: ZoneInfo,
    *,
    after: datetime,
    until: datetime | None = None,
    count: int | None = None,
    anchor: datetime,
) -> list[datetime]:
    """Every fire in (after, until], at most `count`; at least one of the two must be given."""
    if until is None and count is None:
        raise ValueError("fires() needs an end: until or count")
    found: list[datetime] = []
    moment = next_fire(schedule, zone, after, anchor=anchor)
    while moment is not None and (until is None or moment <= until):
        if count is not None and len(found) >= count:
            break
        found.append(moment)
        moment = next_fire(schedule, zone, moment, anchor=anchor)
    return found


def smallest_gap(schedule: Schedule, zone: ZoneInfo, *, now: datetime) -> timedelta | None:
    """The shortest time between two fires as the clock shows it, None if there is only one.

    Days on which the clock is moved are left out: they would make the answer depend on the season.
    """
    match schedule:
        case Cron(expression):
            return _smallest_cron_gap(read_crontab(expression), now.astimezone(zone).date())
        case Interval(every):
            return every
        case Once():
            return None
        case _:
            assert_never(schedule)


@lru_cache(maxsize=8192)
def _next_cron(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    return next_crontab_fire(read_crontab(expression), zone, after)


def _smallest_cron_gap(crontab: Crontab, today: date) -> timedelta | None:
    minutes = [
        hour * 60 + minute for hour in crontab.hour.values for minute in crontab.minute.values
    ]
    gaps = [timedelta(minutes=later - sooner) for sooner, later in pairwise(minutes)]
    days = _fewest_days_between(crontab, today)
    if days is not None:
        gaps.append(days * _DAY - timedelta(minutes=minutes[-1] - minutes[0]))
    return min(gaps, default=None)


def _fewest_days_between(crontab: Crontab, today: date) -> int | None:
    """How close two dates of a crontab come; rare ones are sought until leap days repeat."""
    fewest = last = None
    for ahead in range(_LEAP_CYCLE):
        if fewest == 1 or (fewest is not None and ahead > 800):
            break
        if crontab.runs_on(today + ahead * _DAY):
            if last is not None:
                fewest = min(fewest or ahead, ahead - last)
            last = ahead
    return fewest
