"""A person in a Slack channel, or in a thread of it, before a Driftpin that is served."""

from pathlib import Path

from tests.acceptance.served import Served
from tests.acceptance.the_story import LIMITS
from tests.fakes.slack.person import Person
from tests.fakes.slack.records import Channel, Message
from tests.fakes.slack.server import FakeSlack

ROOM = "C0ROOM"
ACCESS = f"""access:
  admins: ["slack:T0TEAM:U0BOSS"]
  operators: ["slack:T0TEAM:*"]
{LIMITS}"""


def served_in_slack(slack: FakeSlack, folder: Path, extra: str = ACCESS) -> Served:
    """A `driftpin serve` for this Slack; not started yet."""
    variables = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
    if slack.mode == "socket":
        variables["SLACK_APP_TOKEN"] = slack.app_token
    else:
        variables["SLACK_SIGNING_SECRET"] = slack.signing_secret
    return Served(folder, variables, extra=extra)


class SlackScene:
    """Types slash commands in a channel, or mentions the bot where there is a `thread`."""

    def __init__(self, slack: FakeSlack, who: Person, channel: Channel, thread: Message | None):
        self._slack = slack
        self._who = who
        self._channel = channel
        self._thread = thread

    async def type(self, command: str) -> None:
        if self._thread is None:
            await self._who.types_command("/jobs", command, self._channel)
        else:
            bot = self._who.workspace.bot_user
            await self._who.says(f"<@{bot}> {command}", self._channel, self._thread)

    def seen(self) -> list[Message]:
        """What this person sees where the story is set, the newest last."""
        ours = self._slack.messages(self._channel)
        if self._thread is not None:
            ours = [m for m in ours if m.thread_ts == self._thread.ts]
        else:
            ours = [m for m in ours if not m.is_reply]
        return [*(m for m in ours if m.by_bot), *self._who.ephemerals]

    async def sees(self, *words: str) -> None:
        await self.find(*words)

    async def find(self, *words: str) -> Message:
        """The newest message that holds all these words."""

        def found() -> Message | None:
            whole = [m for m in reversed(self.seen()) if all(w in self._said(m) for w in words)]
            return whole[0] if whole else None

        return await self._slack.until(found, seconds=40)

    async def press(self, label: str) -> None:
        message = await self._slack.until(lambda: self._with(label))
        await self._who.presses(message, label)

    def offers(self, label: str) -> bool:
        return self._with(label) is not None

    def _with(self, label: str) -> Message | None:
        for message in reversed(self.seen()):
            if any(each.startswith(label) for each in self._slack.labels(message)):
                return message
        return None

    def _said(self, message: Message) -> str:
        return f"{message.text}\n{self._slack.plain(message)}"
