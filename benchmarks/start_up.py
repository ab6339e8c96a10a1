"""Starting with many jobs stored: from opening the file to sleeping until the next fire."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import peer
from benchmarks.figures import Comparison, Goal, Size
from benchmarks.house import DAY, fill, house, job
from bot.clock import SystemClock
from scheduler.engines.local import LocalEngine
from scheduler.ticker import Ticker
from storage.database import Database
from storage.store import Store

FASTER = Goal("faster", ratio=1)
NO_GROWTH = Goal("does not grow (within a quarter)", ratio=1.25)
BATCH = 5_000


def measure(size: Size) -> list[Comparison]:
    ours = {}
    rows = []
    for number in size.start_ups:
        ours[number], theirs = asyncio.run(_measure(number, size.repetitions))
        what = f"start-up with {number:,} stored jobs"
        against = peer.Journal.AS_IT_COMES.words
        rows.append(Comparison(what, "ms", ours[number], against, theirs, FASTER))
    few, many = size.start_ups[0], size.start_ups[-1]
    itself = f"itself with {few:,}"
    what = f"start-up with {many:,} stored jobs"
    return [*rows, Comparison(what, "ms", ours[many], itself, ours[few], NO_GROWTH)]


async def _measure(number: int, repetitions: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    later = datetime.now(UTC) + DAY
    ours, theirs = [], []
    with TemporaryDirectory() as name:
        folder = Path(name)
        async with house(folder) as home:
            for first in range(0, number, BATCH):
                last = min(first + BATCH, number)
                await fill(home.store, [job(each, later) for each in range(first, last)])
        await peer.fill(folder / "theirs.db", number, later)
        await _ours(folder)  # loads what is loaded only once
        for _ in range(repetitions):
            ours.append(await _ours(folder))
            theirs.append(await _theirs(folder / "theirs.db"))
    return tuple(ours), tuple(theirs)


async def _ours(folder: Path) -> float:
    clock = SystemClock()
    begun = time.perf_counter()
    database = Database.open("", home=folder / "home", clock=clock.now)
    store, engine = Store(database), LocalEngine(8)
    await store.reap("worker", alone=True)
    await store.planned()
    await Ticker(store, engine, clock).tick()
    await store.next_due()
    took = time.perf_counter() - begun
    database.close()
    return took * 1000


async def _theirs(file: Path) -> float:
    begun = time.perf_counter()
    async with peer.scheduler(file, peer.Journal.AS_IT_COMES):
        return (time.perf_counter() - begun) * 1000
