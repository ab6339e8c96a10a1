"""A message as Telegram shows it: one message or a few in order, or one and a file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from telegram import InlineKeyboardMarkup

from bot.adapters.telegram.blocks import drawn
from bot.adapters.telegram.entities import UNITS, Part, part
from bot.adapters.telegram.fitting import Piece, fitted, sheet
from bot.adapters.telegram.keyboard import keyboard
from bot.adapters.telegram.marked import Marked
from bot.adapters.telegram.splitting import fits, pieces
from bot.adapters.telegram.utf16 import units
from bot.message import Message, Written

PARTS = 3
"""Messages that one may become; what needs more is a file."""

CUT = "… cut here: too long for one message"
FILED = "… cut here: the whole text is in the file"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """At least one part, in order. The keyboard hangs under the first: it is the one that is edited."""

    parts: tuple[Part, ...]
    keyboard: InlineKeyboardMarkup | None
    attachment: Attachment | None = None


def draw(message: Message, *, alone: bool = False) -> Drawn:
    """The message with its format; `alone` makes it one message, for an edit."""
    return _drawn(message, formatted=True, alone=alone)


def plain(message: Message, *, alone: bool = False) -> Drawn:
    """The same text without any entity: when Telegram refused the format."""
    return _drawn(message, formatted=False, alone=alone)


def _drawn(message: Message, *, formatted: bool, alone: bool) -> Drawn:
    found = drawn(message, formatted=formatted)
    attachment = None
    texts = _parts(message, found, alone=alone)
    if texts is None:
        texts = [fitted(found, FILED)]
        attachment = Attachment(_name(message), sheet(drawn(message, formatted=False)).text)
    parts = tuple(part(text if formatted else Marked(text.text)) for text in texts)
    return Drawn(parts, keyboard(message), attachment)


def _parts(message: Message, found: Sequence[Piece], *, alone: bool) -> Sequence[Marked] | None:
    """The texts of the parts, None where they would be too many."""
    whole = sheet(found)
    cut = any(piece.more for piece in found)
    if fits(whole) and not cut:
        return [whole]
    if alone:
        return [fitted(found, CUT)]
    if cut:
        return None
    if not message.buttons:
        return _few(whole, PARTS) or None
    head, answers = [found[0]], list[Piece]()
    for block, piece in zip(message.blocks, found[1:], strict=True):
        (answers if isinstance(block, Written) else head).append(piece)
    rest = _few(sheet(answers), PARTS - 1)
    return [fitted(head, CUT), *rest] if rest is not None else None


def _few(text: Marked, most: int) -> list[Marked] | None:
    """The text in at most so many pieces, None where they would be more."""
    if units(text.text) > most * UNITS:
        return None
    found = list(islice(pieces(text), most + 1))
    return found if len(found) <= most else None


def _name(message: Message) -> str:
    """A name for the file, from the first words of the title."""
    words = re.sub(r"\W+", "-", message.title.casefold())[:40].strip("-")
    marked_up = any(isinstance(block, Written) for block in message.blocks)
    return f"{words or 'message'}.{'md' if marked_up else 'txt'}"
