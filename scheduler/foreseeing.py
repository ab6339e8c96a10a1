"""Foreseeing: a chat is asked when the default has moved, before the first of its jobs fires."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from scheduler.alert import MOVED
from scheduler.errors import ConfigError, RouteError
from scheduler.job import Job, JobState, Place
from scheduler.ports import Alerts, Clock, Config, Held, Jobs
from scheduler.route import Pins, Resolution
from scheduler.verdict import Look, OneLook, verdict

log = logging.getLogger(__name__)

STOOD = timedelta(seconds=5)
"""A default that was changed by mistake and put right at once is nobody's business."""

EVERY = timedelta(seconds=5)
"""A variable of `.env` may have changed, of which no change of the settings tells."""

ALL = timedelta(minutes=1)
"""Another process may have changed a job without waking us."""

TOGETHER = 100
"""Jobs judged before others get their turn."""


class Rows(Jobs, Alerts, Protocol):
    """The rows that foreseeing touches."""


class Foreseer:
    """Looks at every job once what it would bill has stood for a while, and whenever jobs change."""

    def __init__(
        self, rows: Rows, config: Config, clock: Clock, *, told: Callable[[], None]
    ) -> None:
        self._rows = rows
        self._config = config
        self._clock = clock
        self._told = told
        self._wake = asyncio.Event()
        self._seen: object = None
        self._since: datetime | None = None
        self._due: datetime | None = None

    def wake(self) -> None:
        """The settings may have changed, or what a job consents to."""
        self._due = None
        self._wake.set()

    async def run(self) -> None:
        """Foresee until cancelled."""
        while True:
            self._wake.clear()
            again = await self.look()
            await self._clock.sleep_until(again, self._wake)

    async def look(self) -> datetime:
        """Say what is to be said now; returns when to look again.

        Settings that are not whole are no new default: what was seen before still counts.
        """
        try:
            seen = await _billed(self._config)
        except ConfigError:
            return self._clock.now() + EVERY
        now = self._clock.now()
        if self._since is None or seen != self._seen:
            self._seen, self._since, self._due = seen, now, None
        if now < self._since + STOOD:
            return self._since + STOOD
        if self._due is None or now >= self._due:
            self._due = now + ALL
            await self._foresee()
        return now + EVERY

    async def _foresee(self) -> None:
        look = OneLook(self._config)
        chats: dict[Place, list[tuple[Job, Held]]] = {}
        for number, job in enumerate(await self._rows.jobs(), 1):
            if (held := await would_be_held(look, job)) is not None:
                chats.setdefault(job.place.whole_chat, []).append((job, held))
            if number % TOGETHER == 0:
                await asyncio.sleep(0)
        for found in chats.values():
            if await self._rows.foresee(found):
                self._told()


async def would_be_held(look: Look, job: Job) -> Held | None:
    """Why a job would be held at its next fire, where that is a question to its chat."""
    if not job.kind.guarded or job.state is not JobState.ACTIVE:
        return None
    try:
        found, settings = await verdict(look, job)
    except Exception:
        log.exception("job %s could not be judged", job.id)
        return None
    if not isinstance(found, Held) or found.reason not in MOVED or found.route is None:
        return None
    return replace(found, guard=settings.guard)


async def _billed(config: Config) -> Sequence[object]:
    """Everything in the settings and beside them that decides what a job would bill."""
    core = await config.core()
    every = [Pins(), *(Pins(name, "any") for name in sorted(core.routes.providers))]
    return [core, *[await _resolved(config, pins) for pins in every]]


async def _resolved(config: Config, pins: Pins) -> Resolution | str:
    try:
        return await config.resolve(pins)
    except RouteError as error:
        return str(error)
