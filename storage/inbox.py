"""The inbox: an update is kept before it is confirmed, counted when begun, and finished last."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from scheduler.ports import Update
from storage.tables import UPDATES
from storage.transaction import Tx, Verbs

_UNFINISHED = UPDATES.c.finished_at.is_(None)
_ONE = (
    (UPDATES.c.platform == bindparam("on")) & (UPDATES.c.number == bindparam("key")) & _UNFINISHED
)
_BEGIN = update(UPDATES).where(_ONE).values(tries=UPDATES.c.tries + 1).returning(UPDATES.c.tries)
_FINISH = update(UPDATES).where(_ONE)
_WAITING = (
    select(UPDATES)
    .where(UPDATES.c.platform == bindparam("on"), _UNFINISHED)
    .order_by(UPDATES.c.at, UPDATES.c.number)
)


class InboxVerbs(Verbs):
    async def take_in(self, platform: str, number: int, body: str, at: datetime) -> bool:
        one = {"platform": platform, "number": number}
        return await self._run(
            lambda tx: tx.insert_if_new(UPDATES, **one, body=body, at=at, tries=0)
        )

    async def begin(self, platform: str, number: int) -> int:
        return await self._run(lambda tx: _begin(tx, platform, number))

    async def finish(self, platform: str, number: int, error: str | None = None) -> None:
        # What people wrote is kept no longer than it is needed: to handle it, or to see what was wrong.
        blank = {"body": ""} if error is None else {}
        await self._run(
            lambda tx: tx.do(
                _FINISH, on=platform, key=number, finished_at=tx.now, error=error, **blank
            )
        )

    async def unfinished(self, platform: str) -> list[Update]:
        return await self._run(
            lambda tx: [_update_of(row) for row in tx.all(_WAITING, on=platform)]
        )


def _begin(tx: Tx, platform: str, number: int) -> int:
    row = tx.one(_BEGIN, on=platform, key=number)
    return 0 if row is None else int(row.tries)


def _update_of(row: Row[Any]) -> Update:
    return Update(row.number, row.body, row.tries)
