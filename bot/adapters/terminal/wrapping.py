"""Lines of a certain display width, out of styled words. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from wcwidth import wcwidth


class Ink(StrEnum):
    """How a piece of text looks; the value is the parameter of the escape sequence."""

    PLAIN = ""
    BOLD = "1"
    QUIET = "2"
    CODE = "36"
    GOOD = "1;32"
    LOUD = "1;31"


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one ink; `whole` text is never broken, not even at its spaces."""

    text: str
    ink: Ink = Ink.PLAIN
    whole: bool = False


Word = tuple[Piece, ...]


def wrap(
    pieces: Iterable[Piece],
    width: int,
    *,
    colour: bool,
    first: str = "",
    rest: str = "",
    gap: str = " ",
) -> list[str]:
    """Fill lines of `width` cells, `first` standing before the first and `rest` before the others.

    A word that finds no room behind `rest` stands further to the left. One wider than a whole line
    is cut, unless part of it is to be kept whole: that one sticks out.
    """
    lines: list[str] = []
    before, used = first, cells(first)
    current: list[Piece] = []
    widest = max(8, width)
    for word in words(pieces, widest):
        size = sum(cells(piece.text) for piece in word)
        taken = used + len(gap) if current else used
        if taken + size > width and (current or (before and size <= widest)):
            lines.append(before + painted(current, colour))
            room = cells(rest) + size <= width or size > widest
            before = rest if room else " " * max(0, width - size)
            used, current = cells(before), []
        if current:
            same = current[-1].ink is word[0].ink
            current.append(Piece(gap, word[0].ink if same else Ink.PLAIN))
            used += len(gap)
        current += word
        used += size
    return [*lines, before + painted(current, colour)]


def words(pieces: Iterable[Piece], widest: int) -> Iterator[Word]:
    """Words as they stand between spaces; a word may change its ink half-way."""
    word: list[Piece] = []
    for piece in pieces:
        if piece.whole:
            word.append(Piece(visible(piece.text).replace("\n", " "), piece.ink, whole=True))
            continue
        text = visible(piece.text)
        for index, part in enumerate(split(text)):
            if index and word:
                yield from cut(tuple(word), widest)
                word = []
            if part:
                word.append(Piece(part, piece.ink))
    if word:
        yield from cut(tuple(word), widest)


def split(text: str) -> list[str]:
    """The parts between runs of white space; empty ends tell that there was some."""
    parts = text.split()
    if not parts:
        return ["", ""] if text else []
    before = [""] if text[0].isspace() else []
    after = [""] if text[-1].isspace() else []
    return [*before, *parts, *after]


def cut(word: Word, widest: int) -> Iterator[Word]:
    """A word in as many parts as it needs to fit."""
    if any(piece.whole for piece in word) or sum(cells(p.text) for p in word) <= widest:
        yield word
        return
    part: list[tuple[str, Ink]] = []
    used = 0
    for char, ink in ((char, piece.ink) for piece in word for char in piece.text):
        size = cells(char)
        if size and used + size > widest:
            yield joined(part)
            part, used = [], 0
        part.append((char, ink))
        used += size
    yield joined(part)


def joined(chars: Iterable[tuple[str, Ink]]) -> Word:
    runs = groupby(chars, key=lambda pair: pair[1])
    return tuple(Piece("".join(char for char, _ in run), ink) for ink, run in runs)


def painted(pieces: Iterable[Piece], colour: bool) -> str:
    runs = groupby(pieces, key=lambda piece: piece.ink)
    return "".join(paint("".join(p.text for p in run), ink, colour) for ink, run in runs)


def cells(text: str) -> int:
    """How many columns a text takes on the screen."""
    return len(text) if text.isascii() else sum(max(0, wcwidth(char)) for char in text)


def paint(text: str, ink: Ink, colour: bool) -> str:
    return f"\x1b[{ink}m{text}\x1b[0m" if colour and ink and text else text


def visible(text: str) -> str:
    """The text without control characters, which could steer a terminal; tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char for char in text.replace("\t", "    ") if char == "\n" or not is_control(char)
    )


def is_control(char: str) -> bool:
    return char < " " or "\x7f" <= char <= "\x9f"
