"""The rows of alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduler.alert import Alert, AlertId, Decision
from scheduler.job import Job, Place
from scheduler.ports.jobs import Entry


@dataclass(frozen=True, slots=True)
class TooLate:
    """A press that changes nothing: the alert as it stands says who decided what."""

    alert: Alert


class Alerts(Protocol):
    async def alert(self, alert_id: AlertId) -> Alert | None: ...

    async def open_alerts(self, chat: Place | None = None) -> list[Alert]:
        """Open alerts of one whole chat, or of all, oldest first."""
        ...

    async def decide(
        self,
        alert_id: AlertId,
        revision: int,
        changed: Sequence[Job],
        decision: Decision,
        audit: Sequence[Entry],
    ) -> Alert | TooLate:
        """Decide on several jobs of an alert at once, as `Jobs.change` does for each, if the alert is
        open and still at `revision`; the first press wins. One transaction, all or nothing."""
        ...

    async def heal(self, alert_id: AlertId, now: datetime) -> None:
        """Close an open alert because the default came back, and owe the edit of its message."""
        ...
