"""A marked text as Telegram takes it: entities in UTF-16 units, and no mention that rings."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from telegram import MessageEntity

from bot.adapters.telegram.marked import VERBATIM, Kind, Mark, Marked
from bot.adapters.telegram.nesting import legal
from bot.adapters.telegram.utf16 import offsets

UNITS = 4096
"""UTF-16 units in one message."""

ENTITIES = 100
"""Entities in one message; Telegram ignores any further ones in silence."""

LOCAL = "wdt"
"""A moment as its reader sees it: weekday, short date, short time."""

IMPORTANT = (Kind.PRE, Kind.CODE, Kind.LINK, Kind.MOMENT, Kind.SPOILER, Kind.QUOTE)

# Telegram notifies whoever a bot's `@name` in plain text belongs to, and finds none in code.
# A full-width sign is read as the same and stays dead when it is copied, as in the sanitiser.
_MENTION = re.compile(r"(?<!\w)@(?=\w)")
_AT = "\uff20"

# Telegram calls a text of these alone empty, and refuses it.
_NOTHING = re.compile(
    "[\\s\u030a\u0333\u033f\u180e\u200b-\u200f\u202a-\u202e\u2060\u2800\ufeff\ufffc]*"
)
NOTHING_SAID = "…"


@dataclass(frozen=True, slots=True)
class Part:
    """One Telegram message: at most 4096 UTF-16 units and 100 entities, never empty."""

    text: str
    entities: tuple[MessageEntity, ...] = ()


def part(marked: Marked) -> Part:
    """A text that fits, with its marks as entities; of too many the least important are left out."""
    marked = marked.stripped()
    if empty(marked.text):
        return Part(NOTHING_SAID)
    marks = [trimmed for mark in legal(marked.marks) if (trimmed := _trimmed(mark, marked.text))]
    if len(marks) > ENTITIES:
        marks = sorted(sorted(marks, key=_importance)[:ENTITIES], key=lambda m: (m.start, -m.end))
    text = unmentioned(marked.text, [mark for mark in marks if mark.kind in VERBATIM])
    at = offsets(text)
    return Part(text, tuple(_entity(mark, at) for mark in marks))


def empty(text: str) -> bool:
    return _NOTHING.fullmatch(text) is not None


def unmentioned(text: str, verbatim: Sequence[Mark] = ()) -> str:
    """The text with every mention broken that does not stand in code; it keeps its length."""
    starts = [mark.start for mark in verbatim]

    def broken(found: re.Match[str]) -> str:
        before = bisect_right(starts, found.start())
        inside = before > 0 and found.start() < verbatim[before - 1].end
        return "@" if inside else _AT

    return _MENTION.sub(broken, text)


def _trimmed(mark: Mark, text: str) -> Mark | None:
    """The mark without white space at its ends, None where nothing else is left."""
    start, end = mark.start, mark.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Mark(mark.kind, start, end, mark.detail, mark.at) if start < end else None


def _importance(mark: Mark) -> tuple[int, int]:
    rank = IMPORTANT.index(mark.kind) if mark.kind in IMPORTANT else len(IMPORTANT)
    return rank, mark.start


def _entity(mark: Mark, at: Sequence[int]) -> MessageEntity:
    moment = mark.at.astimezone(UTC) if mark.at is not None else None
    return MessageEntity(
        mark.kind.value,
        at[mark.start],
        at[mark.end] - at[mark.start],
        url=mark.detail if mark.kind is Kind.LINK else None,
        language=(mark.detail or None) if mark.kind is Kind.PRE else None,
        unix_time=moment,
        date_time_format=LOCAL if moment is not None else None,
    )
