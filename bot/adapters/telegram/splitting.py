"""Cuts a text that is too long for one message into several, at the best places there are."""

import re
from collections.abc import Iterator

from bot.adapters.telegram.entities import ENTITIES, UNITS, empty
from bot.adapters.telegram.marked import Marked
from bot.adapters.telegram.nesting import legal
from bot.adapters.telegram.utf16 import reach, units, whole

# Telegram drops spaces at the start of a message: better to begin with a line that has none.
PLACES = tuple(re.compile(each) for each in (r"\n\n(?=\S)", r"\n(?=\S)", r"\n", r"[ \t]+"))


def fits(marked: Marked) -> bool:
    """Whether it is one message as it is."""
    return units(marked.text) <= UNITS and len(legal(marked.marks)) <= ENTITIES


def pieces(marked: Marked) -> Iterator[Marked]:
    """The text in pieces that each fit; only white space between two of them is lost."""
    marked = Marked(marked.text, legal(marked.marks))
    text, at = marked.text, 0
    while at < len(text):
        end = min(reach(text, at, UNITS), _room(marked, at))
        end = place(text, at, end)
        piece = marked.cut(at, end).stripped()
        if not empty(piece.text):
            yield piece
        at = end


def place(text: str, start: int, end: int) -> int:
    """Where to cut at or before `end`: after a paragraph, a line or a word in the second half."""
    if end >= len(text):
        return len(text)
    for pattern in PLACES:
        found = pattern.finditer(text, start + (end - start) // 2, end + 1)
        if ends := [match.end() for match in found if start < match.end() <= end]:
            return ends[-1]
    return whole(text, start, end)


def _room(marked: Marked, start: int) -> int:
    """How far from `start` the number of entities allows a piece to go; the marks are legal."""
    left = ENTITIES
    for mark in marked.marks:
        if mark.end > start:
            if not left:
                return max(mark.start, start + 1)
            left -= 1
    return len(marked.text)
