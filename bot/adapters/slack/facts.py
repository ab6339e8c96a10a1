"""Our own blocks as rich text: whatever they quote of people and models stays words."""

from typing import assert_never

from bot.adapters.slack.packing import abridged, take
from bot.adapters.slack.rich import (
    BOLD,
    CODE,
    PLAIN,
    Date,
    Item,
    Parts,
    Piece,
    Pieces,
    Quote,
    Section,
    Text,
    Verbatim,
)
from bot.message import Bullets, Code, Fields, Inline, Line, Moment, Paragraph, Span, Style

PARAGRAPH = 3_000
ROW = 700
VALUE = 1_500
CODE_ROOM = 6_000

LONG = 200
"""A value of more characters, or of several lines, stands under its name as a quotation."""

_INKS = {Style.PLAIN: PLAIN, Style.BOLD: BOLD, Style.CODE: CODE}

Fact = Paragraph | Bullets | Fields | Code


def parts_of(block: Fact) -> Parts:
    match block:
        case Paragraph(line):
            return _some(Section(abridged(pieces(line), PARAGRAPH)))
        case Bullets(lines):
            rows = (abridged(pieces(line), ROW) for line in lines)
            return tuple(Item(row) for row in rows if row)
        case Fields(rows):
            return tuple(part for name, line in rows for part in _field(name, pieces(line)))
        case Code(text):
            return code(text) if text.strip("\n") else ()
        case _:
            assert_never(block)


def _some(section: Section) -> Parts:
    return (section,) if section.pieces else ()


def pieces(line: Line) -> Pieces:
    """A line as rich text; one of nothing but spaces is empty."""
    found = tuple(_piece(inline) for inline in line)
    blank = all(isinstance(piece, Text) and not piece.text.strip() for piece in found)
    return () if blank else found


def _piece(inline: Inline) -> Piece:
    match inline:
        case Span(text, style):
            return Text(text, _INKS[style])
        case Moment(at, zone):
            return Date(at, zone)
        case _:
            assert_never(inline)


def _field(name: str, value: Pieces) -> Parts:
    label = (Text(f"{name}:", BOLD),) if name.strip() else ()
    texts = [piece.text for piece in value if isinstance(piece, Text)]
    if sum(map(len, texts)) > LONG or any("\n" in text for text in texts):
        head = (Section(label, tight=True),) if label else ()
        return (*head, Quote(abridged(value, VALUE)))
    gap = (Text(" "),) if label and value else ()
    return _some(Section((*label, *gap, *value), tight=True))


def code(text: str) -> Parts:
    """A box to copy from; of a very long one, the first lines."""
    head, tail = take((Verbatim(text.strip("\n")),), CODE_ROOM)
    return (*head, Section(note(tail), tight=True)) if tail else head


def note(tail: Parts) -> Pieces:
    """The line that says what was cut off."""
    lines = sum(part.text.count("\n") + 1 if isinstance(part, Verbatim) else 1 for part in tail)
    return (Text(f"… {lines:,} more {'line is' if lines == 1 else 'lines are'} left out here."),)
