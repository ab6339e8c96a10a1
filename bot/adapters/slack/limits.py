"""Slack's limits, and how much of them a text takes up."""

import re

BLOCKS = 50
HEADER = 150
SECTION = 3000
BUTTONS_IN_A_ROW = 25
BUTTON_LABEL = 75
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_ANSWER = 30
BLOCK_TEXT = 13_200
"""What all blocks of a message may say together; Slack refuses the message above it."""

ROOM = 12_400
"""What we fill of it."""

_BOUNDARIES = ("\n\n", "\n", ". ", " ")


def weight(text: str) -> int:
    """The length of a text in the longest way of counting: UTF-16 units, three signs escaped."""
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def cut(text: str, room: int) -> tuple[str, str]:
    """A text in two, the first of which weighs no more than `room`; nothing of it is lost.

    It is cut after a paragraph, a line, a sentence or a word, where one ends in the second half.
    """
    if len(text) <= room and weight(text) <= room:
        return text, ""
    end = _fitting(text, room)
    for boundary in _BOUNDARIES:
        found = text.rfind(boundary, end // 2, end)
        if found >= 0:
            end = found + len(boundary)
            break
    return text[:end], text[end:]


def shortened(text: str, room: int) -> str:
    """A label that fits: the end of a longer one is three dots."""
    if weight(text) <= room:
        return text
    return cut(text, max(room - 1, 0))[0].rstrip() + "…"


def _fitting(text: str, room: int) -> int:
    """How many characters weigh no more than `room`; a picture made of several is not cut."""
    left = room
    for end, char in enumerate(text[: room + 1]):
        left -= 5 if char == "&" else 4 if char in "<>" else 2 if char > "\uffff" else 1
        if left < 0:
            return _whole(text, end)
    return min(len(text), room)


_JOINED = re.compile("[\u200d\ufe0e\ufe0f\u20e3\u0300-\u036f\U0001f3fb-\U0001f3ff]")


def _whole(text: str, end: int) -> int:
    earliest = max(end - 12, 1)
    for at in range(end, earliest, -1):
        if not _JOINED.match(text[at]) and text[at - 1] != "\u200d":
            return at
    return end
