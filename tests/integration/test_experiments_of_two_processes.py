"""Two processes on one database and one config.yaml: one of them ends the experiment."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bot.settings import ConfigFile, Environment
from scheduler.commands import RouteText
from scheduler.engines.local import LocalEngine
from scheduler.errors import UserError
from scheduler.experiment import Ending
from scheduler.service.core import Core
from scheduler.service.defaults import Defaults
from scheduler.service.experiments import Experiments
from storage.store import Store
from tests.fakes.clock import StoppedClock
from tests.integration.stores import ANA, BO, CHAT, Opener

T = TypeVar("T")

HOURS = timedelta(hours=2)
NEW = RouteText(whole="demo:large")
BEFORE = "model: {provider: demo, default: small}\n"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


async def passing(clock: StoppedClock, *work: Awaitable[T]) -> list[T | BaseException]:
    """Let seconds pass until all of it is done."""
    going = asyncio.gather(*work, return_exceptions=True)
    async with asyncio.timeout(30):
        while not going.done():
            clock.advance(timedelta(seconds=1))
            await asyncio.sleep(0.01)
    return await going


async def process(folder: Path, name: str, store: Store, clock: StoppedClock) -> Experiments:
    environment = Environment(
        {
            "DRIFTPIN_HOME": str(folder / name),
            "DRIFTPIN_CONFIG": str(folder / "config.yaml"),
        },
        folder,
    )
    [config] = await passing(clock, ConfigFile.open(environment, clock))
    assert isinstance(config, ConfigFile)
    core = Core(store, config, LocalEngine(1), clock, lambda: None, config.file)
    return Experiments(core, Defaults(core))


@pytest.fixture
async def two(
    tmp_path: Path, opener: Opener, store: Store, clock: StoppedClock
) -> tuple[Experiments, Experiments]:
    tmp_path.joinpath("config.yaml").write_text(BEFORE)
    one = await process(tmp_path, "one", store, clock)
    return one, await process(tmp_path, "other", opener.reopen(store), clock)


async def closed(store: Store) -> list[str]:
    return [line.detail for line in await store.audited() if line.action == "end-experiment"]


async def test_whoever_looks_first_ends_it_and_it_is_told_once(
    two: tuple[Experiments, Experiments], store: Store, clock: StoppedClock, tmp_path: Path
) -> None:
    one, other = two
    await passing(clock, one.begin(NEW, HOURS, ANA, CHAT))
    assert "large" in tmp_path.joinpath("config.yaml").read_text()
    clock.advance(HOURS)
    for _ in range(3):
        await passing(clock, one.look(), other.look(), other.look(), one.look())
    assert tmp_path.joinpath("config.yaml").read_text() == BEFORE
    assert await store.open_experiment() is None
    assert len(await closed(store)) == 1
    assert len(await store.ready(clock.now(), ["slack"])) == 1


async def test_the_other_process_ends_it_when_the_one_that_began_it_is_gone(
    two: tuple[Experiments, Experiments], store: Store, clock: StoppedClock, tmp_path: Path
) -> None:
    one, other = two
    [begun] = await passing(clock, one.begin(NEW, HOURS, ANA, CHAT))
    clock.advance(HOURS)
    await passing(clock, other.look())
    assert tmp_path.joinpath("config.yaml").read_text() == BEFORE
    assert not isinstance(begun, BaseException)
    over = await store.experiment(begun.experiment.id)
    assert over is not None
    assert over.ending is Ending.RETURNED


async def test_of_two_that_begin_at_once_one_begins(
    two: tuple[Experiments, Experiments], store: Store, clock: StoppedClock
) -> None:
    one, other = two
    found = await passing(
        clock, one.begin(NEW, HOURS, ANA, CHAT), other.begin(NEW, HOURS, BO, CHAT)
    )
    assert sum(isinstance(each, UserError) for each in found) == 1
    assert await store.open_experiment() is not None


async def test_who_reads_another_file_leaves_it_alone(
    two: tuple[Experiments, Experiments],
    opener: Opener,
    store: Store,
    clock: StoppedClock,
    tmp_path: Path,
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    elsewhere.joinpath("config.yaml").write_text(BEFORE)
    stranger = await process(elsewhere, "third", opener.reopen(store), clock)
    await passing(clock, two[0].begin(NEW, HOURS, ANA, CHAT))
    await passing(clock, stranger.look())
    running = await store.open_experiment()
    assert running is not None
    clock.advance(HOURS)
    await passing(clock, stranger.look())
    assert await store.open_experiment() is not None
