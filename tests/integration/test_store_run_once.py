"""One authorised run in the store: that very route, that one run, and nothing else."""

import asyncio
from dataclasses import replace

import pytest

from scheduler.errors import AlreadyRunning
from scheduler.ports import Passage, TooLate
from scheduler.route import Route
from scheduler.run import Authorised, Run, RunKind, RunState
from scheduler.spend import Reached
from storage.store import Store
from tests.integration.alerting import held_jobs, the_alert
from tests.integration.stores import (
    DEARER,
    FREE,
    HOUR,
    ME,
    NOTHING,
    NOW,
    PAID,
    Opener,
    add,
    claim,
    drifted,
    entry,
    fresh,
    hold,
    rerun,
)

LEAVE = Authorised(PAID, "Ana", NOW + HOUR)


async def through(
    store: Store, run: Run, route: Route = PAID, *, authorised: bool = True
) -> Passage | Reached:
    job = await store.job(run.job_id)
    assert job is not None
    return await store.pass_gate(
        run.id,
        ME,
        step=1,
        consent_revision=job.consent_revision,
        route=route,
        authorised=authorised,
        reservation=NOTHING,
    )


async def let(store: Store, job_id: int) -> Run:
    outcome = await store.run_once(
        (await the_alert(store)).jobs[0].job.id, LEAVE, entry("run-once", f"job {job_id}"), None
    )
    assert isinstance(outcome, Run)
    return outcome


async def test_the_gate_lets_the_authorised_route_pass_once(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    run = await claim(store, await let(store, job.id))
    assert await through(store, run) is Passage.OPEN
    assert await through(store, run) is Passage.ALREADY_CALLED
    assert (await fresh(store, job)).consent_revision == 1


@pytest.mark.parametrize("route", [DEARER, FREE, replace(PAID, endpoint="https://elsewhere/v1")])
async def test_the_gate_lets_no_other_route_pass_as_authorised(store: Store, route: Route) -> None:
    (job,) = await held_jobs(store, 1)
    run = await claim(store, await let(store, job.id))
    assert await through(store, run, route) is Passage.NOT_AUTHORISED


async def test_a_run_that_nobody_authorised_does_not_pass_as_one(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    released = await store.release(job.id, entry("run-held", f"job {job.id}"))
    assert released is not None
    run = await claim(store, released)
    assert await through(store, run) is Passage.NOT_AUTHORISED


async def test_a_run_that_is_held_once_more_has_lost_its_leave(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    run = await claim(store, await let(store, job.id))
    await store.hold(run.id, ME, drifted(DEARER))
    assert (await rerun(store, run)).authorised is None


async def test_without_a_held_fire_it_is_a_run_by_hand(store: Store) -> None:
    job = await add(store)
    await store.foresee([(job, drifted())])
    run = await let(store, job.id)
    assert (run.kind, run.state, run.authorised) == (RunKind.MANUAL, RunState.PLANNED, LEAVE)
    assert await store.let_through([job.id], NOW) == [run]
    assert await store.let_through([job.id], NOW + 2 * HOUR) == []


async def test_of_many_who_saw_the_same_alert_one_lets_a_run_through(
    opener: Opener, store: Store
) -> None:
    (job,) = await held_jobs(store, 1)
    seen = await the_alert(store)
    doors = [store, opener.reopen(store)] * 10
    outcomes = await asyncio.gather(
        *(
            door.run_once(job.id, LEAVE, entry("run-once"), (seen.id, seen.revision))
            for door in doors
        )
    )
    assert sum(isinstance(outcome, Run) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, TooLate) for outcome in outcomes) == 19
    assert (await the_alert(store)).revision == seen.revision + 1


async def test_it_waits_for_a_run_in_flight(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    await let(store, job.id)
    with pytest.raises(AlreadyRunning):
        await store.run_once(job.id, LEAVE, entry("run-once"), None)


async def test_older_held_fires_are_given_up_and_the_job_stays_in_its_alert(store: Store) -> None:
    (job,) = await held_jobs(store, 1)
    first = (await store.history(job.id, 1))[0]
    await hold(store, job)
    await let(store, job.id)
    assert (await rerun(store, first)).state is RunState.MISSED
    assert [row.job.id for row in (await the_alert(store)).undecided] == [job.id]
