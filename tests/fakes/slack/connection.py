"""One socket of the app, and the envelopes that go over it."""

import json
import uuid
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.errors import Json


@dataclass
class Connection:
    """One socket; a deaf one stays open, answers no ping and brings nothing."""

    number: int
    socket: web.WebSocketResponse = field(repr=False)
    request: web.Request = field(repr=False)
    deaf: bool = False
    pings: int = 0

    async def send(self, message: Json) -> None:
        """Bring a message; a deaf connection swallows it, a dead one raises ConnectionError."""
        if not self.deaf:
            await self.socket.send_str(json.dumps(message))

    def cut(self) -> None:
        """Break the connection without a closing word."""
        if self.request.transport is not None:
            self.request.transport.abort()


def envelope(delivery: Delivery, number: int) -> Json:
    """What goes over a socket; a retry has an envelope of its own around the same event."""
    made: Json = {
        "envelope_id": str(uuid.uuid4()),
        "payload": delivery.payload,
        "type": delivery.kind,
        "accepts_response_payload": delivery.kind == "slash_commands"
        or delivery.payload["type"] == "view_submission",
    }
    if delivery.kind == "events_api":
        made |= {"retry_attempt": number, "retry_reason": "timeout" if number else ""}
    return made
