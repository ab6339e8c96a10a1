"""What Slack hands in becomes a request: who, where, what; and nothing of it is believed unread."""

from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.slack.incoming import (
    Identity,
    Unreadable,
    ends_us,
    from_command,
    from_message,
    from_press,
    from_shortcut,
    from_submission,
    is_ours,
    place_of,
    view_of,
)
from bot.adapters.slack.metadata import CHANNEL, DIRECT, asked_at, is_direct, metadata, places
from bot.message import AddForm
from scheduler.job import Place, Principal

US = Identity("T1", "team", "UBOT", "driftpin")
ANA = Principal("slack", "T1", "U1", name="ana")
ROOM, THREAD = Place("slack", "T1", "C1"), Place("slack", "T1", "C1", "1.0")
DIRECTLY = Place("slack", "T1", "U1")

COMMAND: dict[str, Any] = {
    "team_id": "T1",
    "user_id": "U1",
    "user_name": "ana",
    "channel_id": "C1",
    "text": "list",
    "trigger_id": "9.9",
    "response_url": "https://hooks.slack.com/x",
}
PERSON = {"id": "U1", "name": "ana", "team_id": "T1"}
AROUND = {"team": {"id": "T1"}, "user": PERSON, "trigger_id": "9.9"}


def event(**changed: Any) -> dict[str, Any]:
    happened = {"type": "app_mention", "user": "U1", "channel": "C1", "text": "<@UBOT> list"}
    return {"team_id": "T1", "event_id": "Ev1", "event": {**happened, **changed}}


def press(**changed: Any) -> dict[str, Any]:
    action = {"type": "button", "value": "token", "text": {"type": "plain_text", "text": "Pin"}}
    container = {"message_ts": "5.0", "channel_id": "C1", "is_ephemeral": False}
    channel = {"id": "C1"}
    return {**AROUND, "actions": [action], "container": container, "channel": channel, **changed}


def test_a_command_is_a_request_of_its_person_in_its_channel() -> None:
    came = from_command(COMMAND, US, "/jobs")
    assert (came.request.principal, came.request.place) == (ANA, ROOM)
    assert (came.request.text, came.request.event) == ("list", "trigger:9.9")
    assert (came.channel, came.trigger) == ("C1", "9.9")
    assert came.respond_to == "https://hooks.slack.com/x"


def test_direct_messages_are_known_by_their_person() -> None:
    assert from_command({**COMMAND, "channel_id": "D1"}, US, "/jobs").request.place == DIRECTLY
    assert place_of(US, "", "U1") == DIRECTLY


@pytest.mark.parametrize("key", ["user_id", "channel_id", "team_id"])
@pytest.mark.parametrize("value", [None, "", 5, [], {}])
def test_a_command_without_who_or_where_is_unreadable(key: str, value: object) -> None:
    with pytest.raises(Unreadable):
        from_command({**COMMAND, key: value}, US, "/jobs")


def test_a_mention_is_a_request_that_is_answered_with_mentions() -> None:
    came = from_message(event(team="T1"), US, "/jobs")
    assert came is not None
    assert (came.request.place, came.request.text) == (ROOM, "list")
    assert (came.request.command, came.request.event) == ("@driftpin", "event:Ev1")


def test_a_mention_in_a_thread_belongs_to_the_thread() -> None:
    came = from_message(event(thread_ts="1.0"), US, "/jobs")
    assert came is not None
    assert came.request.place == THREAD


def test_a_direct_message_is_answered_with_the_command_unless_it_is_in_a_thread() -> None:
    direct = {"type": "message", "channel": "D1", "channel_type": "im", "text": "list"}
    came, inside = (
        from_message(event(**direct, **more), US, "/cron") for more in ({}, {"thread_ts": "1.0"})
    )
    assert came is not None
    assert inside is not None
    assert (came.request.place, came.request.command) == (DIRECTLY, "/cron")
    assert (inside.request.place.thread, inside.request.command) == ("1.0", "@driftpin")


@pytest.mark.parametrize(
    "changed",
    [
        {"user": "UBOT"},
        {"user": None},
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"type": "message"},
        {"type": "message", "channel_type": "channel"},
    ],
    ids=str,
)
def test_what_nobody_said_to_us_is_no_request(changed: dict[str, Any]) -> None:
    assert from_message(event(**changed), US, "/jobs") is None


@pytest.mark.parametrize(
    ("outside", "team"),
    [
        ({"team": "T2"}, "T2"),
        ({"team": "T1", "user_team": "T2"}, "T2"),
        ({"team": "T1", "user_team": "E2"}, "E2"),
        ({}, "T1"),
    ],
    ids=str,
)
def test_somebody_is_of_the_workspace_they_come_from(outside: dict[str, str], team: str) -> None:
    came = from_message(event(**outside), US, "/jobs")
    assert came is not None
    assert came.request.principal.workspace == team
    assert came.request.place.workspace == "T1"


@pytest.mark.parametrize(
    ("body", "ours"),
    [
        ({"team_id": "T1"}, True),
        ({"team": {"id": "T1"}}, True),
        ({"team_id": "T2", "context_team_id": "T1"}, True),
        ({"team_id": "T2"}, False),
        ({"team": {"id": "T2"}}, False),
        ({"team": "T1"}, False),
        ({"team": None}, False),
        ({}, False),
    ],
    ids=str,
)
def test_only_what_comes_from_our_workspace_or_through_it_is_ours(
    body: dict[str, Any], ours: bool
) -> None:
    assert is_ours(body, US) is ours


def test_a_press_is_a_request_of_the_token_where_the_message_stands() -> None:
    message = {"ts": "5.0", "thread_ts": "1.0", "text": "an alert"}
    came = from_press(press(message=message), US, "/jobs")
    assert came is not None
    assert (came.request.token, came.request.place) == ("token", THREAD)
    assert (came.request.command, came.message_ts, came.pressed) == ("@driftpin", "5.0", "Pin")


def test_a_press_in_a_private_message_of_a_thread_belongs_to_the_thread() -> None:
    where = {"message_ts": "5.0", "channel_id": "C1", "is_ephemeral": True, "thread_ts": "1.0"}
    came = from_press(press(container=where, channel=None), US, "/jobs")
    assert came is not None
    assert came.ephemeral
    assert (came.request.place, came.message_ts) == (THREAD, "5.0")


def test_only_a_button_is_a_press() -> None:
    assert from_press(press(actions=[{"type": "static_select"}]), US, "/jobs") is None


@pytest.mark.parametrize("actions", [None, [], {}, [5], "x"])
def test_a_press_of_nothing_is_unreadable(actions: object) -> None:
    with pytest.raises(Unreadable):
        from_press(press(actions=actions), US, "/jobs")


@pytest.mark.parametrize(
    ("message", "thread"), [({"ts": "1.0"}, "1.0"), ({"ts": "2.0", "thread_ts": "1.0"}, "1.0")]
)
def test_a_scheduled_message_belongs_to_its_thread(message: dict[str, str], thread: str) -> None:
    body = {**AROUND, "channel": {"id": "C1"}, "message": {**message, "text": "a &amp; b"}}
    came, words = from_shortcut(body, US)
    assert came.request.place == Place("slack", "T1", "C1", thread)
    assert (came.request.text, words) == ("add", "a & b")


@pytest.mark.parametrize("missing", ["message", "channel", "user"])
def test_a_shortcut_on_nothing_is_unreadable(missing: str) -> None:
    body = {**AROUND, "channel": {"id": "C1"}, "message": {"ts": "1.0"}}
    with pytest.raises(Unreadable):
        from_shortcut({**body, missing: None}, US)


def test_a_form_carries_where_it_was_asked_for() -> None:
    body = {**AROUND, "channel": {"id": "C1"}, "message": {"ts": "1.0"}}
    came, _ = from_shortcut(body, US)
    carried = metadata(came)
    assert [name for name, _ in places(came)] == ["thread", "channel", "direct"]
    assert asked_at(carried, US, None, "U1", None) == (THREAD, "C1")
    assert asked_at(carried, US, CHANNEL, "U1", None) == (ROOM, "C1")
    assert asked_at(carried, US, DIRECT, "U1", None) == (DIRECTLY, "")


@pytest.mark.parametrize(
    "carried", ["", "{", "[]", "null", "{}", '{"channel": "C1"}', "[" * 99_999]
)
def test_a_form_that_carries_nothing_readable_is_answered_directly(carried: str) -> None:
    assert asked_at(carried, US, None, "U1", None) == (DIRECTLY, "")


def test_a_form_asked_for_in_direct_messages_offers_no_other_place() -> None:
    came = from_command({**COMMAND, "channel_id": "D1"}, US, "/jobs")
    assert [name for name, _ in places(came)] == ["direct"]
    assert is_direct(metadata(came))
    assert asked_at(metadata(came), US, None, "U1", "D1") == (DIRECTLY, "D1")


@pytest.mark.parametrize("ours", [None, "D2"])
def test_a_form_from_between_two_other_people_leads_to_our_own_direct_messages(
    ours: str | None,
) -> None:
    came, _ = from_shortcut({**AROUND, "channel": {"id": "D1"}, "message": {"ts": "1.0"}}, US)
    assert asked_at(metadata(came), US, None, "U1", ours) == (DIRECTLY, "")


def test_a_form_from_a_thread_of_our_direct_messages_keeps_the_thread() -> None:
    came, _ = from_shortcut({**AROUND, "channel": {"id": "D1"}, "message": {"ts": "1.0"}}, US)
    place = replace(DIRECTLY, thread="1.0")
    assert asked_at(metadata(came), US, None, "U1", "D1") == (place, "D1")


@pytest.mark.parametrize(
    ("event", "ends"),
    [
        ({"type": "app_uninstalled"}, True),
        ({"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}, False),
        ({"type": "tokens_revoked", "tokens": 5}, False),
        ({"type": "tokens_revoked"}, False),
    ],
    ids=str,
)
def test_only_our_own_token_ends_us(event: dict[str, Any], ends: bool) -> None:
    assert ends_us(event) is ends


def test_a_filled_form_is_a_request_of_whoever_sent_it() -> None:
    came = from_submission(dict(AROUND), US, AddForm("daily", "hello"), THREAD, "C1", "/jobs")
    assert (came.request.principal, came.request.place) == (ANA, THREAD)
    assert (came.request.form, came.request.command) == (AddForm("daily", "hello"), "@driftpin")


@pytest.mark.parametrize("view", [None, {}, {"state": 5}, {"state": {"values": []}}])
def test_a_form_without_fields_is_unreadable(view: object) -> None:
    with pytest.raises(Unreadable):
        view_of({**AROUND, "view": view})
