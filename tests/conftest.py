"""What any test may ask for, and the closing words: the figures, and what was left out."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import date

import hypothesis
import pytest

from tests.fakes.postgres import PostgresServer, running_postgres, what_is_missing
from tests.figures import SOAKED, Ended, Figures, added_up, in_words, page

# No test here is judged by the time it takes: machines are noisy.
hypothesis.settings.register_profile("driftpin", deadline=None)
hypothesis.settings.load_profile("driftpin")

STARTED = pytest.StashKey[float]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--keep-figures", action="store_true", help=f"write the figures to {SOAKED.name}"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[STARTED] = time.monotonic()


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figures:
    """Counts what proves a promise; the sums stand at the end of the output."""
    return Figures(request.node.user_properties)


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
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    _write_figures(terminalreporter, config)
    _write_left_out(terminalreporter)


def _write_figures(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reports = [r for each in ("passed", "failed") for r in terminalreporter.getreports(each)]
    said = [one for report in reports if report.when == "call" for one in report.user_properties]
    found = added_up(said)
    for promise, counts in found.items():
        terminalreporter.write_line(f"{promise}: {in_words(counts)}.")
    if found and config.getoption("keep_figures"):
        seconds = time.monotonic() - config.stash[STARTED]
        passed, failed = (len(terminalreporter.getreports(o)) for o in ("passed", "failed"))
        left = terminalreporter._numcollected - passed - failed
        left -= sum(len(terminalreporter.getreports(o)) for o in ("deselected", "skipped"))
        ended = Ended(passed, failed, max(0, left), seconds)
        before = SOAKED.read_text(encoding="utf-8") if SOAKED.exists() else ""
        kept = page(before, found, date.today(), ended)  # noqa: DTZ011 - a day for people
        SOAKED.write_text(kept, encoding="utf-8")


def _write_left_out(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason why tests were left out, however many they are."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.getreports("skipped"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    for reason, number in reasons.items():
        terminalreporter.write_line(f"Left out, {number} of the tests: {reason}.")
