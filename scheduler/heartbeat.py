"""The heartbeat: keeps leases alive, hears of stops, and takes up what vanished workers left."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from scheduler.ports import Clock, Engine, Runs
from scheduler.runner import LEASE

BEAT = timedelta(seconds=1)
"""How long a stop asked on another worker may go unheard."""


async def beat(
    rows: Runs,
    engine: Engine,
    clock: Clock,
    worker: str,
    told: Callable[[], None],
    lease: timedelta = LEASE,
) -> None:
    """Beat until cancelled.

    What a vanished worker left before the gate is planned again, what it left behind the gate is in
    doubt; whatever is planned and not under way yet is carried on with: a run that had to wait, or one
    that was released while its last execution was just ending.
    """
    never = asyncio.Event()
    while True:
        for run in await rows.extend(worker, engine.executing(), lease):
            await engine.cancel(run.id)
        if await rows.reap(worker, alone=False):
            told()
        for run_id in await rows.planned():
            if run_id not in engine.executing():
                await engine.submit(run_id)
        await clock.sleep_until(clock.now() + BEAT, never)
