"""What the chat front remembers: buttons, people, events it has seen, and the audit."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from scheduler.job import Place, Principal
from scheduler.ports import Entry, Event, Person
from scheduler.press import Press, StoredPress
from storage.auditing import mark, note, note_press
from storage.rows import entry_of, place_columns, press_of
from storage.tables import AUDIT, BUTTONS, EVENTS, PEOPLE
from storage.transaction import Tx, Verbs

TOKEN_BYTES = 18
"""24 characters when written."""

_BUTTON = select(BUTTONS).where(BUTTONS.c.token == bindparam("token"))
_ONE_PERSON = (
    (PEOPLE.c.platform == bindparam("on"))
    & (PEOPLE.c.workspace == bindparam("within"))
    & (PEOPLE.c.person == bindparam("who"))
)
_PERSON = select(PEOPLE.c.zone).where(_ONE_PERSON)
_SET_ZONE = update(PEOPLE).where(_ONE_PERSON)
_SEEN = select(EVENTS.c.at).where(
    EVENTS.c.platform == bindparam("on"), EVENTS.c.event == bindparam("event")
)
_AUDITED = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(bindparam("limit"))
_AUDITED_OBJECT = _AUDITED.where(AUDIT.c.object == bindparam("object"))


class FrontVerbs(Verbs):
    async def mint(self, presses: Sequence[Press], place: Place, expires: datetime) -> list[str]:
        return await self._run(lambda tx: _mint(tx, presses, place, expires))

    async def press(self, token: str) -> StoredPress | None:
        return await self._run(lambda tx: _press(tx, token))

    async def pressed(self, token: str, by: Principal, at: datetime) -> bool:
        return await self._run(lambda tx: note_press(tx, token, by, at))

    async def person(self, principal: Principal) -> Person:
        return await self._run(lambda tx: _person(tx, principal))

    async def set_zone(self, principal: Principal, zone: str) -> None:
        await self._run(lambda tx: _set_zone(tx, principal, zone))

    async def seen(self, platform: str, event: str) -> bool:
        return await self._run(lambda tx: tx.one(_SEEN, on=platform, event=event) is not None)

    async def mark(self, event: Event, at: datetime) -> bool:
        return await self._run(lambda tx: mark(tx, event, at))

    async def audit(self, entry: Entry) -> None:
        await self._run(lambda tx: note(tx, entry))

    async def audited(self, object: str | None = None, limit: int = 50) -> list[Entry]:
        return await self._run(lambda tx: _audited(tx, object, limit))


def _mint(tx: Tx, presses: Sequence[Press], place: Place, expires: datetime) -> list[str]:
    tokens = [secrets.token_urlsafe(TOKEN_BYTES) for _ in presses]
    for token, press in zip(tokens, presses, strict=True):
        button = {"token": token, "press": press, "expires_at": expires}
        tx.do(BUTTONS.insert(), **button, **place_columns(place))
    return tokens


def _press(tx: Tx, token: str) -> StoredPress | None:
    row = tx.one(_BUTTON, token=token)
    return None if row is None else press_of(row)


def _person(tx: Tx, principal: Principal) -> Person:
    row = tx.one(_PERSON, **_key(principal))
    return Person(principal, None if row is None else row.zone)


def _set_zone(tx: Tx, principal: Principal, zone: str) -> None:
    said = {"name": principal.name, "zone": zone}
    known = {
        "platform": principal.platform,
        "workspace": principal.workspace,
        "person": principal.person,
    }
    if not tx.insert_if_new(PEOPLE, **known, **said):
        tx.do(_SET_ZONE, **_key(principal), **said)


def _key(principal: Principal) -> dict[str, Any]:
    return {"on": principal.platform, "within": principal.workspace, "who": principal.person}


def _audited(tx: Tx, object: str | None, limit: int) -> list[Entry]:
    if object is None:
        return [entry_of(row) for row in tx.all(_AUDITED, limit=limit)]
    return [entry_of(row) for row in tx.all(_AUDITED_OBJECT, object=object, limit=limit)]
