"""A phrase for one moment becomes an instant, if the clock shows it once and it lies ahead."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from scheduler.errors import ScheduleError
from scheduler.schedule.calendar_words import MONTH_NAMES, read_date, read_weekdays
from scheduler.schedule.clock_times import clock, first_clock, read_times, split_times
from scheduler.schedule.spans import read_span
from scheduler.schedule.typed_text import shown
from scheduler.schedule.values import Once
from scheduler.schedule.zones import instants_of, shifts_between

_LAST_YEAR = 2099
_ISO_DATE = re.compile(r"(?:on )?(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?: ?t ?| at | )(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?"
    r" ?(z|utc|gmt|[+-]\d{1,2}(?::?\d{2})?)?",
    re.ASCII,
)
_SLASHED = re.compile(r"(?:on )?(\d{1,4})[/.](\d{1,2})[/.](\d{1,4})(?: .*)?", re.ASCII)
_NEXT = re.compile(r"(?:on )?next (.+)")
_DAY = timedelta(days=1)


def read_moment(
    text: str, head: str, times: str | None, zone: ZoneInfo, now: datetime
) -> Once | None:
    """'in 45m', 'tomorrow' with '9am', '2026-12-01T09:00Z'; None if it is something else."""
    if text.startswith("in "):
        span = read_span(text.removeprefix("in "), "in")
        return Once(now.astimezone(UTC).replace(microsecond=0) + span) if span else None
    _refuse_slashed(text, now, zone)
    iso = _ISO.fullmatch(text.removeprefix("on "))
    if iso is not None:
        return _iso_moment(iso, zone, now)
    today = now.astimezone(zone).date()
    if head == "" and times is not None:
        return _next_such(times, zone, now)
    day = _day(head, times, today)
    if day is None:
        return None
    if times is None:
        raise ScheduleError("the time of day is missing", f"try '{shown(head)} at 09:00'")
    return _at(datetime.combine(day, _one_time(times, head)), zone, now)


def _day(head: str, times: str | None, today: date) -> date | None:
    if head in ("today", "tomorrow"):
        return today + _DAY * (head == "tomorrow")
    if following := _NEXT.fullmatch(head):
        return _next_weekday(following[1], today)
    if iso := _ISO_DATE.fullmatch(head):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]), times)
    named = read_date(head.removeprefix("on "))
    if named is None:
        return None
    year, month, day = named
    if year is None:
        year = today.year if (month, day) > (today.month, today.day) else today.year + 1
        at = first_clock(times)
        good = _date(year, month, day, times)
        raise ScheduleError(
            f"'{shown(head)}' has no year, and could mean once or every year",
            f"try '{good} {at}' or 'every {good.day} {MONTH_NAMES[good.month]} at {at}'",
        )
    return _date(year, month, day, times)


def _next_weekday(word: str, today: date) -> date | None:
    weekdays = read_weekdays(word)
    if weekdays is None or len(weekdays[0]) != 1 or weekdays[1]:
        return None
    ahead = (weekdays[0][0] - today.isoweekday()) % 7 or 7
    return today + ahead * _DAY


def _date(year: int, month: int, day: int, times: str | None) -> date:
    at = first_clock(times)
    if year > _LAST_YEAR:
        raise ScheduleError(f"{year} is too far away", f"try '2031-01-31 {at}'")
    try:
        return date(year, month, day)
    except ValueError:
        raise ScheduleError(
            f"there is no {year:04}-{month:02}-{day:02}",
            f"try '{max(year, 1):04}-{min(max(month, 1), 12):02}-{min(max(day, 1), 28):02} {at}'",
        ) from None


def _iso_moment(iso: re.Match[str], zone: ZoneInfo, now: datetime) -> Once:
    hour, minute, second = int(iso[4]), int(iso[5]), int(iso[6] or 0)
    day = _date(int(iso[1]), int(iso[2]), int(iso[3]), f"{iso[4]}:{iso[5]}")
    if hour > 23 or minute > 59 or second > 59:
        raise ScheduleError(f"'{iso[4]}:{iso[5]}' is not a time of day", f"try '{day} 09:00'")
    wall = datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001
    if iso[7] is None:
        return _at(wall, zone, now)
    return _ahead(wall.replace(tzinfo=_offset(iso[7], wall)).astimezone(UTC), now, zone)


def _offset(text: str, wall: datetime) -> timezone:
    if text in ("z", "utc", "gmt"):
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hours > 14 or minutes > 59:
        raise ScheduleError(f"no clock is {text} from UTC", f"try '{wall:%Y-%m-%dT%H:%M}+01:00'")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if text.startswith("-") else ahead)


def _next_such(times: str, zone: ZoneInfo, now: datetime) -> Once:
    time = _one_time(times, "")
    here = now.astimezone(zone).replace(tzinfo=None)
    wall = datetime.combine(here.date(), time)
    return _at(wall if wall > here else wall + _DAY, zone, now)


def _one_time(times: str, head: str) -> time:
    read = read_times(times, shown(head))
    if len(read) > 1:
        lead = f"{shown(head)} at" if head else "at"
        raise ScheduleError("one moment has one time", f"try '{lead} {clock(read[0])}'")
    return time(*read[0])


def _at(wall: datetime, zone: ZoneInfo, now: datetime) -> Once:
    found = instants_of(zone, wall)
    if len(found) == 1:
        return _ahead(found[0], now, zone)
    if found:
        first, second = (at.astimezone(zone).isoformat(timespec="minutes") for at in found)
        raise ScheduleError(
            f"{wall:%H:%M} comes twice on {wall.date()} in {zone.key}, the clock is put back",
            f"try '{first}' for the first or '{second}' for the second",
        )
    at = wall.replace(tzinfo=UTC)
    exists = next(
        shift.first_minute
        for shift in shifts_between(zone, at - 2 * _DAY, at + 2 * _DAY)
        if shift.last_minute < wall < shift.first_minute
    )
    raise ScheduleError(
        f"{wall:%H:%M} does not exist on {wall.date()} in {zone.key}, the clock is put forward",
        f"try '{exists:%Y-%m-%d %H:%M}'",
    )


def _ahead(at: datetime, now: datetime, zone: ZoneInfo) -> Once:
    if at > now:
        return Once(at)
    here = at.astimezone(zone)
    raise ScheduleError(
        f"{here:%Y-%m-%d %H:%M} is past", f"try 'tomorrow at {here:%H:%M}' or 'in 1 hour'"
    )


def _refuse_slashed(text: str, now: datetime, zone: ZoneInfo) -> None:
    """A date with slashes or dots is read differently on each side of an ocean."""
    match = _SLASHED.fullmatch(text)
    if match is None:
        return
    first, second, third = (int(part) for part in match.groups())
    at = first_clock(split_times(text)[1])
    orders = (
        [(first, second, third)]
        if len(match[1]) == 4
        else [
            (third, second, first),
            (third, first, second),
        ]
    )
    days = [
        day
        for year, month, day_number in orders
        if (day := _possible(year, month, day_number)) is not None
    ]
    tomorrow = now.astimezone(zone).date() + _DAY
    better = " or ".join(f"'{day} {at}'" for day in dict.fromkeys(days)) or f"'{tomorrow} {at}'"
    raise ScheduleError(f"'{shown(text)}' is written differently elsewhere", f"try {better}")


def _possible(year: int, month: int, day: int) -> date | None:
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
