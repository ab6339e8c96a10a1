"""One run on a route that nobody consented to: a person lets it through, and nothing else changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import JSON, bindparam, select, type_coerce, update

from scheduler.alert import AlertId, AlertState
from scheduler.job import JobId
from scheduler.ports import Entry, TooLate
from scheduler.run import Authorised, Run
from storage.alert_rows import open_with
from storage.alerts import read_alert
from storage.auditing import note
from storage.fires import plan_by_hand
from storage.locks import lock_alert, lock_job, save_run
from storage.owing import owe_alert
from storage.rows import place_of, run_of
from storage.steps import must_rest, plan_again
from storage.tables import ALERTS, RUNS
from storage.transaction import Tx, Verbs

_ANEW = update(ALERTS).where(ALERTS.c.id == bindparam("key"))
_LET_THROUGH = (
    select(RUNS)
    .where(
        RUNS.c.job_id.in_(bindparam("jobs", expanding=True)),
        type_coerce(RUNS.c.authorised, JSON(none_as_null=True)).is_not(None),
    )
    .order_by(RUNS.c.id)
)


class OnceVerbs(Verbs):
    async def run_once(
        self, job_id: JobId, authorised: Authorised, audit: Entry, seen: tuple[AlertId, int] | None
    ) -> Run | TooLate:
        return await self._run(lambda tx: _run_once(tx, job_id, authorised, audit, seen))

    async def let_through(self, job_ids: Sequence[JobId], since: datetime) -> list[Run]:
        return await self._run(lambda tx: _let_through(tx, job_ids, since))


def _run_once(
    tx: Tx, job_id: JobId, authorised: Authorised, audit: Entry, seen: tuple[AlertId, int] | None
) -> Run | TooLate:
    job = lock_job(tx, job_id)
    if seen is not None:
        asked = lock_alert(tx, seen[0])
        late = asked is None or (asked.state, asked.revision) != (AlertState.OPEN, seen[1])
        if late and (alert := read_alert(tx, seen[0])) is not None:
            return TooLate(alert)
    must_rest(tx, job_id)
    run = plan_again(tx, job) if job is not None else None
    run = run or plan_by_hand(tx, job_id, authorised.at)
    run = replace(run, authorised=authorised)
    save_run(tx, run)
    note(tx, audit)
    for row in open_with(tx, [job_id]):
        tx.do(_ANEW, key=row.id, revision=row.revision + 1)
        owe_alert(tx, row.id, place_of(row))
    return run


def _let_through(tx: Tx, job_ids: Sequence[JobId], since: datetime) -> list[Run]:
    found = [run_of(row) for row in tx.all(_LET_THROUGH, jobs=list(job_ids))]
    return [run for run in found if run.authorised is not None and run.authorised.at >= since]
