"""What each error of Telegram means for a message: the table of consequences. Pure."""

from datetime import timedelta
from enum import StrEnum

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)


class Meaning(StrEnum):
    DEAD = "dead"
    """Nothing can be sent there: on to the next place of the chain."""
    UNWANTED = "unwanted"
    """The token is refused: nothing can be sent anywhere until the operator acts."""
    FORMAT = "format"
    """The entities are refused: the same text plain."""
    LONG = "long"
    """Telegram counts otherwise than we do: the same text as a file."""
    SAME = "same"
    """It reads so already, which is what was wanted."""
    GONE = "gone"
    """The message cannot be edited any more: a fresh one."""
    TOPIC = "topic"
    """The topic is gone or closed: the chat itself."""
    MOVED = "moved"
    """The group is a supergroup now, with another id."""
    LIMITED = "limited"
    """Too fast: later, when Telegram says."""
    STALE = "stale"
    """A press that is too old to be answered; what it asks for is still done."""
    UNSENT = "unsent"
    """Certainly nothing arrived."""
    DOUBTFUL = "doubtful"
    """Telegram broke, or its answer was lost: it may have taken the message."""


WORDS: tuple[tuple[Meaning, tuple[str, ...]], ...] = (
    (Meaning.SAME, ("message is not modified",)),
    (
        Meaning.GONE,
        (
            "message to edit not found",
            "message can't be edited",
            "message_id_invalid",
            "message identifier is not specified",
            "there is no text in the message to edit",
        ),
    ),
    (
        Meaning.TOPIC,
        (
            "message thread not found",
            "topic_closed",
            "topic_deleted",
            "topic_id_invalid",
            "topic closed",
        ),
    ),
    (Meaning.STALE, ("query is too old", "query_id_invalid")),
    (Meaning.LONG, ("message is too long", "message_too_long", "text is too long")),
    (
        Meaning.FORMAT,
        ("can't parse", "entity", "entities", "message text is empty", "text must be non-empty"),
    ),
)
"""Telegram's words for what a 400 is about. What nobody listed is for good."""

NEVER_SENT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})
"""Errors of the HTTP library that come before the request left."""


def meaning(error: TelegramError) -> Meaning:
    if isinstance(error, RetryAfter):
        return Meaning.LIMITED
    if isinstance(error, ChatMigrated):
        return Meaning.MOVED
    if isinstance(error, InvalidToken):
        return Meaning.UNWANTED
    if isinstance(error, Forbidden):
        return Meaning.DEAD
    if isinstance(error, BadRequest):
        return _of_words(error.message.lower())
    if type(error.__cause__).__name__ in NEVER_SENT:
        return Meaning.UNSENT
    return Meaning.DOUBTFUL


def _of_words(said: str) -> Meaning:
    for found, words in WORDS:
        if any(each in said for each in words):
            return found
    return Meaning.DEAD


def rest(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone, in seconds."""
    asked = error.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)


def remedy(said: str, chat: int, bot: str) -> str | None:
    """What lets us write there again, for whoever gets the message instead.

    With an address: a name after an at sign is disarmed in everything that leaves.
    """
    said = said.lower()
    if "deactivated" in said and chat > 0:
        return None
    if chat > 0:
        return (
            "This belongs in a private chat where I cannot write:"
            f" open https://t.me/{bot}, press Start, and messages go there again."
        )
    if "not enough rights" in said or "restricted" in said or "need administrator" in said:
        return (
            "This belongs in a group where I may not write:"
            f" let {bot} send messages there, and they go there again."
        )
    return (
        "This belongs in a group that I am not in:"
        f" add {bot} (https://t.me/{bot}) to it, and messages go there again."
    )
