"""What was spent under the caps, and what an admin allows more for today."""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, or_, select, update

from scheduler.caps import Cap
from scheduler.job import JobId, Place
from scheduler.ports import Entry, Raise
from scheduler.run import RunId
from scheduler.spend import Spent, chat_key, keys
from storage.auditing import note
from storage.jobs import read_job
from storage.reserving import THIS, lock, spent_by
from storage.tables import SPENDING
from storage.transaction import Tx, Verbs

_RAISE = update(SPENDING).where(THIS)
_UNDER = select(SPENDING).where(
    SPENDING.c.day == bindparam("on"),
    or_(
        SPENDING.c.cap == Cap.DAY,
        and_(
            SPENDING.c.cap.in_((Cap.RUN, Cap.JOB_DAY)),
            SPENDING.c.key == bindparam("job"),
        ),
        and_(SPENDING.c.cap == Cap.CHAT_DAY, SPENDING.c.key == bindparam("chat")),
    ),
)
_IN_CHAT = select(SPENDING).where(
    SPENDING.c.day == bindparam("on"),
    or_(
        SPENDING.c.cap == Cap.DAY,
        and_(SPENDING.c.cap == Cap.CHAT_DAY, SPENDING.c.key == bindparam("chat")),
    ),
)


class SpendingVerbs(Verbs):
    async def spent(self, job_id: JobId, day: str, run_id: RunId | None = None) -> Spent:
        return await self._run(lambda tx: _spent(tx, job_id, day, run_id))

    async def raise_caps(self, day: str, raises: Sequence[Raise], audit: Entry) -> bool:
        return await self._run(lambda tx: _raise_caps(tx, day, raises, audit))

    async def spent_in(self, day: str, chat: Place | None) -> Spent:
        return await self._run(lambda tx: _spent_in(tx, day, chat))


def _spent(tx: Tx, job_id: JobId, day: str, run_id: RunId | None) -> Spent:
    job = lock_job(tx, job_id)
    if job is None:
        return Spent()
    by = keys(job)
    rows = tx.all(_UNDER, on=day, job=by[Cap.JOB_DAY], chat=by[Cap.CHAT_DAY])
    amounts = {row.cap: row.amount for row in rows if row.cap is not Cap.RUN}
    if run_id is not None:
        amounts[Cap.RUN] = spent_by(tx, run_id)
    raised = {row.cap: row.raised for row in rows}
    return Spent(amounts, raised, frozenset(row.cap for row in rows if row.warned))


def _raise_caps(tx: Tx, day: str, raises: Sequence[Raise], audit: Entry) -> bool:
    """All of them or none: whoever comes second has seen other figures."""
    for each in raises:
        tx.insert_if_new(SPENDING, **new_row(day, each.cap, each.key))
    rows = [tx.one(LOCKED, on=day, of=each.cap, by=each.key) for each in raises]
    for row, each in zip(rows, raises, strict=True):
        if row is None or row.raised != each.before:
            return False
    for each in raises:
        after = each.before + each.by
        tx.do(_RAISE, on=day, of=each.cap, by=each.key, raised=after, warned=False)
    note(tx, audit)
    return True


def _spent_in(tx: Tx, day: str, chat: Place | None) -> Spent:
    rows = tx.all(_IN_CHAT, on=day, chat=chat_key(chat) if chat else None)
    amounts = {row.cap: row.amount for row in rows}
    return Spent(amounts, {row.cap: row.raised for row in rows})
