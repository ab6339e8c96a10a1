"""What every platform offers: it hands in what people do, and puts messages where they belong."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.message import Message, Request
from scheduler.errors import DriftpinError
from scheduler.job import Place

Handle = Callable[[Request], Awaitable[Message | None]]
"""The one way in: carries a request out and words the answer, None where nothing is to be said.

It raises nothing for anything a person can type or press, and StoreError only for a request that is
`kept`, of which nothing was done; the platform shows the answer to whoever
asked, and only to them where the message is `private`.
"""


Owe = Callable[[Request, Message], Awaitable[None]]
"""Keeps a public answer to a request that cannot be posted now: it is sent once it can be, after a
restart too. Raises StoreError."""


class PlatformAway(DriftpinError):
    """A platform cannot be reached, in one line.

    `refused`: it answers, and will not have us; the operator must act. Waiting alone mends the rest.
    """

    def __init__(self, what: str, *, refused: bool = False) -> None:
        self.refused = refused
        super().__init__(what)


class Platform(Protocol):
    """A place to talk to people. It translates between a platform and us, and decides nothing."""

    name: str
    """The `platform` of every Place and Principal that comes from here."""

    async def start(self, handle: Handle) -> None:
        """Connect, and from now on hand every request to `handle`.

        What came before is not lost, if the platform can keep it. Raises PlatformAway when it cannot
        be reached now; it is then called again later. `send` may be called before it ever succeeded.
        """
        ...

    async def lost(self) -> PlatformAway:
        """Wait until the connection is gone for good, and say why; `start` is then called again."""
        await asyncio.Event().wait()
        raise AssertionError("nobody sets this event")

    def connection(self) -> str:
        """What it is connected to, as the operator reads it."""
        return "connected"

    def command(self, place: Place) -> str:
        """How a command is typed at a place."""
        return "/jobs"

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        """Put a message into a chat and return its id there: the evidence that it arrived.

        `edit` is the id of an earlier message to replace, buttons included; where that one cannot
        be edited any more the message is posted anew, and the id returned is that of the new one.
        Raises SendError (scheduler.errors), and nothing else, when it did not arrive for certain.
        """
        ...

    async def quiet(self) -> None:
        """Take nothing in any more, and return once everything that was taken in is answered."""
        return

    async def stop(self) -> None:
        """Let go of the platform, and refuse to send from now on."""
        ...
