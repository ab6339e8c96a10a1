"""What was spent under the caps, and what an admin allows more for today."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from scheduler.caps import Cap
from scheduler.job import JobId, Place
from scheduler.ports import Entry, Raise
from scheduler.run import RunId
from scheduler.spend import EVERYTHING, Spent, chat_key, keys
from storage.auditing import note
from storage.jobs import read_job
from storage.reserving import THIS, lock, spent_by
from storage.tables import SPENDING
from storage.transaction import Tx, Verbs

_RAISE = update(SPENDING).where(THIS)
# By the whole index: a day has rows of every job and every chat. No job's key is a chat's.
_UNDER = select(SPENDING).where(
    SPENDING.c.day == bindparam("on"),
    SPENDING.c.cap.in_(tuple(Cap)),
    SPENDING.c.key.in_(bindparam("keys", expanding=True)),
)


class SpendingVerbs(Verbs):
    async def spent(self, job_id: JobId, day: str, run_id: RunId | None = None) -> Spent:
        return await self._run(lambda tx: _spent(tx, job_id, day, run_id))

    async def raise_caps(self, day: str, raises: Sequence[Raise], audit: Entry) -> bool:
        return await self._run(lambda tx: _raise_caps(tx, day, raises, audit))

    async def spent_in(self, day: str, chat: Place | None) -> Spent:
        return await self._run(lambda tx: _spent_in(tx, day, chat))


def _spent(tx: Tx, job_id: JobId, day: str, run_id: RunId | None) -> Spent:
    job = read_job(tx, job_id)
    if job is None:
        return Spent()
    by = keys(job)
    rows = tx.all(_UNDER, on=day, keys=sorted(set(by.values())))
    amounts = {row.cap: row.amount for row in rows if row.cap is not Cap.RUN}
    if run_id is not None:
        amounts[Cap.RUN] = spent_by(tx, run_id)
    raised = {row.cap: row.raised for row in rows}
    return Spent(amounts, raised, frozenset(row.cap for row in rows if row.warned))


def _raise_caps(tx: Tx, day: str, raises: Sequence[Raise], audit: Entry) -> bool:
    """All of them or none: whoever comes second has seen other figures."""
    rows = lock(tx, ((day, each.cap, each.key) for each in raises))
    if any(rows[day, each.cap, each.key].raised != each.before for each in raises):
        return False
    for each in raises:
        after = each.before + each.by
        tx.do(_RAISE, on=day, of=each.cap, by=each.key, raised=after, warned=False)
    note(tx, audit)
    return True


def _spent_in(tx: Tx, day: str, chat: Place | None) -> Spent:
    found = [EVERYTHING] if chat is None else [EVERYTHING, chat_key(chat)]
    rows = tx.all(_UNDER, on=day, keys=found)
    amounts = {row.cap: row.amount for row in rows}
    return Spent(amounts, {row.cap: row.raised for row in rows})
