"""A run where the database or our own code fails under it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from scheduler.caps import Caps
from scheduler.config import CoreConfig, RouteConfig
from scheduler.errors import CallError, GateShut, Lost, NotSent, StoreError
from scheduler.halt import Halt
from scheduler.job import Job
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Answer, Finish, Gate, Passage
from scheduler.route import Pins, Resolution, Route, Snapshot
from scheduler.run import HoldReason, Run, RunId, RunState, Usage
from scheduler.runner import Runner
from scheduler.spend import Reached, Reservation
from storage.store import Store
from tests.integration.stores import FREE, ME, NOW, PAID, Opener, add, entry, plan, rerun


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


class TwoSteps:
    """Asks twice; `between` happens after the first answer."""

    def __init__(self, between: Callable[[], Awaitable[object]]) -> None:
        self.between = between

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
        await self.between()
        try:
            await gate(2)
        except GateShut as shut:
            shut.usage = SPENT
            raise
        return Answer("All quiet", Usage(2))


async def job_of(store: Store, run: Run) -> Job:
    job = await store.job(run.job_id)
    assert job is not None
    return job


SPENT = Usage(1, 11, 7, "llama:free")


async def test_a_halt_between_two_requests_holds_the_run_with_what_it_spent(store: Store) -> None:
    run = await plan(store, await add(store, repeat_left=3))
    halt = Halt("Ana", "too dear", NOW)
    agent = TwoSteps(lambda: store.halt(halt, entry("halt", "everything")))
    await Runner(store, Settings(), agent, ME).execute(run.id)
    held = await rerun(store, run)
    assert (held.state, held.hold_reason, held.usage) == (RunState.HELD, HoldReason.HALT, SPENT)
    assert "Ana halted everything" in (held.error or "")
    assert "it stopped after 1 call" in (held.error or "")
    assert await store.calls([run.id]) == 1
    assert (await job_of(store, held)).repeat_left == 3


class Dear(Settings):
    """Everything goes to a paid route whose price nobody knows: a request of it reserves $0.50."""

    def __init__(self, caps: Caps | None = None) -> None:
        super().__init__()
        self.caps = caps or Caps()

    async def core(self) -> CoreConfig:
        return replace(await super().core(), caps=self.caps)

    async def resolve(self, pins: Pins) -> Resolution:
        return Resolution(PAID, None, "a test")


async def test_a_cap_between_two_requests_holds_the_run_with_what_it_spent(store: Store) -> None:
    run = await plan(store, await add(store, repeat_left=3, snapshot=Snapshot()))
    agent = TwoSteps(lambda: asyncio.sleep(0))
    await Runner(store, Dear(), agent, ME).execute(run.id)
    held = await rerun(store, run)
    assert (held.state, held.hold_reason, held.usage) == (RunState.HELD, HoldReason.BUDGET, SPENT)
    assert "a run of job 1 could cost more than the $0.50" in (held.error or "")
    assert "it stopped after 1 call" in (held.error or "")
    assert await store.calls([run.id]) == 1
    assert (await job_of(store, held)).repeat_left == 3


async def test_a_stop_between_two_requests_cancels_the_run_with_what_it_spent(
    store: Store,
) -> None:
    job = await add(store)
    run = await plan(store, job)
    agent = TwoSteps(lambda: store.ask_stop(job.id, entry("stop")))
    await Runner(store, Settings(), agent, ME).execute(run.id)
    over = await rerun(store, run)
    assert (over.state, over.usage) == (RunState.CANCELLED, SPENT)
    assert await store.calls([run.id]) == 1


class Unreachable:
    """Never sends anything, though it passes the gate each time; `asked` counts."""

    def __init__(self, error: CallError) -> None:
        self.error = error
        self.asked = 0

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
        self.asked += 1
        raise self.error


async def test_what_never_left_is_tried_twice_more_after_pauses(store: Store) -> None:
    run = await plan(store, await add(store))
    agent, pauses = Unreachable(NotSent("lab could not be reached")), list[float]()

    async def pause(span: timedelta) -> None:
        pauses.append(span.total_seconds())

    await Runner(store, Settings(), agent, ME, pause=pause).execute(run.id)
    over = await rerun(store, run)
    assert (over.state, over.attempt, over.usage.requests) == (RunState.FAILED, 3, 0)
    assert (agent.asked, pauses) == (3, [1, 5])


async def test_a_stop_in_the_pause_before_a_further_attempt_is_the_end(store: Store) -> None:
    job = await add(store)
    run = await plan(store, job)
    agent = Unreachable(NotSent("lab could not be reached"))

    async def pause(span: timedelta) -> None:
        await store.ask_stop(job.id, entry("stop"))

    await Runner(store, Settings(), agent, ME, pause=pause).execute(run.id)
    assert ((await rerun(store, run)).state, agent.asked) == (RunState.CANCELLED, 1)


async def test_a_halt_in_the_pause_before_a_further_attempt_holds_the_run(store: Store) -> None:
    run = await plan(store, await add(store))
    agent = Unreachable(NotSent("lab could not be reached"))

    async def pause(span: timedelta) -> None:
        await store.halt(Halt("Ana", "", NOW), entry("halt", "everything"))

    await Runner(store, Settings(), agent, ME, pause=pause).execute(run.id)
    held = await rerun(store, run)
    assert (held.state, held.hold_reason, agent.asked) == (RunState.HELD, HoldReason.HALT, 1)


async def test_a_lost_answer_is_asked_for_once(store: Store) -> None:
    run = await plan(store, await add(store, retry=5))
    agent = Unreachable(Lost("the connection broke"))
    await Runner(store, Settings(), agent, ME).execute(run.id)
    assert ((await rerun(store, run)).state, agent.asked) == (RunState.UNKNOWN, 1)


class InDoubt(Store):
    """A store whose second gate is refused, or lets through and does not say so."""

    lands = False

    async def pass_gate(
        self,
        run_id: RunId,
        worker: str,
        *,
        step: int,
        consent_revision: int,
        route: Route,
        reservation: Reservation,
        authorised: bool = False,
    ) -> Passage | Reached:
        if step == 1 or self.lands:
            passage = await super().pass_gate(
                run_id,
                worker,
                step=step,
                consent_revision=consent_revision,
                route=route,
                reservation=reservation,
                authorised=authorised,
            )
        if step == 2:
            raise StoreError("the connection was lost during the commit")
        return passage


@pytest.mark.parametrize("lands", [False, True])
async def test_a_gate_in_doubt_gives_back_its_own_reserve_and_no_other(
    opener: Opener, lands: bool
) -> None:
    store = InDoubt(opener.database())
    store.lands = lands
    job = await add(store, snapshot=Snapshot())
    run = await plan(store, job)
    agent = TwoSteps(lambda: asyncio.sleep(0))
    await Runner(store, Dear(Caps(None, None, None, None)), agent, ME).execute(run.id)
    assert (await rerun(store, run)).state is RunState.UNKNOWN
    (spent,) = (await store.counted([run.id])).values()
    assert spent == Decimal("0.50")
