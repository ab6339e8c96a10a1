"""What was understood of a schedule, in words for a person, times on the 24-hour clock."""

from collections.abc import Callable
from datetime import timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from scheduler.schedule.calendar_words import MONTH_NAMES, WEEKDAYS, ordinal
from scheduler.schedule.clock_times import clock
from scheduler.schedule.crontab import Crontab
from scheduler.schedule.crontab_text import read_crontab
from scheduler.schedule.spans import span_words
from scheduler.schedule.values import Cron, Interval, Once, Schedule

_MOST_TIMES = 8
_ONE_UNIT = {"1 second": "second", "1 minute": "minute", "1 hour": "hour"}


def schedule_words(schedule: Schedule, zone: ZoneInfo) -> str:
    """'every weekday at 09:00', 'every 30 minutes', 'once on Tue 1 Dec 2026 at 09:00'."""
    match schedule:
        case Cron(expression):
            return _cron_words(read_crontab(expression))
        case Interval(every):
            return _interval_words(every)
        case Once(at):
            here = at.astimezone(zone)
            weekday = WEEKDAYS[here.isoweekday() % 7][:3].title()
            month = MONTH_NAMES[here.month][:3].title()
            day = f"{weekday} {here.day} {month} {here.year}"
            return f"once on {day} at {clock((here.hour, here.minute))}"
        case _:
            assert_never(schedule)


def _interval_words(every: timedelta) -> str:
    words = span_words(every)
    return f"every {_ONE_UNIT.get(words, words)}"


def _cron_words(crontab: Crontab) -> str:
    times = [(hour, minute) for hour in crontab.hour.values for minute in crontab.minute.values]
    days = _days_words(crontab)
    if len(times) <= _MOST_TIMES:
        return f"{days} at {_listed([clock(time) for time in times])}"
    often = _often_words(crontab)
    return often if days == "every day" else f"{often}, {days}"


def _often_words(crontab: Crontab) -> str:
    """How often it runs within a day, as in 'every 15 minutes from 09:00 to 17:45'."""
    hours, minutes = crontab.hour.values, crontab.minute.values
    step = _step(minutes, 60)
    if step and step < 60 and minutes[0] == 0:
        words, each = f"every {step} minutes" if step > 1 else "every minute", ""
    elif len(minutes) == 1 and _in_a_row(hours) and len(hours) < 24:
        words, each = "every hour", ""
    elif len(hours) == 24:
        return f"every hour at {_minute_list(minutes)}"
    else:
        words, each = f"at {_minute_list(minutes)}", "every hour "
    if len(hours) == 24:
        # An interval of the same length counts from when it was added instead.
        return words if step == 1 else f"{words} on the clock"
    return f"{words} {_hour_words(hours, minutes, each)}"


def _hour_words(hours: tuple[int, ...], minutes: tuple[int, ...], each: str) -> str:
    if _in_a_row(hours):
        first, last = (hours[0], minutes[0]), (hours[-1], minutes[-1])
        return f"{each}from {clock(first)} to {clock(last)}"
    step = _step(hours, 24)
    if step and hours[0] == 0:
        return f"in every {ordinal(step)} hour"
    return f"in the hours {_listed(_runs(hours))}"


def _minute_list(minutes: tuple[int, ...]) -> str:
    if len(minutes) <= _MOST_TIMES:
        return _listed([f":{minute:02}" for minute in minutes])
    return f"minutes {_listed(_runs(minutes))}"


def _days_words(crontab: Crontab) -> str:
    """The dates, as in 'every weekday', 'every month on the 1st' or 'every year on 24 December'."""
    months = crontab.month.values
    some_months = "" if len(months) == 12 else f" in {_listed(_months(months))}"
    if crontab.runs_daily:
        return f"every day{some_months}"
    on_days = f"the {_listed(_runs(crontab.day.values, named=ordinal))}"
    weekdays = _weekday_words(crontab.weekday.values)
    if len(crontab.day.values) == 31:
        return f"every {weekdays}{some_months}"
    if len(crontab.weekday.values) < 7:
        if crontab.needs_both_days:
            return f"every {weekdays} that is {on_days} of the month{some_months}"
        return f"every {weekdays} and also on {on_days} of the month{some_months}"
    if len(months) == 1 and len(crontab.day.values) == 1:
        return f"every year on {crontab.day.values[0]} {_months(months)[0]}"
    return f"on {on_days} of the month{some_months}" if some_months else f"every month on {on_days}"


def _weekday_words(weekdays: tuple[int, ...]) -> str:
    if weekdays == (1, 2, 3, 4, 5):
        return "weekday"
    if weekdays == (0, 6):
        return "weekend"
    monday_first = sorted(weekdays, key=lambda day: (day - 1) % 7)
    return _listed([WEEKDAYS[day].title() for day in monday_first])


def _months(months: tuple[int, ...]) -> list[str]:
    return [MONTH_NAMES[month].title() for month in months]


def _in_a_row(values: tuple[int, ...]) -> bool:
    return values[-1] - values[0] == len(values) - 1


def _step(values: tuple[int, ...], size: int) -> int | None:
    """The step that brings these values around the clock evenly, if there is one."""
    if size % len(values):
        return None
    step = size // len(values)
    return step if values == tuple(range(values[0], size, step)) else None


def _runs(values: tuple[int, ...], named: Callable[[int], str] = str) -> list[str]:
    """The values in words, three and more in a row as 'first to last'."""
    runs: list[list[int]] = []
    for value in values:
        if runs and runs[-1][-1] == value - 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return [
        words
        for run in runs
        for words in (
            [f"{named(run[0])} to {named(run[-1])}"] if len(run) > 2 else list(map(named, run))
        )
    ]


def _listed(items: list[str]) -> str:
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} and {items[-1]}"
