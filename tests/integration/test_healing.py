"""An alert that opens after the default is back already, and settings that cannot be resolved."""

import asyncio
from datetime import timedelta

from scheduler.errors import RouteError
from scheduler.healing import Healer
from storage.store import Store
from tests.fakes.clock import StoppedClock
from tests.integration.stores import add, hold
from tests.integration.test_runner import Settings


async def test_an_alert_that_opens_after_the_default_came_back_heals(store: Store) -> None:
    clock, told = StoppedClock(), asyncio.Event()
    healing = asyncio.create_task(Healer(store, Settings(), clock, told=told.set).run())
    await hold(store, await add(store))
    async with asyncio.timeout(10):
        while not told.is_set():
            clock.advance(timedelta(seconds=1))
            await asyncio.sleep(0.01)
    healing.cancel()
    assert await store.open_alerts() == []


async def test_an_alert_stays_open_while_no_route_can_be_resolved(store: Store) -> None:
    await hold(store, await add(store))
    settings = Settings(RouteError("there is no such provider"))
    await Healer(store, settings, StoppedClock(), told=lambda: None).heal()
    assert len(await store.open_alerts()) == 1
