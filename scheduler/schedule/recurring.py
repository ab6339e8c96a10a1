"""A phrase that repeats becomes an interval or a cron expression."""

import re
from datetime import timedelta

from scheduler.errors import ScheduleError
from scheduler.schedule.calendar_words import (
    MONTH_NAMES,
    WEEKDAYS,
    ordinal,
    read_date,
    read_ordinals,
    read_weekdays,
    split_list,
)
from scheduler.schedule.clock_times import ClockTime, clock, first_clock, read_times
from scheduler.schedule.crontab_text import read_crontab
from scheduler.schedule.spans import read_span, unit_length
from scheduler.schedule.typed_text import shown
from scheduler.schedule.values import Cron, Interval

_EVERY = re.compile(r"(?:every|each)\s+(.+)")
_ON = re.compile(r"(?:every (?:week|month|year)|weekly|monthly|yearly|annually) on (.+)")
_DAYS = {
    "day": "* * *",
    "weekday": "* * 1-5",
    "weekdays": "* * 1-5",
    "workday": "* * 1-5",
    "workdays": "* * 1-5",
    "weekend": "* * 0,6",
    "weekends": "* * 0,6",
}
_ADVERBS = {
    "daily": "every day",
    "weekdays": "every weekday",
    "weekends": "every weekend",
    "weekday": "every weekday",
    "weekend": "every weekend",
    "weekly": "every monday",
    "monthly": "every month on the 1st",
    "every month": "every month on the 1st",
    "yearly": "every year on 1 january",
    "annually": "every year on 1 january",
    "every year": "every year on 1 january",
}
_AMBIGUOUS = (
    "weekday",
    "weekend",
    "weekly",
    "monthly",
    "every month",
    "yearly",
    "annually",
    "every year",
    "every week",
)
_RANKED = re.compile(
    r"\b(?:last|first|second|third|fourth|1st|2nd|3rd|4th)\s+(?:week)?(?:sun|mon|tue|wed|thu|fri|sat|day)"
)
_PAST = re.compile(r":?(\d{1,2})(?:(?: minutes?)? past(?: the hour| every hour)?)?", re.ASCII)


def read_interval(text: str) -> Interval | None:
    """'every 30m', 'every hour', 'hourly' or a bare '30m'; None if it is something else."""
    if text == "hourly":
        return Interval(timedelta(hours=1))
    every = _EVERY.fullmatch(text)
    words = every[1] if every else text
    if every and words.startswith(("other ", "second ")) and words != "second":
        rest = words.split()[1]
        unit = rest if unit_length(rest) else "weeks"
        raise ScheduleError(
            f"'{shown(text)}' does not say when to begin", f"try 'every 2 {unit.rstrip('s')}s'"
        )
    if every and words != "day" and unit_length(words) and not words.endswith("s"):
        return Interval(unit_length(words) or timedelta())
    if not every and text.isdigit():
        return None
    span = read_span(words, "every")
    return Interval(span) if span else None


def read_repeating(head: str, times: str | None) -> Cron | None:
    """'every weekday' and '9am', or any other days and times; None if it is something else."""
    if head in ("every hour", "hourly", "each hour") and times is not None:
        return _minutes_of_every_hour(times)
    _refuse_span_with_time(head, times)
    days = _days(head, times)
    if days is None:
        return None
    if times is None:
        raise ScheduleError("the time of day is missing", f"try '{shown(head, 80)} at 09:00'")
    return _cron(read_times(times, shown(head, 80)), days, head)


def _days(head: str, times: str | None) -> str | None:
    """The last three cron fields of a head."""
    if head in _AMBIGUOUS:
        better = _ADVERBS.get(head, "every monday")
        raise ScheduleError(
            f"'{head}' does not say on which day", f"try '{better} at {first_clock(times)}'"
        )
    _refuse_ranked(head, times)
    head = _ADVERBS.get(head.removeprefix("on "), head)
    every = _EVERY.fullmatch(head)
    on = _ON.fullmatch(head)
    if every and every[1] in _DAYS:
        return _DAYS[every[1]]
    if on:
        return _month_days(on[1], times) if "month" in head else _dates(on[1], times, head)
    return _dates(every[1], times, head) if every else _bare_weekdays(head, times)


def _dates(words: str, times: str | None, head: str) -> str | None:
    """A date of the year or days of the week."""
    weekdays = None if "year" in head or "annually" in head else read_weekdays(words)
    if weekdays:
        return _weekday_field(weekdays[0])
    date = read_date(words)
    if date is None:
        _refuse_ordinals(words, times)
        return None
    year, month, day = date
    if year is not None:
        name = MONTH_NAMES[month]
        raise ScheduleError(
            f"a year does not repeat, and '{shown(words)}' names one",
            f"try 'every year on {day} {name} at {first_clock(times)}'",
        )
    if not 1 <= day <= 31:
        raise ScheduleError(
            f"no month has a day {day}", f"try 'every month on the 28th at {first_clock(times)}'"
        )
    return f"{day} {month} *"


def _refuse_ordinals(words: str, times: str | None) -> None:
    days = read_ordinals(words)
    if days and not words.isdigit() and 1 <= days[0] <= 31:
        raise ScheduleError(
            f"'every {shown(words)}' leaves the month out",
            f"try 'every month on the {ordinal(days[0])} at {first_clock(times)}'",
        )


def _month_days(words: str, times: str | None) -> str | None:
    days = read_ordinals(words.removeprefix("the "))
    if days is None:
        return None
    wrong = next((day for day in days if not 1 <= day <= 31), None)
    if wrong is not None:
        raise ScheduleError(
            f"no month has a day {wrong}", f"try 'every month on the 28th at {first_clock(times)}'"
        )
    return f"{','.join(map(str, sorted(set(days))))} * *"


def _bare_weekdays(head: str, times: str | None) -> str | None:
    """'mondays' repeats; 'monday' could be one day or every one."""
    weekdays = read_weekdays(head.removeprefix("on "))
    if weekdays is None:
        return None
    days, recurring = weekdays
    if recurring:
        return _weekday_field(days)
    names = " and ".join(WEEKDAYS[day] for day in days)
    at = first_clock(times)
    once = f" or 'next {names} at {at}'" if len(days) == 1 else ""
    raise ScheduleError(
        f"'{shown(head)}' could mean once or every week", f"try 'every {names} at {at}'{once}"
    )


def _weekday_field(days: list[int]) -> str:
    unique = sorted(set(days))
    if unique == [1, 2, 3, 4, 5]:
        return "* * 1-5"
    return "* * *" if len(unique) == 7 else f"* * {','.join(map(str, unique))}"


def _minutes_of_every_hour(times: str) -> Cron:
    matches = [_PAST.fullmatch(part) for part in split_list(times)]
    minutes = {int(match[1]) for match in matches if match is not None}
    if None in matches or not minutes or max(minutes) > 59:
        raise ScheduleError(
            f"'{shown(times)}' is not a minute of the hour", "try 'every hour at :15'"
        )
    return Cron(read_crontab(f"{','.join(map(str, sorted(minutes)))} * * * *").expression)


def _cron(times: list[ClockTime], days: str, head: str) -> Cron:
    """One expression fires at every hour with every minute, so the times must be such a grid."""
    hours = sorted({hour for hour, _ in times})
    minutes = sorted({minute for _, minute in times})
    if len(hours) * len(minutes) != len(times):
        first, second = clock(times[0]), clock(times[1])
        raise ScheduleError(
            "times with different minutes need a job each",
            f"try '{shown(head, 80)} at {first}', and a second job at {second}",
        )
    fields = f"{','.join(map(str, minutes))} {','.join(map(str, hours))} {days}"
    return Cron(read_crontab(fields).expression)


def _refuse_span_with_time(head: str, times: str | None) -> None:
    every = _EVERY.fullmatch(head)
    if every is None or times is None or not every[1][:1].isdigit():
        return
    if read_date(every[1]) is None and (span := read_span(every[1], "every")) is not None:
        days = span // timedelta(days=1)
        hours = span // timedelta(hours=1)
        cron = f"'0 9 */{days} * *'" if days < 29 else "'every month on the 1st at 09:00'"
        if days < 1:
            cron = f"'15 */{hours} * * *'" if hours else "'every hour at :15'"
        if days == 1:
            cron = f"'every day at {first_clock(times)}'"
        raise ScheduleError(
            f"'{shown(head)}' counts from when it is added and takes no time of day",
            f"try {cron} or '{shown(head)}'",
        )


def _refuse_ranked(head: str, times: str | None) -> None:
    if not _RANKED.search(head):
        return
    day = "28th" if re.search(r"\blast\b", head) else ordinal(1)
    raise ScheduleError(
        f"'{shown(head)}' falls on a different date every month",
        f"try 'every month on the {day} at {first_clock(times)}'",
    )
