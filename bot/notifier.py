"""The one way out: each chat gets what it is owed in order, and no chat waits for another."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from bot.owed import View
from bot.platform import Platform
from bot.sending import SHORTEST_WAIT, Sender
from bot.settings import Settings
from scheduler.answers import JobView
from scheduler.errors import StoreError
from scheduler.job import Job
from scheduler.outbox import Delivery, DeliveryId
from scheduler.ports import Clock, Store

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=15)
"""Another process may owe a message without waking us."""


async def bare(job: Job) -> JobView:
    """What a job says of itself."""
    return JobView(job)


class Notifier:
    """Reads owed messages and sends them, one at a time to each chat, all chats at once."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, Platform],
        settings: Callable[[], Settings],
        hidden: Callable[[], frozenset[str]],
        *,
        reached: Callable[[str], None] = lambda step: None,
        view: View = bare,
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = list(platforms)
        self._sender = Sender(store, clock, platforms, settings, hidden, reached, view)
        self.since: datetime | None = None
        """Where it is set, a chat is sent to only while it is owed something newer."""
        self._wake = asyncio.Event()
        self._looking = asyncio.Lock()
        self._under_way: dict[DeliveryId, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Something may be owed."""
        self._wake.set()

    @property
    def busy(self) -> bool:
        """Is a message on its way at this moment, or was until the last look at what is next?"""
        return bool(self._under_way) or self._looking.locked()

    async def run(self) -> None:
        """Deliver until cancelled, beginning with what an earlier process left half-sent."""
        await self._store.interrupted(self._platforms)
        try:
            while True:
                self._wake.clear()
                await self._clock.sleep_until(await self._next_moment(), self._wake)
        finally:
            await self._drop()

    async def deliver(self) -> None:
        """Send everything that may be sent now, each chat in its own order, and wait for it."""
        tried: set[DeliveryId] = set()
        while await self._begin(tried):
            tried |= self._under_way.keys()
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)

    async def _next_moment(self) -> datetime | None:
        """Begin what may be sent now; when to look again, if nobody wakes us before."""
        try:
            await self._begin()
            moment = await self._store.next_ready(self._platforms)
        except StoreError:
            # What is on its way meanwhile goes on: cutting it off would leave it in doubt.
            log.exception("what is owed cannot be read now, and is read again in a moment")
            return self._clock.now() + SHORTEST_WAIT
        now = self._clock.now()
        if moment is None or moment > now + LOOK_AGAIN:
            return now + LOOK_AGAIN
        # What is due and on its way wakes us when it is over; nobody need look for it meanwhile.
        return max(moment, now + SHORTEST_WAIT)

    async def _begin(self, tried: Collection[DeliveryId] = ()) -> bool:
        """Start whatever may be sent and was not tried just now; is anything on its way now?"""
        async with self._looking:
            over = [number for number, task in self._under_way.items() if task.done()]
            ready = await self._store.ready(self._clock.now(), self._platforms, since=self.since)
            for number in over:
                del self._under_way[number]
            for delivery in ready:
                if delivery.id not in self._under_way and delivery.id not in tried:
                    self._start(delivery)
            return bool(self._under_way)

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._deliver(delivery), name=f"delivery {delivery.id}")
        task.add_done_callback(lambda _: self._wake.set())
        self._under_way[delivery.id] = task

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            await self._sender.deliver(delivery)
        except Exception:
            log.exception("delivery %s rests a moment after an error of ours", delivery.id)
            await self._clock.sleep_until(self._clock.now() + SHORTEST_WAIT, asyncio.Event())
            with suppress(StoreError):
                await self._sender.give_back(delivery)

    async def _drop(self) -> None:
        """Cut off what is on its way; the next life takes it for doubtful."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._under_way.clear()
