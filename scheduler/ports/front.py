"""The rows the chat front keeps: buttons, people, and events that were seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduler.job import Place, Principal
from scheduler.ports.jobs import Entry, Event
from scheduler.press import Press, StoredPress


class Buttons(Protocol):
    async def mint(self, presses: Sequence[Press], place: Place, expires: datetime) -> list[str]:
        """Store a button for each press; returns their tokens, in the same order."""
        ...

    async def press(self, token: str) -> StoredPress | None: ...

    async def pressed(self, token: str, by: Principal, at: datetime) -> bool:
        """Note who pressed first a button whose press changed nothing; False when somebody had.

        A press that has an effect is noted by the effect's own entry of the audit.
        """
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """What a person told us; `zone` is an IANA name, None before they said."""

    principal: Principal
    zone: str | None = None


class People(Protocol):
    async def person(self, principal: Principal) -> Person: ...

    async def set_zone(self, principal: Principal, zone: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """A one-time code for the first admin, as a salted digest; nobody keeps the code itself."""

    salt: str
    digest: str
    expires_at: datetime
    attempts_left: int


class Admins(Protocol):
    """Who became admin by a claim, and the one code that is on offer for that."""

    async def admins(self) -> list[Principal]: ...

    async def offer(self, offer: Offer) -> bool:
        """Put a code on offer in place of the one before; False where somebody is admin already."""
        ...

    async def offered(self, now: datetime) -> Offer | None:
        """The code on offer, unless it expired or has no attempt left."""
        ...

    async def attempt(self, now: datetime) -> Offer | None:
        """Use up one attempt at the code on offer, whoever makes it; None where there was none."""
        ...

    async def make_admin(self, offer: Offer, audit: Entry) -> bool:
        """Make the person of the audit admin and end the offer, if it is still that one and nobody
        was faster."""
        ...

    async def unmake_admin(self, principal: Principal, audit: Entry) -> bool:
        """Take it back; False where they were no such admin."""
        ...


class Events(Protocol):
    async def seen(self, platform: str, event: str) -> bool:
        """Was this event handled already?"""
        ...

    async def mark(self, event: Event, at: datetime) -> bool:
        """Remember an event whose handling wrote nothing; False when another handling was faster.

        True, too, where an entry of this very handling marked it already.
        """
        ...
