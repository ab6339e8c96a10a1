"""The rooms of Driftpin that jobs run in, put together in a folder of their own, without chats."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.settings import ConfigFile, Environment
from scheduler.job import Job, JobId, JobKind, Place, Principal
from scheduler.ports import Entry
from scheduler.route import Snapshot
from scheduler.schedule import Cron
from storage.database import Database
from storage.store import Store

HERE = Place("terminal", "local", "here")
ME = Principal("terminal", "local", "me", name="Ana")
ZONE = "Europe/Oslo"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class House:
    clock: SystemClock
    config: ConfigFile
    store: Store


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """Real settings from a file, and a real SQLite database, new or as an earlier one left it."""
    clock = SystemClock()
    environment = Environment({"DRIFTPIN_HOME": str(folder / "home")}, folder)
    config = folder / "config.yaml"
    config.write_text("model: {provider: demo, default: echo}\n")
    # A file that was written just now would first have to settle.
    os.utime(config, (time.time() - 60,) * 2)
    settings = await ConfigFile.open(environment, clock)
    database = Database.open("", home=environment.home, clock=clock.now)
    try:
        yield House(clock, settings, Store(database))
    finally:
        database.close()


def expression(number: int) -> str:
    """A time of day for each job."""
    return f"{number % 60} {number // 60 % 24} * * *"


def job(number: int, due: datetime, kind: JobKind = JobKind.AGENT) -> Job:
    """A daily job whose next fire is `due`, consenting to the provider in the box."""
    return Job(
        id=JobId(0),
        name=f"job {number}",
        kind=kind,
        prompt="Say hello",
        schedule=Cron(expression(number)),
        zone=ZONE,
        anchor=due - DAY,
        next_fire_time=due,
        place=HERE,
        owner=ME,
        created_at=due - DAY,
        snapshot=Snapshot("demo", "echo") if kind.guarded else Snapshot(),
    )


def added(at: datetime) -> Entry:
    return Entry(at, ME, "add", "job")


async def fill(store: Store, jobs: list[Job]) -> None:
    """Add many at once, several to a commit."""
    adding = (store.add(each, added(each.created_at)) for each in jobs)
    await asyncio.gather(*adding)
