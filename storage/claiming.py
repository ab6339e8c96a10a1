"""Who became admin by a claim: of all who try one code at once, one does."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from scheduler.job import Principal
from scheduler.ports import Entry, Offer
from storage.auditing import note
from storage.tables import ADMINS, OFFERS
from storage.transaction import Tx, Verbs

ONE = 1
"""The number of the only offer: a new code takes the place of the one before."""

_ADMINS = select(ADMINS).order_by(ADMINS.c.at)
_REMOVE_ADMIN = delete(ADMINS).where(
    ADMINS.c.platform == bindparam("on"),
    ADMINS.c.workspace == bindparam("within"),
    ADMINS.c.person == bindparam("who"),
)
_OPEN = (OFFERS.c.expires_at > bindparam("now")) & (OFFERS.c.attempts_left > 0)
_OFFERED = select(OFFERS).where(_OPEN)
_OFFER_ANEW = update(OFFERS).where(OFFERS.c.id == ONE)
_ATTEMPT = (
    update(OFFERS).where(_OPEN).values(attempts_left=OFFERS.c.attempts_left - 1).returning(OFFERS)
)
_END_OFFER = delete(OFFERS).where(OFFERS.c.digest == bindparam("this"))


class ClaimVerbs(Verbs):
    async def admins(self) -> list[Principal]:
        return await self._run(lambda tx: [_principal_of(row) for row in tx.all(_ADMINS)])

    async def offer(self, offer: Offer) -> bool:
        return await self._run(lambda tx: _offer(tx, offer))

    async def offered(self, now: datetime) -> Offer | None:
        return await self._run(lambda tx: _offer_of(tx.one(_OFFERED, now=now)))

    async def attempt(self, now: datetime) -> Offer | None:
        return await self._run(lambda tx: _offer_of(tx.one(_ATTEMPT, now=now)))

    async def make_admin(self, offer: Offer, audit: Entry) -> bool:
        return await self._run(lambda tx: _make_admin(tx, offer, audit))

    async def unmake_admin(self, principal: Principal, audit: Entry) -> bool:
        return await self._run(lambda tx: _unmake_admin(tx, principal, audit))


def _offer(tx: Tx, offer: Offer) -> bool:
    if tx.one(_ADMINS) is not None:
        return False
    said = {
        "salt": offer.salt,
        "digest": offer.digest,
        "expires_at": offer.expires_at,
        "attempts_left": offer.attempts_left,
    }
    if not tx.insert_if_new(OFFERS, id=ONE, **said):
        tx.do(_OFFER_ANEW, **said)
    return True


def _make_admin(tx: Tx, offer: Offer, audit: Entry) -> bool:
    # The offer's row is the lock: whoever deletes it is alone, and sees who was admin before.
    if tx.do(_END_OFFER, this=offer.digest) != 1 or tx.one(_ADMINS) is not None:
        return False
    by = audit.by
    known = {"platform": by.platform, "workspace": by.workspace, "person": by.person}
    tx.do(ADMINS.insert(), **known, name=by.name, at=audit.at)
    note(tx, audit)
    return True


def _unmake_admin(tx: Tx, principal: Principal, audit: Entry) -> bool:
    key = {"on": principal.platform, "within": principal.workspace, "who": principal.person}
    if tx.do(_REMOVE_ADMIN, **key) == 0:
        return False
    note(tx, audit)
    return True


def _principal_of(row: Row[Any]) -> Principal:
    return Principal(row.platform, row.workspace, row.person, row.name)


def _offer_of(row: Row[Any] | None) -> Offer | None:
    if row is None:
        return None
    return Offer(row.salt, row.digest, row.expires_at, row.attempts_left)
