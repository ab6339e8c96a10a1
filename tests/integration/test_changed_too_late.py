"""A job that became something else while somebody's word about it was carried out stays what it is."""

from dataclasses import replace

import pytest

from scheduler.errors import UserError
from scheduler.job import Job, JobId, JobState
from scheduler.service.core import Core
from scheduler.service.jobs import JobService
from scheduler.service.reading import Reading
from storage.store import Store
from tests.fakes.clock import StoppedClock
from tests.integration.stores import ANA, Opener, add, entry
from tests.machines.house import MovingDefault
from tests.simulation.drifting import Engine


class FinishesMeanwhile(Store):
    """The last fire of a job ends right after somebody looked at it."""

    async def job(self, job_id: JobId) -> Job | None:
        found = await super().job(job_id)
        if found is not None and found.state is not JobState.FINISHED:
            over = replace(found, state=JobState.FINISHED, next_fire_time=None, repeat_left=0)
            assert await self.change(over, entry())
        return found


@pytest.mark.parametrize(
    ("word", "state"), [("pause", JobState.ACTIVE), ("resume", JobState.PAUSED)]
)
async def test_a_job_that_finished_meanwhile_does_not_come_back_to_life(
    opener: Opener, word: str, state: JobState
) -> None:
    store = FinishesMeanwhile(opener.database())
    core = Core(store, MovingDefault(), Engine(), StoppedClock(), lambda: None)
    jobs = JobService(core, Reading(core))
    job = await add(store, repeat_left=1, state=state)
    with pytest.raises(UserError, match="is finished by now"):
        await {"pause": jobs.pause, "resume": jobs.resume}[word](job.id, ANA)
    found = await store.job(job.id)
    assert found is not None
    assert (found.state, found.next_fire_time) == (JobState.FINISHED, None)
