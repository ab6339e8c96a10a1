"""A text and its marks, counted in characters: what becomes a Telegram text and its entities."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """The entities we send, by Telegram's own names."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRUCK = "strikethrough"
    SPOILER = "spoiler"
    QUOTE = "blockquote"
    CODE = "code"
    PRE = "pre"
    LINK = "text_link"
    MOMENT = "date_time"


VERBATIM = frozenset({Kind.CODE, Kind.PRE})


@dataclass(frozen=True, slots=True)
class Mark:
    """`detail` is the address of a link or the language of a `pre`; `at` is the moment's."""

    kind: Kind
    start: int
    end: int
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    text: str
    marks: tuple[Mark, ...] = ()

    def cut(self, start: int, end: int) -> "Marked":
        """The characters from `start` to `end`; a moment that is cut in two is only text from there."""
        marks = []
        for mark in self.marks:
            first, last = max(mark.start, start), min(mark.end, end)
            whole = (first, last) == (mark.start, mark.end)
            if first < last and (whole or mark.kind is not Kind.MOMENT):
                marks.append(replace(mark, start=first - start, end=last - start))
        return Marked(self.text[start:end], tuple(marks))

    def stripped(self) -> "Marked":
        """Without newlines before it and white space after it."""
        start = len(self.text) - len(self.text.lstrip("\n"))
        end = max(start, len(self.text.rstrip()))
        return self if (start, end) == (0, len(self.text)) else self.cut(start, end)

    def wholly(self, kind: Kind) -> "Marked":
        return Marked(self.text, (Mark(kind, 0, len(self.text)), *self.marks))


def joined(pieces: Iterable[Marked]) -> Marked:
    """The pieces as one, without anything between them."""
    texts: list[str] = []
    marks: list[Mark] = []
    at = 0
    for piece in pieces:
        texts.append(piece.text)
        marks += (replace(each, start=each.start + at, end=each.end + at) for each in piece.marks)
        at += len(piece.text)
    return Marked("".join(texts), tuple(marks))
