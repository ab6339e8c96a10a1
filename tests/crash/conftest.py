"""The loaded parent, the witness, and houses to die in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.crash.house import House, Street
from tests.crash.starters import Nursery
from tests.crash.witness import Witness


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running


@pytest.fixture(scope="session")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Witness]:
    with Witness(tmp_path_factory.mktemp("witness") / "calls.jsonl") as running:
        yield running


@pytest.fixture
async def house(tmp_path: Path, nursery: Nursery, witness: Witness) -> AsyncIterator[House]:
    async with House(tmp_path, nursery, witness) as house:
        yield house


@pytest.fixture
def street(tmp_path: Path, nursery: Nursery, witness: Witness) -> Street:
    return Street(tmp_path, nursery, witness)
