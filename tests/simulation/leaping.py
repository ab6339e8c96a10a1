"""Time that leaps: an event loop that never waits, but goes to the next moment at which something happens."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
BEGINNING = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday; the true time at which every simulated life begins."""


class NothingLeft(Exception):
    """Everybody waits, and nothing will ever happen."""


class _NoWaiting(selectors.SelectSelector):
    """Knows of no sockets: where a loop would wait, its time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingLeft
        self.elapsed += max(0.0, timeout)
        return []


class _AtOnce(ThreadPoolExecutor):
    """Threads would end whenever they like; here whatever is handed over is done there and then."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed to the one who asked
            future.set_exception(error)
        return future


class LeapingLoop(asyncio.SelectorEventLoop):
    """One thread, no sockets, no clock of the machine: what happens in it happens again exactly."""

    def __init__(self) -> None:
        self._leaps = _NoWaiting()
        super().__init__(self._leaps)
        self.set_default_executor(_AtOnce())

    def time(self) -> float:
        return self._leaps.elapsed

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """There are no threads to wait for."""

    def _write_to_self(self) -> None:
        """Nobody else could wake it."""


def true_time() -> datetime:
    """The time that no wall shows wrongly; the database's clock."""
    elapsed = asyncio.get_running_loop().time()
    return BEGINNING + timedelta(microseconds=round(elapsed * 1e6))


def leaping(work: Coroutine[Any, Any, T]) -> T:
    """Carry out a whole life in a loop of its own."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(work)
