"""What the chat front remembers: buttons, people, events it has seen, and the audit."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from scheduler.job import Place, Principal
from scheduler.ports import Entry, Person
from scheduler.press import Press, StoredPress
from storage.rows import audit_row, entry_of, place_columns, press_of
from storage.tables import AuditRow, ButtonRow, EventRow, PersonRow
from storage.transaction import Tx, Verbs

TOKEN_BYTES = 18
"""24 characters when written."""


class FrontVerbs(Verbs):
    async def mint(self, presses: Sequence[Press], place: Place, expires: datetime) -> list[str]:
        return await self._run(lambda tx: _mint(tx, presses, place, expires))

    async def press(self, token: str) -> StoredPress | None:
        return await self._run(lambda tx: _press(tx, token))

    async def pressed(self, token: str, by: Principal, at: datetime) -> bool:
        return await self._run(lambda tx: _pressed(tx, token, by, at))

    async def person(self, principal: Principal) -> Person:
        return await self._run(lambda tx: _person(tx, principal))

    async def set_zone(self, principal: Principal, zone: str) -> None:
        await self._run(lambda tx: _set_zone(tx, principal, zone))

    async def first_time(self, platform: str, event: str, at: datetime) -> bool:
        return await self._run(lambda tx: tx.added(EventRow(platform=platform, event=event, at=at)))

    async def audit(self, entry: Entry) -> None:
        await self._run(lambda tx: tx.session.add(audit_row(entry)))

    async def audited(self, object: str | None = None, limit: int = 50) -> list[Entry]:
        return await self._run(lambda tx: _audited(tx, object, limit))


def _mint(tx: Tx, presses: Sequence[Press], place: Place, expires: datetime) -> list[str]:
    tokens = [secrets.token_urlsafe(TOKEN_BYTES) for _ in presses]
    for token, press in zip(tokens, presses, strict=True):
        tx.session.add(
            ButtonRow(token=token, press=press, **place_columns(place), expires_at=expires)
        )
    return tokens


def _press(tx: Tx, token: str) -> StoredPress | None:
    row = tx.session.get(ButtonRow, token)
    return None if row is None else press_of(row)


def _pressed(tx: Tx, token: str, by: Principal, at: datetime) -> bool:
    wanted = select(ButtonRow).where(ButtonRow.token == token, col(ButtonRow.pressed_at).is_(None))
    row = tx.session.exec(wanted.with_for_update()).one_or_none()
    if row is None:
        return False
    row.pressed_by, row.pressed_at = by, at
    return True


def _person(tx: Tx, principal: Principal) -> Person:
    row = tx.session.get(PersonRow, _key(principal))
    return Person(principal, None if row is None else row.zone)


def _set_zone(tx: Tx, principal: Principal, zone: str) -> None:
    fresh = PersonRow(
        platform=principal.platform,
        workspace=principal.workspace,
        person=principal.person,
        name=principal.name,
        zone=zone,
    )
    if not tx.added(fresh):
        row = tx.session.get_one(PersonRow, _key(principal), with_for_update=True)
        row.name, row.zone = principal.name, zone


def _key(principal: Principal) -> tuple[str, str, str]:
    return principal.platform, principal.workspace, principal.person


def _audited(tx: Tx, object: str | None, limit: int) -> list[Entry]:
    wanted = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
    if object is not None:
        wanted = wanted.where(AuditRow.object == object)
    return [entry_of(row) for row in tx.session.exec(wanted)]
