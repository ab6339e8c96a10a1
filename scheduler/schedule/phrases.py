"""A typed schedule is understood exactly one way, or refused with what to type instead."""

import difflib
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.errors import ScheduleError
from scheduler.schedule.calendar_words import vocabulary
from scheduler.schedule.clock_times import clock, read_times, split_times
from scheduler.schedule.crontab_text import MACROS, read_crontab
from scheduler.schedule.moments import read_moment
from scheduler.schedule.recurring import read_interval, read_repeating
from scheduler.schedule.typed_text import plain_text, shown
from scheduler.schedule.values import Cron, Schedule

_LONGEST = 200
_EXAMPLES = "try 'every day at 09:00', 'every 30 minutes', 'tomorrow at 9:00' or '0 9 * * 1-5'"
_NAMES = "sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_CRONISH = re.compile(rf"(?:[\d*?.#/,\\+-]|{_NAMES}|[lwhr](?![a-z]))+", re.ASCII)
_TIMES_FIRST = re.compile(
    r"(?:at )?(?P<times>\d[^a-z]*(?:[ap]\.?m\.?)?|noon|midnight) "
    r"(?P<head>(?:every|each|on|daily|today|tomorrow|next|weekdays|weekends)\b(?!.* at ).*)"
)
_WORDS = (
    *("every", "each", "at", "on", "in", "the", "and", "of", "to", "next", "once", "cron"),
    *("day", "days", "weekday", "weekdays", "weekend", "weekends", "today", "tomorrow"),
    *("hourly", "daily", "weekly", "monthly", "yearly", "annually", "noon", "midnight"),
    *("second", "seconds", "min", "mins", "minute", "minutes", "hour", "hours"),
    *("week", "weeks", "month", "year"),
)


def parse_schedule(text: str, *, zone: ZoneInfo, now: datetime) -> Schedule:
    """The schedule a person typed, read in their zone; `now` is aware."""
    if len(text) > _LONGEST:
        raise ScheduleError(f"a schedule has at most {_LONGEST} characters", _EXAMPLES)
    plain = plain_text(text)
    if not plain or len(plain) > _LONGEST:
        raise ScheduleError("there is no schedule here", _EXAMPLES)
    schedule = _read(plain, zone, now)
    if schedule is not None:
        return schedule
    raise _not_understood(plain, zone, now)


def _read(plain: str, zone: ZoneInfo, now: datetime) -> Schedule | None:
    if (fields := _cron_fields(plain)) is not None:
        return Cron(read_crontab(fields).expression)
    plain = plain.removeprefix("once ")
    if (interval := read_interval(plain)) is not None:
        return interval
    if turned := _TIMES_FIRST.fullmatch(plain):
        plain = f"{turned['head']} at {turned['times']}"
    head, times = split_times(plain)
    if times == plain:
        _refuse_bare(times)
    moment = read_moment(plain, head, times, zone, now)
    return read_repeating(head, times) if moment is None else moment


def _refuse_bare(times: str) -> None:
    at = " and ".join(map(clock, read_times(times, "")))
    raise ScheduleError(
        f"'{shown(times)}' could mean once or every day", f"try 'at {at}' or 'every day at {at}'"
    )


def _cron_fields(plain: str) -> str | None:
    """The text as cron fields, stars restored, if that is what it is meant to be."""
    if plain.startswith("@"):
        return _macro(plain)
    words = plain.removeprefix("cron ").split()
    cronish = [_CRONISH.fullmatch(word) is not None for word in words]
    starred = any("*" in word for word in words)
    meant = (
        plain.startswith("cron ")
        or (all(cronish) and (len(words) > 3 or starred))
        or (cronish[0] and starred and len(words) > 3)
    )
    if not meant:
        return None
    if words[0].startswith("@"):
        return _macro(" ".join(words))
    return " ".join(_star(word) for word in words)


def _star(word: str) -> str:
    """Chats take a star for the start of bold text; a dot in its place is what people type."""
    bare = word.replace("\\", "")
    return "*" + bare[1:] if bare == "." or bare.startswith("./") else bare


def _macro(plain: str) -> str:
    if plain in MACROS:
        return plain
    if plain == "@reboot":
        raise ScheduleError("@reboot names no time", "try '@daily' or 'every day at 09:00'")
    if plain.startswith("@every "):
        raise ScheduleError("@every is not a macro here", f"try '{shown(plain[1:])}'")
    near = difflib.get_close_matches(plain[:16], MACROS, n=1) or ["@daily"]
    raise ScheduleError(f"there is no macro '{shown(plain, 16)}'", f"did you mean '{near[0]}'?")


def _not_understood(plain: str, zone: ZoneInfo, now: datetime) -> ScheduleError:
    if plain.isdigit() and len(plain) == 4:
        better = f"try 'at {plain[:2]}:{plain[2:]}' or 'every {plain} minutes'"
        return ScheduleError(f"'{plain}' could be a time or a number", better)
    if plain.isdigit():
        return ScheduleError(f"'{shown(plain)}' has no unit", f"try 'every {plain[:3]} minutes'")
    better = _mended(plain)
    if better != plain and _is_understood(better, zone, now):
        return ScheduleError(f"'{shown(plain)}' is not a schedule", f"did you mean '{better}'?")
    return ScheduleError(f"'{shown(plain)}' is not a schedule", _EXAMPLES)


def _is_understood(plain: str, zone: ZoneInfo, now: datetime) -> bool:
    try:
        return _read(plain, zone, now) is not None
    except ScheduleError:
        return False


def _mended(plain: str) -> str:
    """The text with each unknown word replaced by the nearest known one, if it is short enough."""
    words = re.split(r"([^a-z]+)", plain)
    if len(words) > 32:
        return plain
    known = sorted({*_WORDS, *vocabulary()})
    mended = "".join(_nearest_word(word, known) for word in words)
    return re.sub(r"(?<! at) (\d{1,2})$", r" at \1", mended)


def _nearest_word(word: str, known: list[str]) -> str:
    if not 3 <= len(word) <= 14 or not word.isalpha() or word in known:
        return word
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.7)), word)
