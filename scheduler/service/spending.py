"""Commands about what is spent: more for today."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from scheduler.alert import MOVED
from scheduler.answers import Raised
from scheduler.budget import cap_words, own_cap_command
from scheduler.caps import Cap
from scheduler.dollars import dollars
from scheduler.errors import UserError
from scheduler.job import Job, JobId, Principal
from scheduler.ports import Raise
from scheduler.run import HoldReason, Run, RunId
from scheduler.service.capping import ZERO, InTheWay, in_the_way_of
from scheduler.service.core import Core
from scheduler.spend import Reached, keys


class SpendingService:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def raise_today(self, job_id: JobId, by: Principal, seen: RunId | None = None) -> Raised:
        """Allow as much more, until the day is over, as lets the next run of a job leave.

        `seen` is the held run whose message offered it: it must still say what is so, and nothing
        else is raised than what it named.
        """
        core, job = self._core, await self._core.job(job_id)
        await core.must_not_be_halted()
        found = await in_the_way_of(core, job)
        named = found.caps if seen is None else await self._named(job, seen, found)
        _must_be_of_the_settings(job, found)
        if not named:
            raise UserError(
                f"no cap on spending holds job {job_id}", f"'/jobs run {job_id}' runs it"
            )
        raises = [
            Raise(each.cap, keys(job)[each.cap], found.spent.raised.get(each.cap, ZERO), more)
            for each, more in named
        ]
        said = ", ".join(f"{each.cap} {each.most + more}" for each, more in named)
        entry = core.entry(by, "raise", f"job {job_id}", f"{found.day}: {said}")
        if not await core.store.raise_caps(found.day, raises, entry):
            raise UserError("somebody has raised a cap just now", "type it again if it is needed")
        lifted = tuple(replace(each, most=each.most + more) for each, more in named)
        left = tuple(each for each, more in found.caps if (each, more) not in named)
        return Raised(job, lifted, found.day, found.zone, await self._waiting(job, lifted), left)

    async def _named(
        self, job: Job, seen: RunId, found: InTheWay
    ) -> tuple[tuple[Reached, Decimal], ...]:
        """What the message of a held run named; raises UserError where another cap, or another amount of
        it, is in the way by now."""
        run = await self._core.store.run(seen)
        held = run is not None and run.hold_reason is HoldReason.BUDGET
        said = str(run.error) if run is not None else ""
        named = tuple(pair for pair in found.caps if cap_words(job, pair[0]) in said)
        if not held or not named:
            raise UserError(
                "what that message says is not so any more; nothing was changed",
                f"'/jobs raise {job.id}' goes by what is so now",
            )
        return named

    async def _waiting(self, job: Job, lifted: Sequence[Reached]) -> tuple[tuple[Job, Run], ...]:
        """The latest held fire of this job, then of the others of this chat that these caps held too."""
        shared = any(each.cap in (Cap.CHAT_DAY, Cap.DAY) for each in lifted)
        jobs = await self._core.store.jobs(job.place.whole_chat) if shared else [job]
        held = await self._core.store.held([each.id for each in jobs])
        found = [(each, runs[-1]) for each in jobs if (runs := held.get(each.id))]
        found = [(each, run) for each, run in found if _waits(job, run)]
        return tuple(sorted(found, key=lambda pair: (pair[0].id != job.id, pair[0].id)))


def _waits(job: Job, run: Run) -> bool:
    """Whether it waits for a cap: what its own job was held for otherwise may be decided by now."""
    decided = run.job_id == job.id and run.hold_reason not in MOVED
    return decided or run.hold_reason is HoldReason.BUDGET


def _must_be_of_the_settings(job: Job, found: InTheWay) -> None:
    """Raises UserError where a job's own cap is among what is in the way: an admin raises no such."""
    own = next((each for each, _ in found.caps if each.cap is Cap.OWN), None)
    if own is not None:
        asked = f"its next request may cost up to {dollars(own.asked)}"
        raise UserError(
            f"job {job.id} itself allows a run {dollars(own.most)} (max_usd), and {asked}",
            f"'{own_cap_command(job, own)}' allows it",
        )
