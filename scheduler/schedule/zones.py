"""A zone is named by its IANA name, and says when its clock is moved."""

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from scheduler.errors import ScheduleError

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_NAME = re.compile(r"[a-z0-9_+\-]{1,32}(?:/[a-z0-9_+\-]{1,32}){0,2}", re.ASCII)
_NOT_PLACES = ("Factory", "localtime", "posixrules")


@dataclass(frozen=True, slots=True)
class Shift:
    """One moment (UTC) at which the clock of a zone is moved."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def last_minute(self) -> datetime:
        """The last minute the clock shows before it is moved, as naive wall time."""
        wall = self.at.replace(tzinfo=None) + self.before
        return _whole_minute(wall + _MINUTE - timedelta.resolution) - _MINUTE

    @property
    def first_minute(self) -> datetime:
        """The first minute the clock shows after it is moved, as naive wall time."""
        return _whole_minute(self.at.replace(tzinfo=None) + self.after)

    @property
    def minutes(self) -> int:
        """How far the clock goes from its last minute to the next: 1 is an ordinary minute."""
        return (self.first_minute - self.last_minute) // _MINUTE


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name in any case; only names on the list ever reach the file system."""
    asked = name.strip().replace(" ", "_").lower()
    if not _NAME.fullmatch(asked):
        raise ScheduleError("that is not the name of a time zone", "try 'Europe/Oslo' or 'UTC'")
    known = _zone_names()
    if asked in known:
        return ZoneInfo(known[asked])
    raise ScheduleError(f"there is no time zone '{name.strip()}'", _nearest_zone(asked, known))


def offset_at(zone: ZoneInfo, moment: datetime) -> timedelta:
    """How far the clock of the zone is ahead of UTC at an aware moment."""
    return moment.astimezone(zone).utcoffset() or timedelta()


def shifts_between(zone: ZoneInfo, start: datetime, end: datetime) -> list[Shift]:
    """Every shift in (start, end], in order; both ends are aware UTC."""
    return [
        shift
        for year in range(start.year, end.year + 1)
        for shift in _shifts_of_year(zone, year)
        if start < shift.at <= end
    ]


def instants_of(zone: ZoneInfo, wall: datetime) -> list[datetime]:
    """The moments (UTC) at which the clock shows this naive wall time: none, one or two."""
    found = {
        (wall - offset_at(zone, (wall + near).replace(tzinfo=UTC))).replace(tzinfo=UTC)
        for near in (timedelta(days=-1, hours=-6), timedelta(), timedelta(days=1, hours=6))
    }
    return sorted(at for at in found if at.astimezone(zone).replace(tzinfo=None) == wall)


@lru_cache(maxsize=4096)
def _shifts_of_year(zone: ZoneInfo, year: int) -> tuple[Shift, ...]:
    # No two shifts in the whole database are closer to each other than three days.
    days = [datetime(year, 1, 1, tzinfo=UTC) + n * _DAY for n in range(367)]
    ends = [day for day in days if day.year == year] + [datetime(year + 1, 1, 1, tzinfo=UTC)]
    offsets = [offset_at(zone, end) for end in ends]
    return tuple(
        Shift(_moved_at(zone, start, end), before, after)
        for (start, end), (before, after) in zip(pairwise(ends), pairwise(offsets), strict=True)
        if before != after
    )


def _moved_at(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    before = offset_at(zone, start)
    while end - start > timedelta(seconds=1):
        middle = (start + (end - start) / 2).replace(microsecond=0)
        if offset_at(zone, middle) == before:
            start = middle
        else:
            end = middle
    return end


def _whole_minute(wall: datetime) -> datetime:
    return wall.replace(second=0, microsecond=0)


@lru_cache(maxsize=1)
def _zone_names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if name not in _NOT_PLACES}


def _nearest_zone(asked: str, known: dict[str, str]) -> str:
    cities = {name.rsplit("/", 1)[-1]: name for name in sorted(known, reverse=True)}
    city = asked.rsplit("/", 1)[-1]
    near = (
        difflib.get_close_matches(asked, known, n=1, cutoff=0.75)
        or ([cities[city]] if city in cities else [])
        or [cities[match] for match in difflib.get_close_matches(city, cities, n=1, cutoff=0.75)]
    )
    return f"did you mean {known[near[0]]}?" if near else "try 'Europe/Oslo' or 'UTC'"
