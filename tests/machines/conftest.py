"""The machines play on a database file, and on PostgreSQL where there is a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.postgres import PostgresServer
from tests.machines.stage import Stage


@pytest.fixture(scope="session")
def machines_url(postgres_server: PostgresServer) -> str:
    """The address of a PostgreSQL database that only machines play on."""
    return postgres_server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'driftpin.db'}"
    else:
        url = request.getfixturevalue("machines_url")
    played = Stage(url, tmp_path)
    yield played
    played.close()
