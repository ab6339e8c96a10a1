"""The loaded parent, the witness, and the closing line with the figures of all kills."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.crash.house import House
from tests.crash.starters import Nursery
from tests.crash.tally import Tally
from tests.crash.witness import Witness

TALLY = pytest.StashKey[Tally]()


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
def tally(pytestconfig: pytest.Config) -> Tally:
    return pytestconfig.stash.setdefault(TALLY, Tally())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    tally = config.stash.get(TALLY, None)
    if tally is not None:
        terminalreporter.write_line(f"Crash tests: {tally}.")
