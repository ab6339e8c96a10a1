"""A person in the emulated Slack of others, before a Driftpin that is served in HTTP mode."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from tests.acceptance.served import Served
from tests.acceptance.the_story import LIMITS
from tests.fakes.emulated_slack import (
    BOT_TOKEN,
    SIGNING_SECRET,
    TEAM,
    EmulatedSlack,
    said,
    token_of,
)
from tests.fakes.slack import payloads
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.errors import Json
from tests.fakes.slack.forms import filled
from tests.fakes.slack.reading import buttons
from tests.fakes.slack.records import Channel, Message, User, View

ACCESS = f'access:\n  operators: ["slack:{TEAM}:*"]\n{LIMITS}'

Where = Literal["channel", "thread", "direct messages"]
Event = Callable[[Channel, Message], Json]


def served_in(slack: EmulatedSlack, folder: Path) -> Served:
    """A `driftpin serve` for this Slack; not started yet."""
    variables = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_API_URL": slack.api_url,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }
    return Served(folder, variables, extra=ACCESS)


class EmulatedScene:
    """Types commands in a private channel, mentions the bot in its thread, or writes to it alone."""

    def __init__(self, slack: EmulatedSlack, who: User, channel: Channel, thread: str | None):
        self._slack = slack
        self._who = who
        self._channel = channel
        self._thread = thread
        self._seen: list[Message] = []

    async def type(self, command: str) -> None:
        bot = self._slack.workspace.bot_user
        if self._channel.is_im:
            await self._says(command, payloads.message_event)
        elif self._thread is not None:
            await self._says(f"<@{bot}> {command}", payloads.app_mention)
        else:
            await self.commands(command)

    async def commands(self, text: str) -> None:
        """Type a slash command."""
        payload = payloads.command(
            self._slack.workspace,
            self._who,
            self._channel,
            "/jobs",
            text,
            await self._slack.trigger(self._who.id),
            self._used_up,
        )
        await self._slack.deliver("slash_commands", payload)

    async def sees(self, *words: str) -> None:
        await self.find(*words)

    async def find(self, *words: str) -> Message:
        """The newest message that holds all these words."""

        async def look() -> Message | None:
            await self._look()
            whole = (m for m in reversed(self._seen) if all(w in said(m) for w in words))
            return next(whole, None)

        return await self._slack.front.until(look)

    async def press(self, label: str) -> None:
        """Press the newest button of that name, as the emulator keeps it."""

        async def look() -> Message | None:
            await self._look()
            return self._with(label)

        message = await self._slack.front.until(look)
        button = next(b for b in buttons(message) if b.label.startswith(label))
        kept = ("type", "action_id", "text", "value", "style")
        action = {key: button.element[key] for key in kept if key in button.element}
        payload = payloads.block_actions(
            self._slack.workspace,
            self._who,
            message,
            self._channel,
            {**action, "block_id": button.block_id},
            trigger_id=await self._slack.trigger(self._who.id),
            response_url=self._used_up,
            state={},
        )
        await self._slack.deliver("interactive", payload)

    async def submits(self, values: Mapping[str, str]) -> Delivery:
        """Fill in the form that opens, and submit it."""

        async def look() -> View | None:
            return next(iter(self._slack.views()), None)

        view = await self._slack.front.until(look)
        trigger = await self._slack.trigger(self._who.id)
        payload = payloads.view_submission(
            self._slack.workspace, self._who, view, filled(view, values), trigger
        )
        return await self._slack.deliver("interactive", payload)

    def offers(self, label: str) -> bool:
        return self._with(label) is not None

    @property
    def _used_up(self) -> str:
        """The emulator makes no `response_url`: this one says 404, as one does after its fifth use."""
        return f"{self._slack.front.url}/commands/{TEAM}/used-up"

    async def _says(self, text: str, event: Event) -> Delivery:
        """Write a message into the emulator, and tell the app of it as Slack does."""
        arguments = {"channel": self._channel.id, "text": text}
        if self._thread is not None:
            arguments["thread_ts"] = self._thread
        token = token_of(self._who.name)
        wire = (await self._slack.asked(token, "chat.postMessage", **arguments))["message"]
        message = self._slack.message(self._channel.id, wire)
        happened = payloads.event_callback(self._slack.workspace, event(self._channel, message))
        return await self._slack.deliver("events_api", happened)

    async def _look(self) -> None:
        token = token_of(self._who.name)
        public = await self._slack.history(token, self._channel.id, self._thread)
        ours = [m for m in public if m.by_bot]
        self._seen = [*ours, *self._slack.ephemerals(self._who.id)]

    def _with(self, label: str) -> Message | None:
        for message in reversed(self._seen):
            if any(button.label.startswith(label) for button in buttons(message)):
                return message
        return None


async def scene_in(slack: EmulatedSlack, where: Where, *, invited: bool = True) -> EmulatedScene:
    """Ana in a private channel of hers, in a thread there, or in her direct messages with the bot."""
    ana = await slack.person("ana")
    token, bot = token_of("ana"), slack.workspace.bot_user
    if where == "direct messages":
        opened = await slack.asked(token, "conversations.open", users=bot)
        return EmulatedScene(
            slack, ana, Channel(opened["channel"]["id"], "", TEAM, user=ana.id), None
        )
    made = await slack.asked(token, "conversations.create", name="room", is_private="true")
    room = Channel(made["channel"]["id"], "room", TEAM, private=True)
    if invited:
        await slack.asked(token, "conversations.invite", channel=room.id, users=bot)
    if where == "channel":
        return EmulatedScene(slack, ana, room, None)
    words = "We should watch the incidents"
    first = await slack.asked(token, "chat.postMessage", channel=room.id, text=words)
    return EmulatedScene(slack, ana, room, first["ts"])
