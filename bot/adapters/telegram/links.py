"""Which links may hang under a text; the others show their address beside it."""

import re
from dataclasses import replace

from bot.adapters.telegram.marked import Kind, Mark, Marked

# Telegram refuses the whole message for an address without a dot in its host, or with a wrong port.
_WEB = re.compile(
    r"https?://((?:[\w-]+\.)+[\w-]+)(?::0*([1-9][0-9]{0,4}))?(?:[/?#]\S*)?", re.IGNORECASE
)
_WORDS = re.compile(r"[^\w.-]+")
LONGEST = 2048


def opened(marked: Marked) -> Marked:
    """The text with only those links hidden under words that lead where the words say."""
    kept: list[Mark] = []
    shown: list[tuple[int, str]] = []
    for mark in marked.marks:
        label = marked.text[mark.start : mark.end]
        if mark.kind is not Kind.LINK or _honest(label, mark.detail):
            kept.append(mark)
        elif (address := mark.detail.removeprefix("mailto:")) != label:
            shown.append((mark.end, f" ({address})"))
    return (
        _with(Marked(marked.text, tuple(kept)), shown)
        if shown
        else replace(marked, marks=tuple(kept))
    )


def _honest(label: str, url: str) -> bool:
    """Whether a web address is one Telegram takes, and the label names no other."""
    web = _WEB.fullmatch(url) if len(url) <= LONGEST else None
    if web is None or int(web[2] or 0) > 65535:
        return False
    host = f".{web[1].casefold()}"
    return all(host.endswith(f".{named}") for named in _hosts(label))


def _hosts(label: str) -> set[str]:
    """What looks like the name of a site."""
    words = (word.strip(".-").removeprefix("www.") for word in _WORDS.split(label.casefold()))
    return {word for word in words if "." in word and word.rsplit(".", 1)[1].isalpha()}


def _with(marked: Marked, shown: list[tuple[int, str]]) -> Marked:
    """The text with more of it put in at some places; marks that end there do not grow."""
    pieces: list[str] = []
    before = [0] * (len(marked.text) + 2)
    last = 0
    for at, words in sorted(shown):
        pieces += (marked.text[last:at], words)
        before[at + 1] += len(words)
        last = at
    for at in range(1, len(before)):
        before[at] += before[at - 1]
    marks = tuple(
        replace(mark, start=mark.start + before[mark.start + 1], end=mark.end + before[mark.end])
        for mark in marked.marks
    )
    return Marked("".join([*pieces, marked.text[last:]]), marks)
