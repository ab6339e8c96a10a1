"""What each block of a message looks like in Telegram."""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.adapters.telegram.fitting import Piece
from bot.adapters.telegram.marked import Kind, Mark, Marked, joined
from bot.adapters.telegram.written import LONGEST, beginning, written
from bot.message import (
    Block,
    Bullets,
    Code,
    Fields,
    Line,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Span,
    Style,
    Tone,
    Written,
)

MARKS = {Tone.PLAIN: "", Tone.GOOD: "✅ ", Tone.LOUD: "⚠️ "}
BULLET = Marked("• ")
LAST_MOMENT = 2**31
"""Telegram's moments are 32-bit seconds."""


def drawn(message: Message, *, formatted: bool = True) -> list[Piece]:
    """The title and the blocks. Unformatted, Markdown stays as it was written."""
    found = [Piece(title(message))]
    before: Block | None = None
    for block in message.blocks:
        more = isinstance(block, Written) and formatted and len(block.markdown) > LONGEST
        found.append(Piece(body(block, formatted), set_apart(before, block), more))
        before = block
    return found


def title(message: Message) -> Marked:
    return joined((Marked(MARKS[message.tone]), Marked(message.title).wholly(Kind.BOLD)))


def set_apart(before: Block | None, block: Block) -> bool:
    """Whether an empty line stands between two blocks; the first follows the title."""
    if isinstance(block, Written) or isinstance(before, Written):
        return True
    return isinstance(block, Paragraph) and isinstance(before, Paragraph)


def body(block: Block, formatted: bool) -> Marked:
    match block:
        case Paragraph(line):
            return flow(line)
        case Quiet(line):
            return flow(line).wholly(Kind.ITALIC)
        case Bullets(lines):
            return lined([joined((BULLET, flow(each))) for each in lines])
        case Fields(rows):
            return lined([field(name, value) for name, value in rows])
        case Code(text):
            return Marked(text.rstrip("\n")).wholly(Kind.PRE)
        case Written(markdown) if formatted:
            return written(beginning(markdown))
        case Written(markdown):
            return Marked(markdown.strip("\n"))
        case _:
            assert_never(block)


def field(name: str, value: Line) -> Marked:
    return joined((Marked(name).wholly(Kind.BOLD), Marked(": "), flow(value)))


def lined(lines: list[Marked]) -> Marked:
    return joined(piece for each in lines for piece in (Marked("\n"), each)).stripped()


def flow(line: Line) -> Marked:
    return joined(_inlines(line))


def _inlines(line: Line) -> Iterator[Marked]:
    """The pieces of a line; moments in the same zone name it once, after the last."""
    zones = [local(inline)[1] for inline in line if isinstance(inline, Moment)]
    for inline in line:
        match inline:
            case Moment(at):
                words, zone = local(inline)
                zones.pop(0)
                yield moment(at, words if zones[:1] == [zone] else f"{words} ({zone})")
            case Span(text, Style.PLAIN):
                yield Marked(text)
            case Span(text, Style.BOLD):
                yield Marked(text).wholly(Kind.BOLD)
            case Span(text, Style.CODE):
                yield Marked(text).wholly(Kind.CODE)


def moment(at: datetime, words: str) -> Marked:
    """A moment that a client shows in the reader's own time; one that cannot shows the words."""
    if not 0 < at.timestamp() < LAST_MOMENT:
        return Marked(words)
    return Marked(words, (Mark(Kind.MOMENT, 0, len(words), at=at),))


def local(shown: Moment) -> tuple[str, str]:
    """A moment in words, and in which zone: "Mon 23 Nov 2026 09:00" and "Europe/Oslo"."""
    zone = shown.zone
    try:
        at = shown.at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        at, zone = shown.at, str(shown.at.tzinfo)
    time = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return f"{at:%a} {at.day} {at:%b} {at.year} {time}", zone
