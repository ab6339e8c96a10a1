"""Commands about what is spent: more for today."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from scheduler.answers import Raised
from scheduler.budget import own_cap_command
from scheduler.caps import Cap
from scheduler.dollars import dollars
from scheduler.errors import UserError
from scheduler.job import Job, JobId, Principal
from scheduler.ports import Raise
from scheduler.run import HoldReason, Run
from scheduler.service.capping import ZERO, in_the_way, wanted_now
from scheduler.service.core import Core
from scheduler.spend import Reached, day_of, keys


class SpendingService:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def raise_today(self, job_id: JobId, by: Principal) -> Raised:
        """Allow as much more, until the day is over, as lets the next run of a job leave."""
        job = await self._core.job(job_id)
        await self._core.must_not_be_halted()
        wanted = await wanted_now(self._core, job)
        day = day_of(self._core.clock.now(), wanted.timezone)
        found = await in_the_way(self._core, job, wanted)
        _must_be_of_the_settings(job, found)
        if not found:
            raise UserError(
                f"no cap on spending holds job {job_id}", f"'/jobs run {job_id}' runs it"
            )
        spent = await self._core.store.spent(job_id, day)
        raises = [
            Raise(each.cap, keys(job)[each.cap], spent.raised.get(each.cap, ZERO), more)
            for each, more in found
        ]
        said = ", ".join(f"{each.cap} {each.most + more}" for each, more in found)
        entry = self._core.entry(by, "raise", f"job {job_id}", f"{day}: {said}")
        if not await self._core.store.raise_caps(day, raises, entry):
            raise UserError("somebody has raised a cap just now", "type it again if it is needed")
        lifted = tuple(replace(each, most=each.most + more) for each, more in found)
        return Raised(job, lifted, day, wanted.timezone, await self._waiting(job))

    async def _waiting(self, job: Job) -> tuple[tuple[Job, Run], ...]:
        """The latest held fire of each job of this chat that a cap holds, this job's first."""
        jobs = await self._core.store.jobs(job.place.whole_chat)
        held = await self._core.store.held([each.id for each in jobs])
        found = [(each, runs[-1]) for each in jobs if (runs := held.get(each.id))]
        found = [(each, run) for each, run in found if run.hold_reason is HoldReason.BUDGET]
        return tuple(sorted(found, key=lambda pair: (pair[0].id != job.id, pair[0].id)))


def _must_be_of_the_settings(job: Job, found: Sequence[tuple[Reached, Decimal]]) -> None:
    """Raises UserError where a job's own cap is among what is in the way: an admin raises no such."""
    own = next((each for each, _ in found if each.cap is Cap.OWN), None)
    if own is not None:
        asked = f"its next request may cost up to {dollars(own.asked)}"
        raise UserError(
            f"job {job.id} itself allows a run {dollars(own.most)} (max_usd), and {asked}",
            f"'{own_cap_command(job, own)}' allows it",
        )
