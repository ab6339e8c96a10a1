"""A worker that sleeps while another takes its run up calls nothing twice when it wakes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.job import Job
from scheduler.route import Snapshot
from scheduler.run import Run, RunState
from storage.database import Database
from storage.store import Store
from tests.crash.sizes import rounds
from tests.crash.workers import (
    BEFORE_RECORD,
    BETWEEN_CLAIM_AND_GATE,
    BETWEEN_GATE_AND_CALL,
    Worker,
)
from tests.fakes.clock import StoppedClock
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_behaviours import Hang
from tests.figures import Figures
from tests.integration.stores import add, plan, rerun

LEASE = timedelta(seconds=30)
INSIDE_THE_CALL = "inside the call"
TIMES = 4


class Rows:
    """One database, its clock, and the provider that counts."""

    def __init__(self, store: Store, clock: StoppedClock, provider: FakeProvider) -> None:
        self.store = store
        self.clock = clock
        self.provider = provider

    async def a_run(self, number: int) -> tuple[Job, Run]:
        job = await add(
            self.store, prompt=f"This is prompt {number}.", snapshot=Snapshot("lab", "small")
        )
        return job, await plan(self.store, job)

    def calls(self, prompt: str) -> int:
        return sum(prompt in str(request.body) for request in self.provider.requests)


@pytest.fixture
async def rows(tmp_path: Path) -> AsyncIterator[Rows]:
    clock = StoppedClock()
    database = Database.open(f"sqlite:///{tmp_path / 'driftpin.db'}", home=None, clock=clock.now)
    async with FakeProvider() as provider:
        yield Rows(Store(database), clock, provider)
    database.close()


class Bed:
    """Where a worker sleeps until it is woken."""

    def __init__(self, point: str) -> None:
        self._point = point
        self.asleep = asyncio.Event()
        self.woken = asyncio.Event()

    async def at(self, point: str) -> None:
        if point == self._point:
            self.asleep.set()
            await self.woken.wait()


@rounds(10)
@pytest.mark.parametrize(
    ("point", "outcome", "taken_up_as"),
    [
        (BETWEEN_CLAIM_AND_GATE, RunState.SUCCEEDED, RunState.PLANNED),
        (BETWEEN_GATE_AND_CALL, RunState.UNKNOWN, RunState.UNKNOWN),
        (INSIDE_THE_CALL, RunState.UNKNOWN, RunState.UNKNOWN),
        (BEFORE_RECORD, RunState.UNKNOWN, RunState.UNKNOWN),
    ],
)
async def test_who_wakes_finds_that_the_run_is_anothers_and_calls_nothing_more(
    rows: Rows,
    figure: Figures,
    point: str,
    outcome: RunState,
    taken_up_as: RunState,
    rounds: int,
) -> None:
    for number in range(TIMES * rounds):
        job, run = await rows.a_run(number)
        bed = Bed(point)
        one = await Worker("one", rows.store, rows.clock, rows.provider.url, bed.at).start()
        other = await Worker("other", rows.store, rows.clock, rows.provider.url).start()
        if point is INSIDE_THE_CALL:
            rows.provider.behave_when_asked(job.prompt, Hang())
        before = rows.provider.count
        await one.engine.submit(run.id)
        await (
            rows.provider.wait_for(before + 1) if point is INSIDE_THE_CALL else bed.asleep.wait()
        )
        rows.clock.advance(LEASE)
        [left] = await other.beat(LEASE)
        await other.engine.idle()
        bed.woken.set()
        rows.provider.release()
        await one.engine.idle()
        after = await rerun(rows.store, run)
        calls = rows.calls(job.prompt)
        figure("P3", taken_up_by_another=1, double=max(0, calls - 1))
        assert (left.state, after.state, calls) == (taken_up_as, outcome, 1)
