"""The rows of owed messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from scheduler.outbox import Delivery, DeliveryId, Owed


class Outbox(Protocol):
    async def owe(self, owed: Owed) -> None: ...

    async def ready(
        self, now: datetime, platforms: Sequence[str], *, since: datetime | None = None
    ) -> list[Delivery]:
        """What may be sent now: of each chat the delivery that was begun, else the oldest, if due.

        One that was never begun (`attempts` is 0) and is not due yet holds nobody up. With `since`
        only chats count that are owed something from that moment on; what is older and was never
        begun stays.
        """
        ...

    async def next_ready(self, platforms: Sequence[str]) -> datetime | None:
        """When the next delivery of these platforms is due."""
        ...

    async def sending(self, delivery_id: DeliveryId) -> Owed | None:
        """queued -> sending, counting the attempt; the message as it is owed now, and None when
        somebody else took it."""
        ...

    async def sent(self, delivery_id: DeliveryId, message: str) -> None:
        """sending -> sent, with the evidence; an alert remembers its message and where it hangs."""
        ...

    async def again(
        self, delivery_id: DeliveryId, due: datetime, error: str, *, doubtful: bool = False
    ) -> None:
        """sending -> queued, to be tried again at `due`; `doubtful` when the chat may have it."""
        ...

    async def aside(self, delivery_id: DeliveryId, due: datetime, error: str) -> None:
        """sending -> queued as if never begun: it rests until `due`, and its chat goes on without it."""
        ...

    async def unknown(self, delivery_id: DeliveryId, error: str) -> None:
        """sending -> unknown, after a second doubtful sending; an alert that is still open rests
        instead (scheduler.outbox.patience), and is then repeated."""
        ...

    async def dead(
        self, delivery_id: DeliveryId, error: str, *, instead: Owed | None = None
    ) -> None:
        """sending -> dead, owing the same to another place; an alert forgets a message that hung here."""
        ...

    async def interrupted(self, platforms: Sequence[str]) -> None:
        """At start: what was `sending` when the process died was ambiguous; queue it once more
        (`doubts` tells that it is a repeat), or as `unknown` does after a second time."""
        ...
