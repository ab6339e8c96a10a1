"""Rich text in words: escaped for a field that Slack reads as mrkdwn, or plain for one that it does not."""

import re
from collections.abc import Iterator
from typing import assert_never

from bot.adapters.slack.rich import (
    Date,
    Item,
    Link,
    Part,
    Parts,
    Piece,
    Pieces,
    Quote,
    Section,
    Text,
    Verbatim,
)

_FORMATS = re.compile(r"[*_~`]|:[\w+'-]+:|^\s*>", re.MULTILINE)


def escaped(text: str) -> str:
    """With the three characters escaped that open mentions, links and entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str) -> bool:
    """Whether mrkdwn would show these words, once escaped, as they stand."""
    return not _FORMATS.search(text)


def words(parts: Parts, *, escape: bool) -> str:
    """All the words of some parts, one line a row."""
    found: list[str] = []
    for part in parts:
        if found and isinstance(part, Section) and not part.tight:
            found.append("")
        found += _lines(part, escape=escape)
    return "\n".join(found)


def _lines(part: Part, *, escape: bool) -> Iterator[str]:
    match part:
        case Section(pieces):
            yield said(pieces, escape=escape)
        case Quote(pieces):
            for line in said(pieces, escape=escape).split("\n"):
                yield f"{'&gt;' if escape else '>'} {line}"
        case Verbatim(text):
            yield escaped(text) if escape else text
        case Item(pieces, depth, number):
            mark = "•" if number is None else f"{number}."
            yield f"{'    ' * depth}{mark} {said(pieces, escape=escape)}"
        case _:
            assert_never(part)


def said(pieces: Pieces, *, escape: bool) -> str:
    return "".join(_live(piece) if escape else _plain(piece) for piece in pieces)


def _plain(piece: Piece) -> str:
    match piece:
        case Text(text):
            return text
        case Link(url, label):
            return f"{label} ({url})" if label else url
        case Date():
            return piece.words
        case _:
            assert_never(piece)


def _live(piece: Piece) -> str:
    """Escaped, but a moment is still shown in the reader's local time."""
    if not isinstance(piece, Date) or piece.timestamp < 0:
        return escaped(_plain(piece))
    return f"<!date^{piece.timestamp}^{piece.format}|{escaped(piece.words)}>"
