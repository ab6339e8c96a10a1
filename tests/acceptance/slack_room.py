"""Channels of people before one served Driftpin, which many checks of a file share."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path
from typing import Any, Literal

from tests.acceptance.served import Served
from tests.acceptance.slack_scene import ACCESS, served_in_slack
from tests.fakes.slack import Channel, FakeSlack, Message, Person

PEOPLE = ("Ana", "Bob", "Cid", "Dee", "Eve")
SCHEDULED = re.compile(r"Job (\d+) is scheduled")
NUMBERS = count(1)


class House:
    """A Slack, a Driftpin that serves it, and five operators; U0ANA and so on."""

    def __init__(self, slack: FakeSlack, served: Served) -> None:
        self.slack = slack
        self.served = served
        self.people = [
            slack.person(f"U0{name.upper()}", name=name, tz="Europe/Oslo") for name in PEOPLE
        ]
        self.ana, self.bob = self.people[:2]

    def room(self, *, bot: bool = True, private: bool = False) -> "Room":
        """A channel nobody has spoken in yet; `bot` says whether the bot was invited."""
        number = next(NUMBERS)
        made = self.slack.channel(f"C0ROOM{number}", f"room-{number}", bot=bot, private=private)
        return Room(self, made)

    def point_default(self, provider: str, model: str) -> None:
        """Move the default; what is due waits until it has stood for two seconds."""
        self.served.point_default(provider, model)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, read beside the process that owns it."""
        file = next((self.served.folder / "home").glob("*.db"))
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return list(database.execute(query, values))

    async def until_rows(self, wanted: list[tuple[Any, ...]], query: str) -> None:
        """Wait until the database says so; nobody tells us when it changes."""
        async with asyncio.timeout(40):
            while self.rows(query) != wanted:  # noqa: ASYNC110 - a file of another process
                await asyncio.sleep(0.05)


class Room:
    """One channel and what goes on in it."""

    def __init__(self, house: House, channel: Channel) -> None:
        self.house = house
        self.slack = house.slack
        self.channel = channel
        self.ana, self.bob = house.ana, house.bob

    async def types(self, text: str, by: Person | None = None) -> None:
        await (by or self.ana).types_command("/jobs", text, self.channel)

    async def mentions(self, text: str, thread: Message, by: Person | None = None) -> Message:
        bot = self.slack.workspace.bot_user
        return await (by or self.ana).says(f"<@{bot}> {text}", self.channel, thread)

    async def adds(
        self, words: str = "every 30d name=Brief | Summarise", thread: Message | None = None
    ) -> int:
        """Add a job, and return its number once its card is there."""
        before = len(self.cards())
        if thread is None:
            await self.types(f"add {words}")
        else:
            await self.mentions(f"add {words}", thread)
        await self.slack.until(lambda: len(self.cards()) > before)
        return self.cards()[-1]

    def cards(self) -> list[int]:
        """The numbers of the jobs whose cards are in the channel."""
        found = (SCHEDULED.search(message.text) for message in self.posts())
        return [int(each[1]) for each in found if each]

    async def alert(self, jobs: int = 1) -> Message:
        """The open alert about so many new jobs on the free route; the default moved to the paid one."""
        self.house.point_default("free-lab", "small")
        numbers = [await self.adds() for _ in range(jobs)]
        return await self.drift(numbers)

    async def drift(self, numbers: Sequence[int]) -> Message:
        """The alert, once the default moved and these jobs fired."""
        self.house.point_default("paid-lab", "large")
        for number in numbers:
            await self.types(f"run {number}")
        held = "is held" if len(numbers) == 1 else f"{len(numbers)} jobs are held"
        return await self.sees(held, "Nothing was spent.")

    def posts(self) -> list[Message]:
        """What we posted in the channel, as it stands now, in order."""
        return [message for message in self.slack.messages(self.channel) if message.by_bot]

    def alerts(self) -> list[Message]:
        """The messages that are, or were, alerts."""
        return [m for m in self.posts() if "held: the default moved" in m.versions[0].text]

    async def sees(self, *words: str, thread: str | None = None) -> Message:
        """The newest message of ours in the channel with all these words."""
        return await self.slack.until(
            lambda: newest(self.slack, self.posts(), words, thread), seconds=40
        )

    async def told(self, who: Person, *words: str) -> Message:
        """The newest message with all these words that only this person sees."""
        return await self.slack.until(
            lambda: newest(self.slack, self.private(who), words), seconds=40
        )

    def private(self, who: Person) -> list[Message]:
        """Ephemeral messages in this channel."""
        return [m for m in who.ephemerals if m.channel == self.channel.id]


def newest(
    slack: FakeSlack, messages: Sequence[Message], words: Sequence[str], thread: str | None = None
) -> Message | None:
    for message in reversed(messages):
        said = f"{message.text}\n{slack.plain(message)}"
        if thread in (None, message.thread_ts) and all(word in said for word in words):
            return message
    return None


@asynccontextmanager
async def open_house(
    folder: Path, mode: Literal["socket", "http"] = "socket", extra: str = ACCESS
) -> AsyncIterator[House]:
    """A house, running; it ends without a complaint of Slack's."""
    async with FakeSlack(mode) as slack, served_in_slack(slack, folder, extra) as served:
        slack.app_url = f"{served.address}/slack/events"
        yield House(slack, served)
        assert slack.complaints == []
