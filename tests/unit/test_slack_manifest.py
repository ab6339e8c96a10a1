"""The manifest asks Slack for what Driftpin uses, and for no more."""

import json

import pytest

from bot.adapters.slack.manifest import EVENTS_PATH, SHORTCUT, manifest
from tests.fakes.slack.workspace import LEAST_SCOPES

URL = f"https://example.com{EVENTS_PATH}"


def test_it_asks_for_the_least_scopes() -> None:
    assert set(manifest("/jobs", None)["oauth_config"]["scopes"]["bot"]) == set(LEAST_SCOPES)


def test_in_socket_mode_nothing_has_an_address() -> None:
    made = manifest("/jobs", None)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(made)


def test_in_http_mode_everything_has_the_one_address() -> None:
    made = manifest("/jobs", URL)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == URL
    assert made["settings"]["interactivity"]["request_url"] == URL
    assert made["features"]["slash_commands"][0]["url"] == URL


@pytest.mark.parametrize("url", [None, URL])
def test_the_command_is_escaped_and_named_by_the_settings(url: str | None) -> None:
    [slash] = manifest("/driftpin", url)["features"]["slash_commands"]
    assert slash["command"] == "/driftpin"
    assert slash["should_escape"] is True


def test_events_and_shortcut_are_the_ones_that_are_listened_to() -> None:
    made = manifest("/jobs", None)
    events = made["settings"]["event_subscriptions"]["bot_events"]
    assert {"app_mention", "message.im", "app_uninstalled", "tokens_revoked"} == set(events)
    assert [one["callback_id"] for one in made["features"]["shortcuts"]] == [SHORTCUT]
    assert made["settings"]["interactivity"]["is_enabled"] is True


def test_nothing_is_longer_than_slack_takes() -> None:
    made = manifest("/jobs", None)
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["shortcuts"][0]["name"]) <= 24
    assert len(made["features"]["shortcuts"][0]["description"]) <= 150
    assert len(made["features"]["slash_commands"][0]["description"]) <= 2_000
