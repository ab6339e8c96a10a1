"""An answer that could not be posted in time is owed: kept as facts, and made a message again from them."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, assert_never

from bot.message import (
    Block,
    Bullets,
    Code,
    Fields,
    Inline,
    Line,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Request,
    Span,
    Style,
    Tone,
    Written,
)
from scheduler.job import JobId, Principal
from scheduler.outbox import Facts, Owed, OwedKind
from scheduler.press import Action


class Owing(Protocol):
    """Where owed messages are kept."""

    async def owe(self, owed: Owed) -> None: ...


async def owe_answer(outbox: Owing, request: Request, answer: Message) -> None:
    """Owe the answer to a request where it was made. Raises StoreError."""
    who = request.principal
    asked = {"workspace": who.workspace, "person": who.person}
    job = _card_of(answer)
    said = _said(answer) if job is None else {"job": int(job)}
    await outbox.owe(Owed(OwedKind.ANSWER, request.place, {**asked, **said}))


def said(facts: Facts) -> Message:
    """The answer as it was, without the buttons it had: they were never shown, and name old states."""
    blocks = json.loads(str(facts["blocks"]))
    return Message(str(facts["title"]), tuple(map(_block, blocks)), tone=Tone(str(facts["tone"])))


def asker(owed: Owed) -> Principal:
    facts = owed.facts
    return Principal(owed.place.platform, str(facts["workspace"]), str(facts["person"]))


def _card_of(answer: Message) -> JobId | None:
    """The job whose creation card this is: no other message has Undo. It gets its buttons afresh."""
    presses = (button.press for button in answer.buttons)
    return next((press.job for press in presses if press.action is Action.UNDO), None)


def _said(answer: Message) -> Facts:
    blocks = json.dumps([_kept(block) for block in answer.blocks])
    return {"title": answer.title, "tone": answer.tone.value, "blocks": blocks}


def _kept(block: Block) -> list[Any]:
    match block:
        case Paragraph(line):
            return ["paragraph", _kept_line(line)]
        case Quiet(line):
            return ["quiet", _kept_line(line)]
        case Bullets(lines):
            return ["bullets", [_kept_line(each) for each in lines]]
        case Fields(rows):
            return ["fields", [[name, _kept_line(each)] for name, each in rows]]
        case Code(text):
            return ["code", text]
        case Written(markdown):
            return ["written", markdown]
        case _:
            assert_never(block)


def _block(kept: Sequence[Any]) -> Block:
    match kept:
        case ["paragraph", line]:
            return Paragraph(_line(line))
        case ["quiet", line]:
            return Quiet(_line(line))
        case ["bullets", lines]:
            return Bullets(tuple(_line(each) for each in lines))
        case ["fields", rows]:
            return Fields(tuple((str(name), _line(each)) for name, each in rows))
        case ["code", text]:
            return Code(str(text))
        case ["written", markdown]:
            return Written(str(markdown))
        case _:
            raise ValueError(f"no block of a message: {kept!r:.100}")


def _kept_line(line: Line) -> list[list[str]]:
    return [_kept_inline(inline) for inline in line]


def _kept_inline(inline: Inline) -> list[str]:
    if isinstance(inline, Moment):
        return ["moment", inline.at.isoformat(), inline.zone]
    return [inline.style.value, inline.text]


def _line(kept: Sequence[Sequence[str]]) -> Line:
    return tuple(_inline(inline) for inline in kept)


def _inline(kept: Sequence[str]) -> Inline:
    match kept:
        case ["moment", at, zone]:
            return Moment(datetime.fromisoformat(at), zone)
        case [style, text]:
            return Span(text, Style(style))
        case _:
            raise ValueError(f"no part of a line: {kept!r:.100}")
