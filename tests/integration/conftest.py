"""Every test of the store runs on SQLite and on PostgreSQL, each time on empty tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store
from tests.fakes.postgres import PostgresServer
from tests.integration.stores import Opener, empty


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: PostgresServer) -> str:
    """The address of a database whose tables one test after the other finds empty."""
    return postgres_server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    if request.param == "sqlite":
        opened = Opener(f"sqlite:///{tmp_path / 'driftpin.db'}")
    else:
        opened = Opener(request.getfixturevalue("postgres_tables"))
    yield opened
    opened.close()
    if opened.many:
        empty(opened.url)


@pytest.fixture
def store(opener: Opener) -> Store:
    return opener.open()
