"""Tables of alerts and the jobs they hold."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from scheduler.alert import AlertState, Decision
from scheduler.drift import Drift
from scheduler.job import Place
from scheduler.route import Route
from scheduler.run import HoldReason
from storage.columns import Text, Value, word
from storage.tables.row import Row, partial_index


class AlertRow(Row, table=True):
    """Open, it is the only one of its chat, reason and route.

    `bills` stands for the whole route: two routes of one name, one of them a pinned provider's own
    and the other the default's with its `base_url`, are two questions.
    """

    __tablename__ = "alerts"
    __table_args__: ClassVar[Any] = (
        partial_index(
            "uq_alerts_open",
            "platform",
            "workspace",
            "chat",
            "provider",
            "model",
            "bills",
            "reason",
            where="state = 'open'",
            unique=True,
        ),
        Index("ix_alerts_state", "state"),
    )

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    chat: str = Field(sa_type=Text)
    thread: str | None = Field(default=None, sa_type=Text)
    provider: str = Field(sa_type=Text)
    model: str = Field(sa_type=Text)
    bills: str = Field(sa_type=Text)
    reason: HoldReason = Field(default=HoldReason.DRIFT, sa_type=word(HoldReason))
    route: Route = Field(sa_type=Value(Route))
    state: AlertState = Field(default=AlertState.OPEN, sa_type=word(AlertState))
    revision: int = 1
    opened_at: datetime
    closed_at: datetime | None = None
    message: str | None = Field(default=None, sa_type=Text)
    hangs: Place | None = Field(default=None, sa_type=Value(Place))


class AlertJobRow(Row, table=True):
    __tablename__ = "alert_jobs"
    __table_args__: ClassVar[Any] = (
        partial_index("ix_alert_jobs_undecided", "job_id", where="decision IS NULL"),
    )

    alert_id: int = Field(primary_key=True, foreign_key="alerts.id")
    job_id: int = Field(primary_key=True, foreign_key="jobs.id")
    drifts: tuple[Drift, ...] = Field(sa_type=Value(tuple[Drift, ...]))
    held_fires: int
    last_held: datetime | None = None
    decision: Decision | None = Field(default=None, sa_type=word(Decision))
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = None
