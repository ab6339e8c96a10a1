"""Draws a message as Slack shows it, or plainly, where Slack refused that."""

from collections.abc import Iterator

from bot.adapters.slack.body import READ, Aside, Body, begun, whole
from bot.adapters.slack.buttons import actions, plain_text
from bot.adapters.slack.drawn import Attachment, Drawn, Json, Posting
from bot.adapters.slack.element import rich_text
from bot.adapters.slack.limits import BLOCKS, HEADER, ROOM, SECTION, cut, shortened, weight
from bot.adapters.slack.mrkdwn import escaped, inert, said, words
from bot.adapters.slack.packing import take
from bot.adapters.slack.rich import BOLD, CODE, Parts, Piece, Pieces, Section, Text
from bot.message import Message, Tone, Written

__all__ = ["Attachment", "Drawn", "Json", "Posting", "draw", "plain"]

MARKS = {Tone.PLAIN: "", Tone.GOOD: "✅ ", Tone.LOUD: "⚠️ "}
NAMELESS = "Driftpin"
TITLE = 1_000

POSTINGS = 3
"""A longer answer is a file."""

HEAD = 3_000
"""What is shown of an answer that is a file."""

FILE = "answer.md"

ALONE, ABOVE_BUTTONS, MANY = 30_000, 9_000, 1_000
"""The room of words without a format: with and without buttons, and in how many blocks of ours."""

FOLLOWS = "The rest of it follows."
LEFT_OUT = "The rest of it is left out here."


def draw(message: Message) -> Drawn:
    title, buttons = _title(message), actions(message.buttons)
    room = ROOM - sum(_said(block) for block in (*title, *buttons))
    most = BLOCKS - len(title) - len(buttons)

    def first(body: Body) -> Posting:
        return Posting(_text(message, body), (*title, *_blocks(body), *buttons))

    answer = _answer(message)
    if len(answer) <= READ:
        body = whole(message.blocks, room, most, FOLLOWS)
        following, left = _packed(body.left)
        if not left:
            return Drawn(first(body), _rest(message, following))
    remark = f"This is the beginning. All of it is in {FILE}, {len(answer):,} characters."
    body = begun(message.blocks, room, most, HEAD, remark)
    return Drawn(first(body), attachment=Attachment(FILE, answer))


def plain(message: Message) -> Posting:
    """The same words and buttons without any format.

    Of a message that has blocks Slack does not show the text, so above buttons the words stand once more.
    """
    room = ABOVE_BUTTONS if message.buttons else ALONE
    body = (
        begun(message.blocks, room, MANY, room, LEFT_OUT)
        if len(_answer(message)) > READ
        else whole(message.blocks, room, MANY, LEFT_OUT)
    )
    sections = _sections(_text(message, body, escape=False)) if message.buttons else ()
    return Posting(_text(message, body), (*sections, *actions(message.buttons)))


def _sections(text: str) -> Iterator[Json]:
    while text:
        part, text = cut(text, SECTION)
        if part.strip():
            yield {"type": "section", "text": plain_text(part)}


def _answer(message: Message) -> str:
    """All that a model or a person wrote."""
    return "\n\n".join(block.markdown for block in message.blocks if isinstance(block, Written))


def _packed(parts: Parts) -> tuple[list[Parts], Parts]:
    """What goes into each of the following messages, and what no longer does."""
    found: list[Parts] = []
    while parts and len(found) < POSTINGS - 1:
        head, parts = take(parts, ROOM - 2 * HEADER)
        found.append(head)
    return found, parts


def _rest(message: Message, following: list[Parts]) -> tuple[Posting, ...]:
    name = shortened(message.title.strip() or NAMELESS, HEADER)
    found = []
    for number, parts in enumerate(following, start=2):
        line = f"{name} (part {number} of {len(following) + 1})"
        blocks = (_context((Text(line),)), rich_text(parts))
        found.append(Posting(f"{escaped(line)}\n{words(parts, escape=True)}", blocks))
    return tuple(found)


def _title(message: Message) -> tuple[Json, ...]:
    title = message.title.strip()
    if not title:
        return ()
    marked = MARKS[message.tone] + title
    if weight(marked) <= HEADER:
        return ({"type": "header", "text": plain_text(marked)},)
    return (rich_text((Section((Text(shortened(marked, TITLE), BOLD),)),)),)


def _blocks(body: Body) -> Iterator[Json]:
    for shown in body.shown:
        yield _context(shown.pieces) if isinstance(shown, Aside) else rich_text(shown)


def _context(pieces: Pieces) -> Json:
    """One quiet line; with code and local times only where no word in it would format by itself."""
    if all(inert(piece.text) for piece in pieces if isinstance(piece, Text)):
        found = "".join(_quiet(piece) for piece in pieces)
        return {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": found, "verbatim": True}],
        }
    return {"type": "context", "elements": [plain_text(said(pieces, escape=False))]}


def _quiet(piece: Piece) -> str:
    shown = said((piece,), escape=True)
    return (
        f"`{shown}`" if isinstance(piece, Text) and piece.ink == CODE and shown.strip() else shown
    )


def _text(message: Message, body: Body, *, escape: bool = True) -> str:
    title = shortened(message.title.strip(), TITLE)
    lines = [escaped(title) if escape else title] if title else []
    lines += _words(body, escape=escape)
    return "\n".join(lines) or NAMELESS


def _words(body: Body, *, escape: bool) -> Iterator[str]:
    for shown in body.shown:
        if isinstance(shown, Aside):
            yield said(shown.pieces, escape=escape)
        else:
            yield words(shown, escape=escape)


def _said(value: object) -> int:
    """How much a block says, of what Slack counts together."""
    match value:
        case {**fields}:
            return sum(
                weight(each) if key == "text" and isinstance(each, str) else _said(each)
                for key, each in fields.items()
            )
        case list(values):
            return sum(_said(each) for each in values)
        case _:
            return 0
