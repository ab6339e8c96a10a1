"""What tests ask of a Slack: what is seen where, who called what, and waiting for it."""

from collections.abc import Callable
from typing import TypeVar

from tests.fakes.slack.asked import Call
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.news import News
from tests.fakes.slack.person import Person
from tests.fakes.slack.reading import Button, Shown, buttons, plain
from tests.fakes.slack.records import Channel, Message, Upload, View
from tests.fakes.slack.story import story
from tests.fakes.slack.workspace import Workspace

Seen = TypeVar("Seen")


class Witness:
    """The half of `FakeSlack` that only looks."""

    def __init__(self) -> None:
        self.workspaces: dict[str, Workspace] = {}
        self.calls: list[Call] = []
        self.deliveries: list[Delivery] = []
        self.complaints: list[str] = []
        """What the app did that no app should: a test ends with none."""
        self.news = News()

    async def until(self, condition: Callable[[], Seen | None], *, seconds: float = 20) -> Seen:
        """Return what the condition finds once it is true; fail, with the story, if it never is."""
        return await self.news.until(condition, seconds, self.story)

    def messages(self, channel: str | Channel) -> list[Message]:
        """What everybody sees in that channel now, threads included, in order."""
        name = channel if isinstance(channel, str) else channel.id
        return [m for one in self.workspaces.values() for m in one.messages(name)]

    def thread(self, channel: str | Channel, ts: str) -> list[Message]:
        """The parent and its replies."""
        return [m for m in self.messages(channel) if ts in (m.ts, m.thread_ts)]

    def ephemerals(self, user: str | Person) -> list[Message]:
        """What only that person sees now, in order."""
        name = user if isinstance(user, str) else user.id
        posted = [m for one in self.workspaces.values() for m in one.posted]
        return [m for m in posted if m.only_for == name and not m.deleted]

    def views(self, user: str | Person) -> list[View]:
        """The modals before that person."""
        name = user if isinstance(user, str) else user.id
        views = [v for one in self.workspaces.values() for v in one.views.values()]
        return [v for v in views if v.user == name and v.is_open]

    @property
    def files(self) -> list[Upload]:
        return [u for one in self.workspaces.values() for u in one.uploads.values()]

    def calls_of(self, method: str) -> list[Call]:
        """Every call of that method, refused ones too; also `response_url` and `upload`."""
        return [call for call in self.calls if call.method == method]

    def plain(self, shown: Shown) -> str:
        return plain(shown)

    def buttons(self, shown: Shown) -> list[Button]:
        return buttons(shown)

    def labels(self, shown: Shown) -> list[str]:
        return [button.label for button in buttons(shown)]

    def story(self) -> str:
        """All of it, for people."""
        return story(self.calls, self.deliveries, self.workspaces.values(), self.complaints)
