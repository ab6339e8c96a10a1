"""What is said of an answer that comes later than it was asked for."""

from dataclasses import replace

from bot.message import Message, Quiet, line

LATE = "This comes late: it could not be posted when it was asked for."


def answer(message: Message) -> Message:
    return replace(message, blocks=(*message.blocks, Quiet(line(LATE))))
