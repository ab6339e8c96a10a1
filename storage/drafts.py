"""Drafts: what a person has answered so far, one for each person in each place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from scheduler.job import Place, Principal
from storage.tables import DRAFTS
from storage.transaction import Tx, Verbs

_KEY = tuple(DRAFTS.primary_key)
_ONE = [column == bindparam(f"key_{column.name}") for column in _KEY]
_DRAFT = select(DRAFTS.c.answers).where(*_ONE, DRAFTS.c.expires_at > bindparam("now"))
_SAVE = update(DRAFTS).where(*_ONE)
_DROP = delete(DRAFTS).where(*_ONE).returning(DRAFTS.c.expires_at)


class DraftVerbs(Verbs):
    async def draft(self, place: Place, by: Principal, now: datetime) -> Mapping[str, str] | None:
        return await self._run(lambda tx: _draft(tx, place, by, now))

    async def keep_draft(
        self, place: Place, by: Principal, answers: Mapping[str, str], expires: datetime
    ) -> None:
        await self._run(lambda tx: _keep(tx, place, by, answers, expires))

    async def drop_draft(self, place: Place, by: Principal) -> bool:
        return await self._run(lambda tx: _drop(tx, place, by))


def _draft(tx: Tx, place: Place, by: Principal, now: datetime) -> Mapping[str, str] | None:
    row = tx.one(_DRAFT, **_the_one(place, by), now=now)
    if row is None:
        return None
    answers: dict[str, str] = row.answers
    return answers


def _keep(
    tx: Tx, place: Place, by: Principal, answers: Mapping[str, str], expires: datetime
) -> None:
    said = {"answers": dict(answers), "expires_at": expires}
    if not tx.insert_if_new(DRAFTS, **_columns(place, by), **said):
        tx.do(_SAVE, **_the_one(place, by), **said)


def _drop(tx: Tx, place: Place, by: Principal) -> bool:
    row = tx.one(_DROP, **_the_one(place, by))
    return row is not None and row.expires_at > tx.now


def _columns(place: Place, by: Principal) -> dict[str, Any]:
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "chat": place.chat,
        "thread": place.thread or "",
        "by_workspace": by.workspace,
        "by_person": by.person,
    }


def _the_one(place: Place, by: Principal) -> dict[str, Any]:
    return {f"key_{name}": value for name, value in _columns(place, by).items()}
