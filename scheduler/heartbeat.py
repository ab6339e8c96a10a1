"""The heartbeat: keeps this worker's leases alive, takes up what vanished workers left, and hears who wants a stop."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from scheduler.ports import Clock, Engine, Runs
from scheduler.runner import LEASE

BEAT = timedelta(seconds=1)
"""How long a stop asked on another worker may go unheard."""


async def beat(
    rows: Runs, engine: Engine, clock: Clock, worker: str, told: Callable[[], None]
) -> None:
    """Beat until cancelled."""
    never = asyncio.Event()
    while True:
        for run in await rows.extend(worker, engine.executing(), LEASE):
            await engine.cancel(run.id)
        await take_up(rows, engine, worker, told, alone=False)
        await clock.sleep_until(clock.now() + BEAT, never)


async def take_up(
    rows: Runs, engine: Engine, worker: str, told: Callable[[], None], *, alone: bool
) -> None:
    """Plan again what never passed the gate, say of the rest that it may have been billed, and
    carry on with everything that is planned."""
    if await rows.reap(worker, alone=alone):
        told()
    for run_id in await rows.planned():
        await engine.submit(run_id)
