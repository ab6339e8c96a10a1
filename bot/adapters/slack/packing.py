"""Packs rich text into messages: in order, nothing lost, cut where it can best be cut."""

from dataclasses import replace
from typing import assert_never

from bot.adapters.slack.limits import cut, weight
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

EACH = 8
"""What a piece costs beside its words, so that many tiny ones cannot fill a message."""


def cost(part: Part) -> int:
    match part:
        case Section(pieces) | Quote(pieces) | Item(pieces):
            return EACH + _cost_of(pieces)
        case Verbatim(text):
            return 2 * EACH + weight(text)
        case _:
            assert_never(part)


def size(parts: Parts) -> int:
    return sum(cost(part) for part in parts)


def _cost_of(pieces: Pieces) -> int:
    return sum(_cost(piece) for piece in pieces)


def _cost(piece: Piece) -> int:
    match piece:
        case Text(text):
            return EACH + weight(text)
        case Link(url, label):
            return EACH + weight(url) + weight(label)
        case Date():
            return EACH + weight(piece.words) + weight(piece.format)
        case _:
            assert_never(piece)


def take(parts: Parts, room: int) -> tuple[Parts, Parts]:
    """What fits, and what is left.

    A part that does not fit is cut, unless half of the room is filled and it may fit whole later.
    """
    left = room
    for number, part in enumerate(parts):
        needed = cost(part)
        if needed <= left:
            left -= needed
            continue
        if left < room / 2 and needed <= room:
            return parts[:number], parts[number:]
        head, tail = _cut(part, left)
        return (*parts[:number], *head), (*tail, *parts[number + 1 :])
    return parts, ()


def abridged(pieces: Pieces, room: int) -> Pieces:
    """A line that fits; one that was cut ends by saying how much is missing."""
    head, tail = _cut_pieces(pieces, room)
    if not tail:
        return head
    missing = sum(len(piece.text) for piece in tail if isinstance(piece, Text))
    return (*head, Text(f" … ({missing:,} more characters)"))


def _cut(part: Part, room: int) -> tuple[Parts, Parts]:
    match part:
        case Section(pieces) | Quote(pieces) | Item(pieces):
            head, tail = _cut_pieces(pieces, room - EACH)
            return _some(head, replace(part, pieces=head)), _some(tail, replace(part, pieces=tail))
        case Verbatim(text):
            first, second = cut(text, max(room - 2 * EACH, 0))
            # The end of the line is where the box is closed and opened again.
            shown = first.removesuffix("\n")
            return (
                _some(first, replace(part, text=shown or " ")),
                _some(second, replace(part, text=second)),
            )
        case _:
            assert_never(part)


def _some(text: object, part: Part) -> Parts:
    return (part,) if text else ()


def _cut_pieces(pieces: Pieces, room: int) -> tuple[Pieces, Pieces]:
    for number, piece in enumerate(pieces):
        needed = _cost(piece)
        if needed <= room:
            room -= needed
            continue
        if not isinstance(piece, Text) or room <= EACH:
            return pieces[:number], pieces[number:]
        first, second = cut(piece.text, room - EACH)
        head = (replace(piece, text=first),) if first else ()
        return (*pieces[:number], *head), (replace(piece, text=second), *pieces[number + 1 :])
    return pieces, ()
