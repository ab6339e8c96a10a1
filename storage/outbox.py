"""Owed messages: each chat gets its own in order, one at a time, and evidence is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from scheduler.outbox import Delivery, DeliveryId, DeliveryState, Owed
from storage.locks import lock_alert
from storage.owing import owe
from storage.rows import delivery_of, place_of
from storage.tables import ALERTS, DELIVERIES
from storage.transaction import Tx, Verbs

INTERRUPTED = "the process ended while this was being sent"

_ID = DELIVERIES.c.id
_HERE = DELIVERIES.c.platform.in_(bindparam("platforms", expanding=True))
_UNFINISHED = DELIVERIES.c.finished_at.is_(None)
_OLDEST = (
    select(func.min(_ID))
    .where(_UNFINISHED, _HERE)
    .group_by(DELIVERIES.c.platform, DELIVERIES.c.workspace, DELIVERIES.c.chat)
)
_HEADS = (
    select(DELIVERIES)
    .where(_ID.in_(_OLDEST), DELIVERIES.c.state == DeliveryState.QUEUED)
    .order_by(_ID)
)
_SENDING = (
    select(DELIVERIES)
    .where(_UNFINISHED, _HERE, DELIVERIES.c.state == DeliveryState.SENDING)
    .with_for_update()
)
_ONE = select(DELIVERIES).where(bindparam("id") == _ID).with_for_update()
_ALERT_OF = select(DELIVERIES.c.alert_id).where(bindparam("id") == _ID)
_SAVE = update(DELIVERIES).where(bindparam("key") == _ID)
_TAKE = _SAVE.where(DELIVERIES.c.state == DeliveryState.QUEUED).values(
    state=DeliveryState.SENDING, attempts=DELIVERIES.c.attempts + 1
)
_LEAVE = _SAVE.where(DELIVERIES.c.state == DeliveryState.SENDING)
_LEAVE_IN_DOUBT = _LEAVE.values(doubts=DELIVERIES.c.doubts + 1)
_REMEMBER = update(ALERTS).where(ALERTS.c.id == bindparam("key"))


class OutboxVerbs(Verbs):
    async def owe(self, owed: Owed) -> None:
        await self._run(lambda tx: owe(tx, [owed]))

    async def ready(self, now: datetime, platforms: Sequence[str]) -> list[Delivery]:
        """What may be sent now: the oldest unfinished delivery of each chat, if it is due."""
        return await self._run(
            lambda tx: [delivery_of(row) for row in _heads(tx, platforms) if row.due <= now]
        )

    async def next_ready(self, platforms: Sequence[str]) -> datetime | None:
        return await self._run(
            lambda tx: min((row.due for row in _heads(tx, platforms)), default=None)
        )

    async def sending(self, delivery_id: DeliveryId) -> bool:
        return await self._run(lambda tx: tx.do(_TAKE, key=delivery_id) == 1)

    async def sent(self, delivery_id: DeliveryId, message: str) -> None:
        await self._run(lambda tx: _sent(tx, delivery_id, message))

    async def again(
        self, delivery_id: DeliveryId, due: datetime, error: str, *, doubtful: bool = False
    ) -> None:
        queued = {"state": DeliveryState.QUEUED, "due": due, "error": error}
        leave = _LEAVE_IN_DOUBT if doubtful else _LEAVE
        await self._run(lambda tx: tx.do(leave, key=delivery_id, **queued))

    async def unknown(self, delivery_id: DeliveryId, error: str) -> None:
        await self._run(lambda tx: _give_up(tx, delivery_id, DeliveryState.UNKNOWN, error))

    async def dead(self, delivery_id: DeliveryId, error: str) -> None:
        await self._run(lambda tx: _give_up(tx, delivery_id, DeliveryState.DEAD, error))

    async def interrupted(self, platforms: Sequence[str]) -> None:
        await self._run(lambda tx: _interrupted(tx, platforms))


def _heads(tx: Tx, platforms: Sequence[str]) -> Sequence[Row[Any]]:
    """The queued ones among the oldest unfinished delivery of each chat."""
    return tx.all(_HEADS, platforms=list(platforms))


def _sent(tx: Tx, delivery_id: DeliveryId, message: str) -> None:
    """Evidence counts even for a delivery that was queued once more, or given up, meanwhile."""
    found = tx.one(_ALERT_OF, id=delivery_id)
    if found is None:
        return
    alert = None if found.alert_id is None else lock_alert(tx, found.alert_id)
    row = tx.one(_ONE, id=delivery_id)
    if row is None or row.state in (DeliveryState.SENT, DeliveryState.DEAD):
        return
    evidence = {"state": DeliveryState.SENT, "message": message, "finished_at": tx.now}
    tx.do(_SAVE, key=delivery_id, **evidence)
    if alert is not None and _hangs_there(alert, row):
        tx.do(_REMEMBER, key=alert.id, message=message)


def _hangs_there(alert: Row[Any], row: Row[Any]) -> bool:
    """False when the alert has moved on from where this was sent, or this was another chat."""
    return place_of(row) in (place_of(alert), place_of(alert).whole_chat)


def _give_up(tx: Tx, delivery_id: DeliveryId, state: DeliveryState, error: str) -> None:
    tx.do(_LEAVE, key=delivery_id, state=state, error=error, finished_at=tx.now)


def _interrupted(tx: Tx, platforms: Sequence[str]) -> None:
    once_more = {"state": DeliveryState.QUEUED, "due": tx.now}
    enough = {"state": DeliveryState.UNKNOWN, "finished_at": tx.now}
    for row in tx.all(_SENDING, platforms=list(platforms)):
        facts = once_more if row.doubts == 0 else enough
        tx.do(_SAVE, key=row.id, doubts=row.doubts + 1, error=INTERRUPTED, **facts)
