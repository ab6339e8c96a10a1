"""Held jobs join the one open alert of their chat and route, which moves on when the default does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from scheduler.alert import AlertState, Decision, question
from scheduler.config import GuardConfig
from scheduler.drift import Drift, drifts
from scheduler.job import Job, JobId, Place
from scheduler.route import Route
from scheduler.run import HoldReason
from storage.alert_rows import decide_in, open_alert_of, open_with, owe_for, route_columns
from storage.locks import lock_alert
from storage.rows import job_of, place_columns
from storage.tables import ALERT_JOBS, ALERTS, JOBS
from storage.transaction import Tx

_LISTED = select(ALERT_JOBS).where(
    ALERT_JOBS.c.alert_id == bindparam("alert"),
    ALERT_JOBS.c.job_id.in_(bindparam("jobs", expanding=True)),
)
_UNDECIDED_JOBS = (
    select(JOBS)
    .join(ALERT_JOBS, ALERT_JOBS.c.job_id == JOBS.c.id)
    .where(ALERT_JOBS.c.alert_id == bindparam("alert"), ALERT_JOBS.c.decision.is_(None))
)
_SAVE_ALERT = update(ALERTS).where(ALERTS.c.id == bindparam("key"))
_SAVE_LISTED = update(ALERT_JOBS).where(
    ALERT_JOBS.c.alert_id == bindparam("alert"), ALERT_JOBS.c.job_id == bindparam("job")
)
_ASKED_ANEW = {"decision": None, "decided_by": None, "decided_at": None}

Rest = dict[JobId, tuple[Drift, ...]]
"""What the other jobs of an alert have drifted to."""


@dataclass(frozen=True, slots=True)
class Joining:
    """A job that is held, or would be; `last_held` is None where no fire of it was held just now."""

    job: Job
    drifts: tuple[Drift, ...]
    held_fires: int
    last_held: datetime | None = None


def join(
    tx: Tx,
    reason: HoldReason,
    route: Route,
    joining: Sequence[Joining],
    guard: GuardConfig | None = None,
) -> bool:
    """Put jobs of one chat under its open alert of this question and route, and owe the message.

    An alert whose every job has drifted to this route meanwhile is moved to it: the chat keeps its
    one message. False where all of that was said already.
    """
    asked, ids = question(reason), [each.job.id for each in joining]
    alert, news, opened = open_alert_of(tx, joining[0].job.place, route, asked), False, False
    bills = route_columns(route)["bills"]
    for other in open_with(tx, ids):
        if (other.reason, other.bills) == (asked, bills):
            continue
        rest = _rest(tx, other, route, joining, guard) if other.reason is asked else None
        if alert is None and rest is not None:
            alert, news = _moved_on(tx, other, route, rest), True
        else:
            decide_in(tx, other, ids, Decision.CHANGED, None, tx.now)
    if alert is None:
        alert, opened = _open_alert(tx, _home(joining), route, asked)
    joined = _list(tx, alert.id, joining)
    if (joined or alert.route != route) and not opened and not news:
        tx.do(_SAVE_ALERT, key=alert.id, revision=alert.revision + 1, route=route)
        news = True
    if not (news or opened or any(each.last_held for each in joining)):
        return False
    owe_for(tx, alert, _home(joining).thread)
    return True


def _home(joining: Sequence[Joining]) -> Place:
    """The thread that all these jobs came from, else the chat itself."""
    first = joining[0].job.place
    one = all(each.job.place.thread == first.thread for each in joining)
    return first if one else first.whole_chat


def _rest(
    tx: Tx, alert: Row[Any], route: Route, joining: Sequence[Joining], guard: GuardConfig | None
) -> Rest | None:
    """What the other jobs of an alert drifted to; None unless all of them follow to this route."""
    ids, pins = ({each.job.id for each in joining}, {each.job.pins for each in joining})
    jobs = [job_of(row) for row in tx.all(_UNDECIDED_JOBS, alert=alert.id)]
    others = [job for job in jobs if job.id not in ids and job.pins in pins]
    rest = {job.id: drifts(job, route, guard) for job in others}
    everybody = len(rest) == sum(job.id not in ids for job in jobs)
    return rest if everybody and all(rest.values()) else None


def _moved_on(tx: Tx, alert: Row[Any], route: Route, rest: Rest) -> Row[Any]:
    """The same question about another route: the buttons of before are dead."""
    moved = {**route_columns(route), "route": route, "revision": alert.revision + 1}
    tx.do(_SAVE_ALERT, key=alert.id, **moved)
    for job_id, found in rest.items():
        tx.do(_SAVE_LISTED, alert=alert.id, job=job_id, drifts=found)
    return lock_alert(tx, alert.id) or alert


def _open_alert(tx: Tx, place: Place, route: Route, reason: HoldReason) -> tuple[Row[Any], bool]:
    """The open alert of a whole chat and a route, locked; true when it was opened just now."""
    one = {**route_columns(route), "reason": reason}
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


def _list(tx: Tx, alert_id: int, joining: Sequence[Joining]) -> bool:
    """Note jobs in an alert; true when the question about one of them is new."""
    ids = [each.job.id for each in joining]
    listed = {row.job_id: row for row in tx.all(_LISTED, alert=alert_id, jobs=ids)}
    news = False
    for each in joining:
        before = listed.get(each.job.id)
        asked = before is not None and (before.decision, before.drifts) == (None, each.drifts)
        news = news or not asked
        facts = {"drifts": each.drifts, "held_fires": each.held_fires}
        if each.last_held is not None:
            facts["last_held"] = each.last_held
        if before is None:
            tx.do(ALERT_JOBS.insert(), alert_id=alert_id, job_id=each.job.id, **facts)
        elif not asked or each.last_held is not None:
            tx.do(_SAVE_LISTED, alert=alert_id, job=each.job.id, **facts, **_ASKED_ANEW)
    return news
