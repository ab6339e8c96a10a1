"""A clock that is set, or that differs between workers, never makes a job fire twice."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.terminal.adapter import HERE
from bot.message import Request
from scheduler.route import Snapshot
from scheduler.run import RunState
from scheduler.schedule import Interval
from storage.database import Database
from storage.store import Store
from tests.acceptance.world import ME, World
from tests.crash.sizes import rounds
from tests.crash.workers import Worker
from tests.fakes.clock import StoppedClock
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_behaviours import Hang
from tests.fakes.provider_replies import Says
from tests.figures import Figures
from tests.integration.stores import add

HOUR = timedelta(hours=1)
JUMPS = (2 * HOUR, -2 * HOUR, timedelta(days=3), -timedelta(days=3))
HALF_PAST = timedelta(minutes=29)
HOURLY = {
    "cron": "0 * * * *",
    "interval": "every 1h",
    "made up for": "every 1h on_missed=run_once",
}
jumps = pytest.mark.parametrize("jump", JUMPS, ids=str)


async def add_hourly(world: World) -> None:
    for prompt, schedule in HOURLY.items():
        await world.type(f"/jobs add {schedule} tz=UTC | This is {prompt}.")


def calls(world: World) -> list[int]:
    """Requests that the provider counted for each job."""
    bodies = [str(request.body) for request in world.free.requests]
    return [sum(f"This is {prompt}." in body for body in bodies) for prompt in HOURLY]


async def settled(world: World) -> None:
    world.app.ticker.wake()
    await world.settle()


@jumps
async def test_after_a_jump_no_hour_that_has_fired_fires_again(
    tmp_path: Path, figure: Figures, jump: timedelta
) -> None:
    async with World(tmp_path) as world:
        await add_hourly(world)
        for _ in range(3):
            await hour_by_hour(world)
        await move_to(world, world.clock.now() + HALF_PAST)
        before, reached = calls(world), world.clock.now()
        assert before == [3, 3, 3]
        world.clock.advance(jump)
        await settled(world)
        await world.restart()
        for _ in range(2):
            await hour_by_hour(world)
        after = calls(world)
        # Of the jump itself only a job that asked for it makes up for what was missed, once.
        made_up = [0, 0, 1] if jump > HOUR else [0, 0, 0]
        hours = 0 if world.clock.now() <= reached else 2
        most = [old + late + hours for old, late in zip(before, made_up, strict=True)]
        double = sum(max(0, new - allowed) for new, allowed in zip(after, most, strict=True))
        figure("P8", jumps=1, calls=sum(after), double=double)
        assert (double, after) == (0, most)


async def hour_by_hour(world: World) -> None:
    """Let an hour pass, whose fire is not late."""
    mark = world.clock.now().replace(minute=0, second=0, microsecond=0) + HOUR
    await move_to(world, mark)
    await move_to(world, mark + timedelta(minutes=1))


async def move_to(world: World, moment: datetime) -> None:
    world.clock.move_to(moment)
    await settled(world)


@jumps
async def test_a_call_under_way_at_a_jump_is_made_once_and_answered(
    tmp_path: Path, figure: Figures, jump: timedelta
) -> None:
    async with World(tmp_path) as world:
        await world.type("/jobs add every 30d timeout=24h | This is cron.")
        world.free.behave(Hang())
        await world.ask(Request(ME, HERE, "/jobs run 1"))
        await world.free.wait_for(1)
        world.clock.advance(jump)
        beats = world.clock.now() + timedelta(seconds=3)
        await world.until(lambda: world.clock.now() > beats)
        world.free.behave(Says())
        world.free.release()
        await settled(world)
        runs = await world.app.store.history((await world.job()).id, 20)
        figure("P8", jumps=1, calls=world.calls, double=max(0, world.calls - 1))
        by_hand = [run.state for run in runs if run.state is not RunState.MISSED]
        assert (by_hand, world.calls) == ([RunState.SUCCEEDED], 1)


@rounds(50)
@pytest.mark.parametrize("seed", range(2))
async def test_a_clock_that_is_set_again_and_again_fires_no_hour_twice(
    tmp_path: Path, figure: Figures, seed: int, rounds: int
) -> None:
    chance = random.Random(seed)
    async with World(tmp_path) as world:
        await add_hourly(world)
        latest, allowed = world.clock.now(), [0, 0, 0]
        for _ in range(5 * rounds):
            before = world.clock.now()
            jump = chance.choice([*JUMPS, HOUR, HOUR, HOUR])
            world.clock.advance(jump)
            await settled(world)
            if chance.random() < 0.2:
                await world.restart()
            # A job may have fired once for what lay ahead of all that it had seen, never for more.
            ahead = world.clock.now() > latest
            allowed = [one + ahead for one in allowed]
            latest = max(latest, before, world.clock.now())
            found = calls(world)
            double = sum(max(0, one - most) for one, most in zip(found, allowed, strict=True))
            figure("P8", jumps=1, double=double)
            assert double == 0


@rounds(20)
async def test_workers_whose_clocks_are_five_minutes_apart_fire_each_hour_once(
    tmp_path: Path, figure: Figures, rounds: int
) -> None:
    shared, early, late = StoppedClock(), StoppedClock(), StoppedClock()
    half = timedelta(minutes=2, seconds=30)
    database = Database.open(f"sqlite:///{tmp_path / 'rows.db'}", home=None, clock=shared.now)
    store = Store(database)
    async with FakeProvider() as provider:
        start, jobs, hours = shared.now(), 4, 6 * rounds
        for number in range(jobs):
            await add(
                store,
                prompt=f"This is prompt {number}.",
                snapshot=Snapshot("lab", "small"),
                schedule=Interval(HOUR),
                anchor=start,
                next_fire_time=start + HOUR,
            )
        workers = [
            await Worker("early", store, early, provider.url).start(),
            await Worker("late", store, late, provider.url).start(),
        ]
        chance = random.Random(1)
        while shared.now() < start + hours * HOUR + 2 * half:
            shared.advance(timedelta(minutes=1, seconds=15))
            early.move_to(shared.now() + half)
            late.move_to(shared.now() - half)
            await all_work(workers, chance.shuffle)
        bodies = [str(request.body) for request in provider.requests]
        counted = [sum(f"prompt {number}." in body for body in bodies) for number in range(jobs)]
        double = sum(max(0, one - hours) for one in counted)
        figure("P8", hours_of_two_clocks=hours, calls=len(bodies), double=double)
        assert counted == [hours] * jobs
    database.close()


async def all_work(workers: list[Worker], shuffle: Callable[[list[Worker]], None]) -> None:
    """A tick and a heartbeat of each of them, side by side, in any order."""
    shuffle(workers)
    await asyncio.gather(*(worker.ticker.tick() for worker in workers))
    await asyncio.gather(*(worker.beat(timedelta(seconds=30)) for worker in workers))
    await asyncio.gather(*(worker.engine.idle() for worker in workers))
