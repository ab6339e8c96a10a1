"""The Slack of our own answers as Slack does: seen through slack-sdk and a minimal bolt app."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest
from aiohttp import ClientError, ClientSession, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import (
    Breaks,
    Delays,
    Drops,
    Fails,
    FakeSlack,
    Hangs,
    LosesReply,
    Message,
    Person,
    RateLimited,
)
from tests.fakes.slack.blocks import checked_blocks
from tests.fakes.slack.markup import typed
from tests.fakes.slack.reading import plain
from tests.fakes.slack.signing import signed

Json = dict[str, Any]
Mode = Literal["socket", "http"]
BUTTON: Json = {
    "type": "button",
    "action_id": "pin",
    "value": "alert-1",
    "text": {"type": "plain_text", "text": "Pin old"},
}
CARD: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "The default *moved*."}},
    {"type": "actions", "block_id": "choices", "elements": [BUTTON]},
]
FORM: Json = {
    "type": "modal",
    "callback_id": "schedule",
    "private_metadata": "kept",
    "title": {"type": "plain_text", "text": "Schedule"},
    "submit": {"type": "plain_text", "text": "Add"},
    "blocks": [
        {
            "type": "input",
            "block_id": "when",
            "label": {"type": "plain_text", "text": "When, in words"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        },
        {
            "type": "input",
            "block_id": "zone",
            "optional": True,
            "label": {"type": "plain_text", "text": "Zone"},
            "element": {
                "type": "static_select",
                "action_id": "chosen",
                "options": [
                    {"text": {"type": "plain_text", "text": "Oslo"}, "value": "Europe/Oslo"}
                ],
            },
        },
    ],
}


class Bot:
    """A minimal app: it echoes a command, posts a card, and takes what is pressed."""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack
        self.client = client_of(slack)
        self.app = AsyncApp(client=self.client, signing_secret=slack.signing_secret)
        self.seen: list[Json] = []
        self.events: list[Json] = []
        self.deaf = False
        self.refused_with = ""
        self.app.command("/jobs")(self.command)
        self.app.action("pin")(self.pressed)
        self.app.event("app_mention")(self.mentioned)
        self.app.event("message")(self.mentioned)
        self.app.shortcut("schedule_message")(self.shortcut)
        self.app.view("schedule")(self.submitted)

    async def command(self, ack: Any, body: Json, say: Any) -> None:
        await ack(f"you said {body['text']}")
        self.note(body)
        if body["text"] != "help":
            await self.client.chat_postMessage(
                channel=body["channel_id"], text="The default moved.", blocks=CARD
            )

    async def pressed(self, ack: Any, body: Json, respond: Any) -> None:
        await ack()
        self.note(body)
        await respond(text="pinned", replace_original=True)

    async def mentioned(self, event: Json, body: Json) -> None:
        self.events.append(body)
        self.slack.news.tell()

    async def shortcut(self, ack: Any, body: Json) -> None:
        await ack()
        await self.client.views_open(trigger_id=body["trigger_id"], view=FORM)
        self.note(body)

    async def submitted(self, ack: Any, body: Json) -> None:
        typed = body["view"]["state"]["values"]["when"]["typed"]["value"]
        if typed == "whenever":
            await ack(response_action="errors", errors={"when": "That is no time."})
        else:
            await ack()
        self.note(body)

    def note(self, body: Json) -> None:
        self.seen.append(body)
        self.slack.news.tell()

    async def took(self, request: web.Request) -> web.Response:
        if self.deaf:
            await asyncio.Event().wait()
        return await to_aiohttp_response(
            await self.app.async_dispatch(await to_bolt_request(request))
        )


def client_of(slack: FakeSlack, token: str | None = None) -> AsyncWebClient:
    return AsyncWebClient(
        token=token or slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5
    )


@asynccontextmanager
async def running(slack: FakeSlack, ping_interval: float = 5) -> AsyncIterator[Bot]:
    """The minimal app, connected to that Slack in its mode."""
    bot = Bot(slack)
    async with (serving if slack.mode == "http" else connected)(slack, bot, ping_interval):
        yield bot


@asynccontextmanager
async def serving(slack: FakeSlack, bot: Bot, _: float) -> AsyncIterator[None]:
    served = web.Application()
    served.router.add_post("/slack/events", bot.took)
    runner = web.AppRunner(served, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.app_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected(slack: FakeSlack, bot: Bot, ping_interval: float) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(bot.app, slack.app_token, ping_interval=ping_interval)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await slack.until(lambda: slack.connected)
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as slack:
        slack.channel("C1", "ops")
        yield slack


@pytest.fixture(params=["socket", "http"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[FakeSlack]:
    mode: Mode = request.param
    async with FakeSlack(mode) as slack:
        slack.channel("C1", "ops")
        yield slack
    assert slack.complaints == []


@pytest.fixture
async def bot(either: FakeSlack) -> AsyncIterator[Bot]:
    async with running(either) as bot:
        yield bot


@pytest.fixture
def ana(either: FakeSlack) -> Person:
    return either.person("UANA", tz="Europe/Oslo")


async def refusal(work: Any) -> str:
    """The code of Slack's error."""
    with pytest.raises(SlackApiError) as raised:
        await work
    return str(raised.value.response["error"])


async def posted_card(slack: FakeSlack, person: Person) -> Message:
    await person.types_command("/jobs", "add", "C1")
    await slack.until(lambda: slack.messages("C1"))
    return slack.messages("C1")[0]


# People act, in both modes


async def test_a_command_is_answered_at_once_and_then_with_a_card(
    either: FakeSlack, bot: Bot, ana: Person
) -> None:
    delivery = await ana.types_command("/jobs", "add <b> & http://x.y/z for @ana in #ops", "C1")

    text = "add &lt;b&gt; &amp; <http://x.y/z> for <@UANA|ana> in <#C1|ops>"
    assert delivery.text == f"you said {text}"
    assert [m.text for m in ana.ephemerals] == [delivery.text]
    [card] = await either.until(lambda: either.messages("C1"))
    assert either.plain(card) == "The default *moved*.\n[Pin old]"
    assert bot.seen[0]["api_app_id"] == "A0APP"
    assert bot.seen[0]["is_enterprise_install"] == "false"
    assert "thread_ts" not in bot.seen[0]


async def test_a_press_replaces_the_message_through_its_response_url(
    either: FakeSlack, bot: Bot, ana: Person
) -> None:
    card = await posted_card(either, ana)

    await ana.presses(card, "Pin")

    await either.until(lambda: card.text == "pinned")
    assert card.blocks == []
    assert len(card.versions) == 2
    pressed = bot.seen[-1]
    assert pressed["user"]["team_id"] == "T0TEAM"
    assert pressed["message"]["ts"] == pressed["container"]["message_ts"] == card.ts
    assert pressed["actions"][0]["value"] == "alert-1"
    assert pressed["actions"][0]["block_id"] == "choices"


async def test_a_mention_in_a_thread_brings_the_thread(
    either: FakeSlack, bot: Bot, ana: Person
) -> None:
    first = await ana.says("good morning", "C1")
    await ana.says("<@UBOT> what runs?", "C1", thread=first)

    [body] = await either.until(lambda: bot.events)

    assert body["event"]["thread_ts"] == first.ts
    assert body["event"]["text"] == "<@UBOT> what runs?"
    assert body["authorizations"][0]["user_id"] == "UBOT"
    assert [m.text for m in either.thread("C1", first.ts)] == [first.text, "<@UBOT> what runs?"]


async def test_direct_messages_come_as_message_events_of_an_im(
    either: FakeSlack, bot: Bot, ana: Person
) -> None:
    await ana.says("hello", ana.im)

    [body] = await either.until(lambda: bot.events)

    assert body["event"]["channel_type"] == "im"
    assert body["event"]["channel"] == ana.im


async def test_the_bot_hears_its_own_direct_messages_and_bolt_leaves_them_out(
    either: FakeSlack, bot: Bot, ana: Person
) -> None:
    await bot.client.chat_postMessage(channel="UANA", text="a report")

    await either.until(lambda: [d for d in either.deliveries if d.answered])

    assert either.deliveries[0].payload["event"]["bot_id"] == "B0BOT"
    assert bot.events == []


async def test_a_shortcut_opens_a_view_that_is_submitted_with_its_metadata(
    either: FakeSlack, bot: Bot, ana: Person
) -> None:
    message = await ana.says("deploys fail", "C1")
    await ana.uses_shortcut("schedule_message", message)
    [view] = await either.until(lambda: ana.views)

    assert await ana.submits(view, {"when": "whenever"}) == {"when": "That is no time."}
    assert await ana.submits(view, {"When": "daily", "Zone": "Oslo"}) is None

    sent = bot.seen[-1]["view"]
    assert sent["private_metadata"] == "kept"
    assert sent["state"]["values"]["zone"]["chosen"]["selected_option"]["value"] == "Europe/Oslo"
    assert ana.views == []


async def test_a_confirm_dialog_is_recorded_and_can_be_declined(either: FakeSlack) -> None:
    ana = either.person("UANA")
    confirm = {
        "title": {"type": "plain_text", "text": "Sure?"},
        "text": {"type": "plain_text", "text": "It will be paid."},
        "confirm": {"type": "plain_text", "text": "Yes"},
        "deny": {"type": "plain_text", "text": "No"},
    }
    blocks = [{"type": "actions", "elements": [{**BUTTON, "confirm": confirm}]}]
    await client_of(either).chat_postMessage(channel="C1", text="?", blocks=blocks)

    assert await ana.presses(either.messages("C1")[0], "Pin old", confirm=False) is None

    assert ana.dialogs == [confirm]
    assert either.deliveries == []


async def test_what_is_delivered_again_is_the_very_same(
    either: FakeSlack, bot: Bot, ana: Person
) -> None:
    delivery = await ana.types_command("/jobs", "list", "C1")

    await either.again(delivery)

    await either.until(lambda: len(bot.seen) == 2)
    assert bot.seen[0] == bot.seen[1]
    await either.until(lambda: len(either.messages("C1")) == 2)


async def test_an_ephemeral_message_is_pressed_without_being_sent_along(
    either: FakeSlack, bot: Bot, ana: Person
) -> None:
    either.workspace.channels["C1"].members.add("UANA")
    await bot.client.chat_postEphemeral(channel="C1", user="UANA", text="moved", blocks=CARD)
    [shown] = ana.ephemerals

    await ana.presses(shown, "Pin old")

    await either.until(lambda: shown.text == "pinned")
    assert "message" not in bot.seen[0]
    assert bot.seen[0]["container"]["is_ephemeral"] is True
    assert either.messages("C1") == []


async def test_an_older_version_can_still_be_pressed(
    either: FakeSlack, bot: Bot, ana: Person
) -> None:
    card = await posted_card(either, ana)
    await bot.client.chat_update(channel="C1", ts=card.ts, text="decided", blocks=[])

    with pytest.raises(AssertionError, match="0 buttons begin with 'Pin'"):
        await ana.presses(card, "Pin")
    await ana.presses(card, "Pin", version=0)

    await either.until(lambda: card.text == "pinned")


async def test_an_option_of_a_menu_is_chosen_by_its_text(either: FakeSlack, bot: Bot) -> None:
    ana = either.person("UANA")
    option = {"text": {"type": "plain_text", "text": "Oslo"}, "value": "Europe/Oslo"}
    menu = {"type": "static_select", "action_id": "pin", "options": [option]}
    await bot.client.chat_postMessage(
        channel="C1", text="?", blocks=[{"type": "actions", "elements": [menu]}]
    )

    await ana.chooses(either.messages("C1")[0], "Os")

    [body] = await either.until(lambda: bot.seen)
    assert body["actions"][0]["selected_option"] == option
    assert body["state"]["values"]["b0"]["pin"]["selected_option"] == option


# What is typed and what is read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("see https://x.y/a?b=1&c=2.", "see <https://x.y/a?b=1&amp;c=2>."),
        ("ask api.example.com", "ask <http://api.example.com|api.example.com>"),
        ("mail a@example.com", "mail <mailto:a@example.com|a@example.com>"),
        ("@ana and @nobody", "<@UANA|ana> and @nobody"),
        ("<@UANA> in <#C1>", "<@UANA|ana> in <#C1|ops>"),
        ("#ops and #44585", "<#C1|ops> and #44585"),
        ("@channel look", "<!channel> look"),
        ("pin 7 openrouter:meta-llama/llama-3.3-70b-instruct:free",) * 2,
        ("0 9 * * 1-5 | `x`", "0 9 * * 1-5 | `x`"),
    ],
)
def test_what_is_typed_arrives_escaped(text: str, expected: str) -> None:
    slack = FakeSlack()
    slack.channel("C1", "ops")
    slack.person("UANA")

    assert typed(text, slack.workspace, names=True) == expected


def test_a_reader_sees_the_text_of_every_block() -> None:
    cell = {"type": "raw_text", "text": "cell"}
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "item"}]}
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": "head"}},
        {"type": "divider"},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "field"}], "accessory": BUTTON},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "context"}]},
        {"type": "markdown", "text": "**bold**"},
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": [item, item]}]},
        {"type": "table", "rows": [[cell, cell], [cell, cell]]},
    ]

    assert plain(checked_blocks(blocks)).split("\n") == [
        *("head", "field", "[Pin old]", "context", "**bold**", "• item", "• item"),
        *("cell | cell", "cell | cell"),
    ]


# Socket Mode


async def test_an_event_that_is_not_acknowledged_comes_again(slack: FakeSlack) -> None:
    async with FakeSlack(patience=0.2, retries=(0.0, 0.0)) as impatient:
        impatient.channel("C1")
        ana = impatient.person("UANA")
        async with running(impatient) as bot:
            [connection] = impatient.sockets.connections
            connection.deaf = True
            await ana.says("<@UBOT> hello", "C1")
            await impatient.until(lambda: impatient.deliveries[0].attempts[1:])
            connection.deaf = False

            await impatient.until(lambda: bot.events)

        [delivery] = impatient.deliveries
        assert delivery.attempts[0].outcome == "timeout"
        assert [d["event_id"] for d in bot.events] == [delivery.payload["event_id"]]


async def test_a_command_that_nobody_takes_fails_before_the_person(slack: FakeSlack) -> None:
    delivery = await slack.person("UANA").types_command("/jobs", "list", "C1")

    assert delivery.error == "dispatch_failed"


async def test_a_deaf_socket_is_replaced_by_the_client(slack: FakeSlack) -> None:
    ana = slack.person("UANA")
    async with running(slack, ping_interval=0.5):
        slack.sockets.go_deaf()
        assert not slack.connected

        await slack.until(lambda: slack.connected)

        assert slack.sockets.opened > 1
        await slack.until(lambda: len(slack.sockets.connections) == 1)
        assert (await ana.types_command("/jobs", "list", "C1")).text == "you said list"


async def test_a_disconnect_and_a_cut_bring_a_new_socket(slack: FakeSlack) -> None:
    async with running(slack, ping_interval=0.5):
        await slack.sockets.disconnect("refresh_requested")
        await slack.until(lambda: slack.sockets.opened == 2)

        slack.sockets.cut()
        await slack.until(lambda: slack.sockets.opened == 3)


async def test_slack_goes_away_and_comes_back_on_the_same_port(slack: FakeSlack) -> None:
    ana = slack.person("UANA")
    async with running(slack, ping_interval=0.5):
        await slack.go_away()
        with pytest.raises(ClientError):
            await client_of(slack).auth_test()

        await slack.come_back()

        await slack.until(lambda: slack.connected)
        assert (await ana.types_command("/jobs", "list", "C1")).text == "you said list"


# HTTP mode


async def test_the_app_passes_the_test_of_its_address() -> None:
    async with FakeSlack("http") as slack, running(slack):
        assert await slack.requests.verify_url()


async def test_an_event_that_times_out_is_retried_three_times_with_the_same_id() -> None:
    async with FakeSlack("http", patience=0.2, retries=(0, 0, 0)) as slack, running(slack) as bot:
        slack.channel("C1")
        bot.deaf = True
        await slack.person("UANA").says("<@UBOT> hello", "C1")

        await slack.until(lambda: slack.deliveries[0].error)

        [delivery] = slack.deliveries
        assert [a.outcome for a in delivery.attempts] == ["http_timeout"] * 4
        assert delivery.error == "operation_timeout"


async def test_an_event_is_retried_while_the_app_is_away() -> None:
    async with FakeSlack("http", retries=(0, 0, 0)) as slack:
        slack.channel("C1")
        slack.app_url = f"{slack.url}/nobody"
        await slack.person("UANA").says("<@UBOT> hello", "C1")

        await slack.until(lambda: slack.deliveries[0].error)

        assert [a.outcome for a in slack.deliveries[0].attempts] == ["404"] * 4


def test_the_signature_is_the_one_that_slack_sdk_verifies() -> None:
    headers = signed(b'{"a": "\xc3\xa9"}', "canary-signing-secret")

    verifier = SignatureVerifier("canary-signing-secret")

    assert verifier.is_valid_request(b'{"a": "\xc3\xa9"}', headers)


# The Web API says no


async def test_blocks_that_slack_refuses(slack: FakeSlack) -> None:
    client = client_of(slack)

    def section(text: str) -> Json:
        return {"type": "section", "text": {"type": "mrkdwn", "text": text}}

    async def said(*blocks: Json) -> str:
        return await refusal(client.chat_postMessage(channel="C1", text="x", blocks=[*blocks]))

    assert await said(section("x" * 3001)) == "invalid_blocks"
    assert await said(section("")) == "invalid_blocks"
    assert await said(*[section("x")] * 51) == "invalid_blocks"
    assert await said(*[{**section("x"), "block_id": "same"}] * 2) == "invalid_blocks"
    assert await said({"type": "actions", "elements": [BUTTON, BUTTON]}) == "invalid_blocks"
    assert await said({"type": "actions", "elements": []}) == "invalid_blocks"
    assert await said({"type": "banana"}) == "invalid_blocks"
    for key, value in {
        "text": {"type": "plain_text", "text": "x" * 76},
        "value": "x" * 2001,
        "action_id": "x" * 256,
        "style": "pretty",
        "colour": "red",
        "type": "banana",
    }.items():
        wrong = {**BUTTON, key: value}
        assert await said({"type": "actions", "elements": [wrong]}) == "invalid_blocks", key
    assert await said(*[section("x" * 2900)] * 5) == "msg_blocks_too_long"
    assert await said(*[{"type": "markdown", "text": "x" * 6500}] * 2) == "invalid_blocks"
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    assert await said(table, table) == "invalid_blocks"
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    assert await said(header) == "invalid_blocks"
    assert slack.messages("C1") == []


async def test_each_method_needs_its_scope(slack: FakeSlack) -> None:
    slack.person("UANA")
    slack.grant("commands")
    client = client_of(slack)

    assert await refusal(client.chat_postMessage(channel="C1", text="x")) == "missing_scope"
    assert await refusal(client.users_info(user="UANA")) == "missing_scope"
    with pytest.raises(SlackApiError) as raised:
        await client.conversations_open(users="UANA")
    assert raised.value.response["needed"] == "im:write"
    assert raised.value.response["provided"] == "commands"


async def test_the_places_where_a_bot_may_not_speak(slack: FakeSlack) -> None:
    slack.channel("C2", bot=False)
    slack.channel("C3", archived=True)
    slack.channel("C4", bot=False, private=True)
    client = client_of(slack)

    async def said(channel: str, thread_ts: str | None = None) -> str:
        call = client.chat_postMessage(channel=channel, text="x", thread_ts=thread_ts)
        return await refusal(call)

    assert await said("C2") == "not_in_channel"
    assert await said("C3") == "is_archived"
    assert await said("C4") == "channel_not_found"
    assert await said("C9") == "channel_not_found"
    assert await said("C1", thread_ts="1.000001") == "thread_not_found"


async def test_tokens_that_slack_refuses(slack: FakeSlack) -> None:
    assert await refusal(client_of(slack, "xoxb-canary-other").auth_test()) == "invalid_auth"
    assert await refusal(client_of(slack, slack.app_token).auth_test()) == "not_allowed_token_type"
    async with ClientSession() as session, session.post(f"{slack.api_url}auth.test") as answer:
        assert (await answer.json())["error"] == "not_authed"
    slack.revoke("account_inactive")
    assert await refusal(client_of(slack).auth_test()) == "account_inactive"
    slack.restore()
    assert (await client_of(slack).auth_test())["user_id"] == "UBOT"


async def test_an_argument_nobody_knows_is_refused_and_complained_about(slack: FakeSlack) -> None:
    client = client_of(slack)

    call = client.chat_postMessage(channel="C1", text="x", as_user=True)
    assert await refusal(call) == "invalid_arguments"
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"

    assert len(slack.complaints) == 2


async def test_messages_are_changed_only_by_their_author_and_old_blocks_stay(
    slack: FakeSlack,
) -> None:
    client = client_of(slack)
    posted = await client.chat_postMessage(
        channel="C1",
        text="one",
        blocks=CARD,
        metadata={"event_type": "delivery", "event_payload": {"id": "7"}},
    )
    by_ana = await slack.person("UANA").says("hello", "C1")
    ts = posted["ts"]

    await client.chat_update(channel="C1", ts=ts, text="two")

    message = slack.messages("C1")[0]
    assert message.text == "two"
    assert slack.labels(message) == ["Pin old"]
    assert message.metadata == {"event_type": "delivery", "event_payload": {"id": "7"}}
    assert [version.text for version in message.versions] == ["one", "two"]
    other = client.chat_update(channel="C1", ts=by_ana.ts, text="x")
    assert await refusal(other) == "cant_update_message"
    gone = client.chat_update(channel="C1", ts="1.000001", text="x")
    assert await refusal(gone) == "message_not_found"
    await client.chat_update(channel="C1", ts=ts, text="three", blocks=[])
    assert slack.labels(message) == []
    await client.chat_delete(channel="C1", ts=ts)
    assert slack.messages("C1") == [by_ana]


async def test_metadata_and_long_texts_have_their_limits(slack: FakeSlack) -> None:
    client = client_of(slack)
    long = await client.chat_postMessage(channel="C1", text="x" * 40_001)

    assert len(slack.messages("C1")[0].text) == 40_000
    changed = client.chat_update(channel="C1", ts=long["ts"], text="x" * 4_001)
    assert await refusal(changed) == "msg_too_long"
    empty = client.api_call("chat.postMessage", json={"channel": "C1", "text": " "})
    assert await refusal(empty) == "no_text"
    wrong = client.chat_postMessage(channel="C1", text="x", metadata={"id": 7})
    assert await refusal(wrong) == "invalid_metadata_schema"


async def test_a_thread_whose_parent_is_gone_lives_on_while_it_has_replies(
    slack: FakeSlack,
) -> None:
    client = client_of(slack)
    parent = (await client.chat_postMessage(channel="C1", text="one"))["ts"]
    reply = (await client.chat_postMessage(channel="C1", text="two", thread_ts=parent))["ts"]
    await client.chat_delete(channel="C1", ts=parent)

    await client.chat_postMessage(channel="C1", text="three", thread_ts=parent)

    assert [m.text for m in slack.thread("C1", parent)] == ["two", "three"]
    to_a_reply = client.chat_postMessage(channel="C1", text="x", thread_ts=reply)
    assert await refusal(to_a_reply) == "thread_not_found"


async def test_two_workspaces_do_not_see_each_other(slack: FakeSlack) -> None:
    slack.add_workspace("T1OTHER", token="xoxb-canary-other", bot_user="UBOT1")
    slack.channel("C7", team="T1OTHER")

    there = client_of(slack, "xoxb-canary-other")

    assert (await there.auth_test())["team_id"] == "T1OTHER"
    assert await refusal(there.chat_postMessage(channel="C1", text="x")) == "channel_not_found"
    await there.chat_postMessage(channel="C7", text="x")
    assert [m.user for m in slack.messages("C7")] == ["UBOT1"]


async def test_a_trigger_opens_one_view_and_only_for_a_while() -> None:
    async with FakeSlack(trigger_life=0.2) as slack:
        client = client_of(slack)
        trigger = slack.triggers.make("UANA", "T0TEAM")
        await client.views_open(trigger_id=trigger, view=FORM)

        assert await refusal(client.views_open(trigger_id=trigger, view=FORM)) == (
            "exchanged_trigger_id"
        )
        slack.triggers.life = 0
        late = client.views_open(trigger_id=slack.triggers.make("UANA", "T0TEAM"), view=FORM)
        assert await refusal(late) == "expired_trigger_id"
        never = client.views_open(trigger_id="1.2.x", view=FORM)
        assert await refusal(never) == "invalid_trigger_id"


async def test_a_response_url_serves_five_times_also_where_the_bot_is_no_member(
    slack: FakeSlack,
) -> None:
    ana = slack.person("UANA")
    slack.channel("C2", bot=False)
    async with running(slack):
        delivery = await ana.types_command("/jobs", "help", "C2")
    url = delivery.payload["response_url"]

    async with ClientSession() as session:
        for number in range(5):
            body = {"text": str(number), "response_type": "in_channel"}
            async with session.post(url, json=body) as answer:
                assert answer.status == 200
        async with session.post(url, json={"text": "6"}) as answer:
            assert json.loads(await answer.text()) == {"ok": False, "error": "used_url"}
        slack.response_urls.life = 0
        async with session.post(url, json={"text": "7"}) as answer:
            assert json.loads(await answer.text())["error"] == "expired_url"

    assert [m.text for m in slack.messages("C2")] == list("01234")
    assert len(slack.calls_of("response_url")) == 7


async def test_people_and_their_zones(slack: FakeSlack) -> None:
    slack.person("UANA", tz="Europe/Oslo")
    client = client_of(slack)

    shown = await client.users_info(user="UANA")
    opened = await client.conversations_open(users="UANA")

    assert shown["user"]["tz"] == "Europe/Oslo"
    assert opened["channel"]["id"].startswith("D")
    assert await refusal(client.users_info(user="UNO")) == "user_not_found"


async def test_a_file_is_shared_in_the_thread(slack: FakeSlack) -> None:
    client = client_of(slack)
    parent = await client.chat_postMessage(channel="C1", text="the run")

    await client.files_upload_v2(
        content="a long answer", filename="run.md", channel="C1", thread_ts=parent["ts"]
    )

    shared = slack.thread("C1", parent["ts"])[1]
    assert shared.files[0]["name"] == "run.md"
    assert slack.files[0].content == b"a long answer"
    link = await client.chat_getPermalink(channel="C1", message_ts=shared.ts)
    assert f"thread_ts={parent['ts']}" in link["permalink"]


# Faults


async def test_faults_are_played_as_often_as_told(slack: FakeSlack) -> None:
    client = client_of(slack)

    async def say() -> Any:
        return await client.chat_postMessage(channel="C1", text="x")

    slack.misbehave("chat.postMessage", RateLimited(7))
    with pytest.raises(SlackApiError) as raised:
        await say()
    assert raised.value.response.status_code == 429
    assert raised.value.response.headers["Retry-After"] == "7"

    slack.misbehave("chat.postMessage", Fails("is_archived"), times=None, channel="C1")
    assert await refusal(say()) == await refusal(say()) == "is_archived"
    slack.behave()

    slack.misbehave("*", Breaks(500))
    with pytest.raises(SlackApiError):
        await say()

    slack.misbehave("chat.postMessage", Drops())
    with pytest.raises(ClientError):
        await say()
    assert slack.messages("C1") == []

    slack.misbehave("chat.postMessage", LosesReply())
    with pytest.raises(ClientError):
        await say()
    assert len(slack.messages("C1")) == 1

    slack.misbehave("chat.postMessage", Delays(0.01))
    assert (await say())["ok"]
    outcomes = [call.outcome for call in slack.calls_of("chat.postMessage")]
    assert outcomes[-3:] == ["dropped", "ok, reply lost", "ok"]


async def test_a_call_hangs_until_it_is_released(slack: FakeSlack) -> None:
    slack.misbehave("auth.test", Hangs())
    asked = asyncio.ensure_future(client_of(slack).auth_test())
    await slack.until(lambda: [c for c in slack.calls if c.outcome == "hangs"])

    slack.release()

    assert (await asked)["ok"]


async def test_waiting_in_vain_tells_what_was_seen(slack: FakeSlack) -> None:
    await client_of(slack).chat_postMessage(channel="C1", text="a report")

    with pytest.raises(AssertionError, match=r"chat\.postMessage(.|\n)*by UBOT: a report"):
        await slack.until(lambda: slack.messages("C9"), seconds=0.01)
