"""APScheduler 3 with its SQLAlchemyJobStore on SQLite: the peer that jobs are measured against."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import create_engine, event

from benchmarks.house import ZONE

STARTED: list[float] = []
"""Moments at which its jobs started; it calls functions by their name, so the list has one too."""

GRACE = 3600
"""Seconds; with its default of one it skips most of a thousand jobs that are due at once."""


class Journal(Enum):
    """How SQLite keeps its file. FAST is for filling and never measured."""

    AS_IT_COMES = ()
    LIKE_OURS = ("journal_mode = WAL", "synchronous = FULL")
    FAST = ("journal_mode = MEMORY", "synchronous = OFF")

    @property
    def words(self) -> str:
        return "APScheduler 3" if self is Journal.AS_IT_COMES else "APScheduler 3, tuned to WAL"


MEASURED = (Journal.AS_IT_COMES, Journal.LIKE_OURS)


async def started() -> None:
    """Its job: note when."""
    STARTED.append(time.time())


def new_scheduler(file: Path, journal: Journal) -> Any:
    engine = create_engine(f"sqlite:///{file}")

    def prepare(connection: Any, _record: Any) -> None:
        for pragma in journal.value:
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", prepare)
    store = SQLAlchemyJobStore(engine=engine)
    grace = {"misfire_grace_time": GRACE}
    return AsyncIOScheduler(jobstores={"default": store}, job_defaults=grace, timezone=UTC)


@asynccontextmanager
async def scheduler(file: Path, journal: Journal, *, paused: bool = False) -> AsyncIterator[Any]:
    """Started, and past its first look at the store; shut down at the end."""
    running = new_scheduler(file, journal)
    running.start(paused=paused)
    try:
        await asyncio.sleep(0)  # its first look is the loop's next callback
        yield running
    finally:
        running.shutdown()
        await asyncio.sleep(0)


def add(running: Any, numbers: Iterable[int], due: datetime) -> None:
    """Daily jobs, whose next fire is `due`."""
    zone = ZoneInfo(ZONE)
    for number in numbers:
        daily = CronTrigger(hour=number // 60 % 24, minute=number % 60, timezone=zone)
        running.add_job(started, daily, next_run_time=due)


async def fill(file: Path, number: int, due: datetime) -> None:
    async with scheduler(file, Journal.FAST, paused=True) as running:
        add(running, range(number), due)
