"""What nobody will ask for again is cleared away, a little at a time."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Delete, Table, bindparam, delete, select, tuple_

from storage.tables import BUTTONS, DRAFTS, EVENTS, SPENDING, UPDATES
from storage.transaction import Tx, Verbs

MOST = 1_000
"""Rows of one kind that one transaction clears away."""


def _oldest(table: Table, age: ColumnElement[Any]) -> Delete:
    key = tuple(table.primary_key)
    old = select(*key).where(age <= bindparam("before")).order_by(age).limit(MOST)
    return delete(table).where(tuple_(*key).in_(old))


_KINDS = (
    (_oldest(UPDATES, UPDATES.c.finished_at), timedelta(days=1)),
    # Longer than any platform hands in an event again.
    (_oldest(EVENTS, EVENTS.c.at), timedelta(days=7)),
    (_oldest(DRAFTS, DRAFTS.c.expires_at), timedelta(0)),
    # Until then a late press is told more than that the button is unknown.
    (_oldest(BUTTONS, BUTTONS.c.expires_at), timedelta(days=1)),
)
# Caps look at today; what a day has cost is told by its calls.
_DAYS = (_oldest(SPENDING, SPENDING.c.day), timedelta(days=40))


class ForgettingVerbs(Verbs):
    async def forget(self, now: datetime) -> bool:
        return await self._run(lambda tx: _forget(tx, now))


def _forget(tx: Tx, now: datetime) -> bool:
    cleared = [tx.do(clear, before=now - age) for clear, age in _KINDS]
    clear, age = _DAYS
    cleared.append(tx.do(clear, before=(now - age).date().isoformat()))
    return max(cleared) == MOST
