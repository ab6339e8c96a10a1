"""Tables of what people told us, what they did, and which events of a platform were seen."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from storage.columns import BIG, Text
from storage.tables.row import Row


class PersonRow(Row, table=True):
    __tablename__ = "people"

    platform: str = Field(primary_key=True, sa_type=Text)
    workspace: str = Field(primary_key=True, sa_type=Text)
    person: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    zone: str | None = Field(default=None, sa_type=Text)


class AdminRow(Row, table=True):
    __tablename__ = "admins"

    platform: str = Field(primary_key=True, sa_type=Text)
    workspace: str = Field(primary_key=True, sa_type=Text)
    person: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    at: datetime


class OfferRow(Row, table=True):
    """At most one row, number 1: the code a first admin may claim with."""

    __tablename__ = "offers"

    id: int = Field(primary_key=True)
    salt: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)
    expires_at: datetime
    attempts_left: int


class AuditRow(Row, table=True):
    __tablename__ = "audit"
    __table_args__: ClassVar[Any] = (Index("ix_audit_object", "object", "id"),)

    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    at: datetime
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    person: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    object: str = Field(sa_type=Text)
    detail: str = Field(sa_type=Text)


class EventRow(Row, table=True):
    __tablename__ = "events"
    __table_args__: ClassVar[Any] = (Index("ix_events_at", "at"),)

    platform: str = Field(primary_key=True, sa_type=Text)
    event: str = Field(primary_key=True, sa_type=Text)
    handling: str = Field(sa_type=Text)
    at: datetime


class HaltRow(Row, table=True):
    """At most one row, number 1: while it is there, nothing that could spend begins."""

    __tablename__ = "halts"

    id: int = Field(primary_key=True)
    who: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    at: datetime


class FingerprintKeyRow(Row, table=True):
    """At most one row, number 1: the key that fingerprints of provider keys are made with."""

    __tablename__ = "fingerprint_keys"

    id: int = Field(primary_key=True)
    key: str = Field(sa_type=Text)
