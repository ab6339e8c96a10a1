"""A chat got another id: every place that is stored and still used goes along, in one transaction."""

from sqlalchemy import delete, select, update

from scheduler.job import JobState, Place
from scheduler.spend import chat_key
from storage.moved_alerts import move_alerts, there
from storage.reserving import move_spending
from storage.tables import BUTTONS, DRAFTS, EXPERIMENTS, JOBS
from storage.transaction import Tx, Verbs

_LOCK = select(JOBS.c.id).where(there(JOBS)).order_by(JOBS.c.id).with_for_update()
# With a revision of its own, so that no change thought out before writes the old place back.
_MOVE_JOBS = (
    update(JOBS)
    .where(there(JOBS))
    .values(revision=JOBS.c.revision + 1)
    .returning(JOBS.c.id, JOBS.c.state)
)
_MOVE_BUTTONS = update(BUTTONS).where(there(BUTTONS))
_MOVE_EXPERIMENTS = update(EXPERIMENTS).where(there(EXPERIMENTS))
_TAKE_DRAFTS = delete(DRAFTS).where(there(DRAFTS)).returning(DRAFTS)


class MoveVerbs(Verbs):
    async def chat_moved(self, old: Place, new: Place) -> int:
        if old.whole_chat == new.whole_chat:
            return 0
        return await self._run(lambda tx: _chat_moved(tx, old.whole_chat, new.whole_chat))


def _chat_moved(tx: Tx, old: Place, new: Place) -> int:
    before = {"on": old.platform, "within": old.workspace, "old": old.chat}
    now = {"workspace": new.workspace, "chat": new.chat}
    tx.all(_LOCK, **before)
    jobs = tx.all(_MOVE_JOBS, **before, **now)
    move_spending(tx, chat_key(old), chat_key(new))
    move_alerts(tx, old, new)
    tx.do(_MOVE_BUTTONS, **before, **now)
    tx.do(_MOVE_EXPERIMENTS, **before, **now)
    for draft in tx.all(_TAKE_DRAFTS, **before):
        # One that was begun in the new chat is newer, and stands.
        tx.insert_if_new(DRAFTS, **{**draft._mapping, **now})
    return sum(job.state is not JobState.REMOVED for job in jobs)
