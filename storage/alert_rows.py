"""The rows of open alerts: found and locked, decided job by job, and their messages owed."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from scheduler.alert import AlertState, Decision
from scheduler.job import JobId, Place
from scheduler.route import Route
from scheduler.run import HoldReason
from storage.locks import lock_alert
from storage.owing import owe_alert, owe_elsewhere, waiting
from storage.rows import place_of
from storage.tables import ALERT_JOBS, ALERTS, DELIVERIES
from storage.transaction import Tx

_OPEN = (
    select(ALERTS)
    .where(
        ALERTS.c.platform == bindparam("platform"),
        ALERTS.c.workspace == bindparam("workspace"),
        ALERTS.c.chat == bindparam("chat"),
        ALERTS.c.provider == bindparam("provider"),
        ALERTS.c.model == bindparam("model"),
        ALERTS.c.bills == bindparam("bills"),
        ALERTS.c.reason == bindparam("reason"),
        ALERTS.c.state == AlertState.OPEN,
    )
    .with_for_update()
)
_OPEN_WITH = (
    select(ALERTS.c.id)
    .join(ALERT_JOBS, ALERT_JOBS.c.alert_id == ALERTS.c.id)
    .where(
        ALERT_JOBS.c.job_id.in_(bindparam("jobs", expanding=True)),
        ALERT_JOBS.c.decision.is_(None),
        ALERTS.c.state == AlertState.OPEN,
    )
    .distinct()
    .order_by(ALERTS.c.id)
)
_LISTED = select(ALERT_JOBS).where(ALERT_JOBS.c.alert_id == bindparam("alert"))
_SAVE_ALERT = update(ALERTS).where(ALERTS.c.id == bindparam("key"))
_SAVE_LISTED = update(ALERT_JOBS).where(
    ALERT_JOBS.c.alert_id == bindparam("alert"), ALERT_JOBS.c.job_id == bindparam("job")
)
_MOVE = update(DELIVERIES).where(DELIVERIES.c.id == bindparam("key"))


def decide_rows(
    tx: Tx, job_ids: Sequence[JobId], decision: Decision, by: str | None, at: datetime
) -> None:
    """Decide what is undecided about these jobs in open alerts, and owe the edits."""
    for alert in open_with(tx, job_ids):
        decide_in(tx, alert, job_ids, decision, by, at)


def close_alert(tx: Tx, alert: Row[Any], state: AlertState, at: datetime) -> None:
    """Close a locked alert, and owe the edit of its message."""
    tx.do(_SAVE_ALERT, key=alert.id, state=state, closed_at=at, revision=alert.revision + 1)
    owe_alert(tx, alert.id, place_of(alert))


def open_alert_of(tx: Tx, place: Place, route: Route, reason: HoldReason) -> Row[Any] | None:
    """The open alert of a whole chat, a reason and a route, locked."""
    chat = {"platform": place.platform, "workspace": place.workspace, "chat": place.chat}
    return tx.one(_OPEN, **chat, **route_columns(route), reason=reason)


def route_columns(route: Route) -> dict[str, str]:
    """By what an alert about a route is found: its names, and all that decides who is billed but the
    key, which may be a new one every day."""
    billed = repr(replace(route, fingerprint=None))
    bills = hashlib.sha256(billed.encode()).hexdigest()
    return {"provider": route.provider, "model": route.model, "bills": bills}


def decide_in(
    tx: Tx,
    alert: Row[Any],
    job_ids: Sequence[JobId],
    decision: Decision,
    by: str | None,
    at: datetime,
) -> None:
    """Decide what is undecided about these jobs in one locked alert, and owe the edit."""
    undecided = [row.job_id for row in tx.all(_LISTED, alert=alert.id) if row.decision is None]
    mine = [job_id for job_id in undecided if job_id in job_ids]
    said = {"decision": decision, "decided_by": by, "decided_at": at}
    for job_id in mine:
        tx.do(_SAVE_LISTED, alert=alert.id, job=job_id, **said)
    if len(mine) == len(undecided):
        close_alert(tx, alert, AlertState.DECIDED, at)
    else:
        tx.do(_SAVE_ALERT, key=alert.id, revision=alert.revision + 1)
        owe_alert(tx, alert.id, place_of(alert))


def open_with(tx: Tx, job_ids: Sequence[JobId]) -> list[Row[Any]]:
    """The open alerts, locked, in which one of these jobs is undecided."""
    found = [lock_alert(tx, row.id) for row in tx.all(_OPEN_WITH, jobs=list(job_ids))]
    return [row for row in found if row is not None and row.state is AlertState.OPEN]


def owe_for(tx: Tx, alert: Row[Any], thread: str | None) -> None:
    """Owe the message of a locked alert that a job of this thread has joined.

    Where the jobs' threads differ it is posted anew in the chat itself, and what hangs in a thread
    points there.
    """
    place = place_of(alert)
    if place.thread in (None, thread):
        owe_alert(tx, alert.id, place)
        return
    chat = place.whole_chat
    tx.do(_SAVE_ALERT, key=alert.id, thread=None, message=None)
    for delivery in waiting(tx, alert.id):
        if place_of(delivery).whole_chat == chat:
            tx.do(_MOVE, key=delivery.id, thread=None)
    owe_alert(tx, alert.id, chat)
    if alert.message is not None:
        owe_elsewhere(tx, alert.hangs, alert.message)
