"""An alert as a value: one moved default, the jobs it holds in one chat, and what people decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from scheduler.drift import Drift
from scheduler.job import Job, JobId, Place
from scheduler.route import NAMES, Route
from scheduler.run import HoldReason

AlertId = NewType("AlertId", int)


MOVED = (HoldReason.DRIFT, HoldReason.IDENTITY)
"""Holds that are one question to a chat: what a job would bill is not what it consented to."""


def question(reason: HoldReason) -> HoldReason:
    """The word that an alert about such holds is kept under: one alert for one change."""
    return HoldReason.DRIFT if reason in MOVED else reason


class AlertState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    HEALED = "healed"


class Decision(StrEnum):
    """What a person decided about one job of an alert."""

    PINNED = "pinned"
    ACCEPTED = "accepted"
    PAUSED = "paused"
    REMOVED = "removed"
    CHANGED = "changed"
    HEALED = "healed"
    """Nobody decided: the job would run again as it is, while others of its alert would not."""


@dataclass(frozen=True, slots=True)
class AlertJob:
    """One job of an alert: what it drifted from, how many of its fires are held, what was decided."""

    job: Job
    drifts: tuple[Drift, ...]
    held_fires: int
    last_held: datetime | None
    decision: Decision | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def pinnable(self) -> bool:
        """Whether a pin ends the drift: it brings back a name, and no address, key or price."""
        return all(drift.axis in NAMES for drift in self.drifts)


@dataclass(frozen=True, slots=True)
class Alert:
    """One open question to a chat, about what moved or about what answered: `reason` says which.

    `revision` changes when a job joins or a person decides; buttons carry it, and one that carries
    another revision changes nothing. `route` is the route the jobs would have used, or asked;
    `message` is the platform's id of the message once
    a chat has it, and `hangs` is where: the alert's own place, or one that it had to fall back to.
    """

    id: AlertId
    place: Place
    route: Route
    state: AlertState
    revision: int
    opened_at: datetime
    jobs: tuple[AlertJob, ...]
    reason: HoldReason = HoldReason.DRIFT
    message: str | None = None
    hangs: Place | None = None

    @property
    def undecided(self) -> tuple[AlertJob, ...]:
        return tuple(row for row in self.jobs if row.decision is None)

    @property
    def may_run(self) -> tuple[AlertJob, ...]:
        """The jobs whose held fires would not be held again, now that the alert is closed."""
        free = {Decision.PINNED, Decision.HEALED}
        if self.state is AlertState.DECIDED:
            free.add(Decision.ACCEPTED)
        healed = self.state is AlertState.HEALED
        return tuple(
            row for row in self.jobs if row.decision in free or (healed and row.decision is None)
        )

    def row(self, job_id: JobId) -> AlertJob | None:
        return next((row for row in self.jobs if row.job.id == job_id), None)


def asked_about(reason: HoldReason, rows: Sequence[AlertJob]) -> HoldReason:
    """What an alert that is kept under this word is about: identity where no name of any job moved."""
    if reason is not HoldReason.DRIFT or not rows:
        return reason
    rows = [row for row in rows if row.decision is None] or rows
    named = any(drift.axis in NAMES for row in rows for drift in row.drifts)
    return HoldReason.DRIFT if named else HoldReason.IDENTITY
