"""The rows of what a platform handed in and we must not lose: updates, drafts, leases, moved chats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from scheduler.job import Place, Principal


@dataclass(frozen=True, slots=True)
class Update:
    """A raw update of a platform, kept before it was confirmed; `tries` counts how often it was begun."""

    number: int
    body: str
    tries: int = 0


class Inbox(Protocol):
    """Every update is kept first, handled then, and finished last."""

    async def take_in(self, platform: str, number: int, body: str, at: datetime) -> bool:
        """Keep an update; False when it was known already."""
        ...

    async def begin(self, platform: str, number: int) -> int:
        """Count a try; returns how many that makes, 0 where nothing of that number is unfinished."""
        ...

    async def finish(self, platform: str, number: int, error: str | None = None) -> None:
        """Nothing more will be done about it; `error` says why where it could not be handled.

        The first word about it stands. The body is kept only where there is an error.
        """
        ...

    async def unfinished(self, platform: str) -> list[Update]:
        """What was kept and never finished, the oldest first."""
        ...


class Drafts(Protocol):
    """What a person has answered so far, step by step; one draft for each person in each place."""

    async def draft(self, place: Place, by: Principal, now: datetime) -> Mapping[str, str] | None:
        """The answers so far; None where nothing was begun, or it expired."""
        ...

    async def keep_draft(
        self, place: Place, by: Principal, answers: Mapping[str, str], expires: datetime
    ) -> None:
        """Keep all answers so far, in place of what was kept before."""
        ...

    async def drop_draft(self, place: Place, by: Principal) -> bool:
        """False where there was none."""
        ...


class Leases(Protocol):
    """Who does what only one process may do; times are the database's own."""

    async def hold_lease(self, name: str, holder: str, life: timedelta) -> bool:
        """Take or renew a lease for so long from now; False while another holder's is alive."""
        ...

    async def end_lease(self, name: str, holder: str) -> None:
        """Give it up, if this holder has it."""
        ...

    async def end_leases(self) -> None:
        """End every lease: whoever held one is known to be gone."""
        ...


class Moves(Protocol):
    async def chat_moved(self, old: Place, new: Place) -> int:
        """A chat has another id from now on: its jobs, alerts, deliveries, buttons and drafts go
        along, in one transaction, threads kept. Returns how many jobs went along, 0 when it is told
        once more.

        Messages of the old chat cannot be edited any more: an alert forgets its message, and is owed
        afresh while it is open. Where both chats have an open alert about the same default, the
        undecided jobs join the new chat's, and the old one is closed. A delivery that is `sending`
        stays so: whoever sends it says how it went, or a restart finds it in doubt.

        People stay who they are: on Telegram, where chats move, a principal names no chat, so owners,
        admins and zones need no change. What was delivered is evidence of where, and stays as it was
        written.
        """
        ...


class Forgetting(Protocol):
    async def forget(self, now: datetime) -> bool:
        """Clear away what nobody will ask for again; True while there is more of it.

        Updates finished a day ago, events seen 7 days ago, drafts that expired, and buttons that
        expired a day ago: a thousand rows of each at most, so that nobody waits long for it.
        """
        ...
