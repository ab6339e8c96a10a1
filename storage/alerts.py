"""Alerts: shown as they stand, decided by the first press, closed by a heal."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from scheduler.alert import Alert, AlertId, AlertState, Decision
from scheduler.errors import UserError
from scheduler.job import Job, JobId, JobState, Place
from scheduler.ports import Entry, Held, Question, TooLate
from scheduler.route import Route
from scheduler.run import RunState
from storage.alert_rows import close_alert, decide_in, decide_rows
from storage.auditing import name_of, note
from storage.changing import write_change
from storage.joining import Joining, join
from storage.locks import LARGEST_ID, lock_alert, lock_jobs
from storage.rows import alert_of, job_of
from storage.tables import ALERT_JOBS, ALERTS, JOBS, RUNS
from storage.transaction import Tx, Verbs
from storage.unreadable import UNREADABLE

_ALERT = select(ALERTS).where(ALERTS.c.id == bindparam("id"))
_OPEN = select(ALERTS).where(ALERTS.c.state == AlertState.OPEN).order_by(ALERTS.c.id)
_OPEN_OF_CHAT = _OPEN.where(
    ALERTS.c.platform == bindparam("platform"),
    ALERTS.c.workspace == bindparam("workspace"),
    ALERTS.c.chat == bindparam("chat"),
)
_LISTED = (
    select(ALERT_JOBS)
    .where(ALERT_JOBS.c.alert_id == bindparam("alert"))
    .order_by(ALERT_JOBS.c.job_id)
)
_LISTED_JOBS = (
    select(JOBS)
    .join(ALERT_JOBS, ALERT_JOBS.c.job_id == JOBS.c.id)
    .where(ALERT_JOBS.c.alert_id == bindparam("alert"))
    .order_by(JOBS.c.id)
)
_HELD_FIRES = (
    select(RUNS.c.job_id, func.count().label("fires"))
    .where(
        RUNS.c.job_id.in_(bindparam("jobs", expanding=True)),
        RUNS.c.state == RunState.HELD,
        RUNS.c.finished_at.is_(None),
    )
    .group_by(RUNS.c.job_id)
)
_JOB = select(JOBS).where(JOBS.c.id == bindparam("id"))


class AlertVerbs(Verbs):
    async def alert(self, alert_id: AlertId) -> Alert | None:
        return await self._run(lambda tx: read_alert(tx, alert_id))

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
        asked = [Question(alert_id, revision, changed, audit)]
        decided = await self._run(lambda tx: _decide(tx, asked, decision))
        return decided if isinstance(decided, TooLate) else decided[0]

    async def decide_several(
        self, asked: Sequence[Question], decision: Decision
    ) -> list[Alert] | TooLate:
        return await self._run(lambda tx: _decide(tx, asked, decision))

    async def heal(
        self, alert_id: AlertId, revision: int, jobs: Sequence[JobId], now: datetime
    ) -> bool:
        return await self._run(lambda tx: _heal(tx, alert_id, revision, jobs, now))

    async def foresee(self, found: Sequence[tuple[Job, Held]]) -> bool:
        return await self._run(lambda tx: _foresee(tx, found))


def read_alert(tx: Tx, alert_id: AlertId) -> Alert | None:
    row = tx.one(_ALERT, id=alert_id) if 0 < alert_id <= LARGEST_ID else None
    return None if row is None else _value(tx, row)


def _value(tx: Tx, row: Row[Any]) -> Alert:
    listed = tx.all(_LISTED, alert=row.id)
    try:
        jobs = tx.all(_LISTED_JOBS, alert=row.id)
        return alert_of(row, zip(listed, jobs, strict=True))
    except UNREADABLE:
        return alert_of(row, _readable(tx, listed))


def _readable(tx: Tx, listed: Sequence[Row[Any]]) -> list[tuple[Row[Any], Row[Any]]]:
    """The listed jobs one by one, without those whose rows cannot be read."""
    found = []
    for each in listed:
        with suppress(*UNREADABLE):
            job = tx.one(_JOB, id=each.job_id)
            if job is not None:
                job_of(job)
                found.append((each, job))
    return found


def _open_alerts(tx: Tx, chat: Place | None) -> list[Alert]:
    if chat is None:
        rows = tx.all(_OPEN)
    else:
        rows = tx.all(
            _OPEN_OF_CHAT, platform=chat.platform, workspace=chat.workspace, chat=chat.chat
        )
    return [_value(tx, row) for row in rows]


def _decide(tx: Tx, asked: Sequence[Question], decision: Decision) -> list[Alert] | TooLate:
    before = lock_jobs(tx, [job.id for each in asked for job in each.changed])
    asked = sorted(asked, key=lambda each: each.alert)
    for each in asked:
        row = lock_alert(tx, each.alert)
        if row is None:
            raise UserError(f"there is no alert {each.alert}", "/jobs alerts shows what is open")
        if row.state is not AlertState.OPEN or row.revision != each.revision:
            return TooLate(_value(tx, row))
    for each in asked:
        _write(tx, each, before, decision)
    found = [read_alert(tx, each.alert) for each in asked]
    return [alert for alert in found if alert is not None]


def _write(tx: Tx, asked: Question, before: Mapping[JobId, Job], decision: Decision) -> None:
    for job, entry in zip(asked.changed, asked.audit, strict=True):
        old = before.get(job.id)
        if old is None or old.revision != job.revision:
            # Raised, so that what this loop did before is undone with the transaction.
            raise UserError(f"job {job.id} was changed by somebody else just now", "press again")
        write_change(tx, old, job, decision, entry)
        note(tx, entry)
    if asked.audit:
        first = asked.audit[0]
        decide_rows(tx, [job.id for job in asked.changed], decision, name_of(first), first.at)


def _heal(tx: Tx, alert_id: AlertId, revision: int, jobs: Sequence[JobId], now: datetime) -> bool:
    row = lock_alert(tx, alert_id)
    if row is None or row.state is not AlertState.OPEN or row.revision != revision:
        return False
    listed = tx.all(_LISTED, alert=alert_id)
    left = {each.job_id for each in listed if each.decision is None}
    if left <= set(jobs):
        close_alert(tx, row, AlertState.HEALED, now)
        return True
    if left.isdisjoint(jobs):
        return False
    decide_in(tx, row, jobs, Decision.HEALED, None, now)
    return True


def _foresee(tx: Tx, found: Sequence[tuple[Job, Held]]) -> bool:
    """Whoever finds the same first has said it; of a job that changed since, nothing is known."""
    now = lock_jobs(tx, [job.id for job, _ in found])
    fires = {row.job_id: row.fires for row in tx.all(_HELD_FIRES, jobs=list(now))}
    routes: dict[Route, list[tuple[Job, Held]]] = {}
    for judged, held in found:
        job = now.get(judged.id)
        if job is None or held.route is None or not _as_judged(job, judged):
            continue
        routes.setdefault(held.route, []).append((job, held))
    said = False
    for route, each in routes.items():
        _, first = each[0]
        joining = [Joining(job, held.drifts, fires.get(job.id, 0)) for job, held in each]
        said = join(tx, first.reason, route, joining, first.guard) or said
    return said


def _as_judged(job: Job, judged: Job) -> bool:
    same = (job.consent_revision, job.place) == (judged.consent_revision, judged.place)
    return same and job.state is JobState.ACTIVE and not job.answered_as
