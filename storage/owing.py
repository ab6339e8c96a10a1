"""A message that is owed is written in the transaction of the fact that causes it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from scheduler.job import Job, JobState, Place
from scheduler.outbox import DeliveryState, Facts, Owed, OwedKind
from scheduler.run import Run, RunId
from storage.rows import place_columns, place_of
from storage.tables import ALERTS, DELIVERIES
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
_MESSAGE = select(ALERTS.c.message, ALERTS.c.hangs).where(ALERTS.c.id == bindparam("alert"))
_ROUSE = update(DELIVERIES).where(DELIVERIES.c.id == bindparam("key"))


def owe(tx: Tx, owed: Iterable[Owed]) -> None:
    for each in owed:
        alert_id = _alert_of(each)
        if alert_id is None:
            _deliver(tx, each, None)
            continue
        wanted = _where_it_hangs(tx, alert_id, each)
        if not _queued_already(tx, alert_id, wanted):
            _deliver(tx, wanted, alert_id)


def owe_report(tx: Tx, place: Place, run_id: RunId) -> None:
    owe(tx, [Owed(OwedKind.REPORT, place, {"run": int(run_id)})])


def owe_pause(tx: Tx, before: Job, after: Job, run: Run) -> None:
    """A job never pauses itself silently."""
    if after.state is JobState.PAUSED and before.state is not JobState.PAUSED:
        facts = {"job": int(after.id), "run": int(run.id), "failures": after.failures}
        owe(tx, [Owed(OwedKind.PAUSED, after.place, facts)])


def owe_alert(tx: Tx, alert_id: int, place: Place) -> None:
    """The alert's message, as it will stand when it is sent; one that still waits says it all."""
    owe(tx, [Owed(OwedKind.ALERT, place, {"alert": alert_id})])


def owe_elsewhere(tx: Tx, place: Place, message: str, *, anew: bool = False) -> None:
    """A message that is the alert's no more points to the one that is: in the chat itself, or a newer."""
    facts: Facts = {"message": message, "anew": True} if anew else {"message": message}
    owe(tx, [Owed(OwedKind.ELSEWHERE, place, facts)])


def waiting(tx: Tx, alert_id: int) -> list[Row[Any]]:
    """The deliveries of an alert that nobody has begun to send."""
    return list(tx.all(_WAITING, alert=alert_id))


def _where_it_hangs(tx: Tx, alert_id: int, owed: Owed) -> Owed:
    """An edit goes to the message, even where that is not the alert's own place."""
    if owed.tried or owed.facts.get("anew"):
        return owed
    alert = tx.one(_MESSAGE, alert=alert_id)
    hangs = None if alert is None or alert.message is None else alert.hangs
    return owed if hangs is None else replace(owed, place=hangs)


def _queued_already(tx: Tx, alert_id: int, owed: Owed) -> bool:
    """One that waits says it all; one that rests is roused, for there is something new to say."""
    for row in waiting(tx, alert_id):
        if row.facts == owed.facts and place_of(row) == owed.place:
            if row.attempts == 0 and row.due > tx.now:
                tx.do(_ROUSE, key=row.id, due=tx.now)
            return True
    return False


def _deliver(tx: Tx, owed: Owed, alert_id: int | None) -> None:
    tx.insert(
        DELIVERIES,
        kind=owed.kind,
        **place_columns(owed.place),
        facts=dict(owed.facts),
        tried=owed.tried,
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
