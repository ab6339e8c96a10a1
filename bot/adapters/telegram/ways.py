"""The ways a message is tried, and which one is left when Telegram refuses another. Pure."""

from dataclasses import dataclass, replace

from bot.adapters.telegram.blocks import drawn as drawn_blocks
from bot.adapters.telegram.drawing import Attachment, Drawn, draw, plain
from bot.adapters.telegram.fitting import sheet
from bot.adapters.telegram.refusing import Meaning
from bot.message import Message, Quiet, line

TOPIC_GONE = "The topic this belongs to is gone or closed, so it is here."


@dataclass(frozen=True, slots=True)
class Way:
    """How a message is tried: where, in which form, and as an answer to which message."""

    chat: int
    thread: int | None
    message: Message
    formatted: bool = True
    file: bool = False
    answers: int | None = None


def drawn(way: Way) -> Drawn:
    """What is sent; as a file it is all in the attachment."""
    found = draw(way.message) if way.formatted else plain(way.message)
    if way.file and found.attachment is None:
        whole = sheet(drawn_blocks(way.message, formatted=False)).text
        return replace(found, attachment=Attachment("message.txt", whole))
    return found


def another(way: Way, refused: Meaning, moved_to: int | None) -> Way | None:
    """The way that is left; None where there is none."""
    match refused:
        case Meaning.FORMAT if way.formatted:
            return replace(way, formatted=False)
        case Meaning.LONG if not way.file:
            return replace(way, file=True)
        case Meaning.TOPIC if way.thread is not None:
            said = replace(way.message, blocks=(*way.message.blocks, Quiet(line(TOPIC_GONE))))
            return replace(way, thread=None, message=said, answers=None)
        case Meaning.MOVED if moved_to is not None:
            return replace(way, chat=moved_to, answers=None)
        case _:
            return None
