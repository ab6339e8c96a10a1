"""Undoes what chat clients do to a typed command: curly quotes, backticks, mentions, odd spaces."""

import re

from bot.invisible import storable, visible
from scheduler.errors import UserError

MOST_BYTES = 16 * 1024

QUOTES = ('"“”„‟«»＂', "'‘’‚‛＇", "`´")
"""Families of quotes, the straight one first."""

DASHES = "–—‒―−"
"""What clients make of `--`."""

_STRAIGHT = str.maketrans(
    {quote: family[0] for family in QUOTES[:2] for quote in family} | dict.fromkeys(QUOTES[2])
)
_ESCAPED = re.compile(r"\\+(?=[*_])")
_EDGE = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_ADDRESS = re.compile(
    r"(?:<@\w{1,64}(?:\|[^>\s]{0,100})?>|@(?!(?:year|annual|month|week|dai|hour)ly\b|midnight\b|reboot\b)"
    r"[\w.-]{1,64}|/?jobs(?:@\w{1,64})?|driftpin)[,:]?(?=\s|$)",
    re.IGNORECASE,
)


def received(text: str) -> str:
    """What was typed, without outer backticks and without the words that only address the bot."""
    must_fit(text)
    text = _without_fence(_trimmed(storable(text)))
    for _ in range(3):
        address = _ADDRESS.match(text)
        if address is None:
            break
        text = _trimmed(text[address.end() :])
    return text


def must_fit(text: str, instead: str = "shorten the prompt and send it again") -> None:
    """Raises UserError for a text that nobody will read to its end."""
    if len(text) > MOST_BYTES or len(text.encode(errors="replace")) > MOST_BYTES:
        raise UserError(f"that is longer than {MOST_BYTES // 1024} KiB", instead)


def plain(word: str) -> str:
    """A word of a command as a plain keyboard would have typed it."""
    return _ESCAPED.sub("", visible(word).translate(_STRAIGHT))


def shortened(text: str, most: int = 120) -> str:
    """One line of somebody's own words, to be quoted back to them."""
    line = " ".join(visible(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _trimmed(text: str) -> str:
    edge = _EDGE.match(text)
    return text[edge.end() if edge else 0 :].rstrip()


def _without_fence(text: str) -> str:
    """The text without backticks around it; those of a prompt stay."""
    inner = text.lstrip("`")
    fence = text[: len(text) - len(inner)]
    if fence and inner.find(fence) == len(inner) - len(fence):
        inner = inner.removesuffix(fence)
    return _trimmed(inner)
