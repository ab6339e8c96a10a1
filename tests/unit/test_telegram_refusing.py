"""What each error of Telegram means, in one table, and what lets us write again."""

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.adapters.telegram.refusing import Meaning, meaning, remedy

TABLE = [
    (BadRequest("Message is not modified: specified new message content"), Meaning.SAME),
    (BadRequest("Message to edit not found"), Meaning.GONE),
    (BadRequest("Message can't be edited"), Meaning.GONE),
    (BadRequest("There is no text in the message to edit"), Meaning.GONE),
    (BadRequest("Message thread not found"), Meaning.TOPIC),
    (BadRequest("TOPIC_CLOSED"), Meaning.TOPIC),
    (BadRequest("Can't parse entities: whatever"), Meaning.FORMAT),
    (BadRequest("ENTITY_TEXT_INVALID"), Meaning.FORMAT),
    (BadRequest("Message is too long"), Meaning.LONG),
    (BadRequest("MESSAGE_TOO_LONG"), Meaning.LONG),
    (BadRequest("Query is too old and response timeout expired"), Meaning.STALE),
    (BadRequest("Chat not found"), Meaning.DEAD),
    (BadRequest("Not enough rights to send text messages to the chat"), Meaning.DEAD),
    (BadRequest("Something nobody ever listed"), Meaning.DEAD),
    (Forbidden("Forbidden: bot was kicked from the group chat"), Meaning.DEAD),
    (ChatMigrated(-1001), Meaning.MOVED),
    (InvalidToken("Unauthorized"), Meaning.UNWANTED),
    (TimedOut(), Meaning.DOUBTFUL),
    (NetworkError("Bad Gateway (502)"), Meaning.DOUBTFUL),
    (Conflict("terminated by other getUpdates request"), Meaning.DOUBTFUL),
]


class ConnectError(Exception):
    """Named as the HTTP library's."""


@pytest.mark.parametrize(("error", "found"), TABLE, ids=lambda value: str(value)[:40])
def test_an_error_has_its_meaning(error: TelegramError, found: Meaning) -> None:
    assert meaning(error) is found


def test_what_never_left_is_certainly_not_there() -> None:
    error = NetworkError("httpx.ConnectError: refused")
    error.__cause__ = ConnectError()
    assert meaning(error) is Meaning.UNSENT


@pytest.mark.parametrize(
    ("said", "chat", "words"),
    [
        ("Forbidden: bot was blocked by the user", 42, "open https://t.me/bot, press Start"),
        (
            "Forbidden: bot can't initiate conversation with a user",
            42,
            "open https://t.me/bot, press Start",
        ),
        ("Forbidden: bot was kicked from the group chat", -1, "add bot (https://t.me/bot) to it"),
        ("Not enough rights to send text messages to the chat", -1, "let bot send messages"),
    ],
)
def test_whoever_gets_it_instead_is_told_what_helps(said: str, chat: int, words: str) -> None:
    found = remedy(said, chat, "bot")
    assert found is not None
    assert words in found


def test_nothing_helps_against_a_deleted_account() -> None:
    assert remedy("Forbidden: user is deactivated", 42, "bot") is None
