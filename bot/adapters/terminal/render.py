"""What a message looks like in a terminal of a certain width. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.adapters.terminal.markdown import Verbatim, plain
from bot.adapters.terminal.wrapping import Ink, Piece, cells, paint, visible, wrap
from bot.message import (
    Block,
    Bullets,
    Button,
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

TITLE = {Tone.PLAIN: Ink.BOLD, Tone.GOOD: Ink.GOOD, Tone.LOUD: Ink.LOUD}
CODE_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Look:
    """Who reads, and on what.

    `zone` (IANA) is the reader's own, where it is known; a moment in another year than `now` is
    shown with its year. What is not `pressable` is printed without its buttons.
    """

    width: int = 80
    colour: bool = False
    zone: str | None = None
    now: datetime | None = None
    pressable: bool = True


def render(
    message: Message, look: Look, *, number: int | None = None, update: str | None = None
) -> str:
    """A message as lines, without an end of line after the last.

    `number` is what the message is called in `press 12.1`; `update` says what the message replaces.
    Without colour the text has no escape sequence at all, whatever the message says.
    """
    lines = [paint(f"({update})", Ink.QUIET, look.colour)] if update else []
    lines += title(message, look)
    before: Block | None = None
    for block in message.blocks:
        if set_apart(before, block):
            lines.append("")
        lines += draw(block, look)
        before = block
    if message.buttons and look.pressable:
        lines += [""] if isinstance(before, Written) else []
        lines += draw_buttons(message.buttons, look, number)
    return "\n".join(line.rstrip() for line in lines)


def prose(text: str, look: Look) -> str:
    """Words of the terminal's own, broken between words."""
    return "\n".join(wrap([Piece(text)], look.width, colour=look.colour))


def aside(text: str, look: Look) -> str:
    return "\n".join(wrap([Piece(f"({text})", Ink.QUIET)], look.width, colour=look.colour))


def only_change(before: Message, after: Message, look: Look) -> str | None:
    """The one line in which two messages differ, None where there are none or more.

    Moments do not count: the next fire of a job moves with every fire that is held.
    """
    old, new = ([timeless(row) for row in rows(each)] for each in (before, after))
    if len(old) != len(new):
        return None
    changed = [line for was, line in zip(old, new, strict=True) if was != line]
    if len(changed) != 1 or not changed[0]:
        return None
    return "".join(piece.text for piece in inked(changed[0], look))


def rows(message: Message) -> Iterator[Line]:
    """Everything between the title and the buttons."""
    for block in message.blocks:
        match block:
            case Paragraph(line) | Quiet(line):
                yield line
            case Bullets(lines):
                yield from lines
            case Fields(named):
                for name, value in named:
                    yield (Span(f"{name} "), *value)
            case Code(text) | Written(text):
                yield (Span(text),)
            case _:
                assert_never(block)


def timeless(line: Line) -> Line:
    return tuple(inline for inline in line if isinstance(inline, Span))


def title(message: Message, look: Look) -> list[str]:
    loud = message.tone is Tone.LOUD
    ink = TITLE[message.tone]
    mark = paint("!!", ink, look.colour) + " " if loud else ""
    width = look.width - (3 if loud else 0)
    text = wrap([Piece(message.title, ink)], width, colour=look.colour)
    if not loud:
        return text
    longest = max(cells(part) for part in wrap([Piece(message.title)], width, colour=False))
    rule = paint("!" * min(look.width, longest + 3), ink, look.colour)
    return [rule, *(mark + part for part in text), rule]


def set_apart(before: Block | None, block: Block) -> bool:
    """Whether a blank line stands between two blocks; the first follows the title."""
    if isinstance(block, Written) or isinstance(before, Written):
        return True
    return isinstance(block, Paragraph) and isinstance(before, Paragraph)


def draw(block: Block, look: Look) -> list[str]:
    match block:
        case Paragraph(line):
            return flow(line, look)
        case Bullets(lines):
            return [row for line in lines for row in flow(line, look, first="- ", rest="  ")]
        case Fields(rows):
            return draw_fields(rows, look)
        case Code(text):
            return [paint_code(line, look) for line in visible(text).rstrip("\n").split("\n")]
        case Written(markdown):
            return draw_written(markdown, look)
        case Quiet(line):
            pieces = [Piece(p.text, Ink.QUIET, p.whole) for p in inked(line, look)]
            return wrap(pieces, look.width, colour=look.colour)
    assert_never(block)


def flow(line: Line, look: Look, first: str = "", rest: str = "") -> list[str]:
    return wrap(inked(line, look), look.width, colour=look.colour, first=first, rest=rest)


def inked(line: Line, look: Look) -> Iterator[Piece]:
    """The pieces of a line; moments in the same zone name it once, after the last."""
    zones = [moment(inline, look)[1] for inline in line if isinstance(inline, Moment)]
    for inline in line:
        if isinstance(inline, Moment):
            at, zone = moment(inline, look)
            zones.pop(0)
            yield Piece(at, whole=True)
            if zones[:1] != [zone]:
                yield Piece(f" ({zone})")
        else:
            yield ink(inline, look)


def ink(span: Span, look: Look) -> Piece:
    """Code is never broken, so that it can be copied; without colour it stands in backticks."""
    match span.style:
        case Style.PLAIN:
            return Piece(span.text)
        case Style.BOLD:
            return Piece(span.text, Ink.BOLD)
        case Style.CODE:
            text = span.text if look.colour else f"`{span.text}`"
            return Piece(text, Ink.CODE, whole=True)
    assert_never(span.style)


def moment(shown: Moment, look: Look) -> tuple[str, str]:
    """A moment in words, and in which zone: "Mon 23 Nov 09:00" and "Europe/Oslo"."""
    zone = look.zone or shown.zone
    try:
        local = shown.at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        local, zone = shown.at, str(shown.at.tzinfo)
    other_year = look.now is not None and look.now.astimezone(local.tzinfo).year != local.year
    year = f" {local.year}" if other_year else ""
    time = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b}{year} {time}", zone


def draw_fields(rows: tuple[tuple[str, Line], ...], look: Look) -> list[str]:
    """Names in a column of their own; values go on under themselves."""
    widest = max((cells(visible(name)) for name, _ in rows), default=0)
    column = min(widest, max(8, look.width // 3))
    lines: list[str] = []
    for name, value in rows:
        shown = visible(name).replace("\n", " ")
        room = " " * (2 + max(column, cells(shown)) + 2)
        first, *others = flow(value, look, room, " " * (column + 4))
        head = "  " + paint(shown, Ink.QUIET, look.colour)
        lines += [head + first[2 + cells(shown) :], *others]
    return lines


def draw_written(markdown: str, look: Look) -> list[str]:
    lines: list[str] = []
    for part in plain(visible(markdown)):
        if isinstance(part, Verbatim):
            lines.append(paint_code(part.text, look))
            continue
        rest = " " * cells(part.first) if part.first != "> " else part.first
        pieces = [Piece(part.text)]
        lines += wrap(pieces, look.width, colour=look.colour, first=part.first, rest=rest)
    return lines


def paint_code(line: str, look: Look) -> str:
    return CODE_INDENT + paint(line, Ink.CODE, look.colour)


def draw_buttons(buttons: tuple[Button, ...], look: Look, number: int | None) -> list[str]:
    """`[1] Pin old  [2] Accept new  (message 12)`; a button is never broken."""
    pieces: list[Piece] = []
    for index, button in enumerate(buttons, start=1):
        face = f"[{index}] {button.label}"
        pieces += [Piece(face, Ink.BOLD if button.primary else Ink.PLAIN, whole=True), Piece(" ")]
    if number is not None:
        pieces.append(Piece(f"(message {number})", Ink.QUIET, whole=True))
    return wrap(pieces, look.width, colour=look.colour, gap="  ")
