"""Owed messages: each chat gets its own in order, one at a time, and evidence is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, func, select, update

from scheduler.alert import AlertState
from scheduler.outbox import Delivery, DeliveryId, DeliveryState, Owed, patience
from storage.locks import lock_alert
from storage.owing import owe, owe_elsewhere
from storage.rows import delivery_of, place_of
from storage.tables import ALERTS, DELIVERIES
from storage.transaction import Tx, Verbs

INTERRUPTED = "the process ended while this was being sent"

_ID = DELIVERIES.c.id
_HERE = DELIVERIES.c.platform.in_(bindparam("platforms", expanding=True))
_UNFINISHED = DELIVERIES.c.finished_at.is_(None)
_BEGUN = DELIVERIES.c.attempts > 0
_OLDEST = (
    select(func.coalesce(func.min(case((_BEGUN, _ID))), func.min(_ID)))
    .where(_UNFINISHED, _HERE, _BEGUN | (DELIVERIES.c.due <= bindparam("now")))
    .group_by(DELIVERIES.c.platform, DELIVERIES.c.workspace, DELIVERIES.c.chat)
)
_HEADS = (
    select(DELIVERIES)
    .where(_ID.in_(_OLDEST), DELIVERIES.c.state == DeliveryState.QUEUED)
    .order_by(_ID)
)
_NEW = DELIVERIES.c.created_at >= bindparam("since")
_OLDEST_OF_NEW = _OLDEST.where(_BEGUN | _NEW).having(func.max(case((_NEW, _ID))).is_not(None))
_HEADS_OF_NEW = (
    select(DELIVERIES)
    .where(_ID.in_(_OLDEST_OF_NEW), DELIVERIES.c.state == DeliveryState.QUEUED)
    .order_by(_ID)
)
_NEXT_TO_WAKE = select(func.min(DELIVERIES.c.due)).where(
    _UNFINISHED, _HERE, ~_BEGUN, DELIVERIES.c.due > bindparam("now")
)
_SENDING = (
    select(DELIVERIES)
    .where(_UNFINISHED, _HERE, DELIVERIES.c.state == DeliveryState.SENDING)
    .order_by(_ID)
)
_ONE = select(DELIVERIES).where(bindparam("id") == _ID).with_for_update()
_ALERT_OF = select(DELIVERIES.c.alert_id).where(bindparam("id") == _ID)
_SAVE = update(DELIVERIES).where(bindparam("key") == _ID)
_TAKE = _SAVE.where(DELIVERIES.c.state == DeliveryState.QUEUED).values(
    state=DeliveryState.SENDING, attempts=DELIVERIES.c.attempts + 1
)
_LEAVE = _SAVE.where(DELIVERIES.c.state == DeliveryState.SENDING)
_REST = _LEAVE.values(state=DeliveryState.QUEUED, attempts=0)
_LEAVE_IN_DOUBT = _LEAVE.values(doubts=DELIVERIES.c.doubts + 1)
_REMEMBER = update(ALERTS).where(ALERTS.c.id == bindparam("key"))


class OutboxVerbs(Verbs):
    async def owe(self, owed: Owed) -> None:
        await self._run(lambda tx: owe(tx, [owed]))

    async def ready(
        self, now: datetime, platforms: Sequence[str], *, since: datetime | None = None
    ) -> list[Delivery]:
        """What may be sent now: the oldest unfinished delivery of each chat, if it is due."""
        return await self._run(
            lambda tx: [
                delivery_of(row) for row in _heads(tx, platforms, now, since) if row.due <= now
            ]
        )

    async def next_ready(self, platforms: Sequence[str]) -> datetime | None:
        return await self._run(lambda tx: _next_ready(tx, platforms))

    async def sending(self, delivery_id: DeliveryId) -> Owed | None:
        return await self._run(lambda tx: _taken(tx, delivery_id))

    async def sent(self, delivery_id: DeliveryId, message: str) -> None:
        await self._run(lambda tx: _sent(tx, delivery_id, message))

    async def again(
        self, delivery_id: DeliveryId, due: datetime, error: str, *, doubtful: bool = False
    ) -> None:
        queued = {"state": DeliveryState.QUEUED, "due": due, "error": error}
        leave = _LEAVE_IN_DOUBT if doubtful else _LEAVE
        await self._run(lambda tx: tx.do(leave, key=delivery_id, **queued))

    async def aside(self, delivery_id: DeliveryId, due: datetime, error: str) -> None:
        await self._run(lambda tx: tx.do(_REST, key=delivery_id, due=due, error=error))

    async def unknown(self, delivery_id: DeliveryId, error: str) -> None:
        await self._run(lambda tx: _in_doubt(tx, delivery_id, error))

    async def dead(
        self, delivery_id: DeliveryId, error: str, *, instead: Owed | None = None
    ) -> None:
        await self._run(lambda tx: _dead(tx, delivery_id, error, instead))

    async def interrupted(self, platforms: Sequence[str]) -> None:
        await self._run(lambda tx: _interrupted(tx, platforms))


def _heads(
    tx: Tx, platforms: Sequence[str], now: datetime, since: datetime | None = None
) -> Sequence[Row[Any]]:
    """What each chat gets next, where that is queued."""
    if since is None:
        return tx.all(_HEADS, platforms=list(platforms), now=now)
    return tx.all(_HEADS_OF_NEW, platforms=list(platforms), now=now, since=since)


def _next_ready(tx: Tx, platforms: Sequence[str]) -> datetime | None:
    resting = tx.all(_NEXT_TO_WAKE, platforms=list(platforms), now=tx.now)
    heads = _heads(tx, platforms, tx.now)
    moments = [row.due for row in heads] + [due for (due,) in resting if due is not None]
    return min(moments, default=None)


def _taken(tx: Tx, delivery_id: DeliveryId) -> Owed | None:
    """Read again: the alert may have moved to the whole chat since somebody saw the delivery."""
    if tx.do(_TAKE, key=delivery_id) != 1:
        return None
    row = tx.one(_ONE, id=delivery_id)
    return None if row is None else delivery_of(row).owed


def _locked(tx: Tx, delivery_id: DeliveryId) -> tuple[Row[Any] | None, Row[Any] | None]:
    """A delivery and its alert, locked; the alert first, as everybody does who changes one."""
    found = tx.one(_ALERT_OF, id=delivery_id)
    if found is None:
        return None, None
    alert = None if found.alert_id is None else lock_alert(tx, found.alert_id)
    return tx.one(_ONE, id=delivery_id), alert


def _sent(tx: Tx, delivery_id: DeliveryId, message: str) -> None:
    """Evidence counts even for a delivery that was queued once more, or given up, meanwhile."""
    row, alert = _locked(tx, delivery_id)
    if row is None or row.state in (DeliveryState.SENT, DeliveryState.DEAD):
        return
    evidence = {"state": DeliveryState.SENT, "message": message, "finished_at": tx.now}
    tx.do(_SAVE, key=delivery_id, **evidence)
    if alert is None:
        return
    if _is_the_alert(alert, row):
        if row.facts.get("anew") and alert.message not in (None, message):
            owe_elsewhere(tx, alert.hangs, alert.message, anew=True)
        tx.do(_REMEMBER, key=alert.id, message=message, hangs=place_of(row))
    elif message != alert.message:
        owe_elsewhere(tx, place_of(row), message)


def _is_the_alert(alert: Row[Any], row: Row[Any]) -> bool:
    """False when the alert has moved on from where this was sent, or hangs elsewhere and this is a copy."""
    here, home = place_of(row), place_of(alert)
    if here == home or _hangs(alert, row):
        return True
    return alert.message is None and (here == home.whole_chat or bool(row.tried))


def _hangs(alert: Row[Any], row: Row[Any]) -> bool:
    """Whether the alert's message hangs where this delivery goes."""
    return alert.message is not None and alert.hangs == place_of(row)


def _dead(tx: Tx, delivery_id: DeliveryId, error: str, instead: Owed | None) -> None:
    row, alert = _locked(tx, delivery_id)
    if row is None or not _give_up(tx, delivery_id, DeliveryState.DEAD, error):
        return
    if alert is not None and _hangs(alert, row):
        tx.do(_REMEMBER, key=alert.id, message=None, hangs=None)
    if instead is not None:
        owe(tx, [instead])


def _in_doubt(tx: Tx, delivery_id: DeliveryId, error: str) -> None:
    """After a second doubtful sending: the end of a message, but not of a question that is open."""
    row, alert = _locked(tx, delivery_id)
    if row is None:
        return
    if alert is None or alert.state is not AlertState.OPEN:
        _give_up(tx, delivery_id, DeliveryState.UNKNOWN, error)
        return
    doubts = row.doubts + 1
    due = tx.now + patience(doubts)
    tx.do(_REST, key=delivery_id, doubts=doubts, due=due, error=error)


def _give_up(tx: Tx, delivery_id: DeliveryId, state: DeliveryState, error: str) -> bool:
    return tx.do(_LEAVE, key=delivery_id, state=state, error=error, finished_at=tx.now) == 1


def _interrupted(tx: Tx, platforms: Sequence[str]) -> None:
    for row in tx.all(_SENDING, platforms=list(platforms)):
        if row.doubts == 0:
            once_more = {"state": DeliveryState.QUEUED, "due": tx.now, "error": INTERRUPTED}
            tx.do(_LEAVE_IN_DOUBT, key=row.id, **once_more)
        else:
            _in_doubt(tx, row.id, INTERRUPTED)
