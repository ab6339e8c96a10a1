"""The variables of the crash tests are those of the process itself; in .env they mean nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.crash_points import CRASH_AT, IN_A_RUN, LEASE_OF, SLEEP_AT, crash_point, lease
from bot.settings import Environment
from scheduler.errors import ConfigError
from scheduler.runner import LEASE


def test_what_stands_in_the_env_file_neither_kills_nor_suspends(tmp_path: Path) -> None:
    lines = (f"{CRASH_AT}=after-gate", f"{SLEEP_AT}=after-claim", f"{LEASE_OF}=1")
    (tmp_path / ".env").write_text("\n".join(lines))
    environment = Environment({}, tmp_path)
    reached = crash_point(environment)
    for step in IN_A_RUN:
        reached(step)
    assert lease(environment) == LEASE


def test_a_lease_is_given_in_seconds(tmp_path: Path) -> None:
    assert lease(Environment({LEASE_OF: "1.5"}, tmp_path)) == timedelta(seconds=1.5)


@pytest.mark.parametrize("seconds", ["soon", "", "nan", "inf"])
def test_a_lease_that_is_no_number_of_seconds_is_refused(tmp_path: Path, seconds: str) -> None:
    with pytest.raises(ConfigError, match=LEASE_OF):
        lease(Environment({LEASE_OF: seconds}, tmp_path))
