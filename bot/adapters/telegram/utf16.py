"""Counts a text as Telegram does: in UTF-16 units, two for everything beyond the first plane."""

import re
import unicodedata

JOINER = "\u200d"
ATTACHED = re.compile("[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U0001f1e6-\U0001f1ff]")
STEPS = 16
"""How far a cut moves back so that it does not go through an emoji or a letter with its accents."""


def units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def reach(text: str, start: int, room: int) -> int:
    """How far the text fits into `room` units from `start`; a pair is never split."""
    end = min(len(text), start + max(0, room))
    while (excess := units(text[start:end]) - room) > 0 and end > start:
        end -= (excess + 1) // 2
    return end


def whole(text: str, start: int, end: int) -> int:
    """The cut at `end`, or a little before it where that keeps together what is read as one sign."""
    for at in range(end, max(start, end - STEPS), -1):
        if at == len(text) or not (attached(text[at]) or text[at - 1] == JOINER):
            return at
    return end


def attached(char: str) -> bool:
    return char == JOINER or bool(unicodedata.combining(char)) or ATTACHED.match(char) is not None


def offsets(text: str) -> list[int] | range:
    """Where each character begins in units, and where the text ends."""
    if text.isascii():
        return range(len(text) + 1)
    found = [0]
    for char in text:
        found.append(found[-1] + (2 if char > "\uffff" else 1))
    return found
