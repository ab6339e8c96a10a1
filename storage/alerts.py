"""Alerts: shown as they stand, decided by the first press, closed by a heal."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from scheduler.alert import Alert, AlertId, AlertState, Decision
from scheduler.errors import UserError
from scheduler.job import Job, Place
from scheduler.ports import Entry, TooLate
from storage.alert_rows import decide_rows
from storage.changing import change_row, decider
from storage.locks import LARGEST_ID, lock_alert, lock_jobs
from storage.owing import owe_alert
from storage.rows import alert_of, audit_row
from storage.tables import AlertJobRow, AlertRow, JobRow
from storage.transaction import Tx, Verbs


class AlertVerbs(Verbs):
    async def alert(self, alert_id: AlertId) -> Alert | None:
        return await self._run(lambda tx: _alert(tx, alert_id))

    async def open_alerts(self, chat: Place | None = None) -> list[Alert]:
        return await self._run(lambda tx: _open_alerts(tx, chat))

    async def decide(
        self,
        alert_id: AlertId,
        revision: int,
        changed: Sequence[Job],
        decision: Decision,
        audit: Sequence[Entry],
    ) -> Alert | TooLate:
        return await self._run(lambda tx: _decide(tx, alert_id, revision, changed, decision, audit))

    async def heal(self, alert_id: AlertId, now: datetime) -> None:
        await self._run(lambda tx: _heal(tx, alert_id, now))


def _alert(tx: Tx, alert_id: AlertId) -> Alert | None:
    row = tx.session.get(AlertRow, alert_id) if 0 < alert_id <= LARGEST_ID else None
    return None if row is None else _value(tx, row)


def _value(tx: Tx, row: AlertRow) -> Alert:
    wanted = (
        select(AlertJobRow, JobRow)
        .join(JobRow, col(JobRow.id) == col(AlertJobRow.job_id))
        .where(AlertJobRow.alert_id == row.id)
        .order_by(col(AlertJobRow.job_id))
    )
    return alert_of(row, [(listed, job) for listed, job in tx.session.exec(wanted)])


def _open_alerts(tx: Tx, chat: Place | None) -> list[Alert]:
    wanted = select(AlertRow).where(AlertRow.state == AlertState.OPEN).order_by(col(AlertRow.id))
    if chat is not None:
        wanted = wanted.where(
            AlertRow.platform == chat.platform,
            AlertRow.workspace == chat.workspace,
            AlertRow.chat == chat.chat,
        )
    return [_value(tx, row) for row in tx.session.exec(wanted)]


def _decide(
    tx: Tx,
    alert_id: AlertId,
    revision: int,
    changed: Sequence[Job],
    decision: Decision,
    audit: Sequence[Entry],
) -> Alert | TooLate:
    jobs = lock_jobs(tx, [job.id for job in changed])
    alert = lock_alert(tx, alert_id)
    if alert is None:
        raise UserError(f"there is no alert {alert_id}", "/jobs alerts shows what is open")
    if alert.state is not AlertState.OPEN or alert.revision != revision:
        return TooLate(_value(tx, alert))
    for job, entry in zip(changed, audit, strict=True):
        row = jobs.get(job.id)
        if row is None or row.revision != job.revision:
            # Raised, so that what was decided before it in this loop is undone with the transaction.
            raise UserError(f"job {job.id} was changed by somebody else just now", "press again")
        change_row(tx, row, job, decision, entry)
        tx.session.add(audit_row(entry))
    if audit:
        ids = [job.id for job in changed]
        decide_rows(tx, ids, decision, decider(audit[0]), audit[0].at)
    tx.session.flush()
    return _value(tx, alert)


def _heal(tx: Tx, alert_id: AlertId, now: datetime) -> None:
    alert = lock_alert(tx, alert_id)
    if alert is None or alert.state is not AlertState.OPEN:
        return
    alert.state, alert.closed_at = AlertState.HEALED, now
    alert.revision += 1
    owe_alert(tx, alert)
