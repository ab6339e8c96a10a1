"""Keeps hold of work that was acknowledged, until it is done."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Tracked:
    """The library starts a task for each event and forgets it; a stop would lose what it did."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    @contextmanager
    def work(self) -> Iterator[None]:
        """The running task counts until it leaves."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be kept hold of")
        outermost = task not in self._tasks
        self._tasks.add(task)
        try:
            yield
        finally:
            if outermost:
                self._tasks.discard(task)

    async def drained(self) -> None:
        """Return when nothing that was taken in is unfinished."""
        # What was acknowledged in this very moment has a task that did not begin yet.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        me = asyncio.current_task()
        while waiting := self._tasks - {me}:
            await asyncio.wait(waiting)
