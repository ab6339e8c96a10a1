"""A config that is cut, or overwritten while jobs are due, never spends on what nobody consented to.

The oracle is outside: the servers that play the providers say what they were asked for, and when.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bot.adapters.terminal.adapter import HERE
from bot.message import Message, Request
from scheduler.job import JobId
from scheduler.ports import Held
from scheduler.run import HoldReason, RunState
from scheduler.verdict import verdict
from tests.acceptance.world import KEY, ME, World
from tests.figures import Figures

FREE = "/jobs add every day at 09:00 | Summarise open incidents"
PAID = FREE.replace("|", "provider=paid-lab model=large |")
MESSAGE = "/jobs add every day at 09:00 kind=message | Stand-up in ten minutes"
STEP = timedelta(milliseconds=500)
Result = TypeVar("Result")


def told(figures: str) -> None:
    sys.stdout.write(f"\n{figures}\n")


def providers_first(content: bytes) -> bytes:
    """The same settings with the default last, where a cut leaves most of them valid."""
    head, line, tail = content.partition(b"\nproviders:")
    return line.lstrip() + tail + head


class Stage:
    """Three jobs, a config.yaml that is ill-treated, and what came of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.config = world.folder / "config.yaml"
        self.held = self.ran = self.answers = 0

    async def set_up(self) -> None:
        self.block("free-lab", "small")
        await asyncio.sleep(0)
        for add in (FREE, PAID, MESSAGE):
            await self.world.type(add)

    def block(self, provider: str, model: str, extra: str = "") -> bytes:
        """Write settings in which a name cut short is a name as well; returns what was written."""
        self.world.write_config(f"model:\n  provider: {provider}\n  default: {model}\n{extra}")
        return self.config.read_bytes()

    async def passing(self, awaited: Awaitable[Result]) -> Result:
        """Half a second of the stopped clock for every moment that something takes."""
        task = asyncio.ensure_future(awaited)
        async with asyncio.timeout(30):
            while not task.done():
                await asyncio.wait([task], timeout=0.002)
                if not task.done():
                    self.world.clock.advance(STEP)
        return task.result()

    async def typed(self, text: str) -> Message:
        answer = await self.passing(self.world.app.dispatcher.handle(Request(ME, HERE, text)))
        assert answer is not None
        self.answers += 1
        return answer

    async def fire(self) -> None:
        """All three jobs are due: the ticker finds them, and their runs come to an end."""
        jobs = [await self.world.job(number) for number in (1, 2, 3)]
        due = max(job.next_fire_time for job in jobs if job.next_fire_time)
        self.world.clock.move_to(max(due, self.world.clock.now()))
        await self.passing(self.world.app.ticker.tick())
        await self.passing(self.world.app.engine.idle())
        for job in jobs:
            [run] = await self.world.app.store.history(job.id, 1)
            assert run.fire_time == job.next_fire_time
            if job.id == JobId(3):
                assert run.state is RunState.SUCCEEDED
            elif run.state is RunState.HELD:
                assert run.hold_reason in (HoldReason.CONFIG, HoldReason.DRIFT, HoldReason.IDENTITY)
                self.held += 1
            else:
                assert run.state is RunState.SUCCEEDED, run.error
                self.ran += 1

    def unconsented(self) -> int:
        """Requests that none of the two consents allows: counted by the servers that got them."""
        wrong = [
            request
            for request in self.world.free.requests
            if request.model != "small" or "Authorization" in request.headers
        ]
        wrong += [
            request
            for request in self.world.paid.requests
            if (request.model, request.headers.get("Authorization")) != ("large", f"Bearer {KEY}")
        ]
        return len(wrong)


async def cut_in_ticks(world: World, every: int) -> None:
    """Each prefix stands as the file while a paid, a free and a message job fire."""
    stage = Stage(world)
    await stage.set_up()
    content = providers_first(stage.block("paid-lab", "large-and-dear"))
    cuts = range(0, len(content), every)
    for cut in cuts:
        stage.block("free-lab", "small")
        assert not (await stage.typed("/jobs show 2")).private
        stage.config.write_bytes(content[:cut])
        before = world.calls, stage.ran
        await stage.fire()
        assert world.calls - before[0] == stage.ran - before[1], cut
    assert stage.unconsented() == 0
    told(
        f"{len(cuts)} cuts: {stage.held} runs held, {stage.ran} ran as consented"
        f" ({world.paid.count} paid), {stage.answers} answers, 0 unconsented calls"
    )


async def last_good_cut_in_ticks(world: World, every: int) -> None:
    """The same with the beginning of the settings in force: nothing that may cost something runs."""
    stage = Stage(world)
    await stage.set_up()
    content = stage.block("free-lab", "small")
    await stage.typed("/jobs show 1")
    cuts = range(0, len(content) - 1, every)
    for cut in cuts:
        stage.config.write_bytes(content[:cut])
        await stage.fire()
        assert not (await stage.typed("/jobs list")).private
    assert stage.unconsented() == 0
    assert world.paid.count == 0
    assert world.free.count == stage.ran == len(cuts)
    told(f"{len(cuts)} cuts: {stage.held} paid runs held, {stage.ran} free ones ran, 0 paid calls")


async def test_a_config_cut_while_jobs_are_due_calls_nothing_unconsented(world: World) -> None:
    await cut_in_ticks(world, every=11)


async def test_a_config_in_force_that_is_cut_spends_nothing_and_the_rest_goes_on(
    world: World,
) -> None:
    await last_good_cut_in_ticks(world, every=11)


@pytest.mark.soak
@pytest.mark.parametrize("cut", [cut_in_ticks, last_good_cut_in_ticks])
async def test_a_config_cut_at_every_byte_while_jobs_are_due_calls_nothing_unconsented(
    world: World, cut: Callable[[World, int], Awaitable[None]]
) -> None:
    await cut(world, 1)


@pytest.mark.parametrize("in_force", [False, True], ids=["other", "in force"])
async def test_no_verdict_on_a_config_cut_at_any_byte_lets_go_of_what_nobody_consented_to(
    world: World, in_force: bool
) -> None:
    """Each prefix is judged as a due job would be: two jobs, every byte, held or on the consented route."""
    stage = Stage(world)
    await stage.set_up()
    jobs = [await world.job(1), await world.job(2)]
    consents = ("free-lab:small", world.free.url, None), ("paid-lab:large", world.paid.url, KEY)
    other = providers_first(stage.block("paid-lab", "large-and-dear"))
    good = stage.block("free-lab", "small")
    content = good if in_force else other
    gone = {"free": 0, "paid": 0}
    for cut in range(len(content) - 1):
        stage.config.write_bytes(good)
        await stage.passing(world.app.config.settings())
        stage.config.write_bytes(content[:cut])
        for job, consent, name in zip(jobs, consents, gone, strict=True):
            found, _ = await stage.passing(verdict(world.app.config, job))
            if isinstance(found, Held):
                continue
            route, secret = found.resolution.route, found.resolution.secret
            assert (route.name, route.endpoint, secret and secret.value) == consent, cut
            gone[name] += 1
    assert world.calls == 0
    assert not (in_force and gone["paid"])
    told(f"{len(content) - 1} cuts: {gone['free']} free and {gone['paid']} paid jobs may run")


def other_contents(stage: Stage, rng: random.Random) -> bytes:
    """What somebody may leave on the disk: whole, cut, or no settings at all."""
    provider, model = rng.choice(
        [("free-lab", "small"), ("paid-lab", "large"), ("paid-lab", "dear"), ("free-lab", "other")]
    )
    content = stage.block(provider, model)
    match rng.randrange(6):
        case 0 | 1 | 2:
            return content
        case 3 | 4:
            return content[: rng.randrange(len(content))]
        case _:
            return rng.choice([b"", b"guard: {on_drift: hodl}\n", b"model: [\n", b"\xff\xfe\x00"])


async def overwritten(world: World, times: int, figure: Figures) -> None:
    stage, rng = Stage(world), random.Random(20261121)
    await stage.set_up()
    for _ in range(times):
        stage.config.write_bytes(other_contents(stage, rng))

        async def meanwhile() -> None:
            await asyncio.sleep(rng.random() * 0.01)
            stage.config.write_bytes(other_contents(stage, rng))

        writing = asyncio.create_task(meanwhile())
        await stage.fire()
        await writing
        assert not (await stage.typed("/jobs show 1")).private
    assert stage.unconsented() == 0
    assert stage.answers == times
    assert stage.ran
    assert stage.held
    figure("P12", live_overwrites=2 * times, ran=stage.ran, held=stage.held, unconsented=0)
    told(
        f"{2 * times} live overwrites: {stage.held} runs held, {stage.ran} ran as consented,"
        f" {stage.answers} of {times} commands answered, 0 unconsented calls"
    )


async def test_a_hundred_live_overwrites_during_ticks_call_nothing_unconsented(
    world: World, figure: Figures
) -> None:
    await overwritten(world, 50, figure)


@pytest.mark.soak
async def test_five_hundred_live_overwrites_during_ticks_call_nothing_unconsented(
    tmp_path: Path, figure: Figures
) -> None:
    async with World(tmp_path) as world:
        await overwritten(world, 250, figure)
