"""The local engine: runs execute as tasks of this process, so many at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from scheduler.run import RunId

log = logging.getLogger(__name__)


class LocalEngine:
    """Implements `scheduler.ports.Engine` in this process's own loop."""

    def __init__(self, concurrent_runs: int) -> None:
        self._places = asyncio.Semaphore(concurrent_runs)
        self._tasks: dict[RunId, asyncio.Task[None]] = {}
        self._execute: Callable[[RunId], Awaitable[None]] | None = None

    async def start(self, execute: Callable[[RunId], Awaitable[None]]) -> None:
        self._execute = execute

    async def submit(self, run_id: RunId) -> None:
        """Execute a run soon; one that is under way is not executed twice at once."""
        if run_id in self._tasks:
            return
        task = asyncio.create_task(self._carry(run_id), name=f"run {run_id}")
        self._tasks[run_id] = task
        task.add_done_callback(lambda done: self._done(run_id, done))

    async def cancel(self, run_id: RunId) -> None:
        # Once: a second cancel would cut off the recording of how the first one ended the run.
        task = self._tasks.get(run_id)
        if task is not None and not task.cancelling():
            task.cancel()

    def executing(self) -> list[RunId]:
        return list(self._tasks)

    async def idle(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    async def stop(self, patience: float = 5.0) -> None:
        """Take nothing new, give what is under way `patience` seconds, then cancel it."""
        self._execute = None
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=patience)
            for task in late:
                if not task.cancelling():
                    task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _carry(self, run_id: RunId) -> None:
        async with self._places:
            if self._execute is not None:
                await self._execute(run_id)

    def _done(self, run_id: RunId, task: asyncio.Task[None]) -> None:
        del self._tasks[run_id]
        if not task.cancelled() and (error := task.exception()):
            log.error("run %s was left where it stood: %s", run_id, error, exc_info=error)
