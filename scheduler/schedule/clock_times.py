"""Times of day are read as people type them: 9, 9am, 09:00, noon."""

import re

from scheduler.errors import ScheduleError
from scheduler.schedule.typed_text import shown

ClockTime = tuple[int, int]

_TIME = re.compile(r"(\d{1,2})(?::(\d{2})(?::00)?)?\s*(?:([ap])\.?m\.?)?", re.ASCII)
_NEARLY = re.compile(r"(\d{1,2})(?:[.:h](\d{1,2})|(?!\d))|(\d{1,2})(\d{2})(?!\d)", re.ASCII)
_WORDS = {"noon": (12, 0), "midnight": (0, 0)}
_BETWEEN = re.compile(r"\s*(?:,|&|\band\b)\s*(?:(?:and|at)\b\s*)*")
_LEADING_AT = re.compile(r"(?:at|@)\s+")
_TRAILING = re.compile(
    r"(?:^|(?<=\s))(?:\d{1,2}:\d{1,2}|\d{1,2}\s?[ap]\.?m\b|noon\b|midnight\b)", re.ASCII
)


def split_times(text: str) -> tuple[str, str | None]:
    """What stands before the times, and the times, None if the text names none."""
    head, at, times = f" {text}".partition(" at ")
    if at:
        return head.strip(), times.strip()
    found = _TRAILING.search(text)
    if found is None:
        return text, None
    return text[: found.start()].strip(" ,"), text[found.start() :]


def read_times(text: str, lead: str) -> list[ClockTime]:
    """The times of a list, sorted; `lead` is the phrase before it, for the suggestion."""
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    lead = f"{lead} at" if lead else "at"
    if not parts:
        raise ScheduleError("the time is missing", f"try '{lead} 09:00'")
    times = [_read_time(_LEADING_AT.sub("", part), lead) for part in parts]
    if any(part.isdigit() for part in parts) and any(part.endswith("m") for part in parts):
        better = " and ".join(map(clock, times))
        raise ScheduleError(
            f"'{shown(text)}' mixes hours with and without am or pm", f"try '{lead} {better}'"
        )
    return sorted(set(times))


def clock(time: ClockTime) -> str:
    """A time on the 24-hour clock, such as 09:00."""
    return f"{time[0]:02}:{time[1]:02}"


def first_clock(times: str | None) -> str:
    """The first time a person typed, for a suggestion; 09:00 if it cannot be read."""
    try:
        return clock(read_times(times or "", "")[0])
    except ScheduleError:
        return "09:00"


def _read_time(part: str, lead: str) -> ClockTime:
    if part in _WORDS:
        return _WORDS[part]
    match = _TIME.fullmatch(part)
    if match is not None:
        hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
        if half and 1 <= hour <= 12 and minute < 60:
            return hour % 12 + (12 if half == "p" else 0), minute
        if not half and hour < 24 and minute < 60:
            return hour, minute
    raise ScheduleError(
        f"'{shown(part)}' is not a time of day", f"try '{lead} {clock(_nearest(part))}'"
    )


def _nearest(part: str) -> ClockTime:
    match = _NEARLY.match(part)
    hour, minute = 9, 0
    if match is not None:
        hour, minute = int(match[1] or match[3]), int(match[2] or match[4] or 0)
    if (hour, minute) == (24, 0):
        return 0, 0
    return (hour, minute) if hour < 24 and minute < 60 else (9, 0)
