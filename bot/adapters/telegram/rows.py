"""The rows this adapter needs: updates, drafts, leases, moved chats and people's zones."""

from typing import Protocol

from scheduler.ports.front import People
from scheduler.ports.inbox import Drafts, Inbox, Leases, Moves

PLATFORM = "telegram"


class Rows(Inbox, Drafts, Leases, Moves, People, Protocol):
    """All of them, as one database keeps them."""
