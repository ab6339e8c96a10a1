"""A held job joins the one open alert of its chat and route; a decision leaves it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from scheduler.alert import AlertState, Decision
from scheduler.drift import Drift
from scheduler.job import Job, JobId, Place
from scheduler.route import Route
from storage.locks import lock_alert
from storage.owing import owe_alert, waiting
from storage.rows import place_columns, place_of
from storage.tables import AlertJobRow, AlertRow
from storage.transaction import Tx


def join(tx: Tx, job: Job, drifts: tuple[Drift, ...], route: Route, held_fires: int) -> None:
    """Put a held job under the open alert of its whole chat and this route, and owe the message."""
    _leave_others(tx, job.id, route)
    alert, fresh = _open_alert(tx, job.place, route)
    listed = tx.session.get(AlertJobRow, (alert.id, job.id))
    joins = listed is None or listed.decision is not None
    if listed is None:
        listed = AlertJobRow(alert_id=alert.id, job_id=job.id, drifts=drifts, held_fires=0)
        tx.session.add(listed)
    listed.drifts, listed.held_fires, listed.last_held = drifts, held_fires, tx.now
    listed.decision = listed.decided_by = listed.decided_at = None
    if joins and not fresh:
        alert.revision += 1
    if alert.thread is not None and alert.thread != job.place.thread:
        _move_to_whole_chat(tx, alert)
    owe_alert(tx, alert)


def decide_rows(
    tx: Tx, job_ids: Sequence[JobId], decision: Decision, by: str | None, at: datetime
) -> None:
    """Decide what is undecided about these jobs in open alerts, and owe the edits."""
    for alert_id in _alerts_with(tx, job_ids):
        alert = lock_alert(tx, alert_id)
        if alert is not None and alert.state is AlertState.OPEN:
            _decide_in(tx, alert, job_ids, decision, by, at)


def _decide_in(
    tx: Tx,
    alert: AlertRow,
    job_ids: Sequence[JobId],
    decision: Decision,
    by: str | None,
    at: datetime,
) -> None:
    undecided = _undecided(tx, alert.id)
    mine = [row for row in undecided if row.job_id in job_ids]
    if not mine:
        return
    for row in mine:
        row.decision, row.decided_by, row.decided_at = decision, by, at
    alert.revision += 1
    if len(mine) == len(undecided):
        alert.state, alert.closed_at = AlertState.DECIDED, at
    owe_alert(tx, alert)


def _leave_others(tx: Tx, job_id: JobId, route: Route) -> None:
    """A job that drifts to another route than before has one question open, not two."""
    for alert_id in _alerts_with(tx, [job_id]):
        alert = lock_alert(tx, alert_id)
        if alert is None or alert.state is not AlertState.OPEN:
            continue
        if (alert.provider, alert.model) != (route.provider, route.model):
            _decide_in(tx, alert, [job_id], Decision.CHANGED, None, tx.now)


def _open_alert(tx: Tx, place: Place, route: Route) -> tuple[AlertRow, bool]:
    """The open alert of a whole chat and a route, locked; true when it was opened just now."""
    while True:
        found = _find_open(tx, place, route)
        if found is not None:
            return found, False
        alert = AlertRow(
            **place_columns(place),
            provider=route.provider,
            model=route.model,
            route=route,
            opened_at=tx.now,
        )
        if tx.added(alert):
            return alert, True


def _find_open(tx: Tx, place: Place, route: Route) -> AlertRow | None:
    wanted = select(AlertRow).where(
        AlertRow.platform == place.platform,
        AlertRow.workspace == place.workspace,
        AlertRow.chat == place.chat,
        AlertRow.provider == route.provider,
        AlertRow.model == route.model,
        AlertRow.state == AlertState.OPEN,
    )
    return tx.session.exec(
        wanted.with_for_update(), execution_options={"populate_existing": True}
    ).one_or_none()


def _move_to_whole_chat(tx: Tx, alert: AlertRow) -> None:
    """The jobs' threads differ: the message is posted anew in the chat itself."""
    alert.thread = alert.message = None
    for delivery in waiting(tx, alert.id):
        if place_of(delivery).whole_chat == place_of(alert):
            delivery.thread = None


def _alerts_with(tx: Tx, job_ids: Sequence[JobId]) -> list[int]:
    wanted = (
        select(AlertJobRow.alert_id)
        .join(AlertRow, col(AlertRow.id) == col(AlertJobRow.alert_id))
        .where(
            col(AlertJobRow.job_id).in_(job_ids),
            col(AlertJobRow.decision).is_(None),
            AlertRow.state == AlertState.OPEN,
        )
        .distinct()
        .order_by(col(AlertJobRow.alert_id))
    )
    return list(tx.session.exec(wanted))


def _undecided(tx: Tx, alert_id: int) -> list[AlertJobRow]:
    wanted = select(AlertJobRow).where(
        AlertJobRow.alert_id == alert_id, col(AlertJobRow.decision).is_(None)
    )
    return list(tx.session.exec(wanted))
