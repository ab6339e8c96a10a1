"""From claim to call: what guard and gate on SQLite add to the same call made bare."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Comparison, Goal, Size
from benchmarks.house import DAY, House, added, house, job
from scheduler.job import Job
from scheduler.ports import Agent
from scheduler.providers.agent import ModelAgent
from scheduler.route import Pins, Resolution
from scheduler.runner import Runner

GOAL = Goal("under 5 ms", figure=5)


def measure(size: Size) -> list[Comparison]:
    return asyncio.run(_measure(size))


async def _measure(size: Size) -> list[Comparison]:
    agent = ModelAgent()
    guarded, bare, whole = [], [], []
    with TemporaryDirectory() as folder:
        async with house(Path(folder)) as home:
            now = home.clock.now()
            asked = await home.store.add(job(0, now + DAY), added(now))
            for _ in range(size.repetitions):
                bare.append(await _bare(home, agent, size.runs))
                to_call, to_end = await _guarded(home, agent, asked, size.runs)
                guarded.append(to_call)
                whole.append(to_end)
    against = "the same call bare"
    return [
        Comparison("claim to call", "ms", tuple(guarded), against, tuple(bare), GOAL),
        Comparison("claim to recorded answer", "ms", tuple(whole), against, tuple(bare)),
    ]


async def _guarded(home: House, agent: Agent, asked: Job, number: int) -> tuple[float, float]:
    """Milliseconds from the beginning of a run to its open gate, and to its end."""
    moments: dict[str, float] = {}

    def reached(step: str) -> None:
        moments[step] = time.perf_counter()

    runner = Runner(home.store, home.config, agent, "worker", reached=reached)
    to_call, to_end = [], []
    for _ in range(number):
        now = home.clock.now()
        run = await home.store.plan_manual(asked.id, now, added(now))
        await runner.execute(run.id)
        to_call.append(moments["after-gate"] - moments["before-claim"])
        to_end.append(moments["after-record"] - moments["before-claim"])
    return median(to_call) * 1000, median(to_end) * 1000


async def _bare(home: House, agent: Agent, number: int) -> float:
    resolution = await home.config.resolve(Pins())
    took = [await _bare_call(agent, resolution) for _ in range(number)]
    return median(took) * 1000


async def _bare_call(agent: Agent, resolution: Resolution) -> float:
    async def open_gate(step: int) -> None:
        return None

    minute = timedelta(minutes=1)
    begun = time.perf_counter()
    await agent.answer(resolution, "Say hello", gate=open_gate, timeout=minute, max_tokens=100)
    return time.perf_counter() - begun
