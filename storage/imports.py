"""Jobs that come from elsewhere: each comes once, however often it is brought."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select

from scheduler.job import Job, JobId
from scheduler.ports import Entry
from storage.jobs import add_job
from storage.tables import IMPORTS
from storage.transaction import Tx, Verbs

_IMPORTED = select(IMPORTS.c.key, IMPORTS.c.job_id).where(IMPORTS.c.source == bindparam("of"))


class ImportVerbs(Verbs):
    async def imported(self, source: str) -> dict[str, JobId]:
        return await self._run(lambda tx: _imported(tx, source))

    async def bring(
        self, source: str, jobs: Sequence[tuple[str, Job]], audit: Entry
    ) -> dict[str, Job]:
        return await self._run(lambda tx: _bring(tx, source, jobs, audit))


def _imported(tx: Tx, source: str) -> dict[str, JobId]:
    return {row.key: JobId(row.job_id) for row in tx.all(_IMPORTED, of=source)}


def _bring(tx: Tx, source: str, jobs: Sequence[tuple[str, Job]], audit: Entry) -> dict[str, Job]:
    known = _imported(tx, source)
    brought: dict[str, Job] = {}
    for key, job in jobs:
        if key in known or key in brought:
            continue
        added = add_job(tx, job, replace(audit, object="job", detail=f"{source} {key}"))
        # Of two imports at once the second finds the key taken here, and is undone as a whole.
        tx.do(IMPORTS.insert(), source=source, key=key, job_id=int(added.id), at=audit.at)
        brought[key] = added
    return brought
