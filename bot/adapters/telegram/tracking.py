"""Keeps hold of work that was taken in, until it is done or the process ends."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Tracked:
    """The tasks at work, each with the number of its update."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[object], int] = {}

    @contextmanager
    def work(self, number: int) -> Iterator[None]:
        """The running task counts until it leaves."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be kept hold of")
        self._tasks[task] = number
        try:
            yield
        finally:
            del self._tasks[task]

    def cancel(self) -> None:
        """End what is at work; it stays unfinished and is handled after the next start."""
        for task in list(self._tasks):
            task.cancel()
