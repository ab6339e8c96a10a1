"""A Telegram of our own on loopback: the Bot API, the people in front of it, and its bad days."""

from tests.fakes.telegram.faults import (
    BadGateway,
    Delays,
    Drops,
    Hangs,
    LosesReply,
    Refuses,
    retry_after,
    server_error,
)
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.queries import Press, Toast
from tests.fakes.telegram.server import SECRET, TOKEN, FakeTelegram
from tests.fakes.telegram.state import Button, Chat, Message, Topic, User

__all__ = [
    "SECRET",
    "TOKEN",
    "BadGateway",
    "Button",
    "Chat",
    "Delays",
    "Drops",
    "FakeTelegram",
    "Hangs",
    "LosesReply",
    "Message",
    "Person",
    "Press",
    "Refuses",
    "Toast",
    "Topic",
    "User",
    "retry_after",
    "server_error",
]
