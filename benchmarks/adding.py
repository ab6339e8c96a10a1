"""Adding jobs one after the other, each one on the disk before the next."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import peer
from benchmarks.figures import Comparison, Goal, Size
from benchmarks.house import DAY, added, house, job

FASTER = Goal("faster", ratio=1)


def measure(size: Size) -> list[Comparison]:
    # With its default journal the peer takes minutes for ten thousand.
    numbers = {
        peer.Journal.AS_IT_COMES: size.added_slowly,
        peer.Journal.LIKE_OURS: size.stored,
    }
    return [
        asyncio.run(_compare(number, journal, size.repetitions))
        for journal, number in numbers.items()
    ]


async def _compare(number: int, journal: peer.Journal, repetitions: int) -> Comparison:
    ours, theirs = [], []
    for _ in range(repetitions):
        with TemporaryDirectory() as folder:
            ours.append(await _ours(Path(folder), number))
            theirs.append(await _theirs(Path(folder) / "theirs.db", number, journal))
    what = f"adding {number:,} jobs"
    return Comparison(what, "s", tuple(ours), journal.words, tuple(theirs), FASTER)


async def _ours(folder: Path, number: int) -> float:
    async with house(folder) as home:
        now = home.clock.now()
        begun = time.perf_counter()
        for each in range(number):
            await home.store.add(job(each, now + DAY), added(now))
        return time.perf_counter() - begun


async def _theirs(file: Path, number: int, journal: peer.Journal) -> float:
    async with peer.scheduler(file, journal) as running:
        begun = time.perf_counter()
        peer.add(running, range(number), datetime.now(UTC) + DAY)
        return time.perf_counter() - begun
