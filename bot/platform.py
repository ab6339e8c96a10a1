"""What every platform offers: it hands in what people do, and puts messages where they belong."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.message import Message, Request
from scheduler.job import Place

Handle = Callable[[Request], Awaitable[Message | None]]
"""The one way in: carries a request out and words the answer, None where nothing is to be said.

It raises nothing for anything a person can type or press; the platform shows the answer to whoever
asked, and only to them where the message is `private`.
"""


class Platform(Protocol):
    """A place to talk to people. It translates between a platform and us, and decides nothing."""

    @property
    def name(self) -> str:
        """The `platform` of every Place and Principal that comes from here."""
        ...

    async def start(self, handle: Handle) -> None:
        """From now on hand every request to `handle`. What came before is not lost, if the platform
        can keep it."""
        ...

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        """Put a message into a chat and return its id there: the evidence that it arrived.

        `edit` is the id of an earlier message to replace, buttons included; where that one cannot
        be edited any more the message is posted anew, and the id returned is that of the new one.
        Raises SendError (scheduler.errors), and nothing else, when it did not arrive for certain.
        """
        ...

    async def stop(self) -> None:
        """Take nothing in any more, let requests in progress finish, refuse to send."""
        ...
