"""The one place that knows every room: builds the parts, starts and stops them in order."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from bot.admins import Notice, notices
from bot.attaching import Attaching, State
from bot.clock import SystemClock
from bot.counting_provider import CountingProvider
from bot.desk import Desk
from bot.dispatcher import Dispatcher
from bot.halt_file import HaltFile
from bot.importing import Importer
from bot.message import Message, Request
from bot.notifier import Notifier
from bot.owing_answers import owe_answer
from bot.platform import Platform
from bot.settings import ConfigChange, ConfigFile, Environment
from bot.telling_admins import AdminTeller
from bot.wording import halts
from scheduler.answers import JobView
from scheduler.drill import Drills
from scheduler.engines.local import LocalEngine
from scheduler.foreseeing import Foreseer
from scheduler.healing import Healer
from scheduler.heartbeat import BEAT, beat
from scheduler.job import Job, Principal
from scheduler.ports import Agent, Clock
from scheduler.providers.agent import ModelAgent
from scheduler.providers.fingerprint import fingerprints
from scheduler.providers.processes import Processes
from scheduler.runner import Runner
from scheduler.service import Core, Service
from scheduler.ticker import Ticker
from storage.database import Database
from storage.scratch import scratch
from storage.store import Store

log = logging.getLogger(__name__)

LAST_WORDS = 2.5
"""Seconds that owed messages get when the process stops; the next one sends the rest."""

A_MOMENT = 0.02
"""Seconds between two looks at whether everything has settled."""

CLEARED = timedelta(hours=1)

AGAIN = 1.0
"""Seconds after which a part that broke is started anew."""

FIRST_TRY = 5.0
"""Seconds that the start waits for the platforms; what takes longer is attached meanwhile."""

DRAINED = 4.0
"""Seconds that requests and runs in progress get when the process stops, both at once: supervisors
wait ten until they kill."""


class App:
    """A whole Driftpin in one process and one loop."""

    def __init__(
        self,
        config: ConfigFile,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        agent: Agent,
        reached: Callable[[str], None],
        said: Callable[[str, State], None],
        halt_file: HaltFile,
    ) -> None:
        self.config = config
        self.clock = clock
        self.store = Store(database, halt_file)
        self._halt_file = halt_file
        self._database = database
        self._platforms = platforms
        self._worker = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._tasks: list[asyncio.Task[None]] = []
        limits = config.last_good().limits
        self.engine = LocalEngine(limits.concurrent_runs)
        self.notifier = Notifier(
            self.store,
            clock,
            platforms,
            config.last_good_settings,
            config.secrets,
            reached=reached,
            view=self._view,
        )
        told = self.notifier.wake
        self.ticker = Ticker(self.store, self.engine, clock, told=told)
        self._healer = Healer(self.store, config, clock, told=told)
        self._foreseer = Foreseer(self.store, config, clock, told=told)
        self._runner = Runner(
            self.store,
            config,
            agent,
            self._worker,
            scripts=Processes(),
            told=told,
            reached=reached,
            pause=self._let_pass,
        )
        core = Core(
            self.store, config, self.engine, clock, self._jobs_changed, config.file, reached
        )
        self.service = Service(core, Drills(config, agent, clock, scratch, CountingProvider))
        desk = Desk(
            self.store, self.service, clock, config.last_good_settings, config.secrets, told
        )
        self.dispatcher = Dispatcher(desk)
        self.importer = Importer(desk, config)
        self._said = said
        self._admins = AdminTeller(desk, self.dispatcher.claims, platforms)
        self.attached = {
            name: Attaching(platform, self.dispatcher.handle, self._state_changed)
            for name, platform in platforms.items()
        }

    @classmethod
    async def open(
        cls,
        environment: Environment,
        clock: Clock,
        platforms: Mapping[str, Platform],
        *,
        agent: Agent | None = None,
        reached: Callable[[str], None] = lambda step: None,
        said: Callable[[str, State], None] = lambda name, state: None,
    ) -> "App":
        """Read the settings, open the database; raises ConfigError and OperatorError.

        `said` is told how it stands with each platform whenever that changes.
        """
        config = await ConfigFile.open(environment, clock)
        database = await asyncio.to_thread(
            Database.open, environment.database_url, home=environment.home, clock=clock.now
        )
        config.tell_keys_apart(fingerprints(await Store(database).fingerprint_key()))
        file = HaltFile(environment.home)
        return cls(config, database, clock, platforms, agent or ModelAgent(), reached, said, file)

    async def start(self, *, ticking: bool = True) -> None:
        """Take up what an earlier process left, then start every part; without `ticking` only what
        one command needs."""
        await self.engine.start(self._runner.execute)
        await self.store.reap(self._worker, alone=self._database.alone)
        if self._database.alone:
            # Nobody waits for what a process that was killed still seems to hold.
            await self.store.end_leases()
        await self._attach()
        if not ticking:
            return
        await self._end_overdue()
        self._keep("ticker", self.ticker.run)
        self._keep("notifier", self.notifier.run)
        self._keep("heartbeat", self._beat)
        self._keep("halt file", self._halted_by_file)
        self._keep("healer", self._healer.run)
        self._keep("experiments", lambda: self.service.experiments.run(self.notifier.wake))
        self._keep("foreseer", self._foreseer.run)
        self._keep("forgetting", self._forget)
        self._keep("watcher", lambda: self.config.watch(self._config_changed))

    async def _end_overdue(self) -> None:
        """An experiment that nobody was there to end is over before the first job falls due."""
        try:
            await self.service.experiments.look()
        except Exception:
            log.exception("the experiment could not be looked at; it is tried again")

    async def _attach(self) -> None:
        """Connect to every platform; one that is away holds up nothing else."""
        for name, attaching in self.attached.items():
            self._keep(name, attaching.run)
        tried = [asyncio.create_task(each.tried.wait()) for each in self.attached.values()]
        if tried:
            await asyncio.wait(tried, timeout=FIRST_TRY)
        for task in tried:
            task.cancel()

    async def _view(self, job: Job) -> JobView:
        return await self.service.reading.view(job)

    async def owe_answer(self, request: Request, answer: Message) -> None:
        """Keep an answer that its platform cannot post now. Raises StoreError."""
        await owe_answer(self.store, request, answer)
        self.notifier.wake()

    async def stop(self) -> None:
        """Nothing new comes in, what came in is answered, while runs end or are recorded as they
        stand; nothing new falls due, what is owed is sent if it can be within moments, then the chats
        and the rows are closed."""
        await asyncio.gather(self._quiet(), self.engine.stop(DRAINED))
        for task in (*self._tasks, *self._admins.telling):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._admins.telling, return_exceptions=True)
        with suppress(Exception):
            async with asyncio.timeout(LAST_WORDS):
                await self.notifier.deliver()
        for platform in self._platforms.values():
            await platform.stop()
        await asyncio.to_thread(self._database.close)

    async def _quiet(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAINED):
                every = (platform.quiet() for platform in self._platforms.values())
                await asyncio.gather(*every, return_exceptions=True)

    async def settle(self) -> None:
        """Return when nothing is due, running or owed that can be done now."""
        while not await self._idle():
            self.ticker.wake()
            self.notifier.wake()
            await asyncio.sleep(A_MOMENT)

    async def _idle(self) -> bool:
        """Looks along the way a fire takes, so that what moves on meanwhile is seen further down."""
        if await self.store.due(self.clock.now(), 1) or await self.store.planned():
            return False
        await self.engine.idle()
        # What a run owed when it ended is due now, which is later than when it began.
        owed = await self.store.ready(self.clock.now(), list(self._platforms))
        return not (owed or self.notifier.busy)

    def _keep(self, name: str, part: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(_kept(name, part), name=name))

    async def _forget(self) -> None:
        """Clear away, every hour, what nobody asks for again."""
        while True:
            while await self.store.forget(self.clock.now()):
                pass
            await self.clock.sleep_until(self.clock.now() + CLEARED, asyncio.Event())

    async def _let_pass(self, span: timedelta) -> None:
        await self.clock.sleep_until(self.clock.now() + span, asyncio.Event())

    async def _halted_by_file(self) -> None:
        """What somebody halted by the file becomes the row, which other processes see too."""
        never = asyncio.Event()
        while True:
            if halt := await asyncio.to_thread(self._halt_file.read):
                by = Principal("terminal", "local", "me", name=halt.by)
                found = await self.service.halts.halt(halt.reason, by)
                if found.new:
                    await self._admins.tell(Notice(halts.notice(found.halt)))
                self.notifier.wake()
            await self.clock.sleep_until(self.clock.now() + BEAT, never)

    async def _beat(self) -> None:
        await beat(self.store, self.engine, self.clock, self._worker, self.notifier.wake)

    async def _config_changed(self, change: ConfigChange) -> None:
        """Tell the admins what they must know, and have alerts that are over closed."""
        for notice in notices(change):
            log.info("settings: %s %s", notice.title, "; ".join(notice.lines))
            await self._admins.tell(notice)
        self.notifier.wake()
        self._healer.wake()
        self.service.experiments.wake()
        self._foreseer.wake()

    def _jobs_changed(self) -> None:
        """A job may be due earlier, or may be one that the default would hold."""
        self.ticker.wake()
        self._foreseer.wake()

    def _state_changed(self, name: str, state: State) -> None:
        log.log(logging.INFO if state.up else logging.WARNING, "%s: %s", name, state.text)
        self._said(name, state)
        self._admins.look_at(name, state)


async def _kept(name: str, part: Callable[[], Awaitable[None]]) -> None:
    """Run a part for ever; one that breaks says so and is started again."""
    while True:
        try:
            await part()
        except Exception:
            log.exception("the %s broke and is started again", name)
        await asyncio.sleep(AGAIN)


async def migrate(environment: Environment) -> None:
    """Bring the database up to date and let go of it; raises OperatorError."""
    home = environment.make_home()
    opening = asyncio.to_thread(
        Database.open, environment.database_url, home=home, clock=SystemClock().now
    )
    database = await opening
    await asyncio.to_thread(database.close)
