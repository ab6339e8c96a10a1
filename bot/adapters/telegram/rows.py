"""The rows this adapter needs: updates, drafts, leases, moved chats, zones, and events that were seen."""

from typing import Protocol

from scheduler.ports.front import Events, People
from scheduler.ports.inbox import Drafts, Inbox, Leases, Moves

PLATFORM = "telegram"


class Rows(Inbox, Drafts, Leases, Moves, People, Events, Protocol):
    """All of them, as one database keeps them."""
