"""Migrations, on SQLite and on PostgreSQL."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, make_url, text

from scheduler.errors import OperatorError
from storage.database import Database
from storage.migrate import HEAD, MIGRATIONS, VERSION_TABLE, upgrade, version
from storage.migrations import ours
from storage.postgres import postgres_engine
from storage.sqlite import sqlite_engine
from storage.tables import METADATA
from tests.fakes.postgres import PostgresServer
from tests.integration.stores import NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'driftpin.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    if url.startswith("sqlite"):
        made = sqlite_engine(Path(url.removeprefix("sqlite:///")))
    else:
        made = postgres_engine(make_url(url), 4)
    yield made
    made.dispose()


def test_an_empty_database_gets_the_tables_of_this_version(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        assert differences(connection) == []
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, VERSION_TABLE}


def differences(connection: Connection) -> list[Any]:
    """What Alembic would change to make the database equal to the tables of the code."""
    options = {"version_table": VERSION_TABLE, "include_object": ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def test_partial_indexes_are_partial(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        found = {
            index["name"]: index.get("dialect_options", {})
            for table in METADATA.tables
            for index in inspect(connection).get_indexes(table)
        }
    where = {name: [str(said) for said in options.values()] for name, options in found.items()}
    assert "next_fire_time IS NOT NULL" in where["ix_jobs_due"][0]
    assert "open" in where["uq_alerts_open"][0]
    assert "finished_at IS NULL" in where["ix_runs_open"][0]


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        assert version(connection) == HEAD


def test_the_last_migration_is_the_one_the_code_knows() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_several_processes_may_migrate_at_once(postgres_server: PostgresServer) -> None:
    url = make_url(postgres_server.new_database())
    engines = [postgres_engine(url, 1) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(upgrade, engines))
    for each in engines:
        each.dispose()


def test_a_database_of_a_newer_version_is_refused_in_one_line(engine: Engine, url: str) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(OperatorError, match=r"newer Driftpin .*9999") as refused:
        Database.open(url, home=None, clock=lambda: NOW)
    assert "\n" not in str(refused.value)


def test_tables_of_others_are_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE procrastinate_jobs (id INTEGER)"))
        connection.execute(text("CREATE INDEX ix_theirs ON procrastinate_jobs (id)"))
    upgrade(engine)
    with engine.connect() as connection:
        assert inspect(connection).has_table("procrastinate_jobs")
        assert differences(connection) == []


def test_a_database_may_be_opened_without_migrating_it(url: str, engine: Engine) -> None:
    Database.open(url, home=None, clock=lambda: NOW, migrate=False).close()
    with engine.connect() as connection:
        assert version(connection) is None


def test_migrating_leaves_logging_as_it_was(engine: Engine) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("alembic").level)
    upgrade(engine)
    assert (root.level, list(root.handlers), logging.getLogger("alembic").level) == before
