"""Tables of updates that were taken in, of drafts, and of leases."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from storage.columns import Text, Value
from storage.tables.row import Row, partial_index


class UpdateRow(Row, table=True):
    """`finished_at` is set once nothing more will be done about it."""

    __tablename__ = "updates"
    __table_args__: ClassVar[Any] = (
        partial_index("ix_updates_unfinished", "platform", "at", where="finished_at IS NULL"),
        partial_index("ix_updates_finished", "finished_at", where="finished_at IS NOT NULL"),
    )

    platform: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    body: str = Field(sa_type=Text)
    at: datetime
    tries: int = 0
    finished_at: datetime | None = None
    error: str | None = Field(default=None, sa_type=Text)


class DraftRow(Row, table=True):
    """One for each person in each place; `thread` is empty for the chat itself."""

    __tablename__ = "drafts"
    __table_args__: ClassVar[Any] = (Index("ix_drafts_expires_at", "expires_at"),)

    platform: str = Field(primary_key=True, sa_type=Text)
    workspace: str = Field(primary_key=True, sa_type=Text)
    chat: str = Field(primary_key=True, sa_type=Text)
    thread: str = Field(primary_key=True, sa_type=Text)
    by_workspace: str = Field(primary_key=True, sa_type=Text)
    by_person: str = Field(primary_key=True, sa_type=Text)
    answers: dict[str, str] = Field(sa_type=Value(dict[str, str]))
    expires_at: datetime


class LeaseRow(Row, table=True):
    """`until` is a moment of the database's clock."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True, sa_type=Text)
    holder: str = Field(sa_type=Text)
    until: datetime
