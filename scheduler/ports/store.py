"""All rows at once, as one database keeps them."""

from typing import Protocol

from scheduler.ports.alerts import Alerts
from scheduler.ports.experiments import Experiments
from scheduler.ports.front import Admins, Buttons, Events, People
from scheduler.ports.halts import Halts
from scheduler.ports.inbox import Drafts, Forgetting, Inbox, Leases, Moves
from scheduler.ports.jobs import Entry, Jobs
from scheduler.ports.outbox import Outbox
from scheduler.ports.runs import Runs
from scheduler.ports.spending import Spending


class Store(
    Jobs,
    Runs,
    Halts,
    Alerts,
    Outbox,
    Buttons,
    People,
    Admins,
    Events,
    Inbox,
    Drafts,
    Leases,
    Experiments,
    Moves,
    Forgetting,
    Spending,
    Protocol,
):
    """All rows, one verb one transaction."""

    async def audit(self, entry: Entry) -> None: ...

    async def audited(self, object: str | None = None, limit: int = 50) -> list[Entry]:
        """The latest entries first, of one object or of all."""
        ...
