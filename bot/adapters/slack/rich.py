"""Rich text, the one part of Block Kit in which words are only words: nothing in them formats, links or rings."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Ink:
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False


PLAIN = Ink()
BOLD = Ink(bold=True)
CODE = Ink(code=True)


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    ink: Ink = PLAIN


@dataclass(frozen=True, slots=True)
class Link:
    """An address that can be followed; without a label it shows itself."""

    url: str
    label: str = ""
    ink: Ink = PLAIN


@dataclass(frozen=True, slots=True)
class Date:
    """A moment, shown in each reader's local time."""

    at: datetime
    zone: str

    @property
    def timestamp(self) -> int:
        return int(self.at.timestamp())

    @property
    def format(self) -> str:
        return "{date_short_pretty} {time_secs}" if self.at.second else "{date_short_pretty} {time}"

    @property
    def words(self) -> str:
        """ "Tue 24 Nov 2026 10:00 (Europe/Oslo)", for clients that cannot tell the local time."""
        try:
            local, zone = self.at.astimezone(ZoneInfo(self.zone)), self.zone
        except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
            local, zone = self.at, str(self.at.tzinfo)
        time = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        return f"{local:%a} {local.day} {local:%b} {local.year} {time} ({zone})"


Piece = Text | Link | Date
Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Running text; a `tight` one stands right under what comes before it."""

    pieces: Pieces
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Verbatim:
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a list; it has a `number` where the list is ordered."""

    pieces: Pieces
    depth: int = 0
    number: int | None = None


Part = Section | Quote | Verbatim | Item
Parts = tuple[Part, ...]


def merged(pieces: Pieces) -> Pieces:
    """The same pieces without empty ones, and with neighbours of one ink joined."""
    found: list[Piece] = []
    run: list[str] = []
    ink = PLAIN

    def flush() -> None:
        if text := "".join(run):
            found.append(Text(text, ink))
        run.clear()

    for piece in pieces:
        if isinstance(piece, Text):
            if piece.ink != ink:
                flush()
                ink = piece.ink
            run.append(piece.text)
        else:
            flush()
            found.append(piece)
    flush()
    return tuple(found)


def stripped(pieces: Pieces) -> Pieces:
    """Without empty lines and spaces around."""
    if pieces and isinstance(first := pieces[0], Text):
        pieces = merged((replace(first, text=first.text.lstrip()), *pieces[1:]))
    if pieces and isinstance(last := pieces[-1], Text):
        pieces = merged((*pieces[:-1], replace(last, text=last.text.rstrip())))
    return pieces


def joined(parts: Parts) -> Parts:
    """The same parts with running text in as few sections as possible, blank lines between."""
    found: list[Part] = []
    run: list[Piece] = []
    before: Part | None = None

    def flush() -> None:
        if isinstance(before, Section | Quote):
            found.append(replace(before, pieces=merged(tuple(run))))
        run.clear()

    for part in parts:
        if type(part) is not type(before):
            flush()
        if isinstance(part, Section):
            run += _gap(before, part)
            run += part.pieces
        elif isinstance(part, Quote):
            run += [Text("\n"), *part.pieces] if run else part.pieces
        else:
            found.append(part)
        before = part
    flush()
    return tuple(found)


def _gap(before: Part | None, part: Section) -> tuple[Text, ...]:
    """What keeps a section apart from the part above it; a box does that by itself."""
    if isinstance(before, Section):
        return (Text("\n" if part.tight else "\n\n"),)
    return (Text("\n"),) if before and not part.tight and not isinstance(before, Verbatim) else ()


def inked(piece: Piece, ink: Ink) -> Piece:
    return piece if isinstance(piece, Date) else replace(piece, ink=ink)
