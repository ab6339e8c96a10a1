"""What a test asks of the fake: what can be read, what was called, what is still to come."""

from collections.abc import Callable
from typing import TypeVar

from tests.fakes.telegram.calls import Call
from tests.fakes.telegram.methods import Methods
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.queries import Press
from tests.fakes.telegram.state import Chat, Json, Message, Topic
from tests.fakes.telegram.webhook import Delivered
from tests.fakes.telegram.world import World

T = TypeVar("T")


class Observed:
    """The questions; they change nothing."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.methods = Methods(world)

    async def until(self, condition: Callable[[], T | None], *, seconds: float = 20) -> T:
        """The first true value of `condition`, asked at every change; AssertionError in vain."""
        return await self.world.news.until(condition, seconds=seconds)

    def messages(self, chat: Chat | Person, topic: Topic | int | None = None) -> list[Message]:
        """What can be read there in order, service messages left out; topic 0 is General."""
        place = chat.chat if isinstance(chat, Person) else chat
        thread = topic.thread_id if isinstance(topic, Topic) else topic
        return [
            message
            for message in place.messages.values()
            if not message.deleted and not message.service and _in_thread(message, thread)
        ]

    def answers(self, chat: Chat | Person, topic: Topic | int | None = None) -> list[Message]:
        """The messages of the bot alone."""
        return [message for message in self.messages(chat, topic) if message.by_bot]

    def last(self, chat: Chat | Person, topic: Topic | int | None = None) -> Message | None:
        """The bot's last message there."""
        return next(reversed(self.answers(chat, topic)), None)

    async def until_says(
        self,
        chat: Chat | Person,
        words: str = "",
        *,
        topic: Topic | int | None = None,
        after: Message | None = None,
        seconds: float = 20,
    ) -> Message:
        """The bot's first message there that has these words now, a later one than `after`."""
        first = after.message_id if after is not None else 0

        def said() -> Message | None:
            fit = (one for one in self.answers(chat, topic) if one.message_id > first)
            return next((one for one in fit if words in one.text), None)

        return await self.until(said, seconds=seconds)

    @property
    def calls(self) -> list[Call]:
        return self.world.calls

    def calls_of(self, method: str, chat: Chat | Person | None = None) -> list[Call]:
        place = chat.id if chat is not None else None
        return [
            call
            for call in self.calls
            if call.method == method and (place is None or call.chat_id == place)
        ]

    @property
    def refused(self) -> list[Call]:
        """The calls that were answered with an error."""
        return [call for call in self.calls if call.status not in (None, 0, 200)]

    @property
    def complaints(self) -> list[str]:
        """Mistakes of ours that Telegram would forgive, or hide."""
        return self.world.complaints

    @property
    def presses(self) -> list[Press]:
        return self.methods.queries.presses

    @property
    def polling(self) -> int:
        """How many getUpdates are under way."""
        return self.methods.polls.under_way

    @property
    def pending(self) -> list[Json]:
        """The updates that have not been confirmed."""
        return self.world.updates.pending

    @property
    def confirmed(self) -> int:
        """All updates below this number have been confirmed."""
        return self.world.updates.confirmed

    @property
    def delivered(self) -> list[Delivered]:
        """Every attempt to post an update to the webhook."""
        return self.methods.webhook.delivered

    @property
    def commands(self) -> dict[str, list[str]]:
        """The commands of each scope that has some: "chat -100…" or "default", with "/de"."""
        return self.methods.menus.shown()


def _in_thread(message: Message, thread: int | None) -> bool:
    if thread is None:
        return True
    return (message.thread_id if message.is_topic else 0) == thread
