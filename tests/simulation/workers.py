"""A simulated worker: the real ticker, runner, heartbeat, engine and service, in a process that can
vanish or sleep between any two steps."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from scheduler.engines.local import LocalEngine
from scheduler.errors import StoreError
from scheduler.heartbeat import beat
from scheduler.ports import Agent, Config, HaltFile
from scheduler.runner import Runner
from scheduler.service.consents import Consents
from scheduler.service.core import Core
from scheduler.service.halts import HaltService
from scheduler.service.jobs import JobService
from scheduler.service.reading import Reading
from scheduler.service.runs import RunService
from scheduler.service.spending import SpendingService
from scheduler.ticker import Ticker
from storage.store import Store
from storage.transaction import Tx
from tests.simulation.leaping import true_time
from tests.simulation.words import Command

T = TypeVar("T")
PLACES = 8
AGAIN = 1.0
"""Seconds after which a part that broke is started anew, as the app does it."""

LONGEST_BEAT = 22.0
"""Seconds between two beats of a heart that is slow and still in time."""

NOW_AND_THEN = 15.0
"""The longest that a ticker sleeps; between two leaps it would find nothing."""


@dataclass(frozen=True, slots=True)
class SimTx(Tx):
    """As on PostgreSQL: what is told goes by the worker's wall, a lease by the database's clock."""

    shared: datetime

    def lease_clock(self) -> datetime:
        return self.shared


class Surroundings(Protocol):
    """What a worker's life depends on."""

    def delay(self, verb: str) -> float:
        """Seconds until the database gets to it."""
        ...

    def transact(self, worker: "Worker", verb: str, work: Callable[[Tx], T]) -> T: ...

    def befalls(self, worker: "Worker", verb: str) -> Exception | None:
        """What happens right after a transaction: the worker vanishes or sleeps, or its answer is lost."""
        ...

    def refuses(self, verb: str) -> bool:
        """Whether the database is full or locked at this moment."""
        ...

    def until_next_beat(self, worker: "Worker") -> float | None:
        """Seconds until a beat finds something; None as long as nothing is there to be found."""
        ...

    def next_due(self) -> datetime | None: ...

    def uniform(self, least: float, most: float) -> float: ...


class Worker:
    """One process. `dead` it never goes on; `gone`, the simulation is over and clears up."""

    def __init__(
        self,
        name: str,
        around: Surroundings,
        config: Config,
        file: HaltFile,
        store_type: type[Store],
        agent_of: Callable[["Worker"], Agent],
    ) -> None:
        self.name = name
        self.around = around
        self.dead = self.gone = False
        self.asleep_until = 0.0
        self.skew = timedelta()
        self.command: Command | None = None
        self.read = true_time()
        self.healthy_since: datetime | None = true_time()
        self.slept_at: datetime | None = None
        self.beats = asyncio.Event()
        self.beats_at: float | None = None
        self.beat_soon = self.beat_by = 0.0
        self.store = store_type(Transactions(self), file)
        self.engine = LocalEngine(PLACES)
        self.ticker = Ticker(self.store, self.engine, TickerClock(self))
        self._runner = Runner(self.store, config, agent_of(self), name, pause=self.let_pass)
        core = Core(self.store, config, self.engine, Clock(self), self.ticker.wake)
        reading = Reading(core)
        self.jobs, self.runs = JobService(core, reading), RunService(core, reading)
        self.spending = SpendingService(core)
        self.halts, self.consents = HaltService(core), Consents(core, reading)
        self.tasks: list[asyncio.Task[None]] = []
        self.broke: list[BaseException] = []

    @property
    def wall(self) -> datetime:
        return true_time() + self.skew

    async def start(self) -> None:
        """As the app starts: what others left behind first, then every part."""
        await self.engine.start(self._runner.execute)
        await self.store.reap(self.name, alone=False)
        self.keep(self.ticker.run)
        self.keep(self._beat)

    async def _beat(self) -> None:
        await beat(self.store, self.engine, BeatClock(self), self.name, lambda: None)

    def keep(self, part: Callable[[], Awaitable[None]]) -> None:
        self.tasks.append(asyncio.create_task(self._kept(part)))

    async def _kept(self, part: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await part()
            except StoreError:
                pass
            except Exception as error:  # noqa: BLE001 - shown to the oracle
                self.broke.append(error)
            await self.let_pass(timedelta(seconds=AGAIN))

    # --- vanishing and sleeping -----------------------------------------------------------------------

    @property
    def asleep(self) -> bool:
        return self.asleep_until > asyncio.get_running_loop().time()

    @property
    def well(self) -> bool:
        return not (self.dead or self.asleep)

    def vanish(self) -> None:
        self.dead, self.healthy_since, self.command = True, None, None

    def sleep_for(self, seconds: float) -> None:
        """SIGSTOP, or a laptop's lid: nothing goes on, and the world does."""
        loop = asyncio.get_running_loop()
        self.asleep_until = max(self.asleep_until, loop.time() + seconds)
        self.slept_at, self.healthy_since = true_time(), None
        loop.call_at(self.asleep_until, self._awoken)

    def _awoken(self) -> None:
        if self.well and self.skew >= timedelta():
            self.healthy_since = true_time()

    def set_wall(self, skew: timedelta) -> None:
        self.skew = skew
        healthy = self.well and skew >= timedelta()
        self.healthy_since = true_time() if healthy else None
        self.look_again()

    def look_again(self) -> None:
        """The ticker looks at least this often; a leap over its looks ends here."""
        later = self.around.uniform(0.0, NOW_AND_THEN)
        asyncio.get_running_loop().call_later(later, self.ticker.wake)

    async def awake(self) -> None:
        """Return when the process goes on: at once, after its sleep, or never."""
        loop = asyncio.get_running_loop()
        while True:
            if self.gone:
                raise asyncio.CancelledError
            if self.dead:
                await loop.create_future()
            elif self.asleep_until > loop.time():
                await asyncio.sleep(self.asleep_until - loop.time())
            else:
                return

    async def let_pass(self, span: timedelta) -> None:
        await asyncio.sleep(span.total_seconds())
        await self.awake()

    async def clear_up(self) -> None:
        self.gone = True


class Transactions:
    """Implements what verbs run on: each is one transaction of the one database, some time later."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def run(self, work: Callable[[Tx], T]) -> T:
        """Cancelling the caller neither stops nor halves it."""
        worker = self._worker
        await worker.awake()
        verb = getattr(work, "verb", None) or _verb(work.__code__)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        delay = worker.around.delay(verb)
        if delay:
            loop.call_later(delay, self._carry_out, verb, work, answer)
        else:
            loop.call_soon(self._carry_out, verb, work, answer)
        return await answer

    def _carry_out(self, verb: str, work: Callable[[Tx], T], answer: asyncio.Future[T]) -> None:
        worker, loop = self._worker, asyncio.get_running_loop()
        if worker.dead or worker.gone:
            return
        if worker.asleep:
            loop.call_at(worker.asleep_until, self._carry_out, verb, work, answer)
            return
        result: Any = None
        error: Exception | None = None
        if worker.around.refuses(verb):
            error = StoreError("the database refused: database or disk is full")
        else:
            try:
                result = worker.around.transact(worker, verb, work)
            except Exception as raised:  # noqa: BLE001 - handed to the one who asked
                error = raised
            else:
                error = worker.around.befalls(worker, verb)
        self._hand_over(answer, result, error)

    def _hand_over(self, answer: asyncio.Future[T], result: T, error: Exception | None) -> None:
        if self._worker.dead or answer.done():
            return
        if self._worker.asleep:
            asyncio.get_running_loop().call_at(
                self._worker.asleep_until, self._hand_over, answer, result, error
            )
        elif error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)


class Clock:
    """The wall as this worker sees it."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def now(self) -> datetime:
        return self._worker.wall

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        raise AssertionError("only the ticker and the heartbeat sleep here")


class TickerClock(Clock):
    """Leaps over the looks at which nothing can be due; remembers what the ticker read last."""

    def now(self) -> datetime:
        self._worker.read = self._worker.wall
        return self._worker.read

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        worker, around = self._worker, self._worker.around
        if around.uniform(0.0, 1.0) < 0.5:  # Some are slow, and find that somebody else was there.
            moment = (
                None if moment is None else moment + timedelta(seconds=around.uniform(0.0, 5.0))
            )
        while not wake.is_set():
            fire = around.next_due()
            until = max(fire, moment) if fire and moment else fire
            left = None if until is None else (until - worker.wall).total_seconds()
            if left is not None and left <= 0:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await wake.wait()
            await worker.awake()


class BeatClock(Clock):
    """Leaps over the beats at which there is nothing to keep, to hear or to take up."""

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        worker, loop = self._worker, asyncio.get_running_loop()
        worker.beat_soon = loop.time() + worker.around.uniform(1.0, 12.0)
        worker.beat_by = loop.time() + worker.around.uniform(1.0, LONGEST_BEAT)
        while True:
            left = worker.around.until_next_beat(worker)
            if left is not None and left <= 0:
                break
            worker.beats.clear()
            worker.beats_at = None if left is None else loop.time() + left
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await worker.beats.wait()
            await worker.awake()
        await asyncio.sleep(worker.around.uniform(0.0, 0.5))
        await worker.awake()


@functools.lru_cache(maxsize=256)
def _verb(code: Any) -> str:
    """The name of the store's method that made this transaction."""
    named: str = code.co_qualname if hasattr(code, "co_qualname") else code.co_name
    return named.split(".")[1] if "." in named else named


def in_transaction(
    connection: Connection, worker: Worker, tx_type: type[SimTx], work: Callable[[Tx], T]
) -> T:
    return work(tx_type(connection, worker.wall, true_time()))
