"""Tables of owed messages, and of the buttons that hang in chats."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from scheduler.job import Place, Principal
from scheduler.outbox import DeliveryState, Fact, OwedKind
from scheduler.press import Press
from storage.columns import BIG, Text, Value, word
from storage.tables.row import Row, partial_index


class DeliveryRow(Row, table=True):
    """`finished_at` is set once nothing more will be sent; `doubts` counts the sendings that
    the chat may have without our knowing; `attempts` counts since it was put into its queue."""

    __tablename__ = "deliveries"
    __table_args__: ClassVar[Any] = (
        partial_index(
            "ix_deliveries_open",
            "platform",
            "workspace",
            "chat",
            "id",
            where="finished_at IS NULL",
        ),
        partial_index("ix_deliveries_open_of_alert", "alert_id", where="finished_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    kind: OwedKind = Field(sa_type=word(OwedKind))
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    chat: str = Field(sa_type=Text)
    thread: str | None = Field(default=None, sa_type=Text)
    facts: dict[str, Fact] = Field(sa_type=Value(dict[str, Fact]))
    tried: tuple[Place, ...] = Field(default=(), sa_type=Value(tuple[Place, ...]))
    alert_id: int | None = None
    state: DeliveryState = Field(default=DeliveryState.QUEUED, sa_type=word(DeliveryState))
    attempts: int = 0
    doubts: int = 0
    due: datetime
    message: str | None = Field(default=None, sa_type=Text)
    error: str | None = Field(default=None, sa_type=Text)
    created_at: datetime
    finished_at: datetime | None = None


class ButtonRow(Row, table=True):
    __tablename__ = "buttons"
    __table_args__: ClassVar[Any] = (
        Index("ix_buttons_chat", "platform", "workspace", "chat"),
        Index("ix_buttons_expires_at", "expires_at"),
    )

    token: str = Field(primary_key=True, sa_type=Text)
    press: Press = Field(sa_type=Value(Press))
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    chat: str = Field(sa_type=Text)
    thread: str | None = Field(default=None, sa_type=Text)
    expires_at: datetime
    pressed_by: Principal | None = Field(default=None, sa_type=Value(Principal))
    pressed_at: datetime | None = None
