"""An answer goes to Slack's own addresses and nowhere else."""

import pytest

from bot.adapters.slack.trust import is_slacks_own

API = "https://slack.com/api/"
HERE = "http://127.0.0.1:5000/api/"


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://hooks.slack.com/actions/T1/2/3", API),
        ("https://files.slack.com/upload/v1/x", API),
        ("https://slack.com/x", API),
        ("https://hooks.slack.com:443/x", API),
        ("https://hooks.slack-gov.com/x", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:5000/actions/x", HERE),
    ],
)
def test_slacks_own_addresses_are_trusted(url: str, api: str) -> None:
    assert is_slacks_own(url, api)


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("http://hooks.slack.com/x", API),
        ("https://evil.com/x", API),
        ("https://evilslack.com/x", API),
        ("https://slack.com.evil.com/x", API),
        ("https://slack.com@evil.com/x", API),
        ("https://evil.com/https://hooks.slack.com", API),
        ("https://hooks.slack.com:8443/x", API),
        ("https://hooks.slack.com:99999/x", API),
        ("https://[::1/x", API),
        ("file:///etc/passwd", API),
        ("//hooks.slack.com/x", API),
        ("", API),
        ("http://127.0.0.1:5001/actions/x", HERE),
        ("http://169.254.169.254/latest", HERE),
    ],
)
def test_any_other_address_is_not(url: str, api: str) -> None:
    assert not is_slacks_own(url, api)
