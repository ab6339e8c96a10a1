"""Leases by name: of all processes one does what only one may do."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, or_, update

from storage.tables import LEASES
from storage.transaction import Tx, Verbs

_FREE = or_(LEASES.c.holder == bindparam("mine"), LEASES.c.until <= bindparam("now"))
_TAKE = update(LEASES).where(LEASES.c.name == bindparam("key"), _FREE)
_END = delete(LEASES).where(LEASES.c.name == bindparam("key"), LEASES.c.holder == bindparam("mine"))
_END_ALL = delete(LEASES)


class NamedLeaseVerbs(Verbs):
    async def hold_lease(self, name: str, holder: str, life: timedelta) -> bool:
        return await self._run(lambda tx: _hold(tx, name, holder, life))

    async def end_lease(self, name: str, holder: str) -> None:
        await self._run(lambda tx: tx.do(_END, key=name, mine=holder))

    async def end_leases(self) -> None:
        await self._run(lambda tx: tx.do(_END_ALL))


def _hold(tx: Tx, name: str, holder: str, life: timedelta) -> bool:
    now = tx.lease_clock()
    mine = {"holder": holder, "until": now + life}
    if tx.insert_if_new(LEASES, name=name, **mine):
        return True
    return tx.do(_TAKE, key=name, mine=holder, now=now, **mine) == 1
