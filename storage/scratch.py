"""A database of its own for one job, gone when it is left: what happens in it never happened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from scheduler.job import Job
from storage.database import Database
from storage.rows import job_columns
from storage.store import Store
from storage.tables import JOBS


@asynccontextmanager
async def scratch(job: Job, now: datetime) -> AsyncIterator[Store]:
    """A store that holds this job under its own number, and in which it is always `now`."""
    with TemporaryDirectory(prefix="driftpin-drill-") as folder:
        opening = asyncio.to_thread(Database.open, "", home=Path(folder), clock=lambda: now)
        database = await opening
        try:
            await database.run(lambda tx: tx.insert(JOBS, id=int(job.id), **job_columns(job)))
            yield Store(database)
        finally:
            await asyncio.to_thread(database.close)
