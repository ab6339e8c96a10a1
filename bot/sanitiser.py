"""Sanitises everything that leaves: nothing hidden, no secret, no mention that rings."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import assert_never

from bot.invisible import visible
from bot.message import (
    Block,
    Bullets,
    Button,
    Code,
    Confirm,
    Fields,
    Inline,
    Line,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Span,
    Written,
)
from bot.redaction import redacted

# A mention is disarmed with visible signs (single angle quotes, a full-width at sign): no platform
# reads them as a mention, no client drops them as hidden, and a copy of them stays dead.
# Markdown and HTML spell the signs in other ways too (`&lt;`, `\!`); a converter undoes that later.
_OPENED, _CLOSED, _AT = "\u2039", "\u203a", "\uff20"
_LESS = r"(?:<|&lt;|&#0{0,6}60;|&#x0{0,6}3c;)"
_SIGN = r"\\{0,3}(?:[!@#]|&#0{0,6}(?:33|64|35);|&#x0{0,6}(?:21|40|23);|&(?:excl|commat|num);|\Z)"
_ORDINARY = r"(?:!--|!doctype\b|!\[cdata)"
_REFERENCE = re.compile(rf"{_LESS}(?!{_ORDINARY})(?={_SIGN})", re.IGNORECASE)
_REFERENCE_END = re.compile(rf"({_OPENED}[!@#][^\s<>{_OPENED}{_CLOSED}]{{1,200}})>")
_MASS = re.compile(
    r"(?<![A-Za-z0-9])(?:@|&#0{0,6}64;|&#x0{0,6}40;|&commat;)"
    r"(?=(?:everyone|channel|here)(?![A-Za-z0-9]))",
    re.IGNORECASE,
)


def sanitise(message: Message, secrets: Collection[str]) -> Message:
    """The message as it may leave; sanitising it again changes nothing."""
    return replace(
        message,
        title=_one_line(message.title, secrets),
        blocks=tuple(_block(block, secrets) for block in message.blocks),
        buttons=tuple(_button(button, secrets) for button in message.buttons),
        problems=tuple((field, _one_line(what, secrets)) for field, what in message.problems),
    )


def clean(text: str, secrets: Collection[str]) -> str:
    """The text without hidden characters, known secrets, key shapes and live mass mentions."""
    return _unmentioned(redacted(visible(text), secrets))


def _one_line(text: str, secrets: Collection[str]) -> str:
    return _unmentioned(redacted(" ".join(visible(text).split()), secrets))


def _unmentioned(text: str) -> str:
    text = _REFERENCE_END.sub(rf"\1{_CLOSED}", _REFERENCE.sub(_OPENED, text))
    return _MASS.sub(_AT, text)


def _block(block: Block, secrets: Collection[str]) -> Block:
    match block:
        case Paragraph(line):
            return Paragraph(_line(line, secrets))
        case Quiet(line):
            return Quiet(_line(line, secrets))
        case Bullets(lines):
            return Bullets(tuple(_line(each, secrets) for each in lines))
        case Fields(rows):
            return Fields(
                tuple((_one_line(name, secrets), _line(line, secrets)) for name, line in rows)
            )
        case Code(text):
            return Code(clean(text, secrets))
        case Written(markdown):
            return Written(clean(markdown, secrets))
        case _:
            assert_never(block)


def _line(line: Line, secrets: Collection[str]) -> Line:
    return tuple(_inline(inline, secrets) for inline in line)


def _inline(inline: Inline, secrets: Collection[str]) -> Inline:
    match inline:
        case Span(text):
            return replace(inline, text=clean(text, secrets))
        case Moment():
            return inline
        case _:
            assert_never(inline)


def _button(button: Button, secrets: Collection[str]) -> Button:
    confirm = button.confirm
    if confirm is not None:
        confirm = Confirm(_one_line(confirm.question, secrets), _one_line(confirm.yes, secrets))
    return replace(button, label=_one_line(button.label, secrets), confirm=confirm)
