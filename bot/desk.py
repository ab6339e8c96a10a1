"""What everything that answers people works with."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.message import Message
from bot.sanitiser import sanitise
from bot.settings import Settings
from scheduler.ports import Clock, Store
from scheduler.service import Service


@dataclass(frozen=True, slots=True)
class Desk:
    """`settings` gives the last good settings, `hidden` the secrets no chat may see; `told` is called
    when messages may have become owed."""

    store: Store
    service: Service
    clock: Clock
    settings: Callable[[], Settings]
    hidden: Callable[[], frozenset[str]]
    told: Callable[[], None]

    def clean(self, message: Message) -> Message:
        """The message as it may leave."""
        return sanitise(message, self.hidden())
