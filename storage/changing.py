"""A changed job takes its runs along: stopped with a pause or a removal, released by a consent."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, select

from scheduler.alert import Decision
from scheduler.job import Job, JobState
from scheduler.plan import following
from scheduler.ports import Entry
from scheduler.run import RunKind, RunState
from scheduler.schedule import Once
from storage.auditing import name_of
from storage.halt_row import halt_row
from storage.locks import lock_job, lock_open_runs, save_job, save_run
from storage.steps import cancelled, has_called, moved, plan_again, settle
from storage.tables import RUNS
from storage.transaction import Tx

_LAST_SINCE = select(func.max(RUNS.c.fire_time)).where(
    RUNS.c.job_id == bindparam("job"),
    RUNS.c.kind == RunKind.SCHEDULED,
    RUNS.c.fire_time >= bindparam("at"),
)


def write_change(tx: Tx, before: Job, job: Job, decision: Decision | None, audit: Entry) -> Job:
    """Write a changed job over its locked row, and carry out what follows for its runs."""
    consents = _consent(before) != _consent(job)
    after = replace(
        job,
        created_at=before.created_at,
        next_fire_time=_next_fire(tx, before, job),
        unguarded_told=job.unguarded_told or (before.unguarded_told and not consents),
        consent_revision=before.consent_revision + consents,
        revision=before.revision + 1,
    )
    save_job(tx, after)
    _stop_runs(tx, before, after, name_of(audit))
    consented = decision in (Decision.PINNED, Decision.ACCEPTED)
    once = isinstance(after.schedule, Once) and after.state is JobState.ACTIVE
    if consented and once and not has_called(tx, after) and halt_row(tx) is None:
        plan_again(tx, after)
    if after.next_fire_time is None and job.next_fire_time is not None:
        settle(tx, after)
        return lock_job(tx, after.id) or after
    return after


def _consent(job: Job) -> tuple[object, ...]:
    """What a run is judged by: one that was judged under another does not pass the gate."""
    return job.pins, job.snapshot, job.on_drift, job.free_only, job.accepted_as


def _next_fire(tx: Tx, before: Job, job: Job) -> datetime | None:
    """The next fire of a change; what the ticker has passed meanwhile is not due again, and what comes
    after it comes by the changed schedule."""
    wanted = job.next_fire_time
    if wanted in (None, before.next_fire_time):
        return wanted
    row = tx.one(_LAST_SINCE, job=job.id, at=wanted)
    passed = None if row is None else row[0]
    if passed is None or (isinstance(job.schedule, Once) and passed > wanted):
        return wanted
    return following(job, passed)


def _stop_runs(tx: Tx, before: Job, after: Job, by: str) -> None:
    removed = after.state is JobState.REMOVED
    paused = after.state is JobState.PAUSED and before.state is not JobState.PAUSED
    if not removed and not paused:
        return
    for run in lock_open_runs(tx, after.id):
        if paused and run.state is RunState.PLANNED and run.hold_reason is not None:
            # Released and not begun: a hold consumes nothing, so it waits where it waited before.
            save_run(tx, moved(run, RunState.HELD, tx.now))
        elif run.state is RunState.PLANNED or (removed and run.state is RunState.HELD):
            save_run(tx, cancelled(run, tx.now, f"the job was {after.state} by {by}"))
