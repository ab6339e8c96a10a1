"""The ticker: finds the jobs that are due at this moment, records their fires, hands them to the engine."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from scheduler.job import Job
from scheduler.outbox import Facts, Owed, OwedKind
from scheduler.plan import Missed, tick
from scheduler.ports import Clock, Engine, Jobs, Runs
from scheduler.run import RunState

LOOK_AGAIN = timedelta(seconds=15)
"""Another process may store a job without waking us."""

BATCH = 500
"""Due jobs taken up at once; the rest follow in the same tick."""


class Rows(Jobs, Runs, Protocol):
    """The rows a tick touches."""


class Ticker:
    """Sleeps until the next due moment or a wake-up, never for a fixed minute."""

    def __init__(
        self, rows: Rows, engine: Engine, clock: Clock, *, told: Callable[[], None] = lambda: None
    ) -> None:
        self._rows = rows
        self._engine = engine
        self._clock = clock
        self._told = told
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something changed that may be due earlier."""
        self._wake.set()

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            self._wake.clear()
            await self.tick()
            moment = await self._rows.next_due()
            again = self._clock.now() + LOOK_AGAIN
            await self._clock.sleep_until(min(moment or again, again), self._wake)

    async def tick(self) -> None:
        """One pass over the jobs that are due now.

        A job that cannot be planned keeps none of the others; its error is raised after.
        """
        now = self._clock.now()
        while due := await self._rows.due(now, BATCH):
            # Side by side, so that a store that commits in groups has something to group.
            outcomes = await asyncio.gather(
                *(self._fire(job, now) for job in due), return_exceptions=True
            )
            failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
            if len(failed) == len(due):
                raise failed[0]

    async def _fire(self, job: Job, now: datetime) -> None:
        plan = tick(job, now)
        owed = [_missed(job, plan.missed)] if plan.missed else []
        for run in await self._rows.plan(job, plan.planned, plan.next_fire_time, owed):
            if run.state is RunState.PLANNED:
                await self._engine.submit(run.id)
        if owed:
            self._told()


def _missed(job: Job, missed: Missed) -> Owed:
    facts: Facts = {
        "job": int(job.id),
        "count": missed.count,
        "first": missed.first.isoformat(),
        "last": missed.last.isoformat(),
    }
    return Owed(OwedKind.MISSED, job.place, facts)
