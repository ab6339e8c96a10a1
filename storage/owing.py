"""A message that is owed is written in the transaction of the fact that causes it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, bindparam, select

from scheduler.job import Place
from scheduler.outbox import DeliveryState, Owed, OwedKind
from scheduler.run import RunId
from storage.rows import place_columns, place_of
from storage.tables import DELIVERIES
from storage.transaction import Tx

_WAITING = (
    select(DELIVERIES)
    .where(
        DELIVERIES.c.alert_id == bindparam("alert"),
        DELIVERIES.c.finished_at.is_(None),
        DELIVERIES.c.state == DeliveryState.QUEUED,
    )
    .with_for_update()
)


def owe(tx: Tx, owed: Iterable[Owed]) -> None:
    for each in owed:
        alert_id = _alert_of(each)
        if alert_id is None or not _queued_already(tx, alert_id, each):
            _deliver(tx, each, alert_id)


def owe_report(tx: Tx, place: Place, run_id: RunId) -> None:
    owe(tx, [Owed(OwedKind.REPORT, place, {"run": int(run_id)})])


def owe_alert(tx: Tx, alert_id: int, place: Place) -> None:
    """The alert's message, as it will stand when it is sent; one that still waits says it all."""
    owe(tx, [Owed(OwedKind.ALERT, place, {"alert": alert_id})])


def waiting(tx: Tx, alert_id: int) -> list[Row[Any]]:
    """The deliveries of an alert that nobody has begun to send."""
    return list(tx.all(_WAITING, alert=alert_id))


def _queued_already(tx: Tx, alert_id: int, owed: Owed) -> bool:
    return any(
        row.facts == owed.facts and place_of(row) == owed.place for row in waiting(tx, alert_id)
    )


def _deliver(tx: Tx, owed: Owed, alert_id: int | None) -> None:
    tx.insert(
        DELIVERIES,
        kind=owed.kind,
        **place_columns(owed.place),
        facts=dict(owed.facts),
        alert_id=alert_id,
        state=DeliveryState.QUEUED,
        attempts=0,
        doubts=0,
        due=tx.now,
        created_at=tx.now,
    )


def _alert_of(owed: Owed) -> int | None:
    number = owed.facts.get("alert")
    return number if owed.kind is OwedKind.ALERT and isinstance(number, int) else None
