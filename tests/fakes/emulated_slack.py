"""Slack's Web API as `emulate` (npm) has it, with scopes checked strictly; we do what it leaves out.

It has no slash commands and no buttons: those requests are made here, from the messages it keeps,
and signed as Slack signs them.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Collection
from pathlib import Path

from aiohttp import ClientSession

from tests.fakes.front import Asked, Front, Passed
from tests.fakes.peers import FOLDER, free_port, running
from tests.fakes.slack.delivery import Delivery, Kind
from tests.fakes.slack.errors import Json
from tests.fakes.slack.news import News
from tests.fakes.slack.reading import plain
from tests.fakes.slack.records import Message, User, Version, View
from tests.fakes.slack.requests import Requests
from tests.fakes.slack.workspace import Stamps, Workspace

PACKAGE = "emulate"
TEAM = "T000000001"
BOT_TOKEN = "xoxb-canary-bot"
SIGNING_SECRET = "canary-signing-secret"


class SlackFront(Front):
    """The emulator reads arguments in the body alone; slack-sdk also puts them into the address."""

    def going(self, asked: Asked) -> Asked:
        return asked.as_form() if asked.query and asked.path.startswith("/api/") else asked


class EmulatedSlack:
    """One workspace with the app in it; people are asked for by name."""

    def __init__(self, front: Front, session: ClientSession) -> None:
        self.front = front
        self.workspace = Workspace(
            TEAM, BOT_TOKEN, "U0BOT", "B0BOT", "A0APP", "emulate", stamps=Stamps()
        )
        self.requests = Requests(News(), SIGNING_SECRET, patience=3.0, retries=())
        self._session = session

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.front.url}/api/"

    @property
    def refused(self) -> list[Passed]:
        """The calls of the Web API that it did not take."""
        called = (one for one in self.front.passed if one.path.startswith("/api/"))
        return [one for one in called if one.answer.get("ok") is not True]

    async def asked(self, token: str, method: str, **arguments: str) -> Json:
        """Its answer to a call of the test's own, which is not written down."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.post(f"/api/{method}", data=arguments, headers=headers) as answer:
            found: Json = await answer.json()
            return found

    async def person(self, name: str) -> User:
        me = await self.asked(token_of(name), "auth.test")
        return User(me["user_id"], name, "UTC", TEAM)

    async def history(self, token: str, channel: str, thread: str | None) -> list[Message]:
        """What stands in a channel, or in a thread of it, the newest last."""
        if thread is None:
            answer = await self.asked(token, "conversations.history", channel=channel)
            found = reversed(answer["messages"])
        else:
            answer = await self.asked(token, "conversations.replies", channel=channel, ts=thread)
            found = iter(answer["messages"])
        return [self.message(channel, one) for one in found]

    def ephemerals(self, user: str) -> list[Message]:
        """What only that person saw; the emulator keeps it, and shows it to nobody."""
        taken = (p for p in self.front.passed if p.path == "/api/chat.postEphemeral")
        return [
            self.message(
                p.arguments["channel"],
                {**p.arguments, "ts": p.answer["message_ts"], "user": self.workspace.bot_user},
                only_for=user,
            )
            for p in taken
            if p.answer["ok"] and p.arguments["user"] == user
        ]

    def views(self) -> list[View]:
        """The forms that the app opened."""
        opened = (p.answer for p in self.front.passed if p.path == "/api/views.open")
        shown = (answer["view"] for answer in opened if answer["ok"])
        return [
            View(v["id"], "", TEAM, v, v["hash"], self.workspace.app_id, self.workspace.bot_id)
            for v in shown
        ]

    async def trigger(self, user: str) -> str:
        """A trigger id, with which the app may open one form before that person."""
        answer = await self.asked(BOT_TOKEN, "views.generateTriggerId", user_id=user)
        return str(answer["trigger_id"])

    async def deliver(self, kind: Kind, payload: Json) -> Delivery:
        """Bring the app what somebody did, signed."""
        delivery = Delivery(kind, payload)
        await self.requests.carry(delivery)
        assert delivery.error is None, f"the app did not take it: {delivery}"
        return delivery

    def message(self, channel: str, wire: Json, only_for: str | None = None) -> Message:
        """A message as the emulator shows it, in the words of our own fake."""
        ours = wire["user"] == self.workspace.bot_user
        blocks = wire.get("blocks") or []
        return Message(
            channel=channel,
            ts=wire["ts"],
            user=wire["user"],
            team_id=TEAM,
            versions=[Version(wire.get("text", ""), blocks, metadata=wire.get("metadata"))],
            bot_id=self.workspace.bot_id if ours else None,
            app_id=self.workspace.app_id if ours else None,
            thread_ts=wire.get("thread_ts"),
            only_for=only_for,
            files=wire.get("files") or [],
            edited_ts=(wire.get("edited") or {}).get("ts"),
        )


def token_of(name: str) -> str:
    """What a person calls the Web API with, in this workspace."""
    return f"xoxp-canary-{name}"


def said(message: Message) -> str:
    """All that a reader finds in a message: its text, its blocks, the names of its files."""
    return "\n".join([message.text, plain(message), *(file["name"] for file in message.files)])


@contextlib.asynccontextmanager
async def emulated_slack(
    folder: Path, scopes: Collection[str], people: Collection[str] = ("ana",)
) -> AsyncIterator[EmulatedSlack]:
    """A workspace whose bot token has these scopes and no other."""
    port = free_port()
    seed = folder / "slack.json"
    seed.write_text(json.dumps({"slack": _seed(scopes, people)}))
    behind = f"http://127.0.0.1:{port}"
    async with SlackFront(behind) as front, ClientSession(behind) as session:
        script = str(FOLDER / PACKAGE / "dist" / "index.js")
        options = {"--service": "slack", "--port": str(port), "--seed": str(seed)}
        options["--base-url"] = front.url
        arguments = [word for option in options.items() for word in option]
        async with running(script, "start", *arguments, ready="Ready."):
            yield EmulatedSlack(front, session)


def _seed(scopes: Collection[str], people: Collection[str]) -> Json:
    return {
        "strict_scopes": True,
        "users": [{"name": name, "real_name": name.title()} for name in people],
        "oauth_apps": [
            {
                "client_id": "1.1",
                "client_secret": "canary-client-secret",
                "app_id": "A0APP",
                "name": "Driftpin",
                "redirect_uris": [],
                "scopes": sorted(scopes),
                "bot_id": "B0BOT",
                "bot_user_id": "U0BOT",
                "bot_name": "driftpin",
            }
        ],
        "tokens": [
            {
                "token": BOT_TOKEN,
                "type": "bot",
                "user_id": "U0BOT",
                "bot_user_id": "U0BOT",
                "bot_id": "B0BOT",
                "app_id": "A0APP",
                "scopes": sorted(scopes),
            },
            *({"token": token_of(name), "type": "user", "user": name} for name in people),
        ],
    }
