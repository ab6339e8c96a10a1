"""Owed messages: each chat gets its own in order, one at a time, and evidence is kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select

from scheduler.outbox import Delivery, DeliveryId, DeliveryState, Owed
from storage.locks import lock_alert
from storage.owing import owe
from storage.rows import delivery_of, place_of
from storage.tables import AlertRow, DeliveryRow
from storage.transaction import Tx, Verbs

SENDABLE = (DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.UNKNOWN)
INTERRUPTED = "the process ended while this was being sent"


class OutboxVerbs(Verbs):
    async def owe(self, owed: Owed) -> None:
        await self._run(lambda tx: owe(tx, [owed]))

    async def ready(self, now: datetime, platforms: Sequence[str]) -> list[Delivery]:
        return await self._run(lambda tx: _ready(tx, now, platforms))

    async def next_ready(self, platforms: Sequence[str]) -> datetime | None:
        return await self._run(lambda tx: _next_ready(tx, platforms))

    async def sending(self, delivery_id: DeliveryId) -> bool:
        return await self._run(lambda tx: _sending(tx, delivery_id))

    async def sent(self, delivery_id: DeliveryId, message: str) -> None:
        await self._run(lambda tx: _sent(tx, delivery_id, message))

    async def again(self, delivery_id: DeliveryId, due: datetime, error: str) -> None:
        await self._run(lambda tx: _again(tx, delivery_id, due, error))

    async def unknown(self, delivery_id: DeliveryId, error: str) -> None:
        await self._run(lambda tx: _give_up(tx, delivery_id, DeliveryState.UNKNOWN, error))

    async def dead(self, delivery_id: DeliveryId, error: str) -> None:
        await self._run(lambda tx: _give_up(tx, delivery_id, DeliveryState.DEAD, error))

    async def interrupted(self, platforms: Sequence[str]) -> None:
        await self._run(lambda tx: _interrupted(tx, platforms))


def _heads(tx: Tx, platforms: Sequence[str]) -> list[DeliveryRow]:
    """The queued ones among the oldest unfinished delivery of each chat."""
    oldest = (
        select(func.min(DeliveryRow.id))
        .where(col(DeliveryRow.finished_at).is_(None), col(DeliveryRow.platform).in_(platforms))
        .group_by(col(DeliveryRow.platform), col(DeliveryRow.workspace), col(DeliveryRow.chat))
    )
    wanted = (
        select(DeliveryRow)
        .where(col(DeliveryRow.id).in_(oldest), DeliveryRow.state == DeliveryState.QUEUED)
        .order_by(col(DeliveryRow.id))
    )
    return list(tx.session.exec(wanted))


def _ready(tx: Tx, now: datetime, platforms: Sequence[str]) -> list[Delivery]:
    return [delivery_of(row) for row in _heads(tx, platforms) if row.due <= now]


def _next_ready(tx: Tx, platforms: Sequence[str]) -> datetime | None:
    return min((row.due for row in _heads(tx, platforms)), default=None)


def _locked(tx: Tx, delivery_id: DeliveryId, *states: DeliveryState) -> DeliveryRow | None:
    wanted = select(DeliveryRow).where(
        DeliveryRow.id == delivery_id, col(DeliveryRow.state).in_(states)
    )
    return tx.session.exec(wanted.with_for_update()).one_or_none()


def _sending(tx: Tx, delivery_id: DeliveryId) -> bool:
    row = _locked(tx, delivery_id, DeliveryState.QUEUED)
    if row is None:
        return False
    row.state = DeliveryState.SENDING
    row.attempts += 1
    return True


def _sent(tx: Tx, delivery_id: DeliveryId, message: str) -> None:
    """Evidence counts even for a delivery that was queued once more, or given up, meanwhile."""
    wanted = select(DeliveryRow.alert_id).where(DeliveryRow.id == delivery_id)
    alert_id = tx.session.exec(wanted).one_or_none()
    alert = None if alert_id is None else lock_alert(tx, alert_id)
    row = _locked(tx, delivery_id, *SENDABLE)
    if row is None:
        return
    row.state, row.message, row.finished_at = DeliveryState.SENT, message, tx.now
    if alert is not None and _hangs_there(alert, row):
        alert.message = message


def _hangs_there(alert: AlertRow, row: DeliveryRow) -> bool:
    """False when the alert has moved on from where this was sent, or this was another chat."""
    return place_of(row) in (place_of(alert), place_of(alert).whole_chat)


def _again(tx: Tx, delivery_id: DeliveryId, due: datetime, error: str) -> None:
    row = _locked(tx, delivery_id, DeliveryState.SENDING)
    if row is not None:
        row.state, row.due, row.error = DeliveryState.QUEUED, due, error


def _give_up(tx: Tx, delivery_id: DeliveryId, state: DeliveryState, error: str) -> None:
    row = _locked(tx, delivery_id, DeliveryState.SENDING)
    if row is not None:
        row.state, row.error, row.finished_at = state, error, tx.now


def _interrupted(tx: Tx, platforms: Sequence[str]) -> None:
    wanted = select(DeliveryRow).where(
        col(DeliveryRow.platform).in_(platforms),
        col(DeliveryRow.finished_at).is_(None),
        DeliveryRow.state == DeliveryState.SENDING,
    )
    for row in tx.session.exec(wanted.with_for_update()):
        row.doubts += 1
        row.error = INTERRUPTED
        if row.doubts == 1:
            row.state, row.due = DeliveryState.QUEUED, tx.now
        else:
            row.state, row.finished_at = DeliveryState.UNKNOWN, tx.now
