"""What everybody in a simulated life shares: its seed, its rows, its oracle, and what happens later."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from bot.notifier import Notifier
from tests.simulation.book import Book, Entry, Fate
from tests.simulation.chat import Chat
from tests.simulation.days_oracle import DaysOracle
from tests.simulation.leaping import BEGINNING, true_time
from tests.simulation.misbehaving import Provider
from tests.simulation.money import Money
from tests.simulation.rows import Rows
from tests.simulation.scene import CHATS, SOUND, WEATHERS, Broken, OneFile, Settings
from tests.simulation.workers import Surroundings, Worker


class World:
    """One life's state, by one seed."""

    def __init__(self, seed: str, days: int, rows: Rows, broken: Broken = SOUND) -> None:
        self.random = Random(seed)
        self.days, self.rows, self._broken = days, rows, broken
        self.book = Book()
        self.money = Money(self.random, BEGINNING)
        self.oracle = DaysOracle(self.book, self.money)
        self.told: Counter[str] = self.oracle.known.told
        self.trace: list[object] = []
        """Every step, in order; two lives of one seed have the same."""
        self.wrong: list[str] = []
        self.workers: list[Worker] = []
        self.weather = self._sky = self.random.choice(WEATHERS)
        self.settings = Settings(self.random, self.money)
        self.file = OneFile(self.oracle)
        self.oracle.known.default = self.settings.default.name
        self.provider = Provider(self.random, self.told, self._leaves, self._met)
        self.chat = Chat(self.random, self.told) if self.random.random() < CHATS else None
        self._teller: tuple[Worker, Notifier] | None = None
        self._born = 0
        self._quiet = False
        self._over = asyncio.Event()
        self._errands: set[asyncio.Task[None]] = set()
        self._looked = BEGINNING
        self._everybody: list[Worker] = []
        self._disturbing = True

    def _later(self, seconds: float, what: Callable[[], object]) -> None:
        asyncio.get_running_loop().call_later(seconds, what)

    def _errand(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._errands.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._errands.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._say(f"{true_time()} an errand broke: {error!r}")

    def _say(self, wrong: str) -> None:
        self.wrong.append(wrong)
        self._over.set()

    def _leaves(self, worker: Worker, run: int, step: int, route: str, fate: Fate) -> Entry:
        raise NotImplementedError

    def _met(self, worker: Worker) -> None:
        raise NotImplementedError

    def _surroundings(self) -> Surroundings:
        raise NotImplementedError
