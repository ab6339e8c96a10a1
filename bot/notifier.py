"""The one way out: an owed message gets its words, goes to its chat, and leaves evidence."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.admins import admin_place
from bot.message import Message, Quiet, line
from bot.owed import word
from bot.platform import Platform
from bot.sanitiser import sanitise
from bot.settings import Settings
from scheduler.errors import SendError
from scheduler.job import Place
from scheduler.outbox import Delivery, Owed
from scheduler.ports import Clock, Store

log = logging.getLogger(__name__)

BUTTON_LIFE = timedelta(days=30)
LONGEST_WAIT = timedelta(minutes=5)
TRIES = 6
"""An error of ours is tried again so often; a message is not given up for one bad moment."""

REPEAT = "This may be a repeat: the first sending was not confirmed."


class Notifier:
    """Reads owed messages and sends them; it does not know why they are owed.

    `reached` is called with the name of each step, for the crash tests.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, Platform],
        settings: Callable[[], Settings],
        hidden: Callable[[], frozenset[str]],
        *,
        reached: Callable[[str], None] = lambda step: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._settings = settings
        self._hidden = hidden
        self._reached = reached
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()

    def wake(self) -> None:
        """Something may be owed."""
        self._wake.set()

    @property
    def busy(self) -> bool:
        """Is a message on its way at this moment?"""
        return self._turn.locked()

    async def run(self) -> None:
        """Deliver until cancelled, beginning with what an earlier process left half-sent."""
        await self._store.interrupted(list(self._platforms))
        while True:
            self._wake.clear()
            await self.deliver()
            moment = await self._store.next_ready(list(self._platforms))
            await self._clock.sleep_until(moment, self._wake)

    async def deliver(self) -> None:
        """Send everything that may be sent now, each chat in its own order."""
        async with self._turn:
            while ready := await self._store.ready(self._clock.now(), list(self._platforms)):
                await asyncio.gather(*(self._deliver(delivery) for delivery in ready))

    async def _deliver(self, delivery: Delivery) -> None:
        if not await self._store.sending(delivery.id):
            return
        try:
            worded = await word(self._store, delivery.owed, "/jobs")
            if worded is None:
                await self._store.dead(delivery.id, "what it was about is gone")
                return
            message, edit = worded
            evidence = await self._send(delivery, message, edit)
        except SendError as error:
            await self._not_sent(delivery, error)
        except Exception:
            log.exception("delivery %s failed in an error of ours", delivery.id)
            last = delivery.attempts >= TRIES
            await self._not_sent(
                delivery, SendError("an error of ours; see the log", permanent=last)
            )
        else:
            await self._store.sent(delivery.id, evidence)

    async def _send(self, delivery: Delivery, message: Message, edit: str | None) -> str:
        platform = self._platforms[delivery.owed.place.platform]
        if delivery.doubts:
            message = _as_repeat(message)
        clean = sanitise(message, self._hidden())
        presses = [button.press for button in clean.buttons]
        expires = self._clock.now() + BUTTON_LIFE
        tokens = await self._store.mint(presses, delivery.owed.place, expires) if presses else []
        self._reached("before-send")
        evidence = await platform.send(delivery.owed.place, clean.with_tokens(tokens), edit=edit)
        self._reached("after-send")
        return evidence

    async def _not_sent(self, delivery: Delivery, error: SendError) -> None:
        """Try again later, once more if the chat may have it, or somewhere else if it never will."""
        if error.permanent:
            await self._elsewhere(delivery, error)
        elif error.ambiguous and delivery.doubts:
            await self._store.unknown(delivery.id, str(error))
        else:
            wait = min(timedelta(seconds=2 ** min(delivery.attempts, 9)), LONGEST_WAIT)
            if error.retry_after is not None:
                wait = timedelta(seconds=error.retry_after)
            due = self._clock.now() + wait
            await self._store.again(delivery.id, due, str(error), doubtful=error.ambiguous)

    async def _elsewhere(self, delivery: Delivery, error: SendError) -> None:
        """The next place in the chain, owed before this one is given up: twice rather than never."""
        following = self._next_place(delivery.owed.place)
        if following is None:
            log.error("delivery %s reached nobody: %s", delivery.id, error)
        else:
            await self._store.owe(Owed(delivery.owed.kind, following, delivery.owed.facts))
        await self._store.dead(delivery.id, str(error))

    def _next_place(self, place: Place) -> Place | None:
        if place.thread is not None:
            return place.whole_chat
        admin = admin_place(self._settings().admin_chat, list(self._platforms))
        return admin if admin is not None and admin != place else None


def _as_repeat(message: Message) -> Message:
    return Message(
        message.title,
        (*message.blocks, Quiet(line(REPEAT))),
        message.buttons,
        message.tone,
        message.private,
    )
