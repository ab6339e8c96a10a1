"""A job as a value: what runs, when, for whom, and on whose consent."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from scheduler.route import Axis, Pins, Snapshot
from scheduler.schedule import Schedule
from scheduler.served import Mismatch

JobId = NewType("JobId", int)


class JobKind(StrEnum):
    """What a fire does: ask a model, post the prompt as it is, or run the script that it names."""

    AGENT = "agent"
    MESSAGE = "message"
    SCRIPT = "script"

    @property
    def guarded(self) -> bool:
        """Only agent jobs can bill anybody; the others (`no_agent`) are never judged."""
        return self is JobKind.AGENT


class JobState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    REMOVED = "removed"


class OnMissed(StrEnum):
    """What becomes of fires nobody was awake for."""

    SKIP = "skip"
    RUN_ONCE = "run_once"


class OnDrift(StrEnum):
    """What becomes of a run when the default moved."""

    HOLD = "hold"
    RUN_ON_SNAPSHOT = "run_on_snapshot"
    ALLOW_IF_NOT_DEARER = "allow_if_not_dearer"


@dataclass(frozen=True, slots=True)
class Place:
    """Where messages go: a thread or topic of a chat, or the chat itself when `thread` is None."""

    platform: str
    workspace: str
    chat: str
    thread: str | None = None

    @property
    def whole_chat(self) -> "Place":
        return Place(self.platform, self.workspace, self.chat)


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, by immutable ids of their platform; `name` is for reading only and never judged."""

    platform: str
    workspace: str
    person: str
    name: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.workspace}:{self.person}"

    @property
    def called(self) -> str:
        """How people know this person: by name, else by the key."""
        return self.name or self.key


@dataclass(frozen=True, slots=True)
class Job:
    """One scheduled job. All moments are aware UTC.

    `revision` changes with every change; `consent_revision` only when pins or snapshot do, and the
    gate refuses a run that was judged under another one. `anchor` is where an interval counts from.
    `repeat_left` is None for an endless job; only a run that passed the gate uses one up. `on_drift`
    is None where the settings decide; `free_only` holds whatever is not certainly free or local.
    `retry` is how often a call is tried again that a busy provider refused; `failures` counts the
    scheduled runs since the last good one that came to nothing. `max_usd` is the most that a run may
    cost in US dollars, where the job has a word of its own about that; it widens no cap.
    `answered_as` is what answered last instead of what was consented to: while it says anything the
    job is held. `accepted_as` is what a person accepted of it; both are gone when the consent changes.
    """

    id: JobId
    name: str
    kind: JobKind
    prompt: str
    schedule: Schedule
    zone: str
    anchor: datetime
    next_fire_time: datetime | None
    place: Place
    owner: Principal
    created_at: datetime
    state: JobState = JobState.ACTIVE
    pins: Pins = Pins()
    snapshot: Snapshot = Snapshot()
    consent_revision: int = 1
    revision: int = 1
    on_drift: OnDrift | None = None
    free_only: bool = False
    on_missed: OnMissed = OnMissed.SKIP
    repeat_left: int | None = None
    until: datetime | None = None
    timeout: timedelta | None = None
    retry: int = 0
    max_usd: Decimal | None = None
    failures: int = 0
    unguarded_told: bool = False
    answered_as: tuple[Mismatch, ...] = ()
    accepted_as: tuple[Mismatch, ...] = ()


def unguarded_axes(job: Job) -> tuple[Axis, ...]:
    """The judged axes on which nobody ever consented to anything."""
    if not job.kind.guarded:
        return ()
    axes = []
    if job.pins.provider is None and job.snapshot.provider is None:
        axes.append(Axis.PROVIDER)
    if job.pins.model is None and job.snapshot.model is None:
        axes.append(Axis.MODEL)
    return tuple(axes)
