"""A database of the first version keeps its jobs, runs and requests, and goes on with them."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, inspect, make_url

from scheduler.caps import OF_A_DAY, Cap, Caps
from scheduler.job import JobId
from scheduler.ports import Finish, Passage
from scheduler.run import CostSource, Run, RunId, RunKind, RunState, Usage
from scheduler.spend import Reservation
from storage.database import Database
from storage.migrate import HEAD, MIGRATIONS, version
from storage.postgres import postgres_engine
from storage.rows import job_columns, run_columns
from storage.sqlite import sqlite_engine
from storage.store import Store
from storage.tables import CALLS, JOBS, RUNS
from tests.fakes.postgres import PostgresServer
from tests.integration.stores import FREE, HOUR, LEASE, ME, NOW, a_job, knock, plan_and_claim

FIRST = "0001"
TODAY = NOW.date().isoformat()
JOB, DONE, CALLING = JobId(1), RunId(1), RunId(2)
BILLED = Usage(1, 10, 10, cost=Decimal("0.02"), cost_source=CostSource.BILLED)
ASKED = Reservation(Decimal("0.25"), Caps())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of the first version, in which a job has run, and runs."""
    if request.param == "sqlite":
        path = tmp_path / "driftpin.db"
        written = f"sqlite:///{path}"
        engine = sqlite_engine(path)
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        written = server.new_database()
        engine = postgres_engine(make_url(written), 1)
    _write(engine)
    engine.dispose()
    return written


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """That database, as this version opens it."""
    database = Database.open(url, home=None, clock=lambda: NOW)
    yield Store(database)
    database.close()


def _write(engine: Engine) -> None:
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
        assert version(connection) == FIRST != HEAD
        _insert(connection, JOBS, job_columns(a_job()))
        over: dict[str, Any] = {"state": RunState.SUCCEEDED, "usage": BILLED}
        over["finished_at"] = NOW - HOUR
        done = Run(DONE, JOB, NOW - 2 * HOUR, RunKind.SCHEDULED, **over)
        leased: dict[str, Any] = {
            "worker": ME,
            "lease_until": NOW.replace(year=2100),
            "started_at": NOW,
        }
        calling = Run(CALLING, JOB, NOW - HOUR, RunKind.SCHEDULED, RunState.CALLING, **leased)
        for run in (done, calling):
            _insert(connection, RUNS, run_columns(run))
            key = {"run_id": int(run.id), "attempt": 1, "step": 1}
            _insert(connection, CALLS, {**key, "worker": ME, "route": FREE, "at": NOW})


def _insert(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Write what the table has columns for in this version."""
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    kept = {name: value for name, value in values.items() if name in there}
    connection.execute(table.insert().inline().values(kept))


async def test_jobs_runs_and_requests_are_kept(store: Store) -> None:
    job = await store.job(JOB)
    assert job == a_job(id=JOB, max_usd=None)
    done = await store.run(DONE)
    assert done is not None
    assert (done.state, done.usage) == (RunState.SUCCEEDED, BILLED)
    assert await store.calls([DONE, CALLING]) == 2


async def test_requests_of_before_count_under_no_cap_of_today(store: Store) -> None:
    assert (await store.spent(JOB, TODAY)).by_cap == {}
    assert await store.costs(TODAY) == []


async def test_a_run_that_was_in_a_call_ends_as_it_would_have(store: Store) -> None:
    again = await store.pass_gate(
        CALLING, ME, step=1, consent_revision=1, route=FREE, reservation=ASKED
    )
    assert again is Passage.ALREADY_CALLED
    over = await store.record(CALLING, ME, Finish(RunState.SUCCEEDED, usage=BILLED))
    assert over is not None
    assert (over.state, over.usage.cost) == (RunState.SUCCEEDED, BILLED.cost)
    assert not any((await store.spent(JOB, TODAY)).by_cap.values())


async def test_the_next_run_is_counted_and_settled(store: Store) -> None:
    await store.record(CALLING, ME, Finish(RunState.SUCCEEDED, usage=BILLED))
    run = await plan_and_claim(store, a_job(id=JOB), LEASE)
    assert await knock(store, run, reservation=ASKED) is Passage.OPEN
    reserved = await store.spent(JOB, TODAY, run.id)
    assert dict(reserved.by_cap) == dict.fromkeys((Cap.RUN, *OF_A_DAY), ASKED.asked)
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED, usage=BILLED))
    settled = await store.spent(JOB, TODAY, run.id)
    assert dict(settled.by_cap) == dict.fromkeys((Cap.RUN, *OF_A_DAY), BILLED.cost)
