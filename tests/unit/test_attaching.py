"""A platform is kept connected: what is away is named once, tried again, and found again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.attaching import Attaching, State
from bot.message import Message, Request
from bot.platform import Handle, Platform, PlatformAway
from scheduler.job import Place

UP = State(True, "connected")


class Flaky(Platform):
    """A platform that is as its `troubles` say, one after the other, and then connected."""

    name = "flaky"

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.starts = 0
        self.breaks: asyncio.Future[PlatformAway] = asyncio.Future()

    async def start(self, handle: Handle) -> None:
        self.starts += 1
        if self.troubles:
            raise self.troubles.pop(0)
        self.breaks = asyncio.Future()

    async def lost(self) -> PlatformAway:
        return await self.breaks

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError


class Told:
    """What was told, and waiting for it."""

    def __init__(self) -> None:
        self.states: list[State] = []
        self._news = asyncio.Event()

    def __call__(self, name: str, state: State) -> None:
        assert name == "flaky"
        self.states.append(state)
        self._news.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                self._news.clear()
                await self._news.wait()


async def nothing(request: Request) -> None:
    return None


@asynccontextmanager
async def attached(
    platform: Platform, *, first_rest: float = 0.0, refused_rest: float = 0.0
) -> AsyncIterator[tuple[Attaching, Told]]:
    told = Told()
    attaching = Attaching(platform, nothing, told, first_rest=first_rest, refused_rest=refused_rest)
    running = asyncio.create_task(attaching.run())
    try:
        yield attaching, told
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_platform_that_is_there_is_told_once() -> None:
    async with attached(Flaky()) as (attaching, told):
        await attaching.tried.wait()
        assert told.states == [UP]
        assert attaching.state.up


async def test_what_stays_away_for_the_same_reason_is_told_once_and_tried_until_it_is_back() -> (
    None
):
    platform = Flaky(*(PlatformAway("away") for _ in range(5)))
    async with attached(platform) as (_, told):
        await told.until(lambda: UP in told.states)
        assert told.states == [State(False, "away"), UP]
        assert platform.starts == 6


async def test_a_connection_that_is_lost_is_told_and_made_again() -> None:
    platform = Flaky()
    async with attached(platform) as (attaching, told):
        await attaching.tried.wait()
        platform.breaks.set_result(PlatformAway("gone"))
        await told.until(lambda: len(told.states) == 3)
        assert told.states == [UP, State(False, "gone"), UP]


async def test_a_platform_that_refuses_us_is_asked_again_only_much_later() -> None:
    platform = Flaky(PlatformAway("no", refused=True))
    async with attached(platform, refused_rest=3_600) as (attaching, told):
        await attaching.tried.wait()
        assert told.states == [State(False, "no", refused=True)]
        assert platform.starts == 1


async def test_a_platform_that_takes_us_again_is_connected_again() -> None:
    platform = Flaky(*(PlatformAway("no", refused=True) for _ in range(3)))
    async with attached(platform, first_rest=3_600) as (_, told):
        await told.until(lambda: UP in told.states)
        assert told.states == [State(False, "no", refused=True), UP]


async def test_an_error_of_ours_is_named_and_does_not_end_the_trying() -> None:
    platform = Flaky(ZeroDivisionError("x"), ZeroDivisionError("x"))
    async with attached(platform) as (_, told):
        await told.until(lambda: UP in told.states)
        assert told.states == [State(False, "an error of ours; see the log"), UP]
