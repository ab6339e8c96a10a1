"""Stores to test on, and values to put into them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from scheduler.drift import Drift
from scheduler.job import Job, JobId, JobKind, Place, Principal
from scheduler.ports import Entry, Held, Passage, Planned
from scheduler.ports import Store as Port
from scheduler.route import ApiMode, Axis, PriceClass, Route, Snapshot
from scheduler.run import HoldReason, Run, RunKind, RunState
from scheduler.schedule import Interval, Once
from scheduler.spend import Reached, Reservation
from storage.database import Database
from storage.store import Store
from storage.tables import METADATA

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=30)
LAPSED = timedelta(seconds=-1)
"""A lease that ran out as it was given: on PostgreSQL the server's clock cannot be moved."""

NOTHING = Reservation()
"""What a request on a free route reserves."""

ME = "worker-1"
OTHER = "worker-2"
ANA = Principal("slack", "T1", "U1", "Ana")
BO = Principal("slack", "T1", "U2", "Bo")
CHAT = Place("slack", "T1", "C1")
THREAD = Place("slack", "T1", "C1", "171.1")
OTHER_THREAD = Place("slack", "T1", "C1", "172.2")
OTHER_CHAT = Place("telegram", "-100", "-100", "7")

FREE = Route(
    "openrouter",
    "llama:free",
    "https://openrouter.ai/api/v1",
    ApiMode.CHAT_COMPLETIONS,
    "OPENROUTER_API_KEY",
    PriceClass.FREE,
)
PAID = replace(FREE, provider="openai", model="gpt-9", price_class=PriceClass.PAID)
DEARER = replace(PAID, model="gpt-9-pro")
SNAPSHOT = Snapshot("openrouter", "llama:free", taken_at=NOW)
DRIFTS = (
    Drift(Axis.PROVIDER, "openrouter", "openai"),
    Drift(Axis.MODEL, "llama:free", "gpt-9"),
)


@dataclass
class Opener:
    """Opens one database, once or (on PostgreSQL) several times, and closes what it opened."""

    url: str
    now: datetime = NOW
    opened: list[Database] = field(default_factory=list)

    @property
    def many(self) -> bool:
        """Whether several processes may have it open."""
        return self.url.startswith("postgresql")

    def open(self) -> Store:
        return Store(self.database())

    def database(self) -> Database:
        opened = Database.open(self.url, home=None, clock=lambda: self.now)
        self.opened.append(opened)
        return opened

    def reopen(self, store: Store) -> Store:
        """A second process on the same database; on SQLite the first one, there is only one."""
        return self.open() if self.many else store

    def close(self) -> None:
        while self.opened:
            self.opened.pop().close()


def empty(url: str) -> None:
    """Empty every table of a PostgreSQL database, and count from one again."""
    with psycopg.connect(url) as connection:
        tables = sql.SQL(", ").join(map(sql.Identifier, METADATA.tables))
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(tables))


def as_port(store: Store) -> Port:
    """mypy proves here that the store keeps every promise of its port."""
    return store


def entry(action: str = "edit", subject: str = "job 1", by: Principal = ANA) -> Entry:
    return Entry(NOW, by, action, subject)


def a_job(**changes: Any) -> Job:
    job = Job(
        id=JobId(0),
        name="Digest",
        kind=JobKind.AGENT,
        prompt="Summarise open incidents",
        schedule=Interval(HOUR),
        zone="Europe/Oslo",
        anchor=NOW,
        next_fire_time=NOW,
        place=THREAD,
        owner=ANA,
        created_at=NOW,
        snapshot=SNAPSHOT,
    )
    return replace(job, **changes)


def a_one_shot(**changes: Any) -> Job:
    return a_job(schedule=Once(NOW), **changes)


async def add(store: Store, **changes: Any) -> Job:
    return await store.add(a_job(**changes), entry("add", "job"))


async def add_one_shot(store: Store, **changes: Any) -> Job:
    return await store.add(a_one_shot(**changes), entry("add", "job"))


async def fresh(store: Store, job: Job) -> Job:
    found = await store.job(job.id)
    assert found is not None
    return found


async def rerun(store: Store, run: Run) -> Run:
    found = await store.run(run.id)
    assert found is not None
    return found


async def plan(store: Store, job: Job) -> Run:
    """The job's next fire becomes a run, and the job advances by its interval."""
    job = await fresh(store, job)
    assert job.next_fire_time is not None
    after = None if isinstance(job.schedule, Once) else job.next_fire_time + HOUR
    (run,) = await store.plan(job, [Planned(job.next_fire_time, RunState.PLANNED)], after)
    return run


async def claim(store: Store, run: Run, worker: str = ME, lease: timedelta = LEASE) -> Run:
    claimed = await store.claim(run.id, worker, lease)
    assert claimed is not None
    return claimed


async def plan_and_claim(store: Store, job: Job, lease: timedelta = LEASE) -> Run:
    return await claim(store, await plan(store, job), lease=lease)


async def knock(
    store: Store, run: Run, step: int = 1, worker: str = ME, reservation: Reservation = NOTHING
) -> Passage | Reached:
    """Ask the gate, with the consent as it stands."""
    job = await store.job(run.job_id)
    assert job is not None
    return await store.pass_gate(
        run.id,
        worker,
        step=step,
        consent_revision=job.consent_revision,
        route=FREE,
        reservation=reservation,
    )


async def start_call(store: Store, job: Job) -> Run:
    run = await plan_and_claim(store, job)
    assert await knock(store, run) is Passage.OPEN
    return await rerun(store, run)


def drifted(route: Route = PAID) -> Held:
    return Held(HoldReason.DRIFT, "Held: unintended spend was prevented", DRIFTS, route)


async def hold(store: Store, job: Job, held: Held | None = None) -> Run:
    """The job's next fire is held."""
    run = await plan_and_claim(store, job)
    rests = await store.hold(run.id, ME, held or drifted())
    assert rests is not None
    return rests


async def manual(store: Store, job: Job, at: datetime = NOW) -> Run:
    run = await store.plan_manual(job.id, at, entry("run", f"job {job.id}"))
    assert run.kind is RunKind.MANUAL
    return run
