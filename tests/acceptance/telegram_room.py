"""Chats of people before one served Driftpin, which many checks of a file share."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from tests.acceptance.served import Served
from tests.acceptance.telegram_scene import PATIENCE, Mode, served_in_telegram
from tests.acceptance.the_story import LIMITS
from tests.fakes.telegram import Chat, FakeTelegram, Message, Person, Press, Topic

NAMES = ("Ana", "Bob", "Cid", "Dee", "Eve")
FIRST_ID = 42
DESK = -100900
"""The admin chat of every house; what finds no other chat comes here."""

OPERATORS = ", ".join(f'"telegram:{FIRST_ID + n}"' for n in range(1, len(NAMES)))
ACCESS = f"""access:
  admins: ["telegram:{FIRST_ID}"]
  operators: [{OPERATORS}]
alerts: {{admin_chat: "telegram:{DESK}"}}
{LIMITS}"""
SCHEDULED = re.compile(r"Job (\d+) is scheduled")
NUMBERS = count(1)
T = TypeVar("T")

HELD = "held: the default moved"


class House:
    """A Telegram, a Driftpin that serves it, and five people: Ana is admin, the others operators."""

    def __init__(self, telegram: FakeTelegram, served: Served) -> None:
        self.telegram = telegram
        self.served = served
        self.people = [telegram.person(FIRST_ID + n, name) for n, name in enumerate(NAMES)]
        self.ana, self.bob = self.people[:2]
        self.desk = telegram.group(DESK, "Admins")

    def group(self, *, forum: bool = False, basic: bool = False) -> "Room":
        """A group nobody has spoken in yet."""
        number = next(NUMBERS)
        id = -number if basic else -1001000 - number
        return Room(self, self.telegram.group(id, f"Room {number}", forum=forum))

    def private(self, who: Person) -> "Room":
        return Room(self, who.chat)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, read beside the process that owns it."""
        file = next((self.served.folder / "home").glob("*.db"))
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return list(database.execute(query, values))

    def changes(self, job: int) -> list[tuple[str, str]]:
        """What was done to a job after it was added, and by whom."""
        query = "SELECT action, name FROM audit WHERE object = ? AND action NOT IN ('add', 'run')"
        return self.rows(query, f"job {job}")

    def unfinished(self) -> int:
        """Updates that were taken in and are not done with."""
        [(number,)] = self.rows("SELECT count(*) FROM updates WHERE finished_at IS NULL")
        return int(number)

    async def until_finished(self) -> None:
        """Return once everything that was taken in is done with."""
        await eventually(lambda: not self.telegram.pending and not self.unfinished())

    async def until_sent(self) -> None:
        """Return once nothing is owed any more."""
        owed = "SELECT 1 FROM deliveries WHERE state IN ('queued', 'sending')"
        await eventually(lambda: not self.rows(owed))

    async def until_jobs(self, number: int) -> list[int]:
        """The numbers of all jobs, once there are so many."""

        def jobs() -> list[int]:
            return [job for (job,) in self.rows("SELECT id FROM jobs ORDER BY id")]

        await eventually(lambda: len(jobs()) >= number)
        return jobs()


class Room:
    """One chat and what goes on in it; `topic` narrows what is typed and seen."""

    def __init__(self, house: House, chat: Chat, topic: Topic | None = None) -> None:
        self.house = house
        self.telegram = house.telegram
        self.chat = chat
        self.topic = topic

    def in_topic(self, name: str) -> "Room":
        return Room(self.house, self.chat, self.telegram.topic(self.chat, name))

    async def types(self, text: str, by: Person | None = None, **more: Any) -> Message:
        """Type a command after `/jobs`; Ana does, unless somebody else is named."""
        who = by or self.chat_owner
        return await who.types(f"/jobs {text}", chat=self.chat, topic=self.topic, **more)

    @property
    def chat_owner(self) -> Person:
        """Whose private chat it is; of a group, Ana."""
        mine = [person for person in self.house.people if person.chat is self.chat]
        return mine[0] if mine else self.house.ana

    async def adds(self, words: str = "every 30d name=Brief tz=UTC | Summarise") -> int:
        """Add a job, and return its number once its card is there."""
        before = len(self.cards())
        await self.types(f"add {words}")
        await self.until(lambda: len(self.cards()) > before)
        return self.cards()[-1]

    def cards(self) -> list[int]:
        """The numbers of the jobs whose cards are here."""
        found = (SCHEDULED.search(message.text) for message in self.posts())
        return [int(each[1]) for each in found if each]

    async def runs(self, job: int) -> None:
        """Ana runs a job from her own chat, which costs this one no message."""
        await self.house.ana.types(f"/jobs run {job}")

    async def alert(self) -> Message:
        """The open alert about a new job on the free route; the default moved to the paid one."""
        self.house.served.point_default("free-lab", "small")
        job = await self.adds()
        return await self.drift(job)

    async def drift(self, job: int) -> Message:
        """The alert, once the default moved and the job fired."""
        self.house.served.point_default("paid-lab", "large")
        await self.runs(job)
        return await self.sees(f"Job {job} (", "is held", "Nothing was spent.")

    def posts(self) -> list[Message]:
        """What we posted here, as it stands now, in order."""
        return self.telegram.answers(self.chat, self.topic)

    def alerts(self) -> list[Message]:
        """The messages that are, or were, alerts."""
        return [m for m in self.posts() if any(HELD in (v.text or "") for v in m.versions)]

    async def sees(self, *words: str) -> Message:
        """The newest message of ours here with all these words."""

        def found() -> Message | None:
            fit = (m for m in reversed(self.posts()) if all(word in m.text for word in words))
            return next(fit, None)

        return await self.until(found)

    async def until(self, condition: Callable[[], T | None]) -> T:
        return await self.telegram.until(condition, seconds=PATIENCE)

    async def told(self, press: Press) -> str:
        """What whoever pressed was shown."""
        return (await press.until_answered()).text


async def eventually(condition: Callable[[], bool]) -> None:
    """Return when the database says so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if condition():
                return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def open_house(
    folder: Path, mode: Mode = "polling", extra: str = ACCESS
) -> AsyncIterator[House]:
    """A house, running; it ends without a complaint of Telegram's."""
    async with FakeTelegram() as telegram, served_in_telegram(telegram, folder, mode, extra) as s:
        yield House(telegram, s)
        assert telegram.complaints == []
