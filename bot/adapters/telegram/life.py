"""One connection to Telegram, from start to start: everything that lives and ends with it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from os import getpid
from socket import gethostname
from typing import Any

from telegram.error import InvalidToken
from telegram.ext import TypeHandler

from bot.adapters.telegram.answering import Answers
from bot.adapters.telegram.asking_zone import ZoneQuestion
from bot.adapters.telegram.calling import Calls, Pace
from bot.adapters.telegram.commands import Menus
from bot.adapters.telegram.connection import (
    REFUSED,
    Built,
    asked,
    build,
    connect,
    hook,
    poll,
    poll_no_more,
)
from bot.adapters.telegram.duty import LIFE, RENEWED, Duty
from bot.adapters.telegram.handling import Handling
from bot.adapters.telegram.incoming import Us
from bot.adapters.telegram.intake import Intake, Kept
from bot.adapters.telegram.listening import Listening
from bot.adapters.telegram.posting import Poster
from bot.adapters.telegram.rows import PLATFORM, Rows
from bot.adapters.telegram.tracking import Tracked
from bot.adapters.telegram.wizard import Wizard
from bot.message import Message, Request
from bot.platform import Handle, Owe, PlatformAway
from bot.settings.chats import TelegramKeys
from scheduler.job import Place
from scheduler.ports import Event

log = logging.getLogger(__name__)

A_MOMENT = 0.05
"""Seconds between two looks at whether what was cancelled has ended."""


def _name() -> str:
    return f"{gethostname()}-{getpid()}-{secrets.token_hex(4)}"


async def _to_nobody(text: str) -> None:
    pass


async def _kept_by_nobody(request: Request, answer: Message) -> None:
    pass


def _renamed(names: Iterable[str], old: Place, new: Place) -> str:
    """What the admins must change by hand when a group has another id."""
    said = "\n".join(f"{name} -> {name.replace(old.chat, new.chat)}" for name in names)
    return (
        f"A Telegram group became a supergroup: {old.chat} is {new.chat} now. Its jobs went along, but"
        f" config.yaml names it by its old number, which admits nobody any more. Change there:\n{said}"
    )


@dataclass(frozen=True, slots=True)
class Outside:
    """What a connection needs of the rest: `rows` are asked for at every use.

    `timezone` gives the configured zone, `admins` the patterns of `access.admins`, `hidden` the secrets
    no chat may see, `names` every word of the settings that may name a chat; `tell` tells the admins,
    `owe` keeps an answer that cannot be posted now.
    A lease lives `life` seconds and is `renewed` after fewer.
    """

    rows: Callable[[], Rows]
    timezone: Callable[[], str] = lambda: "UTC"
    admins: Callable[[], Iterable[str]] = tuple
    hidden: Callable[[], Collection[str]] = frozenset
    names: Callable[[], Iterable[str]] = tuple
    tell: Callable[[str], Awaitable[None]] = _to_nobody
    owe: Owe = _kept_by_nobody
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    pace: Pace = field(default_factory=Pace)
    life: float = LIFE
    renewed: float = RENEWED
    holder: str = field(default_factory=_name)

    async def moved(self, old: Place, new: Place) -> None:
        """Everything of a group goes to the supergroup it became. Raises StoreError."""
        jobs = await self.rows().chat_moved(old, new)
        log.warning(
            "group %s is %s now, and %s jobs went along; config.yaml may still name the old one",
            old.chat,
            new.chat,
            jobs,
        )
        left = [name for name in self.names() if name.split(":")[:2] == [PLATFORM, old.chat]]
        event = Event(PLATFORM, f"moved:{old.chat}", secrets.token_hex(8))
        if left and await self.rows().mark(event, self.now()):
            await self.tell(_renamed(left, old, new))


@dataclass(frozen=True, slots=True)
class Life:
    """`refused` is set when Telegram will not have us any more; `watch` runs while we are connected."""

    keys: TelegramKeys
    us: Us
    poster: Poster
    refused: asyncio.Future[PlatformAway]
    intake: Intake
    application: Built
    tracked: Tracked
    duty: Duty
    watch: asyncio.Task[None]

    @classmethod
    async def begin(cls, keys: TelegramKeys, handle: Handle, outside: Outside) -> "Life":
        """Raises PlatformAway, with nothing left open."""
        refused: asyncio.Future[PlatformAway] = asyncio.get_running_loop().create_future()

        def refuse() -> None:
            if not refused.done():
                refused.set_result(PlatformAway(REFUSED, refused=True))

        intake = Intake(outside.rows, outside.now)
        application = build(keys, intake, refuse)
        us = await connect(application)
        poster = Poster(
            application.bot, Calls(us.name, outside.pace, refuse), outside.moved, outside.hidden
        )
        tracked, menus = Tracked(), Menus(application.bot, outside.admins)
        try:
            if keys.webhook_url is not None:
                await hook(application.bot, keys)
            await asked(menus.tell)
            handling = _handling(us, handle, intake, poster, tracked, outside)

            async def kept(update: Kept, _: object) -> None:
                await handling.handle(update)

            application.add_handler(TypeHandler(Kept, kept))
            await application.start()
        except BaseException:
            await application.shutdown()
            raise
        duty = _duty(application, intake, us, keys, refuse, menus, outside)
        watch = asyncio.create_task(duty.run(), name="telegram lease")
        return cls(keys, us, poster, refused, intake, application, tracked, duty, watch)

    async def lost(self) -> PlatformAway:
        """Wait until it is gone for good, and say why."""
        either: list[asyncio.Future[Any]] = [self.refused, self.watch]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if self.refused.done() or self.watch.cancelled():
            # Whoever closes cancels the watch, and nothing is lost by that.
            return await self.refused
        if (error := self.watch.exception()) is not None:
            log.error("taking in updates broke", exc_info=error)
        return PlatformAway("its updates are not taken in any more; it is connected anew.")

    async def quiet(self) -> None:
        """Take nothing in any more, and return once everything that was taken in is answered."""
        await self._watch_no_more()
        await self.intake.join()
        await self.application.stop()
        await self.duty.let_go()

    async def end(self) -> None:
        """Let go; what is still at work stays unfinished, for the next one."""
        await self._watch_no_more()
        done = asyncio.ensure_future(self.intake.join())
        while not done.done():
            self.tracked.cancel()
            await asyncio.wait([done], timeout=A_MOMENT)
        if self.application.running:
            await self.application.stop()
        await self.duty.let_go()
        await self.application.shutdown()

    async def _watch_no_more(self) -> None:
        self.watch.cancel()
        await asyncio.gather(self.watch, return_exceptions=True)
        await self.duty.end()


def _handling(
    us: Us, handle: Handle, intake: Intake, poster: Poster, tracked: Tracked, outside: Outside
) -> Handling:
    rows, now, answers = outside.rows, outside.now, Answers(poster, outside.owe)
    wizard = Wizard(rows, now, handle, answers)
    zones = ZoneQuestion(rows, handle, now, outside.timezone, answers)
    listening = Listening(handle, answers, wizard, zones, outside.moved)
    return Handling(us, rows, intake, listening, answers, tracked)


def _duty(
    application: Built,
    intake: Intake,
    us: Us,
    keys: TelegramKeys,
    refuse: Callable[[], None],
    menus: Menus,
    outside: Outside,
) -> Duty:
    """What one process alone does: to poll, where Telegram does not call whichever it likes; and to
    care for what one that went away left unfinished."""
    polls = keys.webhook_url is None

    async def begun() -> None:
        intake.take_up()
        await intake.again()
        if polls:
            try:
                await poll(application)
            except InvalidToken:
                refuse()
                raise

    async def going() -> None:
        await intake.abandoned()
        await menus.follow()

    def lost() -> None:
        if polls:
            intake.resign()

    return Duty(
        outside.rows,
        f"telegram-poller:{us.id}",
        outside.holder,
        begun,
        going,
        lost,
        partial(poll_no_more, application),
        life=outside.life,
        renewed=outside.renewed,
    )
