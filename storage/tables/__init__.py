"""The tables, one class for each."""

from storage.tables.alerts import AlertJobRow, AlertRow
from storage.tables.jobs import CallRow, JobRow, RunRow
from storage.tables.outbox import ButtonRow, DeliveryRow
from storage.tables.people import AuditRow, EventRow, PersonRow
from storage.tables.row import Row

METADATA = Row.metadata

__all__ = [
    "METADATA",
    "AlertJobRow",
    "AlertRow",
    "AuditRow",
    "ButtonRow",
    "CallRow",
    "DeliveryRow",
    "EventRow",
    "JobRow",
    "PersonRow",
    "Row",
    "RunRow",
]
