"""Cron text that Debian's cron would take is read; all other is refused with a mended one."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from scheduler.errors import ScheduleError
from scheduler.schedule.calendar_words import MONTH_NAMES, WEEKDAYS
from scheduler.schedule.crontab import Crontab, Field
from scheduler.schedule.typed_text import shown

MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_PART = re.compile(r"(\*|[a-z]+|\d{1,6})(?:-([a-z]+|\d{1,6}))?(?:/(\d{1,6}))?", re.ASCII)
_FOREIGN = re.compile(r"#|(?<![a-z])(?:lw|[lwhr])(?![a-z])")
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
_LONGEST_MONTHS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    low: int
    high: int
    size: int
    unit: str
    names: tuple[str, ...] = ()


_KINDS = (
    _Kind("minute", 0, 59, 60, "minutes"),
    _Kind("hour", 0, 23, 24, "hours"),
    _Kind("day of the month", 1, 31, 31, "days"),
    _Kind("month", 1, 12, 12, "", tuple(name[:3] for name in MONTH_NAMES)),
    # 7 is Sunday too, and a range may end with it.
    _Kind("day of the week", 0, 7, 7, "", tuple(name[:3] for name in WEEKDAYS)),
)


class _Wrong(Exception):
    """What is wrong with a field, and a text for the field that is better, or a whole phrase."""

    def __init__(self, what: str, better: str, *, phrase: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.better = better
        self.phrase = phrase


@lru_cache(maxsize=2048)
def read_crontab(expression: str) -> Crontab:
    """Five fields or a macro, in lower case, as a crontab that fires some day."""
    texts = MACROS.get(expression, expression).split()
    if len(texts) != len(_KINDS):
        raise _wrong_count(texts)
    try:
        crontab = Crontab(*map(_read_field, texts, _KINDS))
    except _Wrong as wrong:
        raise ScheduleError(wrong.what, _instead(wrong, texts)) from None
    _refuse_never(crontab)
    return crontab


def _read_field(text: str, kind: _Kind) -> Field:
    if "?" in text:
        raise _Wrong("'?' belongs to Quartz, here it is '*'", text.replace("?", "*"))
    if _FOREIGN.search(text):
        better = "try 'every month on the 1st at 09:00'" if "day" in kind.name else str(kind.low)
        raise _Wrong(
            f"'{shown(text, 24)}' is not understood, a {kind.name} takes numbers, ranges and steps",
            better,
            phrase="day" in kind.name,
        )
    parts = [_read_part(part, kind) for part in text.split(",")]
    sunday = 7 if kind.high == 7 else 1000
    values = {value % sunday for part, _ in parts for value in part}
    return Field(tuple(sorted(values)), ",".join(part for _, part in parts))


def _read_part(part: str, kind: _Kind) -> tuple[range, str]:
    """The values of one item of a list, and its normalised text."""
    match = _PART.fullmatch(part)
    if match is None or (match[1] == "*" and match[2]):
        raise _Wrong(f"'{shown(part, 24)}' is no {kind.name} in a cron expression", str(kind.low))
    step = _step(match[3], kind)
    if match[1] == "*":
        return range(kind.low, kind.high + 1, step), "*" if step == 1 else f"*/{step}"
    low = _number(match[1], kind, part)
    high = low if match[2] is None else _number(match[2], kind, part)
    if match[3] is not None and match[2] is None:
        better = f"{low}-{_top(kind)}/{step}" if low + step <= _top(kind) else str(low)
        raise _Wrong(f"'{part}' has a step but no range", better)
    if low > high:
        raise _Wrong(
            f"'{part}' runs backwards", f"{_range(low, _top(kind))},{_range(kind.low, high)}"
        )
    if low == high:
        return range(low, low + 1), str(low % 7 if kind.high == 7 else low)
    return range(low, high + 1, step), f"{low}-{high}" + (f"/{step}" if step > 1 else "")


def _number(text: str, kind: _Kind, part: str) -> int:
    if not text.isdigit():
        if text in kind.names:
            return kind.names.index(text)
        names = get_close_matches(text[:3], kind.names, 1, 0.6)
        near = part.replace(text, names[0]) if names else str(kind.low)
        raise _Wrong(f"'{shown(text, 24)}' is no {kind.name} in a cron expression", near)
    number = int(text)
    if not kind.low <= number <= kind.high:
        near = str(_top(kind) if number > _top(kind) + 1 else kind.low)
        raise _Wrong(f"{kind.name} {number} is not between {kind.low} and {_top(kind)}", near)
    return number


def _step(text: str | None, kind: _Kind) -> int:
    step = 1 if text is None else int(text)
    if step == 0:
        raise _Wrong("a step of 0 never moves", "*")
    if step > kind.size:
        what = f"a step of {step} is too long for a {kind.name}, of which there are {kind.size}"
        if kind.unit and step <= 366:
            raise _Wrong(what, f"try 'every {step} {kind.unit}'", phrase=True)
        raise _Wrong(what, "*")
    return step


def _refuse_never(crontab: Crontab) -> None:
    longest = max(_LONGEST_MONTHS[month] for month in crontab.month.values)
    if crontab.needs_both_days and crontab.day.values[0] > longest:
        month = MONTH_NAMES[crontab.month.values[0]].title()
        at = f"{crontab.hour.values[0]:02}:{crontab.minute.values[0]:02}"
        raise ScheduleError(
            f"{crontab.day.values[0]} {month} never comes",
            f"try 'every month on the 28th at {at}'",
        )


def _wrong_count(texts: list[str]) -> ScheduleError:
    count = _COUNTS[len(texts)] if len(texts) < len(_COUNTS) else str(len(texts))
    if len(texts) < len(_KINDS):
        better = _mended([*texts, *"*****"][:5])
        return ScheduleError(f"a cron expression has five fields, not {count}", f"try '{better}'")
    # Six are five and a year, or seconds and five; seven are both.
    years_last = len(texts) == 6 and len(texts[5]) == 4 and texts[5].isdigit()
    better = _mended(texts[:5] if years_last else texts[1:6])
    return ScheduleError(
        f"{count} fields are too many, there are five, without seconds or years", f"try '{better}'"
    )


def _instead(wrong: _Wrong, texts: list[str]) -> str:
    return wrong.better if wrong.phrase else f"try '{_mended(texts)}'"


def _mended(texts: list[str]) -> str:
    """The fields with every wrong part replaced, or a well-known expression if that never fires."""
    good = " ".join(map(_mended_field, texts, _KINDS))
    try:
        return read_crontab(good).expression if good != " ".join(texts) else good
    except ScheduleError:
        return "0 9 * * 1-5"


def _mended_field(text: str, kind: _Kind) -> str:
    return ",".join(dict.fromkeys(_mended_part(part, kind) for part in text.split(",")))


def _mended_part(part: str, kind: _Kind) -> str:
    try:
        return _read_field(part, kind).text
    except _Wrong as wrong:
        return str(kind.low) if wrong.phrase else wrong.better


def _range(low: int, high: int) -> str:
    return str(low) if low >= high else f"{low}-{high}"


def _top(kind: _Kind) -> int:
    return min(kind.high, kind.low + kind.size - 1)
