"""The tables, declared one class each and used by their names."""

from storage.tables.alerts import AlertJobRow, AlertRow
from storage.tables.experiments import ExperimentRow
from storage.tables.inbox import DraftRow, LeaseRow, UpdateRow
from storage.tables.jobs import CallRow, ImportRow, JobRow, RunRow
from storage.tables.outbox import ButtonRow, DeliveryRow
from storage.tables.people import (
    AdminRow,
    AuditRow,
    EventRow,
    FingerprintKeyRow,
    HaltRow,
    OfferRow,
    PersonRow,
)
from storage.tables.row import Row, table_of
from storage.tables.spending import SpendingRow

METADATA = Row.metadata

JOBS = table_of(JobRow)
RUNS = table_of(RunRow)
IMPORTS = table_of(ImportRow)
CALLS = table_of(CallRow)
SPENDING = table_of(SpendingRow)
ALERTS = table_of(AlertRow)
ALERT_JOBS = table_of(AlertJobRow)
DELIVERIES = table_of(DeliveryRow)
BUTTONS = table_of(ButtonRow)
PEOPLE = table_of(PersonRow)
ADMINS = table_of(AdminRow)
OFFERS = table_of(OfferRow)
FINGERPRINT_KEYS = table_of(FingerprintKeyRow)
HALTS = table_of(HaltRow)
AUDIT = table_of(AuditRow)
EVENTS = table_of(EventRow)
UPDATES = table_of(UpdateRow)
DRAFTS = table_of(DraftRow)
LEASES = table_of(LeaseRow)
EXPERIMENTS = table_of(ExperimentRow)
