"""Tables of jobs, their runs, and the requests that runs made."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from scheduler.drift import Drift
from scheduler.job import JobKind, JobState, OnDrift, OnMissed
from scheduler.route import Route, Snapshot
from scheduler.run import Authorised, CostSource, HoldReason, RunKind, RunState
from scheduler.schedule import Schedule
from scheduler.served import Mismatch
from storage.columns import BIG, Dollars, Microseconds, ScheduleText, Text, Value, word
from storage.tables.row import Row, partial_index


class JobRow(Row, table=True):
    __tablename__ = "jobs"
    __table_args__: ClassVar[Any] = (
        partial_index("ix_jobs_due", "state", "next_fire_time", where="next_fire_time IS NOT NULL"),
        Index("ix_jobs_chat", "platform", "workspace", "chat"),
    )

    id: int = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text)
    kind: JobKind = Field(sa_type=word(JobKind))
    prompt: str = Field(sa_type=Text)
    schedule: Schedule = Field(sa_type=ScheduleText)
    zone: str = Field(sa_type=Text)
    anchor: datetime
    next_fire_time: datetime | None = None
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    chat: str = Field(sa_type=Text)
    thread: str | None = Field(default=None, sa_type=Text)
    owner_platform: str = Field(sa_type=Text)
    owner_workspace: str = Field(sa_type=Text)
    owner_person: str = Field(sa_type=Text)
    owner_name: str = Field(sa_type=Text)
    created_at: datetime
    state: JobState = Field(sa_type=word(JobState))
    pin_provider: str | None = Field(default=None, sa_type=Text)
    pin_model: str | None = Field(default=None, sa_type=Text)
    snapshot: Snapshot = Field(sa_type=Value(Snapshot))
    consent_revision: int
    revision: int
    on_drift: OnDrift | None = Field(default=None, sa_type=word(OnDrift))
    free_only: bool
    on_missed: OnMissed = Field(sa_type=word(OnMissed))
    repeat_left: int | None = None
    until: datetime | None = None
    timeout: timedelta | None = Field(default=None, sa_type=Microseconds)
    retry: int = 0
    max_usd: Decimal | None = Field(default=None, sa_type=Dollars)
    failures: int = 0
    unguarded_told: bool
    answered_as: tuple[Mismatch, ...] = Field(default=(), sa_type=Value(tuple[Mismatch, ...]))
    accepted_as: tuple[Mismatch, ...] = Field(default=(), sa_type=Value(tuple[Mismatch, ...]))


class RunRow(Row, table=True):
    """`finished_at` is set in every state that nothing follows."""

    __tablename__ = "runs"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("job_id", "fire_time"),
        partial_index("ix_runs_open", "state", "fire_time", where="finished_at IS NULL"),
        partial_index("ix_runs_open_of_job", "job_id", "state", where="finished_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    job_id: int = Field(foreign_key="jobs.id")
    fire_time: datetime
    kind: RunKind = Field(sa_type=word(RunKind))
    state: RunState = Field(sa_type=word(RunState))
    attempt: int = 1
    worker: str | None = Field(default=None, sa_type=Text)
    lease_until: datetime | None = None
    cancel_asked_by: str | None = Field(default=None, sa_type=Text)
    hold_reason: HoldReason | None = Field(default=None, sa_type=word(HoldReason))
    drifts: tuple[Drift, ...] = Field(default=(), sa_type=Value(tuple[Drift, ...]))
    route: Route | None = Field(default=None, sa_type=Value(Route))
    error: str | None = Field(default=None, sa_type=Text)
    output: str | None = Field(default=None, sa_type=Text)
    requests: int = 0
    input_tokens: int | None = Field(default=None, sa_type=BIG)
    output_tokens: int | None = Field(default=None, sa_type=BIG)
    served_model: str | None = Field(default=None, sa_type=Text)
    downstream: str | None = Field(default=None, sa_type=Text)
    cost: Decimal | None = Field(default=None, sa_type=Dollars)
    cost_source: CostSource = Field(default=CostSource.UNKNOWN, sa_type=word(CostSource))
    note: str | None = Field(default=None, sa_type=Text)
    decided: str | None = Field(default=None, sa_type=Text)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    authorised: Authorised | None = Field(default=None, sa_type=Value(Authorised))


class ImportRow(Row, table=True):
    """A job that came from elsewhere, under its key there: it comes only once."""

    __tablename__ = "imports"

    source: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    job_id: int = Field(foreign_key="jobs.id")
    at: datetime


class CallRow(Row, table=True):
    """One request that was allowed to leave; its key is why there is never a second one.

    `reserved` is the worst it could cost when it left; `settled` what it counts as since its attempt
    is over. `day` and `chat` are those whose caps it counts under.
    """

    __tablename__ = "calls"
    __table_args__: ClassVar[Any] = (Index("ix_calls_day", "day"),)

    run_id: int = Field(primary_key=True, foreign_key="runs.id", sa_type=BIG)
    attempt: int = Field(primary_key=True)
    step: int = Field(primary_key=True)
    worker: str = Field(sa_type=Text)
    route: Route = Field(sa_type=Value(Route))
    at: datetime
    day: str = Field(sa_type=Text)
    chat: str = Field(sa_type=Text)
    reserved: Decimal = Field(sa_type=Dollars)
    settled: Decimal | None = Field(default=None, sa_type=Dollars)
