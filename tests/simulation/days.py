"""Days in the life of some jobs: persons, workers that vanish and sleep, walls that jump, a provider
that misbehaves; replayed exactly by its seed.

Store, ticker, runner, heartbeat, engine and service are the real ones; time leaps from event to event.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from scheduler.errors import StoreError
from storage.transaction import Tx
from tests.simulation.book import Entry, Fate
from tests.simulation.faults import Faults
from tests.simulation.leaping import BEGINNING, leaping, true_time
from tests.simulation.ledger import Wrong, moment
from tests.simulation.rows import OwedRow, Row, emptied
from tests.simulation.scene import DAY, SETTLES, SOUND, WEATHERS, Broken
from tests.simulation.workers import NOW_AND_THEN, Surroundings, Worker, in_transaction

T = TypeVar("T")


class Life(Faults):
    """Some days, by one seed."""

    def delay(self, verb: str) -> float:
        if self.random.random() >= self.weather.slow:
            return 0.0
        return self.random.choice((0.001, 0.01, 0.05, 0.3))

    def refuses(self, verb: str) -> bool:
        refused = self.random.random() < self.weather.refuse
        self.told["refused by the database"] += refused
        return refused

    def transact(self, worker: Worker, verb: str, work: Callable[[Tx], T]) -> T:
        tx_type = self._broken.tx
        result = self.rows.transaction(
            lambda connection: in_transaction(connection, worker, tx_type, work)
        )
        if self.rows.written:
            self._committed(worker, verb)
        else:
            self._judge(lambda: self._look(true_time()), f"{worker.name} {verb}")
        return result

    def _committed(self, worker: Worker, verb: str) -> None:
        now = true_time()
        written = list(self.rows.written)
        self.trace.append((now, worker.name, verb, written))
        due = self.oracle.next_due()

        def judge() -> None:
            self.oracle.committed(worker, verb, written, now)
            self._look(now)

        self._judge(judge, f"{worker.name} {verb}")
        self._hear(written)
        self._stir(due)
        self._meddle(verb, written)

    def _hear(self, written: Sequence[tuple[Row | None, Row | None]]) -> None:
        """What is owed is seen by the notifier when it looks the next time."""
        if self.chat is None:
            return
        for old, row in written:
            if not isinstance(row, OwedRow):
                continue
            self.chat.written(row)
            roused = not isinstance(old, OwedRow) or row.due < old.due
            if roused and self._teller is not None:
                self._later(self.random.uniform(0.0, NOW_AND_THEN), self._teller[1].wake)

    def _judge(self, judge: Callable[[], None], what: str) -> None:
        try:
            judge()
        except Wrong as wrong:
            self._say(f"{true_time()} {what}: {wrong}")

    def _look(self, now: datetime) -> None:
        if now - self._looked >= timedelta(seconds=20):
            self._looked = now
            self.oracle.look(self.workers, now)

    def _stir(self, before: datetime | None) -> None:
        """Whoever leaps over looks that would find nothing ends that leap where they would."""
        due = self.oracle.next_due()
        sooner = due is not None and (before is None or due < before)
        for worker in self.workers:
            if worker.dead:
                continue
            if sooner:
                worker.look_again()
            left = self.until_next_beat(worker)
            now = asyncio.get_running_loop().time()
            if left is not None and (worker.beats_at is None or now + left < worker.beats_at):
                worker.beats.set()

    def befalls(self, worker: Worker, verb: str) -> Exception | None:
        chance, weather = self.random.random(), self.weather
        if chance < weather.vanish:
            self._vanish(worker, f"after {verb}")
            return None
        chance -= weather.vanish
        if chance < weather.sleep:
            self._sleep(worker, f"after {verb}")
            return None
        chance -= weather.sleep
        if chance < weather.doubt:
            self.told["answers of the database lost"] += 1
            return StoreError("the connection was lost during the commit")
        return None

    def until_next_beat(self, worker: Worker) -> float | None:
        """At most half a minute after the last one while the worker executes anything."""
        now = asyncio.get_running_loop().time()
        moments = []
        if worker.engine.executing():
            moments.append(worker.beat_by)
        for run in self.oracle.known.open.values():
            if run.state == "planned":
                moments.append(worker.beat_soon)
            elif run.lease is not None:
                lapses = (moment(run.lease) - BEGINNING).total_seconds()
                moments.append(max(lapses, worker.beat_soon))
        return min(moments) - now if moments else None

    def next_due(self) -> datetime | None:
        return self.oracle.next_due()

    def uniform(self, least: float, most: float) -> float:
        return self.random.uniform(least, most)

    def _leaves(self, worker: Worker, run: int, step: int, route: str, fate: Fate) -> Entry:
        try:
            return self.oracle.leaves(worker, run, step, route, true_time(), fate)
        except Wrong as wrong:
            self._say(f"{true_time()} {worker.name}: {wrong}")
            raise

    def _surroundings(self) -> Surroundings:
        return self

    async def live(self) -> None:
        """Raises nothing: what was wrong is in `wrong`."""
        main = asyncio.create_task(self._all_days())
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait((main, over), return_when=asyncio.FIRST_COMPLETED)
        self._over.set()
        for worker in self._everybody:
            await worker.clear_up()
        current = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not current]
        if main.done() and not main.cancelled() and (error := main.exception()) is not None:
            self._say(repr(error)) if isinstance(error, Wrong) else _raise(error)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _all_days(self) -> None:
        self._quiet, self.weather = True, WEATHERS[0]
        for _ in range(self.random.choice((2, 2, 3))):
            await self._start_worker()
        self._tell()
        for _ in range(self.random.choice((3, 4, 5))):
            self._person(self._add)
            await asyncio.sleep(1)
        self._quiet, self.weather = False, self._sky
        self._keep_happening(self.weather.deeds, self._deed)
        self._keep_happening(self.weather.disturbances, self._disturb)
        await asyncio.sleep(self.days * DAY)
        await self._settle()

    async def _settle(self) -> None:
        """Nobody disturbs any more, and whoever sleeps wakes up; then everything must come to rest."""
        self._quiet, self.weather = True, WEATHERS[0]
        self._disturbing = False
        for worker in self.workers:
            if not worker.dead:
                worker.set_wall(timedelta())
        await self._start_worker()
        if self.chat is not None:
            self.chat.away_until = true_time()
            if self._teller is None or self._teller[0].dead:
                self._tell()
        self._person(self._unhalt)
        await asyncio.sleep(SETTLES)
        now = true_time()
        self.oracle.look(self.workers, now)
        if not any(worker.asleep for worker in self.workers):
            self.oracle.all_over(now)
        runs = self.rows.all("SELECT id, state FROM runs")
        reports = self.rows.all(
            "SELECT json_extract(facts, '$.run'), count(*) FROM deliveries"
            " WHERE kind = 'report' GROUP BY 1"
        )
        spending = self.rows.all("SELECT day, cap, key, amount FROM spending")
        self.oracle.same_as(runs, reports, spending)
        if self.chat is not None:
            self.chat.all_told(now)
            for wrong in self.chat.wrong:
                self._say(wrong)
        broke = [error for worker in self._everybody for error in worker.broke]
        if broke:
            self._say(f"parts broke: {broke}")

    def _keep_happening(self, a_day: float, what: Callable[[], None]) -> None:
        def happens() -> None:
            if self._disturbing and not self._over.is_set():
                what()
                self._later(self.random.expovariate(a_day / DAY), happens)

        self._later(self.random.expovariate(a_day / DAY), happens)


def _raise(error: BaseException) -> None:
    raise error


@contextmanager
def _no_log() -> Iterator[None]:
    """Ten thousand faults would be ten thousand lines."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def lived(seed: str, days: int, broken: Broken = SOUND) -> Life:
    """A whole life, played by its seed alone."""
    rows = emptied()

    async def life() -> Life:
        found = Life(seed, days, rows, broken)
        await found.live()
        return found

    with _no_log():
        return leaping(life())
