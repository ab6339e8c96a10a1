"""Every test of the store runs on SQLite and on PostgreSQL, each with an empty database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store
from tests.fakes.postgres import PostgresServer
from tests.integration.stores import Opener


@pytest.fixture(params=["sqlite", "postgresql"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    if request.param == "sqlite":
        opened = Opener(f"sqlite:///{tmp_path / 'driftpin.db'}")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        opened = Opener(server.new_database())
    yield opened
    opened.close()


@pytest.fixture
def store(opener: Opener) -> Store:
    return opener.open()
