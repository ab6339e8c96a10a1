"""Who a message or a press is from, and who is never anybody's principal. Pure."""

from telegram import Message, User

from bot.adapters.telegram.rows import PLATFORM
from scheduler.job import Principal

ANONYMOUS = 1087968824
"""Whoever posts as the group itself."""

TELEGRAM = 777000
"""Telegram itself, and posts of a linked channel."""

NOBODY = frozenset({ANONYMOUS, TELEGRAM, 136817688})


def principal(user: User | None) -> Principal | None:
    """A person is the same one in every chat: their number is Telegram's own. None for bots."""
    if user is None or user.is_bot or user.id in NOBODY:
        return None
    return Principal(PLATFORM, PLATFORM, str(user.id), name=user.full_name)


def writer(message: Message) -> Principal | None:
    """Whoever typed a message themselves; None for all that only passed through an account."""
    foreign = message.sender_chat or message.via_bot or message.forward_origin
    if foreign is not None or message.is_automatic_forward:
        return None
    return principal(message.from_user)


def is_unnamed_admin(message: Message) -> bool:
    """An admin of the group who posts in its name."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
