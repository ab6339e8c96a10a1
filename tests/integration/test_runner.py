"""A run where the database or our own code fails under it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from scheduler.config import CoreConfig, RouteConfig
from scheduler.errors import StoreError
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Answer, Finish, Gate
from scheduler.route import Pins, Resolution
from scheduler.run import HoldReason, Run, RunId, RunState, Usage
from scheduler.runner import Runner
from storage.store import Store
from tests.integration.stores import FREE, ME, NOW, Opener, add, plan, rerun


class Settings:
    """Everything goes to the free route, unless `error` is set."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    async def core(self) -> CoreConfig:
        return CoreConfig(RouteConfig(provider=None, model=None))

    async def resolve(self, pins: Pins) -> Resolution:
        if self.error is not None:
            raise self.error
        return Resolution(FREE, None, "a test")

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        return await self.resolve(pins)

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        return await self.resolve(pins)

    async def default_model(self) -> str | None:
        return FREE.model

    def last_good(self) -> CoreConfig:
        return CoreConfig(RouteConfig(provider=None, model=None))

    async def change_default(self, route: object) -> None:
        raise AssertionError("no run changes the default")


class Quiet:
    """Answers once through the gate."""

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        await gate(1)
        return Answer("All quiet", Usage(1))


class FullDisk(Store):
    """A store whose first `refuse` ends cannot be written."""

    refuse = 0

    async def record(
        self, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed] = ()
    ) -> Run | None:
        if self.refuse:
            self.refuse -= 1
            raise StoreError("the database refused: database or disk is full")
        return await super().record(run_id, worker, finish, owed)


async def test_an_answer_is_recorded_once_the_disk_has_room_again(opener: Opener) -> None:
    store = FullDisk(opener.database())
    store.refuse = 2
    run = await plan(store, await add(store))
    await Runner(store, Settings(), Quiet(), ME).execute(run.id)
    over = await rerun(store, run)
    assert (over.state, over.output) == (RunState.SUCCEEDED, "All quiet")


async def test_an_error_of_ours_before_the_call_holds_the_run_and_is_told(store: Store) -> None:
    run = await plan(store, await add(store))
    await Runner(store, Settings(OSError(24, "Too many open files")), Quiet(), ME).execute(run.id)
    held = await rerun(store, run)
    assert (held.state, held.hold_reason) == (RunState.HELD, HoldReason.CONFIG)
    assert held.error == "Held: an error of ours, see the log; no call was made."
    (owed,) = await store.ready(NOW, ["slack"])
    assert (owed.owed.kind, owed.owed.facts) == (OwedKind.REPORT, {"run": run.id})
    assert await store.calls([run.id]) == 0


async def test_a_run_the_database_failed_under_is_left_to_lapse(store: Store) -> None:
    run = await plan(store, await add(store))
    runner = Runner(store, Settings(StoreError("the database is closed")), Quiet(), ME)
    (error,) = await asyncio.gather(runner.execute(run.id), return_exceptions=True)
    assert isinstance(error, StoreError)
    assert (await rerun(store, run)).state is RunState.CLAIMED
