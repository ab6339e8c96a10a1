"""What the service found or did, as facts; the wording makes messages of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from scheduler.alert import Alert, Decision
from scheduler.costs import Overview, Since, Sum, Used
from scheduler.drift import Drift
from scheduler.errors import UserError
from scheduler.experiment import Experiment
from scheduler.halt import Halt, HaltEnded, HaltSet
from scheduler.job import Job, JobId, OnDrift, Place, Principal
from scheduler.money import Forecast
from scheduler.press import RouteNames
from scheduler.rate import Coming, HeldBack
from scheduler.route import Resolution, Route
from scheduler.run import HoldReason, Run
from scheduler.spend import Reached


@dataclass(frozen=True, slots=True)
class JobView:
    """A job with everything a person may ask about it, read at one moment so that no two facts disagree.

    `current` is what its next run would use, `problem` why that cannot be said; `drifts` compares it
    with the consent, and `instead` is the consented route where the job runs on that
    one all the same; `would_hold` is why it would be held now, `capped` the cap that would hold it
    where nothing else does, and `policy` what becomes of it when the
    default moves. `running` is its run in flight, `held` are its held runs, the oldest first. `halt` is
    the one in force, of a job that it holds; `per_run_usd` is what the settings allow any run.
    `doubt` is its latest run of unknown outcome that nobody has decided about.
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
    capped: Reached | None = None
    policy: OnDrift | None = None
    forecast: Forecast | None = None
    running: Run | None = None
    halt: Halt | None = None
    per_run_usd: Decimal | None = None
    doubt: Run | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """`twin` is another job of the chat with the same schedule and prompt."""

    view: JobView
    twin: JobId | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of jobs; `halt` is the one in force."""

    views: tuple[JobView, ...]
    page: int
    pages: int
    total: int
    everywhere: bool
    halt: Halt | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """Who removed a job, and when; its rows stay."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    view: JobView
    removed: Removed | None = None


class Done(StrEnum):
    """What a change did to a job."""

    EDITED = "edited"
    PAUSED = "paused"
    RESUMED = "resumed"
    REMOVED = "removed"
    RESTORED = "restored"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    ACCEPTED = "accepted"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True)
class Changed:
    """`released` is the held fire of a one-shot that a decision set free; `before` is the job as it
    was before an edit."""

    done: Done
    view: JobView
    by: str
    released: Run | None = None
    before: Job | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The job already was as asked."""

    view: JobView
    what: str


@dataclass(frozen=True, slots=True)
class Started:
    """A run on its way; `held_fire` when it is a fire that was held, `skipped` older ones given up;
    `once` is the route that this run alone may use."""

    job: Job
    run: Run
    held_fire: bool
    skipped: int = 0
    once: Route | None = None


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
class Raised:
    """Caps that allow more until `day` is over in `zone`: `most` is what each allows now.

    `waiting` are the latest fires of the chat's jobs that a cap holds, those of the job itself first;
    `left` are caps that are still in the way, which the message that was pressed had not named.
    """

    job: Job
    caps: tuple[Reached, ...]
    day: str
    zone: str
    waiting: tuple[tuple[Job, Run], ...]
    left: tuple[Reached, ...] = ()


@dataclass(frozen=True, slots=True)
class CostsOf:
    """What one job has cost: each day of this week, this month, and its latest runs; `coming` is its
    coming week, and `prices` the list that its forecast rests on. Each run stands with what it counts as."""

    job: Job
    since: Since
    zone: str
    days: tuple[tuple[str, Sum], ...]
    month: Sum
    caps: tuple[Used, ...]
    held: tuple[HeldBack, ...]
    coming: Coming
    runs: tuple[tuple[Run, Decimal], ...]
    prices: tuple[str, ...] = ()
    removed: Removed | None = None


@dataclass(frozen=True, slots=True)
class Alerts:
    """The open alerts, and the jobs whose held fires none of them asks about."""

    alerts: tuple[Alert, ...]
    waiting: tuple[JobView, ...] = ()


@dataclass(frozen=True, slots=True)
class StillHeld:
    """A held fire that would only be held again, `why`; `alert` asks about its job, where one does."""

    job: Job
    why: UserError
    route: Route
    drifts: tuple[Drift, ...]
    alert: Alert | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """What one decision about several jobs came to; `left` are those of somebody else, `unfit` those that
    it could not help."""

    decision: Decision
    jobs: tuple[Job, ...]
    left: tuple[Job, ...]
    reason: HoldReason = HoldReason.DRIFT
    unfit: tuple[Job, ...] = ()


@dataclass(frozen=True, slots=True)
class Histories:
    """`halt` is the one in force, of a job that it holds."""

    job: Job
    runs: tuple[Run, ...]
    removed: Removed | None = None
    halt: Halt | None = None


@dataclass(frozen=True, slots=True)
class Outputs:
    job: Job
    run: Run | None
    removed: Removed | None = None


@dataclass(frozen=True, slots=True)
class Default:
    """The default as it resolves now, or why it does not; and the jobs it holds.

    `experiment` is the one that runs, `may_end` whether whoever asked may end it; `zone` is the zone
    of the settings. `private` where it names jobs of other chats than the one it is asked in; `here`
    is the chat whose jobs alone may be named, where all of it reads the answer.
    """

    resolution: Resolution | None
    problem: str | None
    holds: tuple[Job, ...]
    experiment: Experiment | None = None
    may_end: bool = False
    zone: str = "UTC"
    private: bool = False
    here: Place | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What another default would hold; nothing is changed yet. `route` is what it would resolve to,
    None where it would to nothing, and `forecasts` are of the first of the jobs it would hold.
    `length` is that of an experiment, None for a change that stays; `running` is an experiment that
    the change would end. `private` where it names jobs of other chats than the one it is asked in;
    `here` is the chat whose jobs alone may be named, where all of it reads the answer."""

    old: Resolution | None
    new: RouteNames
    holds: tuple[Job, ...]
    follows: int
    route: Route | None = None
    forecasts: Mapping[JobId, Forecast] = field(default_factory=dict)
    length: timedelta | None = None
    running: Experiment | None = None
    private: bool = False
    here: Place | None = None


@dataclass(frozen=True, slots=True)
class DefaultChanged:
    old: Resolution | None
    new: RouteNames
    holds: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class ExperimentBegun:
    """Another default until the experiment ends; `holds` are the jobs that wait meanwhile."""

    experiment: Experiment
    holds: tuple[Job, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class ExperimentOver:
    """A person ended it early, or kept its default; `holds` is how many jobs the default holds now."""

    experiment: Experiment
    holds: int


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


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a person's clock stands, and their jobs that run by another zone; `said` unless it is only
    the configured one, `fixed` where it is the one of their profile."""

    zone: str
    elsewhere: tuple[Job, ...]
    said: bool
    changed: bool
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to what, and when; `detail` says more, or nothing."""

    at: datetime
    by: Principal
    action: str
    object: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Audited:
    """One page of the audit, the latest first; `more` where an older one follows. Moments are shown
    in `zone` (IANA)."""

    deeds: tuple[Deed, ...]
    job: JobId | None
    page: int
    more: bool
    zone: str


Answer = (
    Added
    | Listed
    | Shown
    | Changed
    | Unchanged
    | Started
    | Stopped
    | Left
    | Raised
    | Overview
    | CostsOf
    | Alerts
    | Histories
    | Outputs
    | Default
    | WhatIf
    | DefaultChanged
    | ExperimentBegun
    | ExperimentOver
    | Drilled
    | Snapshots
    | StillHeld
    | Decisions
    | Zone
    | Audited
    | HaltSet
    | HaltEnded
)
