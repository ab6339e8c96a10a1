"""A Telegram adapter on the Telegram of our own, with a script in the place of the app."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.adapters.telegram.adapter import Telegram
from bot.adapters.telegram.calling import Pace
from bot.adapters.telegram.life import Outside
from bot.message import Button, Message, Request
from bot.settings.chats import TelegramKeys
from scheduler.job import JobId, Place
from scheduler.ports.inbox import Update
from scheduler.press import Action, Press
from storage.database import Database
from storage.store import Store
from tests.fakes.telegram import FakeTelegram, Person

Reply = Message | None | Callable[[Request], Awaitable[Message | None]]

GROUP = -1001234
WAIT = 0.05
"""Seconds between two renewals of a lease in these tests."""


class Scripted:
    """What the dispatcher would be: the same event is handled once, and each request is answered.

    `script` has the answer to a text or a token; what is not in it is answered with an echo.
    """

    def __init__(self, telegram: FakeTelegram, seen: set[str] | None = None) -> None:
        self.script: dict[str, Reply] = {}
        self.requests: list[Request] = []
        self.seen = seen if seen is not None else set()
        self._telegram = telegram

    async def __call__(self, request: Request) -> Message | None:
        if request.event in self.seen:
            return None
        self.seen.add(str(request.event))
        self.requests.append(request)
        self._telegram.world.news.tell()
        said = request.token or request.text
        answer = self.script.get(said, Message(f"Heard: {said}"))
        return await answer(request) if callable(answer) else answer

    @property
    def texts(self) -> list[str]:
        return [request.text for request in self.requests]


def keys(telegram: FakeTelegram, **more: Any) -> TelegramKeys:
    return TelegramKeys(telegram.token, telegram.url, **more)


def adapter(telegram: FakeTelegram, store: Store, **more: Any) -> Telegram:
    given: dict[str, Any] = {"pace": Pace(0, 0), "life": 5.0, "renewed": WAIT, **more}
    its = given.pop("keys", keys(telegram))
    return Telegram(lambda: its, Outside(lambda: store, **given))


@asynccontextmanager
async def attached(bot: Telegram, handle: Scripted) -> AsyncIterator[Telegram]:
    """Connected, and closed in order afterwards."""
    await bot.start(handle)
    try:
        yield bot
    finally:
        await bot.quiet()
        await bot.stop()


def a_store(folder: Path) -> tuple[Store, Database]:
    opened = Database.open(
        f"sqlite:///{folder / 'driftpin.db'}", home=None, clock=lambda: datetime.now(UTC)
    )
    return Store(opened), opened


def place(chat: int, thread: int | None = None) -> Place:
    return Place("telegram", str(chat), str(chat), None if thread is None else str(thread))


def button(label: str, token: str, **more: Any) -> Button:
    return Button(label, Press(Action.PIN, JobId(7)), token=token, **more)


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return when the database says so."""
    async with asyncio.timeout(20):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.01)


@dataclass
class Desk:
    """Everything at hand: `attach` connects an adapter, and every one is closed at the end."""

    telegram: FakeTelegram
    store: Store
    handle: Scripted
    ana: Person
    bo: Person
    adapters: list[Telegram] = field(default_factory=list)

    async def attach(self, **more: Any) -> Telegram:
        bot = adapter(self.telegram, self.store, **more)
        self.adapters.append(bot)
        await bot.start(self.handle)
        return bot

    async def unfinished(self) -> list[Update]:
        return await self.store.unfinished("telegram")

    async def until_finished(self) -> None:
        await eventually(self._is_finished)

    async def _is_finished(self) -> bool:
        return not await self.unfinished()


@asynccontextmanager
async def a_desk(folder: Path) -> AsyncIterator[Desk]:
    store, database = a_store(folder)
    async with FakeTelegram() as telegram:
        ana, bo = telegram.person(42, "Ana", last_name="Ruiz"), telegram.person(43, "Bo")
        await ana.starts()
        await bo.starts()
        telegram.world.updates.drop()
        desk = Desk(telegram, store, Scripted(telegram), ana, bo)
        try:
            yield desk
        finally:
            telegram.faults.clear()
            for bot in desk.adapters:
                await bot.stop()
            database.close()
    assert telegram.complaints == []
