"""What any test may ask for, and the closing word on what was left out."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.fakes.postgres import PostgresServer, running_postgres, what_is_missing


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this session's own."""
    missing = what_is_missing()
    if missing is not None:
        pytest.skip(f"they need PostgreSQL, and {missing}")
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of a database that the whole session shares."""
    return postgres_server.url


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason why tests were left out, however many they are."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.getreports("skipped"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    for reason, number in reasons.items():
        terminalreporter.write_line(f"Left out, {number} of the tests: {reason}.")
