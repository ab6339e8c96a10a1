"""The rows of alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduler.alert import Alert, AlertId, Decision
from scheduler.job import Job, JobId, Place
from scheduler.ports.jobs import Entry
from scheduler.ports.runs import Held
from scheduler.run import Authorised, Run


@dataclass(frozen=True, slots=True)
class TooLate:
    """A press that changes nothing: the alert as it stands says who decided what."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class Question:
    """An alert as a person saw it, and its jobs as they have decided about them, each with its line
    of the audit."""

    alert: AlertId
    revision: int
    changed: Sequence[Job]
    audit: Sequence[Entry]


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

    async def decide_several(
        self, asked: Sequence[Question], decision: Decision
    ) -> list[Alert] | TooLate:
        """The same about several alerts, which share no job, in one transaction: all of it or nothing,
        and TooLate with the first that is not as it was seen."""
        ...

    async def run_once(
        self, job_id: JobId, authorised: Authorised, audit: Entry, seen: tuple[AlertId, int] | None
    ) -> Run | TooLate:
        """Plan one run that may use the authorised route: the job's latest held run again (earlier ones
        become missed), else one of kind manual at the moment of the authorisation.

        `seen` is the alert and its revision that the person saw: TooLate when it is another one by
        now. Open alerts that ask about the job get a new revision, and the edit of their message is
        owed, so that no button authorises twice. Raises AlreadyRunning while a run is in flight.
        """
        ...

    async def heal(
        self, alert_id: AlertId, revision: int, jobs: Sequence[JobId], now: datetime
    ) -> bool:
        """Settle these jobs of an alert, which would run again as they are, and owe the edit of its
        message; the alert is healed when none of its jobs is undecided then.

        Only what was judged heals: False, and nothing changes, unless it is open and at `revision`.
        """
        ...

    async def foresee(self, found: Sequence[tuple[Job, Held]]) -> bool:
        """Put jobs of one whole chat that would be held into its open alert, as `Runs.hold` does for a
        held one; one transaction, so that a thousand jobs make one message.

        A job whose consent changed since it was judged, or that is not active, is left out. False
        where the alert says all of it already: whoever finds it a second time changes nothing.
        """
        ...
