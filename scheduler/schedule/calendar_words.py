"""Weekdays, months and dates are read in the words people use for them."""

import re

MONTH_NAMES = (
    "",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")

_MONTH_OF = {word: n for n, name in enumerate(MONTH_NAMES) if name for word in (name, name[:3])} | {
    "sept": 9
}
_WEEKDAY_OF = {
    word: n
    for n, name in enumerate(WEEKDAYS)
    for word in (name, name[:3], *({2: ("tues",), 3: ("weds",), 4: ("thur", "thurs")}.get(n, ())))
}
_MONTH = r"(?P<{0}>" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + r")\.?"
_DAY = r"(?:the )?(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>\d{4}))?"
_DATE = re.compile(
    f"(?:{_DAY.format('day')} (?:of )?{_MONTH.format('month')}"
    f"|{_MONTH.format('month_first')} {_DAY.format('day_last')}){_YEAR}",
    re.ASCII,
)
_AND = re.compile(r"\s*(?:,|&|\band\b)\s*(?:and\b\s*)?(?:the\b\s*)?")
_TO = re.compile(r"\s*(?:-|\bto\b|\bthrough\b)\s*")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)


def split_list(text: str) -> list[str]:
    """The items of a list such as 'mon, wed and fri'."""
    return [item for item in _AND.split(text) if item]


def read_weekdays(text: str) -> tuple[list[int], bool] | None:
    """Weekdays from 0, Sunday, and whether the words alone say 'every'; None if they are none."""
    days: list[int] = []
    recurring = True
    for item in split_list(text):
        ends = [_weekday(end) for end in _TO.split(item)]
        if len(ends) > 2 or None in ends:
            return None
        numbers = [end for end in ends if end is not None]
        recurring = recurring and (len(ends) == 2 or item.endswith("days"))
        first, last = numbers[0], numbers[-1]
        days += [(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)]
    return (days, recurring) if days else None


def read_ordinals(text: str) -> list[int] | None:
    """Days of the month such as '1st and 15th'; None if they are none."""
    matches = [_ORDINAL.fullmatch(item) for item in split_list(text)]
    found = [int(match[1]) for match in matches if match is not None]
    return found if found and len(found) == len(matches) else None


def read_date(text: str) -> tuple[int | None, int, int] | None:
    """Year if there is one, month and day of '24 december' or 'dec 24, 2026'."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year = int(match["year"]) if match["year"] else None
    month = _MONTH_OF[match["month"] or match["month_first"]]
    return year, month, int(match["day"] or match["day_last"])


def ordinal(day: int) -> str:
    """A day of the month as people say it: 1st, 22nd, 13th."""
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def vocabulary() -> set[str]:
    """Every word a date can be made of."""
    return {*_MONTH_OF, *_WEEKDAY_OF, *(f"{name}s" for name in WEEKDAYS)}


def _weekday(word: str) -> int | None:
    return _WEEKDAY_OF.get(word, _WEEKDAY_OF.get(word.removesuffix("s")))
