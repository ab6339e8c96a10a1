"""A length of time is read and said in words: 30m, 2 hours, 1h30m."""

import re
from datetime import timedelta

from scheduler.errors import ScheduleError

LONGEST = timedelta(days=366)

_UNITS = {
    "second": ("s", "sec", "secs", "second", "seconds"),
    "minute": ("m", "min", "mins", "minute", "minutes"),
    "hour": ("h", "hr", "hrs", "hour", "hours"),
    "day": ("d", "day", "days"),
    "week": ("w", "wk", "wks", "week", "weeks"),
}
_LENGTHS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_NAMED = {name: _LENGTHS[unit] for unit, names in _UNITS.items() for name in names}
_CALENDAR = ("mo", "month", "months", "year", "years", "quarter", "quarters")
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "eight": 8,
    "ten": 10,
    "twelve": 12,
}
_TOKEN = re.compile(r"\d+|[a-z]+|[^\sa-z\d]", re.ASCII)


def read_span(text: str, lead: str) -> timedelta | None:
    """The length a text names; None if it names none. `lead` is 'every' or 'in'."""
    tokens = [token for token in _TOKEN.findall(text) if token not in (",", "and")]
    if len(tokens) % 2 or not tokens:
        if len(tokens) == 1 and tokens[0].isdigit():
            raise ScheduleError(
                f"'{tokens[0][:12]}' has no unit", f"try '{lead} {tokens[0][:4]} minutes'"
            )
        return None
    total = timedelta()
    for number, unit in zip(tokens[::2], tokens[1::2], strict=True):
        count = _count(number)
        if count is None:
            return None
        if unit in _CALENDAR:
            raise ScheduleError(
                f"a {unit.rstrip('s')} has no fixed length",
                "try 'every month on the 1st at 09:00'"
                if lead == "every"
                else "try a date, as in '2031-01-31 09:00'",
            )
        if unit not in _NAMED:
            return None
        total += min(count, 10**8) * _NAMED[unit]
    return _checked(total, lead)


def unit_length(word: str) -> timedelta | None:
    """The length of one unit, such as 'hour'; None if the word is none."""
    return _LENGTHS.get(word.removesuffix("s"))


def span_words(span: timedelta) -> str:
    """A length in words that `read_span` reads back: '30 minutes', '1 hour 30 minutes'."""
    seconds = span // timedelta(seconds=1)
    if seconds % 86400 == 0 and seconds > 86400:
        return f"{seconds // 86400} days"
    hours, rest = divmod(seconds, 3600)
    counts = ((hours, "hour"), (rest // 60, "minute"), (rest % 60, "second"))
    return " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in counts if count)


def _count(number: str) -> int | None:
    return int(number) if number.isdigit() else _NUMBERS.get(number)


def _checked(total: timedelta, lead: str) -> timedelta:
    if not total:
        raise ScheduleError(
            "no time at all would pass",
            f"try '{lead} {'5 minutes' if lead == 'every' else '1 minute'}'",
        )
    if total > LONGEST:
        raise ScheduleError(
            "more than 366 days is too far away for a length of time",
            "try 'every year on 1 january at 09:00'"
            if lead == "every"
            else "try a date, as in '2031-01-31 09:00'",
        )
    return total
