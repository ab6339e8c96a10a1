"""The alerts of a chat with another id, and what is owed there: posted afresh, where two meet as one."""

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Row,
    String,
    Table,
    bindparam,
    cast,
    delete,
    or_,
    select,
    type_coerce,
    update,
)

from scheduler.alert import AlertState
from scheduler.job import Place
from scheduler.outbox import DeliveryState
from storage.alert_rows import open_alert_of, owe_for
from storage.locks import lock_alert
from storage.owing import owe_alert
from storage.rows import place_of
from storage.tables import ALERT_JOBS, ALERTS, DELIVERIES
from storage.transaction import Tx

TAKEN_OVER = "its chat has another id now, where an alert of the same default took it over"


def there(table: Table) -> ColumnElement[bool]:
    """The rows of the whole chat `old`, on the platform `on`, within a workspace."""
    return (
        (table.c.platform == bindparam("on"))
        & (table.c.workspace == bindparam("within"))
        & (table.c.chat == bindparam("old"))
    )


_HANGS = type_coerce(ALERTS.c.hangs, JSON)
_HANGS_THERE = (
    (_HANGS["platform"].as_string() == bindparam("on"))
    & (_HANGS["workspace"].as_string() == bindparam("within"))
    & (_HANGS["chat"].as_string() == bindparam("old"))
)
_ALERTS = select(ALERTS.c.id).where(or_(there(ALERTS), _HANGS_THERE)).order_by(ALERTS.c.id)
_SAVE_ALERT = update(ALERTS).where(ALERTS.c.id == bindparam("key"))
_TAKE_UNDECIDED = (
    delete(ALERT_JOBS)
    .where(ALERT_JOBS.c.alert_id == bindparam("alert"), ALERT_JOBS.c.decision.is_(None))
    .returning(ALERT_JOBS)
)
_UNFINISHED = DELIVERIES.c.finished_at.is_(None)
_MOVE_DELIVERIES = update(DELIVERIES).where(there(DELIVERIES), _UNFINISHED)
_SAVE = update(DELIVERIES).where(DELIVERIES.c.id == bindparam("key"))
_TRIED = (
    select(DELIVERIES.c.id, DELIVERIES.c.tried)
    .where(_UNFINISHED, cast(DELIVERIES.c.tried, String) != "[]")
    .order_by(DELIVERIES.c.id)
    .with_for_update()
)
_OWED = (
    select(DELIVERIES)
    .where(DELIVERIES.c.alert_id == bindparam("alert"), _UNFINISHED)
    .order_by(DELIVERIES.c.id)
    .with_for_update()
)


def move_alerts(tx: Tx, old: Place, new: Place) -> None:
    """Move the alerts of a whole chat, or that hang there, and everything that is owed to it."""
    chat = {"on": old.platform, "within": old.workspace, "old": old.chat}
    found = [lock_alert(tx, row.id) for row in tx.all(_ALERTS, **chat)]
    tx.do(_MOVE_DELIVERIES, **chat, workspace=new.workspace, chat=new.chat)
    for delivery in tx.all(_TRIED):
        tried = tuple(_moved(place, old, new) for place in delivery.tried)
        if tried != delivery.tried:
            tx.do(_SAVE, key=delivery.id, tried=tried)
    for alert in found:
        if alert is not None:
            _move(tx, alert, old, new)


def _moved(place: Place, old: Place, new: Place) -> Place:
    if place.whole_chat != old:
        return place
    return Place(new.platform, new.workspace, new.chat, place.thread)


def _move(tx: Tx, alert: Row[Any], old: Place, new: Place) -> None:
    home = _moved(place_of(alert), old, new)
    is_open = alert.state is AlertState.OPEN
    moves = home != place_of(alert)
    twin = open_alert_of(tx, home, alert.route, alert.reason) if moves and is_open else None
    if twin is not None:
        _take_over(tx, alert, twin)
    changed: dict[str, Any] = {"workspace": home.workspace, "chat": home.chat}
    forgets = alert.message is not None and alert.hangs.whole_chat == old
    if forgets:
        changed |= {"message": None, "hangs": None}
    tx.do(_SAVE_ALERT, key=alert.id, **changed)
    if forgets and is_open and twin is None and not tx.all(_OWED, alert=alert.id):
        owe_alert(tx, alert.id, home)


def _take_over(tx: Tx, alert: Row[Any], twin: Row[Any]) -> None:
    """The new chat asks about the same default already: its alert gets what is undecided here."""
    for listed in tx.all(_TAKE_UNDECIDED, alert=alert.id):
        tx.insert_if_new(ALERT_JOBS, **{**listed._mapping, "alert_id": twin.id})
    over = {"state": AlertState.DECIDED, "closed_at": tx.now, "revision": alert.revision + 1}
    tx.do(_SAVE_ALERT, key=alert.id, **over)
    tx.do(_SAVE_ALERT, key=twin.id, revision=twin.revision + 1)
    for delivery in tx.all(_OWED, alert=alert.id):
        _redirect(tx, delivery, twin.id)
    owe_for(tx, twin, alert.thread)


def _redirect(tx: Tx, delivery: Row[Any], alert_id: int) -> None:
    """What is being sent becomes the message of the alert that goes on; what waits is given up."""
    if delivery.state is DeliveryState.SENDING:
        facts = {**delivery.facts, "alert": alert_id}
        tx.do(_SAVE, key=delivery.id, alert_id=alert_id, facts=facts)
    else:
        dead = {"state": DeliveryState.DEAD, "error": TAKEN_OVER, "finished_at": tx.now}
        tx.do(_SAVE, key=delivery.id, **dead)
