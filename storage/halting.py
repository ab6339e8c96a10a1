"""Everything that spends is halted, what is inside a call is to be stopped, and what that held let go."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import bindparam, delete, select

from scheduler.halt import Halt, HaltEnded, HaltSet
from scheduler.job import Job, JobState, Place
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Entry, HaltFile
from scheduler.run import HoldReason, Run, RunId, RunState
from storage.auditing import name_of, note
from storage.halt_row import ONE, halt_in_force, halt_row
from storage.locks import lock_job, lock_open_runs, lock_run, save_run
from storage.owing import owe
from storage.steps import moved
from storage.tables import HALTS, RUNS
from storage.transaction import Tx, Verbs

_END = delete(HALTS).where(HALTS.c.id == bindparam("key"))
# A claimed one may be in the gate at this moment: its lock is waited for, and its state read again.
_AT_THE_GATE = (
    select(RUNS.c.id)
    .where(
        RUNS.c.state.in_((RunState.CLAIMED, RunState.CALLING)),
        RUNS.c.finished_at.is_(None),
    )
    .order_by(RUNS.c.job_id, RUNS.c.id)
)
_HELD_JOBS = (
    select(RUNS.c.job_id)
    .where(
        RUNS.c.state == RunState.HELD,
        RUNS.c.hold_reason == HoldReason.HALT,
        RUNS.c.finished_at.is_(None),
    )
    .distinct()
    .order_by(RUNS.c.job_id)
)


class HaltVerbs(Verbs):
    async def halted(self) -> Halt | None:
        return await self._run(lambda tx: halt_in_force(tx, self._halt_file))

    async def halt(self, halt: Halt, audit: Entry) -> HaltSet:
        found = await self._run(lambda tx: _halt(tx, self._halt_file, halt, audit))
        await asyncio.to_thread(self._halt_file.remove)
        return found

    async def unhalt(self, audit: Entry, here: Place | None = None) -> HaltEnded:
        return await self._run(lambda tx: _unhalt(tx, self._halt_file, audit, here))


def _halt(tx: Tx, file: HaltFile, halt: Halt, audit: Entry) -> HaltSet:
    standing = halt_row(tx)
    wanted = standing or file.read() or halt
    if standing is None:
        # Of two at once the second finds the row of the first.
        values = {"who": wanted.by, "reason": wanted.reason, "at": wanted.at}
        tx.insert_if_new(HALTS, id=ONE, **values)
    note(tx, audit)
    return HaltSet(wanted, standing is None, tuple(_stopped(tx, wanted)))


def _stopped(tx: Tx, halt: Halt) -> Iterator[Run]:
    """Mark every run inside a call for its worker; what has not called yet finds the gate shut."""
    for row in tx.all(_AT_THE_GATE):
        locked = lock_run(tx, RunId(row.id))
        if locked is None or locked[1].state is not RunState.CALLING:
            continue
        run = locked[1]
        yield run
        if run.cancel_asked_by is None:
            save_run(tx, replace(run, cancel_asked_by=halt.stopper))


def _unhalt(tx: Tx, file: HaltFile, audit: Entry, here: Place | None) -> HaltEnded:
    halt = halt_in_force(tx, file)
    if halt is None:
        return HaltEnded(None)
    # The file first: should this transaction fail, the row still halts.
    file.remove()
    tx.do(_END, key=ONE)
    note(tx, audit)
    missed: list[tuple[Job, int]] = []
    waiting: list[tuple[Job, Run]] = []
    for row in tx.all(_HELD_JOBS):
        job = lock_job(tx, row.job_id)
        if job is not None:
            fires, left = _let_go(tx, job)
            missed += [(job, fires)] if fires else []
            waiting += [(job, left[-1])] if left else []
    ended = HaltEnded(halt, tuple(missed), tuple(waiting))
    owe(tx, _told(ended, audit, here))
    return ended


def _let_go(tx: Tx, job: Job) -> tuple[int, list[Run]]:
    """How many held fires are missed now, and those that stay held: nothing would come after them,
    or they have called."""
    held = [
        run
        for run in lock_open_runs(tx, job.id)
        if run.state is RunState.HELD and run.hold_reason is HoldReason.HALT
    ]
    goes_on = job.state in (JobState.ACTIVE, JobState.PAUSED) and job.next_fire_time is not None
    gone = [run for run in held if goes_on and not run.usage.requests]
    for run in gone:
        save_run(tx, moved(run, RunState.MISSED, tx.now))
    return len(gone), [run for run in held if run not in gone]


def _told(ended: HaltEnded, audit: Entry, here: Place | None) -> Iterator[Owed]:
    """A line for each chat whose jobs were held, but for the chat that ended the halt."""
    chats: defaultdict[Place, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for job, _ in ended.missed:
        chats[job.place.whole_chat][0].append(str(job.id))
    for job, _ in ended.waiting:
        chats[job.place.whole_chat][1].append(str(job.id))
    by = name_of(audit)
    for place, (missed, waiting) in chats.items():
        if here is None or place != here.whole_chat:
            facts = {"by": by, "missed": " ".join(missed), "waiting": " ".join(waiting)}
            yield Owed(OwedKind.UNHALTED, place, facts)
