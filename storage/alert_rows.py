"""A held job joins the one open alert of its chat and route; a decision leaves it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from scheduler.alert import AlertState, Decision
from scheduler.drift import Drift
from scheduler.job import Job, JobId, Place
from scheduler.ports import Held
from scheduler.route import Route
from scheduler.run import HoldReason
from storage.locks import lock_alert
from storage.owing import owe_alert, owe_elsewhere, waiting
from storage.rows import place_columns, place_of
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


def join(tx: Tx, job: Job, held: Held, route: Route, held_fires: int) -> None:
    """Put a held job under the open alert of its whole chat, this reason and this route, and owe the
    message."""
    for alert in _open_with(tx, [job.id]):
        one = (held.reason, route.provider, route.model)
        if (alert.reason, alert.provider, alert.model) != one:
            _decide_in(tx, alert, [job.id], Decision.CHANGED, None, tx.now)
    alert, fresh = _open_alert(tx, job.place, route, held.reason)
    joins = _list(tx, alert.id, job.id, held.drifts, held_fires)
    if (joins or alert.route != route) and not fresh:
        tx.do(_SAVE_ALERT, key=alert.id, revision=alert.revision + 1, route=route)
    owe_for(tx, alert, job.place.thread)


def decide_rows(
    tx: Tx, job_ids: Sequence[JobId], decision: Decision, by: str | None, at: datetime
) -> None:
    """Decide what is undecided about these jobs in open alerts, and owe the edits."""
    for alert in _open_with(tx, job_ids):
        _decide_in(tx, alert, job_ids, decision, by, at)


def close_alert(tx: Tx, alert: Row[Any], state: AlertState, at: datetime) -> None:
    """Close a locked alert, and owe the edit of its message."""
    tx.do(_SAVE_ALERT, key=alert.id, state=state, closed_at=at, revision=alert.revision + 1)
    owe_alert(tx, alert.id, place_of(alert))


def open_alert_of(tx: Tx, place: Place, route: Route, reason: HoldReason) -> Row[Any] | None:
    """The open alert of a whole chat, a reason and a route, locked."""
    chat = {"platform": place.platform, "workspace": place.workspace, "chat": place.chat}
    return tx.one(_OPEN, **chat, provider=route.provider, model=route.model, reason=reason)


def _decide_in(
    tx: Tx,
    alert: Row[Any],
    job_ids: Sequence[JobId],
    decision: Decision,
    by: str | None,
    at: datetime,
) -> None:
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


def _open_with(tx: Tx, job_ids: Sequence[JobId]) -> list[Row[Any]]:
    """The open alerts, locked, in which one of these jobs is undecided."""
    found = [lock_alert(tx, row.id) for row in tx.all(_OPEN_WITH, jobs=list(job_ids))]
    return [row for row in found if row is not None and row.state is AlertState.OPEN]


def _open_alert(tx: Tx, place: Place, route: Route, reason: HoldReason) -> tuple[Row[Any], bool]:
    """The open alert of a whole chat and a route, locked; true when it was opened just now."""
    one = {"provider": route.provider, "model": route.model, "reason": reason}
    chat = place_columns(place)
    fresh = False
    while True:
        found = open_alert_of(tx, place, route, reason)
        if found is not None:
            return found, fresh
        fresh = tx.insert_if_new(
            ALERTS,
            **chat,
            **one,
            route=route,
            state=AlertState.OPEN,
            revision=1,
            opened_at=tx.now,
        )


def _list(tx: Tx, alert_id: int, job_id: JobId, drifts: tuple[Drift, ...], held_fires: int) -> bool:
    """Note a held job in an alert; true when the question about it is new."""
    listed = {row.job_id: (row.decision, row.drifts) for row in tx.all(_LISTED, alert=alert_id)}
    facts = {"drifts": drifts, "held_fires": held_fires, "last_held": tx.now}
    if job_id not in listed:
        tx.do(ALERT_JOBS.insert(), alert_id=alert_id, job_id=job_id, **facts)
        return True
    anew = {"decision": None, "decided_by": None, "decided_at": None}
    tx.do(_SAVE_LISTED, alert=alert_id, job=job_id, **facts, **anew)
    return listed[job_id] != (None, drifts)


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
