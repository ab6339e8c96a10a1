"""What the latest good runs of jobs used, of many jobs at once."""

from scheduler.job import JobId
from scheduler.ports import Finish
from scheduler.run import RunState, Usage
from storage.fingerprint_key import BYTES
from storage.store import Store
from tests.integration.stores import ME, Opener, add, knock, plan_and_claim

QUIET = Usage(1)


async def ended(store: Store, job_id: int, usage: Usage, state: RunState) -> None:
    job = await store.job(JobId(job_id))
    assert job is not None
    run = await plan_and_claim(store, job)
    await knock(store, run)
    assert await store.record(run.id, ME, Finish(state, usage=usage))


async def test_the_latest_good_runs_with_figures_are_found_of_each_job(store: Store) -> None:
    for _ in range(3):
        await add(store)
    for number in range(4):
        await ended(store, 1, Usage(1, 100 + number, 10), RunState.SUCCEEDED)
    await ended(store, 1, Usage(1, 9999, 9999), RunState.FAILED)
    await ended(store, 1, QUIET, RunState.SUCCEEDED)
    await ended(store, 2, Usage(1, 7, 3), RunState.SUCCEEDED)
    found = await store.usages([JobId(1), JobId(2), JobId(3)], 3)
    assert {job: sorted(used) for job, used in found.items()} == {
        1: [(101, 10), (102, 10), (103, 10)],
        2: [(7, 3)],
    }


async def test_the_key_of_the_fingerprints_is_made_once(opener: Opener) -> None:
    store = opener.open()
    key = await store.fingerprint_key()
    assert len(key) == BYTES
    assert await opener.reopen(store).fingerprint_key() == key
