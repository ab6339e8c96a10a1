"""Bad input at every door of Slack: refused or left alone, nothing stored, nothing broken."""

import asyncio
import copy
import gzip
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.acceptance.served import Served
from tests.acceptance.slack_scene import served_in_slack
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.payloads import app_mention, block_actions, event_callback
from tests.fakes.slack.person import Person
from tests.fakes.slack.records import Channel, Version
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.signing import signed

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
MB = 1024 * 1024
ADD = "add every day at 09:00 | hello"


@dataclass
class Door:
    """A Driftpin in HTTP mode, and what anybody can send to it."""

    slack: FakeSlack
    served: Served
    boss: Person
    room: Channel
    jobs: int = 0

    @property
    def url(self) -> str:
        return f"{self.served.address}/slack/events"

    async def send(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        async with (
            ClientSession() as session,
            session.post(self.url, data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.text()

    async def signed(self, body: bytes, kind: str = FORM, **more: str) -> int:
        proof = signed(body, self.slack.signing_secret)
        status, _ = await self.send(body, {"Content-Type": kind, **proof, **more})
        return status

    def command(self, text: str = ADD, **more: str) -> bytes:
        body = {
            "command": "/jobs",
            "text": text,
            "team_id": "T0TEAM",
            "user_id": self.boss.id,
            "channel_id": self.room.id,
            **more,
        }
        return urlencode(body).encode()

    async def works(self) -> None:
        """It is alive, does as it is told, and nothing was stored meanwhile."""
        self.boss.workspace.posted.clear()
        await self.boss.types_command("/jobs", "list all", self.boss.im)
        await self.slack.until(lambda: "jobs here" in self.slack.plain(self.last_answer()))
        async with ClientSession() as session, session.get(f"{self.served.address}/healthz") as got:
            assert got.status == 200

    def last_answer(self) -> Any:
        return [m for m in self.slack.messages(self.boss.im) if m.by_bot][-1]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    folder = tmp_path_factory.mktemp("bad")
    async with FakeSlack("http", retries=()) as slack, served_in_slack(slack, folder) as served:
        slack.app_url = f"{served.address}/slack/events"
        boss = slack.person("U0BOSS", "boss")
        door = Door(slack, served, boss, slack.channel("C0ROOM", "room"))
        yield door
        await served.stop()


@pytest.fixture(autouse=True)
def nothing_to_complain_of(door: Door) -> Iterator[None]:
    yield
    assert door.served.running
    assert_nothing_broke(door.served)
    assert door.slack.complaints == []


def assert_nothing_broke(served: Served) -> None:
    _, found, trace = served.log.partition("Traceback")
    assert not found, trace[:3000]
    assert "Incident" not in served.log


def jobs_of(folder: Path) -> int:
    with sqlite3.connect(f"file:{folder / 'home' / 'driftpin.db'}?mode=ro", uri=True) as rows:
        [number] = rows.execute("SELECT count(*) FROM jobs").fetchone()
        return int(number)


# --- signatures ----------------------------------------------------------------------------------


def forged(body: bytes, **changed: str | None) -> dict[str, str]:
    """The headers of a good request, some of them changed or (None) left out."""
    good: dict[str, str | None] = {"Content-Type": FORM, **signed(body, "canary-signing-secret")}
    every = {**good, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return {name: value for name, value in every.items() if value is not None}


OLD = "1700000000"


@pytest.mark.parametrize(
    "changed",
    [
        {"X_Slack_Signature": "v0=" + "0" * 64},
        {"X_Slack_Signature": "v0=" + "é" * 64},
        {"X_Slack_Signature": "v0=" + "٣" * 64},
        {"X_Slack_Signature": ""},
        {"X_Slack_Signature": "v1=" + "0" * 64},
        {"X_Slack_Signature": "v0=" + "0" * 40_000},
        {"X_Slack_Signature": None},
        {"X_Slack_Request_Timestamp": OLD},
        {"X_Slack_Request_Timestamp": "nan"},
        {"X_Slack_Request_Timestamp": "inf"},
        {"X_Slack_Request_Timestamp": ""},
        {"X_Slack_Request_Timestamp": "9" * 400},
        {"X_Slack_Request_Timestamp": "9" * 12},
        {"X_Slack_Request_Timestamp": "-1"},
        {"X_Slack_Request_Timestamp": "1e9"},
        {"X_Slack_Request_Timestamp": "٣" * 10},
        {"X_Slack_Request_Timestamp": None},
        {"X_Slack_Request_Timestamp": None, "X_Slack_Signature": None},
    ],
)
async def test_what_slack_did_not_sign_is_refused(
    door: Door, changed: dict[str, str | None]
) -> None:
    body = door.command()
    status, _ = await door.send(body, forged(body, **changed))
    assert 400 <= status < 500


async def test_an_old_request_is_refused_even_with_a_good_signature(door: Door) -> None:
    body = door.command()
    for at in (time.time() - 301, time.time() + 330):
        headers = {"Content-Type": FORM, **signed(body, door.slack.signing_secret, at)}
        assert (await door.send(body, headers))[0] == 401


async def test_a_good_signature_of_another_body_is_refused(door: Door) -> None:
    headers = {"Content-Type": FORM, **signed(door.command("list"), door.slack.signing_secret)}
    assert (await door.send(door.command(), headers))[0] == 401


async def test_the_header_that_was_proved_is_the_one_that_counts(door: Door) -> None:
    body = door.command()
    proof = signed(body, "another-secret")
    good = ("X-Slack-Request-Timestamp", proof["X-Slack-Request-Timestamp"])
    twice = [("Content-Type", FORM), good, ("X-Slack-Request-Timestamp", "nan")]
    twice += [("X-Slack-Signature", proof["X-Slack-Signature"]), ("X-Slack-Signature", "é")]
    async with ClientSession() as session, session.post(door.url, data=body, headers=twice) as got:
        assert got.status == 401


async def test_a_body_is_not_parsed_before_its_signature_is_proved(door: Door) -> None:
    deep = b'{"a":' + b"[" * 400_000
    headers = {"Content-Type": "application/json", **signed(deep, "another-secret")}
    assert (await door.send(deep, headers))[0] == 401


# --- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "", "json"])
async def test_what_is_neither_a_form_nor_json_is_refused(door: Door, kind: str) -> None:
    assert await door.signed(door.command(), kind) == 415


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
async def test_only_posts_are_taken(door: Door, method: str) -> None:
    async with ClientSession() as session, session.request(method, door.url) as got:
        assert 400 <= got.status < 500


@pytest.mark.parametrize(
    "path", ["/", "/slack", "/slack/events/x", "/slack/install", "/%00", "/../etc"]
)
async def test_there_is_nothing_at_other_paths(door: Door, path: str) -> None:
    body = door.command()
    headers = {"Content-Type": FORM, **signed(body, door.slack.signing_secret)}
    async with (
        ClientSession() as session,
        session.post(door.served.address + path, data=body, headers=headers) as got,
    ):
        assert got.status == 404


JSON_GARBAGE = [
    b"",
    b"{",
    b"null",
    b"5",
    b'"words"',
    b"[]",
    b'[{"type": "event_callback"}]',
    b"{}",
    b"\xff\xfe\x00",
    b'{"type": "event_callback", "event": 5}',
    b'{"type": "event_callback", "event": null}',
    b'{"type": "event_callback", "authorizations": 5}',
    b'{"type": "event_callback", "team": 5}',
    b'{"type": 5}',
    b'{"type": "nobody_knows"}',
    b'{"a":' + b"[" * 400_000,
    b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"n": ' + b"9" * 10_000 + b"}",
]


async def test_json_that_is_no_event_of_slacks_is_refused(door: Door) -> None:
    for body in JSON_GARBAGE:
        status = await door.signed(body, "application/json")
        assert 400 <= status < 500, (status, body[:80])


FORM_GARBAGE = [
    b"",
    b"&&&===",
    b"payload=",
    b"payload={",
    b"payload=5",
    b"payload=[]",
    b"payload=null",
    b"payload={}&payload=[]",
    b"a=b" * 1000,
    b"%ff%fe=%00",
    b"command",
    urlencode({"payload": '{"type": "block_actions"}'}).encode(),
    urlencode({"payload": '{"type": "block_actions", "actions": []}'}).encode(),
    urlencode({"payload": '{"type": "dialog_submission", "callback_id": "x"}'}).encode(),
    urlencode({"payload": '{"type": "interactive_message", "callback_id": "x"}'}).encode(),
    urlencode({"payload": '{"type": "view_submission", "view": {}}'}).encode(),
    urlencode({"payload": '{"type": "block_suggestion", "action_id": "x"}'}).encode(),
]


async def test_a_form_that_is_nothing_of_slacks_changes_nothing(door: Door) -> None:
    for body in FORM_GARBAGE:
        status = await door.signed(body)
        assert status == 200 or 400 <= status < 500, (status, body[:80])


async def test_text_that_no_database_takes_is_answered_like_any_other(door: Door) -> None:
    for text in ("lst \x00", "lst \udce4", "l" * 100_000, "\u202e\ufeff", "<@>", "<|>", "<!>"):
        body = door.command().replace(urlencode({"text": ADD}).encode(), b"")
        typed = urlencode({"text": text}, errors="surrogatepass").encode()
        assert await door.signed(body + b"&" + typed) < 500
    event = door.slack.deliveries
    said = {"type": "message", "channel_type": "im", "channel": door.boss.im, "user": door.boss.id}
    others: list[object] = ["lst \x00", "lst \ud800", "lst " * 20_000, 5, None, ["list"], {"a": 1}]
    for other in others:
        payload = event_callback(door.slack.workspace, {**said, "text": other, "team": "T0TEAM"})
        await door.slack.deliver("events_api", payload)
    assert all(one.answered for one in event[-7:])


async def test_slacks_question_whether_the_address_is_ours_is_answered(door: Door) -> None:
    assert await door.slack.requests.verify_url()
    asked = b'{"type": "url_verification", "challenge": "abc"}'
    headers = {"Content-Type": "application/json", **signed(asked, "another-secret")}
    status, text = await door.send(asked, headers)
    assert (status, "abc" in text) == (401, False)


# --- sizes ---------------------------------------------------------------------------------------


def memory(served: Served) -> int:
    """The most memory the process ever held, in bytes."""
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    [line] = [one for one in status.splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


async def poured(door: Door, size: int, *, length: int | None, extra: str = "") -> int:
    """Send so many bytes as fast as they are taken; the status of the answer, 0 where none came."""
    parts = urlsplit(door.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    proof = signed(b"", door.slack.signing_secret)
    how = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines = [f"POST {parts.path} HTTP/1.1", "Host: x", f"Content-Type: {FORM}", how]
    lines += [f"{name}: {value}" for name, value in proof.items()]
    writer.write(("\r\n".join(lines) + f"\r\n{extra}\r\n").encode())
    piece = b"x" * 65_536
    try:
        for _ in range(size // len(piece)):
            writer.write(b"10000\r\n" + piece + b"\r\n" if length is None else piece)
            await writer.drain()
    except ConnectionError:
        pass
    try:
        async with asyncio.timeout(20):
            head = await reader.readline()
    except ConnectionError:
        head = b""
    writer.close()
    return int(head.split()[1]) if head else 0


async def test_ninety_megabytes_are_refused_and_leave_no_trace_in_memory(door: Door) -> None:
    await door.works()
    before = memory(door.served)
    statuses = [
        await poured(door, 90 * MB, length=90 * MB),
        await poured(door, 90 * MB, length=None),
        await poured(door, 2 * MB, length=2 * MB),
    ]
    assert set(statuses) <= {0, 413}
    assert 413 in statuses
    await asyncio.gather(*(poured(door, 90 * MB, length=None) for _ in range(4)))
    assert memory(door.served) - before < 16 * MB
    await door.works()


async def test_what_unpacks_to_a_hundred_times_its_size_is_refused(door: Door) -> None:
    before = memory(door.served)
    body = gzip.compress(b"x" * 90 * MB)
    assert len(body) < MB
    proof = signed(body, door.slack.signing_secret)
    status, _ = await door.send(body, {"Content-Type": FORM, "Content-Encoding": "gzip", **proof})
    assert 400 <= status < 500
    assert memory(door.served) - before < 16 * MB


async def test_a_body_that_never_ends_holds_nothing_up(door: Door) -> None:
    parts = urlsplit(door.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    proof = signed(b"", door.slack.signing_secret)
    lines = [f"POST {parts.path} HTTP/1.1", "Host: x", f"Content-Type: {FORM}"]
    lines += ["Content-Length: 1000", *(f"{name}: {value}" for name, value in proof.items())]
    writer.write(("\r\n".join(lines) + "\r\n\r\nx").encode())
    await writer.drain()
    await door.works()
    head = await reader.readline()
    assert head.split()[1] == b"408"
    writer.close()


async def told(slack: FakeSlack, who: Person, number: int) -> None:
    """Wait until somebody was told so much privately."""
    await slack.until(lambda: len(who.ephemerals) == number)


# --- who -----------------------------------------------------------------------------------------


async def test_another_workspace_is_told_so_and_changes_nothing(door: Door) -> None:
    slack = door.slack
    if "T0ELSE" not in slack.workspaces:
        slack.add_workspace("T0ELSE", token="xoxb-else")
    slack.channel("C0ELSE", "else", team="T0ELSE")
    eve = slack.person("U0BOSS", "eve", team="T0ELSE")
    calls = len(slack.calls)
    told = await eve.types_command("/jobs", ADD, "C0ELSE")
    assert told.text == "This Driftpin belongs to another workspace."
    said = await eve.says(f"<@UBOT> {ADD}", "C0ELSE")
    await eve.says(ADD, eve.im)
    await eve.uses_shortcut("schedule_message", said)
    await slack.until(lambda: len(eve.ephemerals) == 2)
    assert {slack.plain(m) for m in eve.ephemerals} == {told.text}
    await door.works()
    assert {c.method for c in slack.calls[calls:]} <= {
        *("response_url", "chat.postMessage", "conversations.open", "users.info")
    }
    assert not [m for m in slack.workspaces["T0ELSE"].posted if m.by_bot and m.only_for is None]
    slack.workspaces.pop("T0ELSE")


async def test_a_person_of_another_workspace_in_a_shared_channel_is_a_stranger(door: Door) -> None:
    slack = door.slack
    eve = slack.person("U0EVE", "eve")
    said = await eve.says("nothing", door.room)
    event = {**app_mention(door.room, said), "text": f"<@UBOT> {ADD}"}
    shared = [
        (event | {"team": "T0ELSE"}, {}),
        (event | {"user_team": "T0ELSE", "source_team": "T0ELSE"}, {}),
        (event | {"team": "T0ELSE"}, {"team_id": "T0ELSE", "context_team_id": "T0TEAM"}),
    ]
    for number, (happened, around) in enumerate(shared, 1):
        payload = {**event_callback(slack.workspace, happened), **around}
        await slack.deliver("events_api", {**payload, "is_ext_shared_channel": True})
        await told(slack, eve, number)
    assert all("slack:T0ELSE:U0EVE" in slack.plain(told) for told in eve.ephemerals)


async def test_no_bot_is_anybody(door: Door) -> None:
    slack = door.slack
    robot = slack.person("U0ROBOT", "robot")
    robot.user.is_bot = True
    await robot.types_command("/jobs", ADD, door.room)
    await robot.says(f"<@UBOT> {ADD}", door.room)
    await robot.says(ADD, robot.im)
    said = await robot.says("a message", door.room)
    await robot.uses_shortcut("schedule_message", said)
    for changed in (
        {"bot_id": "B0ELSE"},
        {"bot_profile": {"id": "B0ELSE"}},
        {"user": "UBOT"},
        {"subtype": "bot_message", "bot_id": "B0ELSE"},
        {"user": None},
    ):
        event = {**app_mention(door.room, said), "user": door.boss.id, "text": f"<@UBOT> {ADD}"}
        await slack.deliver("events_api", event_callback(slack.workspace, {**event, **changed}))
    await door.works()
    assert robot.ephemerals == []
    assert slack.messages(door.room) == []


@pytest.mark.parametrize(
    "subtype",
    [
        *("message_changed", "message_deleted", "channel_join", "bot_add", "bot_message"),
        *("me_message", "reminder_add", "pinned_item", "tombstone", "no_such_subtype"),
    ],
)
async def test_edits_deletions_and_joins_are_no_commands(door: Door, subtype: str) -> None:
    slack = door.slack
    said = {"type": "message", "user": door.boss.id, "text": ADD, "ts": "1.2", "team": "T0TEAM"}
    event = {
        **said,
        "subtype": subtype,
        "channel": door.boss.im,
        "channel_type": "im",
        "message": said,
        "previous_message": said,
    }
    delivery = await slack.deliver("events_api", event_callback(slack.workspace, event))
    assert delivery.answered


@pytest.mark.parametrize(
    "event",
    ["member_joined_channel", "reaction_added", "app_home_opened", "team_rename", "message", "?"],
)
async def test_events_we_never_asked_for_are_taken_and_left_alone(door: Door, event: str) -> None:
    happened = {"type": event, "user": door.boss.id, "channel": door.room.id, "text": ADD}
    delivery = await door.slack.deliver(
        "events_api", event_callback(door.slack.workspace, happened)
    )
    assert delivery.answered


async def test_unknown_buttons_menus_forms_and_shortcuts_change_nothing(door: Door) -> None:
    slack, boss = door.slack, door.boss
    button = {"type": "button", "text": {"type": "plain_text", "text": "Pin"}, "block_id": "b"}
    shown = slack.workspace.post(door.room, Version("a message", []))
    for value in ("", "x" * 24, "../" * 600, "\x00", "é"):
        payload = block_actions(
            slack.workspace,
            boss.user,
            shown,
            door.room,
            {**button, "action_id": "act", "value": value},
            trigger_id=boss._trigger(),
            response_url=boss._response_url(door.room, None),
            state={},
        )
        before = len(boss.ephemerals)
        await slack.deliver("interactive", payload)
        await told(slack, boss, before + 1)
        assert "not known or too old" in slack.plain(boss.ephemerals[-1])
    for kind in ("static_select", "checkboxes", "datepicker", "no_such_element"):
        action = {**payload, "actions": [{"type": kind, "action_id": "act", "block_id": "b"}]}
        assert (await slack.deliver("interactive", action)).answered
    assert (await boss.uses_shortcut("no_such_shortcut", shown)).answered
    around = {key: payload[key] for key in ("team", "user", "trigger_id", "api_app_id")}
    view = {"callback_id": "no_such_view", "state": {"values": {}}, "type": "modal", "id": "V1"}
    for body in (
        {"type": "view_submission", "view": view},
        {"type": "view_closed", "view": view},
        {"type": "view_submission", "view": {**view, "callback_id": "driftpin:add"}},
        {"type": "shortcut", "callback_id": "schedule_message"},
    ):
        assert (await slack.deliver("interactive", {**around, **body})).answered


# --- keys that are missing, and values of other kinds --------------------------------------------


def paths(body: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every key of a payload, but for the insides of blocks."""
    inside = body.items() if isinstance(body, dict) else enumerate(body)
    for key, value in inside:
        yield (*before, key)
        if isinstance(value, dict | list) and key not in ("blocks", "block", "title"):
            yield from paths(value, (*before, key))


def without(body: Json, path: tuple[Any, ...]) -> Json:
    changed = copy.deepcopy(body)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return changed


def with_other(body: Json, path: tuple[Any, ...], value: Any) -> Json:
    changed = copy.deepcopy(body)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


async def samples(slack: FakeSlack, who: Person, room: Channel) -> list[Delivery]:
    """One of each kind, as a person makes them; none of them would store anything again."""
    slack.deliveries.clear()
    thread = await who.says("a thread", room)
    await who.types_command("/jobs", "lst", room)
    await who.says("<@UBOT> lst", room, thread)
    await who.says("lst", who.im)
    await who.types_command("/jobs", "add", room)
    view = await slack.until(lambda: who.views[-1])
    await who.submits(view, {"When": "never", "What": "hello"})
    await who.closes(view)
    shown = slack.workspace.post(
        room,
        Version(
            "a message",
            [
                {
                    "type": "actions",
                    "block_id": "b",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": "act",
                            "value": "x" * 24,
                            "text": {"type": "plain_text", "text": "Pin"},
                        }
                    ],
                }
            ],
        ),
    )
    await who.presses(shown, "Pin")
    await who.uses_shortcut("schedule_message", thread)
    await slack.until(lambda: len(slack.deliveries) >= 8)
    return [*slack.deliveries]


def carried(body: Json) -> bool:
    """Whether our Slack itself can tell what it carries."""
    return isinstance(body.get("type", ""), str) and ("type" in body or "command" in body)


VALUES: list[Any] = [None, 5, "", "x", [], {}, [5], {"id": 5}, True]


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_no_missing_key_and_no_value_of_another_kind_breaks_anything(
    tmp_path: Path, mode: Literal["http", "socket"]
) -> None:
    # Over a socket, what cannot be read is not acknowledged.
    patience = 10 if mode == "http" else 1.5
    async with (
        FakeSlack(mode, retries=(), patience=patience, redelivered=(), trigger_life=60) as slack,
        served_in_slack(slack, tmp_path) as served,
    ):
        slack.app_url = f"{served.address}/slack/events"
        boss, room = slack.person("U0BOSS", "boss"), slack.channel("C0ROOM", "room")
        kinds = await samples(slack, boss, room)
        assert {str(one.payload.get("type", "command")) for one in kinds} == {
            *("command", "event_callback", "block_actions", "message_action", "view_submission"),
        }
        number = 0
        for sample in kinds:
            broken = [without(sample.payload, path) for path in paths(sample.payload)]
            for path in paths(sample.payload):
                broken += [
                    with_other(sample.payload, path, VALUES[(number + i) % 9]) for i in (0, 4)
                ]
                number += 1
            for start in range(0, len(broken), 60):
                some = broken[start : start + 60]
                sent = [slack.deliver(sample.kind, body) for body in some if carried(body)]
                async with asyncio.timeout(60):
                    await asyncio.gather(*sent)
            assert_nothing_broke(served)
        slack.complaints.clear()
        await boss.types_command("/jobs", "list all", "C0ROOM")
        await slack.until(
            lambda: [m for m in slack.messages(room) if "no jobs" in slack.plain(m)], seconds=60
        )
        assert await served.stop() == 0
        assert_nothing_broke(served)
        assert jobs_of(tmp_path) == 0
