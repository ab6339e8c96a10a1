"""What the service found or did, as facts; the wording makes messages of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scheduler.alert import Alert
from scheduler.drift import Drift
from scheduler.errors import UserError
from scheduler.halt import HaltEnded, HaltSet
from scheduler.job import Job, JobId, OnDrift
from scheduler.money import Forecast
from scheduler.press import RouteNames
from scheduler.route import Resolution, Route
from scheduler.run import HoldReason, Run


@dataclass(frozen=True, slots=True)
class JobView:
    """A job with everything a person may ask about it, read at one moment so that no two facts disagree.

    `current` is what its next run would use, `problem` why that cannot be said; `drifts` compares it
    with the consent, and `instead` is the consented route where the job runs on that
    one all the same; `would_hold` is why it would be held now, and `policy` what becomes of it when the
    default moves. `running` is its run in flight, `held` are its held runs, the oldest first.
    """

    job: Job
    fires: tuple[datetime, ...] = ()
    held: tuple[Run, ...] = ()
    last: Run | None = None
    current: Resolution | None = None
    problem: str | None = None
    drifts: tuple[Drift, ...] = ()
    instead: Route | None = None
    would_hold: HoldReason | None = None
    policy: OnDrift | None = None
    forecast: Forecast | None = None
    running: Run | None = None


@dataclass(frozen=True, slots=True)
class Added:
    view: JobView


@dataclass(frozen=True, slots=True)
class Listed:
    views: tuple[JobView, ...]
    page: int
    pages: int
    total: int
    everywhere: bool


@dataclass(frozen=True, slots=True)
class Shown:
    view: JobView


class Done(StrEnum):
    """What a change did to a job."""

    EDITED = "edited"
    PAUSED = "paused"
    RESUMED = "resumed"
    REMOVED = "removed"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    ACCEPTED = "accepted"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True)
class Changed:
    """`released` is the held fire of a one-shot that a decision set free."""

    done: Done
    view: JobView
    by: str
    released: Run | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The job already was as asked."""

    view: JobView
    what: str


@dataclass(frozen=True, slots=True)
class Started:
    """A run on its way; `held_fire` when it is a fire that was held, `skipped` older ones given up."""

    job: Job
    run: Run
    held_fire: bool
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Released:
    """Held fires that one press set free, and why others were left waiting."""

    started: tuple[Started, ...]
    left: tuple[UserError, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The runs that were in flight, as they stood, and how many of their requests had left.

    `over` is the run that was asked for by its button, where it was over already.
    """

    job: Job
    runs: tuple[Run, ...]
    requests: int = 0
    over: Run | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A run of unknown outcome that nobody repeats."""

    job: Job
    run: Run


@dataclass(frozen=True, slots=True)
class Alerts:
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Histories:
    job: Job
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Outputs:
    job: Job
    run: Run | None


@dataclass(frozen=True, slots=True)
class Default:
    """The default as it resolves now, or why it does not; and the jobs it holds."""

    resolution: Resolution | None
    problem: str | None
    holds: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What another default would hold; nothing is changed yet. `route` is what it would resolve to,
    None where it would to nothing, and `forecasts` are of the jobs it would hold."""

    old: Resolution | None
    new: RouteNames
    holds: tuple[Job, ...]
    follows: int
    route: Route | None = None
    forecasts: Mapping[JobId, Forecast] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DefaultChanged:
    old: Resolution | None
    new: RouteNames
    holds: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Jobs that are guarded now; `left` are unguarded ones that somebody else decides about."""

    taken: tuple[Job, ...]
    left: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a simulated drift came to; nothing of the job was changed.

    `run` is how its fire ended with the default at `moved_to`, `alert` what its chat would have got.
    `requests` is the witness's own count of what reached it from the run, `control` of what reached
    it from the drill itself: 1, or the witness was deaf. `policy` is the job's, or the settings'.
    """

    job: Job
    moved_to: RouteNames
    run: Run
    alert: Alert | None
    requests: int
    control: int
    policy: OnDrift


Answer = (
    Added
    | Listed
    | Shown
    | Changed
    | Unchanged
    | Started
    | Stopped
    | Left
    | Alerts
    | Histories
    | Outputs
    | Default
    | WhatIf
    | DefaultChanged
    | Drilled
    | Snapshots
    | HaltSet
    | HaltEnded
)
