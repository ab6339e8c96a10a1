"""Where a machine plays: an empty database for every example, and an event loop of its own."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from bot.halt_file import HaltFile
from storage.store import Store
from storage.tables import METADATA
from storage.transaction import Tx
from tests.integration.stores import NOW, Opener

T = TypeVar("T")


class Stage:
    """One database, opened as by two processes where it can be; `told` counts what the examples did."""

    def __init__(self, url: str, home: Path) -> None:
        self.file = HaltFile(home)
        self.told: Counter[str] = Counter()
        self._opener = Opener(url)
        first = self._opener.database()
        second = self._opener.database() if self._opener.many else first
        self._database = first
        self.stores = (Store(first, self.file), Store(second, self.file))

    @property
    def shared(self) -> bool:
        """Whether leases follow the clock of a server, which no test can move."""
        return self._opener.many

    @property
    def now(self) -> datetime:
        return self._opener.now

    @now.setter
    def now(self, moment: datetime) -> None:
        self._opener.now = moment

    async def empty(self) -> None:
        self.now = NOW
        self.file.remove()
        await self._database.run(_clear)

    def close(self) -> None:
        self._opener.close()


def _clear(tx: Tx) -> None:
    for table in reversed(METADATA.sorted_tables):
        tx.do(table.delete())


class Machine(RuleBasedStateMachine):
    """One example: it begins on empty tables, and what it waits for runs on its own loop."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.Runner()
        self.wait(self.stage.empty())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(work)

    def teardown(self) -> None:
        self._loop.close()


def play(
    machine: type[Machine], stage: Stage, *, examples: int, steps: int, at_random: bool
) -> None:
    """Play so many examples: the very same ones each time, or other ones each time.

    Only what was found at random is made as short as it can be: that takes longer than a test may.
    """
    shorter = (Phase.shrink,) if at_random else ()
    run_state_machine_as_test(
        type(machine.__name__, (machine,), {"stage": stage}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=not at_random,
            database=None,
            deadline=None,
            phases=(Phase.generate, *shorter),
            suppress_health_check=list(HealthCheck),
        ),
    )
