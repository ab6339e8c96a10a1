"""The rows the chat front keeps: buttons, people, and events that were seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduler.job import Place, Principal
from scheduler.press import Press, StoredPress


class Buttons(Protocol):
    async def mint(self, presses: Sequence[Press], place: Place, expires: datetime) -> list[str]:
        """Store a button for each press; returns their tokens, in the same order."""
        ...

    async def press(self, token: str) -> StoredPress | None: ...

    async def pressed(self, token: str, by: Principal, at: datetime) -> bool:
        """Note who pressed first; False when somebody else already had."""
        ...

    async def unpressed(self, token: str) -> None:
        """Take the note back: the press was refused and did nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """What a person told us; `zone` is an IANA name, None before they said."""

    principal: Principal
    zone: str | None = None


class People(Protocol):
    async def person(self, principal: Principal) -> Person: ...

    async def set_zone(self, principal: Principal, zone: str) -> None: ...


class Events(Protocol):
    async def first_time(self, platform: str, event: str, at: datetime) -> bool:
        """Remember an event's id; False when it was known already."""
        ...
