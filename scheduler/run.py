"""A run as a value: one fire time of one job, its states and how they follow each other."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType, TypeVar

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
            RunState.CLAIMED,
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
have left is never sent again. It leads back to `claimed` for one that certainly never left, and for
one that the provider refused where the job wants it tried again: a further attempt at the same gate."""


WAS_HELD = "held before it ran"
"""The note of a run that a decision set free: nothing else of it says so once it has run."""


class HoldReason(StrEnum):
    """Why a run was not allowed to spend."""

    DRIFT = "drift"
    IDENTITY = "identity"
    """Provider and model are as consented; the address, the key, or what it costs is not."""
    FREE_ONLY = "free_only"
    UNGUARDED = "unguarded"
    CONFIG = "config"
    CREDENTIAL = "credential"
    HALT = "halt"
    """Somebody halted everything that spends."""
    SERVED = "served"
    """Another model, downstream provider or price answered than was consented to."""
    BUDGET = "budget"
    """A cap on spending would not allow the request."""


class CostSource(StrEnum):
    """How a cost is known: the provider's own figure, list price times tokens, or not at all."""

    BILLED = "billed"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run consumed; None is a figure the provider did not give, never zero.

    `downstream` is whom a provider passed the call on to, `cost` is in dollars.
    """

    requests: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    served_model: str | None = None
    downstream: str | None = None
    cost: Decimal | None = None
    cost_source: CostSource = CostSource.UNKNOWN

    def unbilled(self) -> "Usage":
        """The same of requests that certainly cost nothing: a figure that nobody gave is zero."""
        return replace(
            self,
            input_tokens=self.input_tokens or 0,
            output_tokens=self.output_tokens or 0,
            cost=self.cost or Decimal(0),
            cost_source=CostSource.BILLED if self.cost is None else self.cost_source,
        )

    def after(self, earlier: "Usage") -> "Usage":
        """What two attempts of a run consumed together; what one does not know, nobody knows."""
        if not earlier.requests or not self.requests:
            return self if self.requests else earlier
        sources = (earlier.cost_source, self.cost_source)
        return replace(
            self,
            requests=earlier.requests + self.requests,
            input_tokens=_sum(earlier.input_tokens, self.input_tokens),
            output_tokens=_sum(earlier.output_tokens, self.output_tokens),
            cost=_sum(earlier.cost, self.cost),
            cost_source=next(source for source in _LEAST_KNOWN_FIRST if source in sources),
        )


_LEAST_KNOWN_FIRST = (CostSource.UNKNOWN, CostSource.ESTIMATED, CostSource.BILLED)
_Figure = TypeVar("_Figure", int, Decimal)


def _sum(one: _Figure | None, other: _Figure | None) -> _Figure | None:
    return None if one is None or other is None else one + other


@dataclass(frozen=True, slots=True)
class Authorised:
    """One run may use this very route, whatever its job consents to: who said so, and when."""

    route: Route
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One run. Moments are aware UTC; `route` is the route that was judged, and no other is called.

    `note` says what neither state nor error does: that it is late, was skipped, or was held before.
    `decided` is what a person decided about an outcome in doubt: left as it is, or run again.
    """

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
    decided: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    authorised: Authorised | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether it may have been billed for nothing, and nobody has decided what to do about that."""
        return self.state is RunState.UNKNOWN and self.decided is None
