"""A message that is owed is written in the transaction of the fact that causes it."""

from collections.abc import Iterable

from sqlmodel import col, select

from scheduler.job import Job
from scheduler.outbox import DeliveryState, Owed, OwedKind
from scheduler.run import RunId
from storage.rows import place_columns, place_of
from storage.tables import AlertRow, DeliveryRow
from storage.transaction import Tx


def owe(tx: Tx, owed: Iterable[Owed]) -> None:
    for each in owed:
        alert_id = _alert_of(each)
        if alert_id is None or not _queued_already(tx, alert_id, each):
            tx.session.add(_delivery(tx, each, alert_id))


def owe_report(tx: Tx, job: Job, run_id: RunId) -> None:
    owe(tx, [Owed(OwedKind.REPORT, job.place, {"run": int(run_id)})])


def owe_alert(tx: Tx, alert: AlertRow) -> None:
    """The alert's message, as it will stand when it is sent; one that still waits says it all."""
    owe(tx, [Owed(OwedKind.ALERT, place_of(alert), {"alert": alert.id})])


def waiting(tx: Tx, alert_id: int) -> list[DeliveryRow]:
    """The deliveries of an alert that nobody has begun to send."""
    wanted = select(DeliveryRow).where(
        DeliveryRow.alert_id == alert_id,
        col(DeliveryRow.finished_at).is_(None),
        DeliveryRow.state == DeliveryState.QUEUED,
    )
    return list(tx.session.exec(wanted.with_for_update()))


def _queued_already(tx: Tx, alert_id: int, owed: Owed) -> bool:
    return any(
        row.facts == owed.facts and place_of(row) == owed.place for row in waiting(tx, alert_id)
    )


def _delivery(tx: Tx, owed: Owed, alert_id: int | None) -> DeliveryRow:
    return DeliveryRow(
        kind=owed.kind,
        **place_columns(owed.place),
        facts=dict(owed.facts),
        alert_id=alert_id,
        due=tx.now,
        created_at=tx.now,
    )


def _alert_of(owed: Owed) -> int | None:
    number = owed.facts.get("alert")
    return number if owed.kind is OwedKind.ALERT and isinstance(number, int) else None
