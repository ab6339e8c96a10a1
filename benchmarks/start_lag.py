"""How late jobs start that are due at the same second, with many more stored."""

import asyncio
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import peer
from benchmarks.figures import Comparison, Goal, Size, quantile_99
from benchmarks.house import DAY, House, fill, house, job
from scheduler.engines.local import LocalEngine
from scheduler.job import JobKind
from scheduler.providers.agent import ModelAgent
from scheduler.runner import Runner
from scheduler.ticker import Ticker

A_FIFTH = Goal("at most a fifth", ratio=1 / 5)
A_THIRTIETH = Goal("at most a thirtieth", ratio=1 / 30)
TICKER_MEAN = 30_000.0
"""Milliseconds: a ticker that looks every 60 s is half of that late on average."""

STARTS = {JobKind.MESSAGE: "after-claim", JobKind.AGENT: "after-gate"}
"""A message starts when its run is claimed, an agent when its request may leave."""


def measure(size: Size) -> list[Comparison]:
    with TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), size))


async def _measure(folder: Path, size: Size) -> list[Comparison]:
    await _templates(folder, size.stored - size.due)
    ours: dict[JobKind, list[float]] = {kind: [] for kind in JobKind}
    theirs: dict[peer.Journal, list[float]] = {journal: [] for journal in peer.MEASURED}
    for _ in range(size.repetitions):
        for kind in JobKind:
            ours[kind].append(quantile_99(await _ours(folder, size.due, kind)) * 1000)
        for journal in peer.MEASURED:
            theirs[journal].append(quantile_99(await _theirs(folder, size.due, journal)) * 1000)
    return [row for kind in JobKind for row in _rows(kind, ours[kind], theirs, size)]


def _rows(
    kind: JobKind, ours: list[float], theirs: dict[peer.Journal, list[float]], size: Size
) -> list[Comparison]:
    what = f"start lag p99, {size.due:,} {kind} jobs due at once, {size.stored:,} stored"
    mine = tuple(ours)
    arithmetic = "mean of a 60 s ticker (arithmetic)"
    return [
        *(
            Comparison(what, "ms", mine, journal.words, tuple(figures), A_FIFTH)
            for journal, figures in theirs.items()
        ),
        Comparison(what, "ms", mine, arithmetic, (TICKER_MEAN,), A_THIRTIETH),
    ]


async def _templates(folder: Path, number: int) -> None:
    """The jobs that are stored but not due, once for each side."""
    later = datetime.now(UTC) + DAY
    folder.joinpath("ours").mkdir()
    async with house(folder / "ours") as home:
        await fill(home.store, [job(each, later) for each in range(number)])
    await peer.fill(folder / "theirs.db", number, later)


def _soon(number: int) -> datetime:
    """Far enough ahead that so many jobs can be added before."""
    return datetime.now(UTC) + timedelta(seconds=2 + number * 0.005)


def _in_time(due: datetime) -> None:
    if datetime.now(UTC) > due:
        raise RuntimeError("the jobs were due before they were stored: the machine is too busy")


async def _ours(folder: Path, number: int, kind: JobKind) -> list[float]:
    """Seconds after the due moment at which each job started."""
    with TemporaryDirectory() as copied:
        shutil.copytree(folder / "ours", copied, dirs_exist_ok=True)
        async with house(Path(copied)) as home:
            due = _soon(number)
            await fill(home.store, [job(each, due, kind) for each in range(number)])
            _in_time(due)
            starts = await _run_all(home, number, STARTS[kind])
    return [start - due.timestamp() for start in starts]


async def _run_all(home: House, number: int, start: str) -> list[float]:
    starts: list[float] = []

    def reached(step: str) -> None:
        if step == start:
            starts.append(time.time())

    engine = LocalEngine(home.config.last_good().limits.concurrent_runs)
    runner = Runner(home.store, home.config, ModelAgent(), "worker", reached=reached)
    await engine.start(runner.execute)
    ticking = asyncio.create_task(Ticker(home.store, engine, home.clock).run())
    await _until(starts, number)
    await engine.idle()
    ticking.cancel()
    with suppress(asyncio.CancelledError):
        await ticking
    await engine.stop()
    return starts


async def _theirs(folder: Path, number: int, journal: peer.Journal) -> list[float]:
    peer.STARTED.clear()
    with TemporaryDirectory() as copied:
        file = Path(copied) / "theirs.db"
        shutil.copyfile(folder / "theirs.db", file)
        due = _soon(number)
        await peer.fill(file, number, due)
        _in_time(due)
        async with peer.scheduler(file, journal):
            await _until(peer.STARTED, number)
    return [start - due.timestamp() for start in peer.STARTED]


async def _until(starts: list[float], number: int) -> None:
    async with asyncio.timeout(300):
        while len(starts) < number:  # noqa: ASYNC110 - an event would cost the measured code
            await asyncio.sleep(0.05)
