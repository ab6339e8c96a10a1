"""Makes a message of many blocks fit into one Telegram message: the longest blocks give way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.adapters.telegram.entities import UNITS
from bot.adapters.telegram.marked import Marked, joined
from bot.adapters.telegram.splitting import place
from bot.adapters.telegram.utf16 import reach, units

BLOCKS = 40
"""Blocks that get room of their own; any further ones count as one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One block, drawn: `apart` has an empty line before it, `more` is only the start of its text."""

    body: Marked
    apart: bool = False
    more: bool = False


def sheet(pieces: Sequence[Piece]) -> Marked:
    """The pieces under each other."""
    parts: list[Marked] = []
    for number, piece in enumerate(pieces):
        if number:
            parts.append(Marked("\n\n" if piece.apart else "\n"))
        parts.append(piece.body)
    return joined(parts)


def fitted(pieces: Sequence[Piece], note: str) -> Marked:
    """The pieces in one message; each that had to be cut says so with a line of its own, `note`."""
    if len(pieces) > BLOCKS:
        rest = pieces[BLOCKS - 1 :]
        body = Piece(sheet(rest), rest[0].apart, any(piece.more for piece in rest))
        pieces = (*pieces[: BLOCKS - 1], body)
    ending = Marked(f"\n{note}")
    sizes = [_size(piece, ending) for piece in pieces]
    level = _level(sizes, UNITS - 2 * len(pieces))
    return sheet(
        [
            _cut(piece, level, ending) if piece.more or size > level else piece
            for piece, size in zip(pieces, sizes, strict=True)
        ]
    )


def _size(piece: Piece, ending: Marked) -> int:
    return units(piece.body.text) + (units(ending.text) if piece.more else 0)


def _level(sizes: Sequence[int], room: int) -> int:
    """The size to which the largest must come down so that all have room."""
    for number, size in enumerate(sorted(sizes)):
        share = room // (len(sizes) - number)
        if size > share:
            return share
        room -= size
    return max(sizes, default=0)


def _cut(piece: Piece, level: int, ending: Marked) -> Piece:
    text = piece.body.text
    end = reach(text, 0, level - units(ending.text))
    start = piece.body.cut(0, place(text, 0, end)).stripped()
    return replace(piece, body=joined((start, ending)))
