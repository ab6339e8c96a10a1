"""A run as a value: one fire time of one job, its states and how they follow each other."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from scheduler.drift import Drift
from scheduler.job import JobId
from scheduler.route import Route

RunId = NewType("RunId", int)


class RunKind(StrEnum):
    """A run is due by its schedule, or a person asked for it; with the job and the time, its identity."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"


class RunState(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    CALLING = "calling"
    HELD = "held"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    MISSED = "missed"
    OVERLAPPED = "overlapped"

    @property
    def in_flight(self) -> bool:
        return self in (RunState.PLANNED, RunState.CLAIMED, RunState.CALLING)


FOLLOWS: dict[RunState, frozenset[RunState]] = {
    RunState.PLANNED: frozenset(
        {RunState.CLAIMED, RunState.HELD, RunState.CANCELLED, RunState.MISSED}
    ),
    RunState.CLAIMED: frozenset(
        {
            RunState.CALLING,
            RunState.HELD,
            RunState.PLANNED,
            RunState.SUCCEEDED,
            RunState.FAILED,
            RunState.CANCELLED,
        }
    ),
    RunState.CALLING: frozenset(
        {
            RunState.SUCCEEDED,
            RunState.FAILED,
            RunState.UNKNOWN,
            RunState.CANCELLED,
            RunState.HELD,
        }
    ),
    RunState.HELD: frozenset({RunState.PLANNED, RunState.MISSED, RunState.CANCELLED}),
    RunState.SUCCEEDED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.UNKNOWN: frozenset(),
    RunState.CANCELLED: frozenset(),
    RunState.MISSED: frozenset(),
    RunState.OVERLAPPED: frozenset(),
}
"""Which state may follow which. Nothing leads from `calling` back to `planned`: a request that may
have left is never sent again."""


class HoldReason(StrEnum):
    """Why a run was not allowed to spend."""

    DRIFT = "drift"
    UNGUARDED = "unguarded"
    CONFIG = "config"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run consumed; None is a figure the provider did not give, never zero."""

    requests: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    served_model: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run. Moments are aware UTC; `route` is the route that was judged, and no other is called."""

    id: RunId
    job_id: JobId
    fire_time: datetime
    kind: RunKind
    state: RunState
    attempt: int = 1
    worker: str | None = None
    lease_until: datetime | None = None
    cancel_asked_by: str | None = None
    hold_reason: HoldReason | None = None
    drifts: tuple[Drift, ...] = ()
    route: Route | None = None
    error: str | None = None
    output: str | None = None
    usage: Usage = Usage()
    note: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
