"""A chat that can be away, and the real notifier in a process that can vanish while it sends."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from bot.message import Message
from bot.notifier import Notifier
from bot.platform import Handle, Platform
from bot.sending import REPEAT
from bot.settings import Settings
from scheduler.errors import SendError
from scheduler.job import Place
from tests.simulation.days_oracle import EDITED
from tests.simulation.leaping import BEGINNING, true_time
from tests.simulation.ledger import Wrong, moment
from tests.simulation.rows import OwedRow
from tests.simulation.workers import Clock, Worker

MANNERS = (*["takes it"] * 20, "429", "5xx", "5xx", "loses the answer", "loses the answer")
A_WHILE = timedelta(minutes=5)
"""What became due so lately may still be on its way."""


class Chat(Platform):
    """Takes messages, and counts them by the delivery they belong to."""

    name = "slack"

    def __init__(self, random: Random, told: Counter[str]) -> None:
        self.random, self.told = random, told
        self.posts: defaultdict[int, list[bool]] = defaultdict(list)
        """For each delivery, its posts: whether each was marked as a repeat."""
        self.rows: dict[int, OwedRow] = {}
        self.away_until = BEGINNING
        self.wrong: list[str] = []

    async def start(self, handle: Handle) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        task = asyncio.current_task()
        assert task is not None
        number = int(task.get_name().removeprefix("delivery "))
        await asyncio.sleep(self.random.uniform(0.05, 1.0))
        manner = self.random.choice(MANNERS)
        if true_time() < self.away_until:
            self.told["sendings into a chat that was away"] += 1
            raise SendError("the chat is away")
        if manner == "429":
            raise SendError("slow down", retry_after=self.random.choice((2.0, 30.0)))
        if manner == "5xx":
            raise SendError("the platform is broken")
        self._taken(number, REPEAT in repr(message))
        if manner == "loses the answer":
            self.told["messages whose answer was lost"] += 1
            raise SendError("the connection was closed", ambiguous=True)
        return edit or f"m{number}-{len(self.posts[number])}"

    def _taken(self, number: int, marked: bool) -> None:
        row, before = self.rows[number], self.posts[number]
        before.append(marked)
        self.told["messages"] += 1
        if row.kind in EDITED:
            return
        if len(before) == 1:
            return
        self.told["messages doubled"] += 1
        if len(before) > 2:
            self.wrong.append(f"{row} was posted {len(before)} times")
        if not marked:
            self.wrong.append(f"{row} was posted again and not marked as a repeat")
        if row.finished is not None:
            self.wrong.append(f"{row} was over, and is posted again")

    def written(self, row: OwedRow) -> None:
        self.rows[row.id] = row

    def all_told(self, now: datetime) -> None:
        """At the end, with the chat there: nothing is left that nobody was told."""
        for row in self.rows.values():
            if row.kind in EDITED or now - moment(row.due) < A_WHILE:
                continue
            # After two sendings in doubt nobody tries a third: it may stand there twice already.
            doubted = row.state == "unknown"
            self.told["messages given up in doubt"] += doubted
            told = bool(self.posts[row.id]) or doubted
            if not told or row.finished is None:
                raise Wrong(f"nobody was told of {row}: {self.posts[row.id]}")

    def next_due(self) -> datetime | None:
        return min(
            (moment(row.due) for row in self.rows.values() if row.finished is None), default=None
        )


class NotifierClock(Clock):
    """Leaps over the looks at which nothing is owed."""

    def __init__(self, worker: Worker, next_due: Callable[[], datetime | None]) -> None:
        super().__init__(worker)
        self._worker, self._next_due = worker, next_due

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        worker = self._worker
        while not wake.is_set():
            due = self._next_due()
            until = max(due, moment) if due and moment else due
            left = None if until is None else (until - worker.wall).total_seconds()
            if left is not None and left <= 0:
                break
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await wake.wait()
            await worker.awake()


def notifier(worker: Worker, chat: Chat) -> Notifier:
    """The real one, in the process of this worker."""
    clock = NotifierClock(worker, chat.next_due)
    return Notifier(worker.store, clock, {chat.name: _In(worker, chat)}, Settings, frozenset)


class _In(Platform):
    """The chat as a process sees it that may vanish at any await."""

    name = Chat.name

    def __init__(self, worker: Worker, chat: Chat) -> None:
        self._worker, self._chat = worker, chat

    async def start(self, handle: Handle) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        await self._worker.awake()
        try:
            return await self._chat.send(place, message, edit=edit)
        finally:
            await self._worker.awake()
