"""What a client finds in a typed text by itself, and whether a bot gets to see it."""

import re

from tests.fakes.telegram.state import Chat, Json, Message, User
from tests.fakes.telegram.texts import units

FOUND = re.compile(
    r"(?P<url>https?://[^\s]+)"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z0-9_]{4,32})"
    r"|(?<!\w)(?P<hashtag>#[^\W\d]\w*)"
)


def entities_of(text: str) -> tuple[Json, ...]:
    return tuple(
        {
            "offset": units(text[: match.start()]),
            "length": units(match.group()),
            "type": str(match.lastgroup),
        }
        for match in FOUND.finditer(text)
    )


def reaches_the_bot(message: Message, bot: User, *, privacy: bool) -> bool:
    """In private chats everything does; in groups what privacy mode lets through."""
    chat: Chat = message.chat
    if chat.bot_status not in ("member", "administrator", "restricted"):
        return False
    if chat.user is not None or chat.type == "channel" or chat.bot_status == "administrator":
        return True
    if not privacy or (message.sender is not None and message.sender.is_bot):
        return True
    if message.reply_to is not None and message.reply_to.by_bot:
        return True
    return any(_means(found, bot) for found in _words(message))


def _words(message: Message) -> list[str]:
    return [match.group() for match in FOUND.finditer(message.text)]


def _means(word: str, bot: User) -> bool:
    me = f"@{bot.username}".lower()
    if word.startswith("/"):
        return "@" not in word or word.lower().endswith(me)
    return word.lower() == me
