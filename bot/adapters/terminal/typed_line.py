"""What a typed line means to the terminal itself; everything else is for the bot. Pure."""

import re
from dataclasses import dataclass
from enum import Enum, auto


class Word(Enum):
    """Lines that the terminal answers by itself."""

    NOTHING = auto()
    WAIT = auto()
    LEAVE = auto()
    HOW_TO_PRESS = auto()


@dataclass(frozen=True, slots=True)
class Say:
    """A line for the bot, as it was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class PressNumber:
    """A button by its number; `message` is None for the latest message that has buttons."""

    button: int
    message: int | None = None


Typed = Word | Say | PressNumber

WORDS = {"wait": Word.WAIT, "quit": Word.LEAVE, "exit": Word.LEAVE, "press": Word.HOW_TO_PRESS}
NUMBER = re.compile(r"(?:/?press\s+)?(?:([0-9]{1,6})\.)?([0-9]{1,6})", re.IGNORECASE)


def understand(line: str) -> Typed:
    """`1`, `press 1` and `press 12.1` press; `wait`, `quit` and `exit` are the terminal's own."""
    text = line.strip()
    if not text or text.startswith("#"):
        return Word.NOTHING
    if number := NUMBER.fullmatch(text):
        return PressNumber(int(number[2]), None if number[1] is None else int(number[1]))
    first, _, more = text.lower().removeprefix("/").partition(" ")
    word = WORDS.get(first) if not more or first == "press" else None
    return word or Say(text)


def agrees(line: str) -> bool:
    return line.strip().lower() in ("y", "yes")
