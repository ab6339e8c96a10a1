"""What Slack sends to the app, and how that went."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tests.fakes.slack.errors import Json

Kind = Literal["slash_commands", "events_api", "interactive"]


@dataclass
class Attempt:
    """One sending: when, over which connection, and the answer."""

    at: float
    number: int
    by: str
    """The envelope and the connection, or the address."""
    outcome: str = "sent"


@dataclass
class Delivery:
    """A payload on its way to the app."""

    kind: Kind
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    answered_at: float | None = None
    answer: Json | None = None
    error: str | None = None
    """What the person is told when no answer came in time."""
    done: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def answered(self) -> bool:
        return self.answered_at is not None

    @property
    def text(self) -> str:
        """The text of an immediate answer."""
        return str((self.answer or {}).get("text", ""))

    @property
    def what(self) -> str:
        """A word or two for people."""
        match self.kind:
            case "slash_commands":
                return f"{self.payload['command']} {self.payload['text']}"
            case "events_api":
                event: Json = self.payload["event"]
                return f"{event['type']} {event.get('text', '')}"
            case "interactive":
                return str(self.payload["type"])

    def answer_came(self, answer: Any) -> None:
        """The first answer counts, unless the person was already told of a failure."""
        if not self.done.is_set():
            self.answered_at = time.monotonic()
            self.answer = answer if isinstance(answer, dict) else None
        self.done.set()

    def gave_up(self, error: str) -> None:
        """No answer came in time."""
        if not self.done.is_set():
            self.error = error
        self.done.set()


class Carrier(Protocol):
    """Socket Mode, or signed requests."""

    async def carry(self, delivery: Delivery) -> None:
        """Bring it to the app; `delivery.done` is set at the answer or when given up."""

    async def again(self, delivery: Delivery) -> None:
        """Bring the very same once more, answered or not."""
