"""Presses and commands that decide about an alert: the first one wins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scheduler.alert import Alert, AlertState, Decision
from scheduler.drift import consent
from scheduler.job import Job, JobState, Principal
from scheduler.ports import Question, TooLate
from scheduler.service.bindings import Bindings, billed, must_be_pinnable
from scheduler.service.core import Core, rebind


@dataclass(frozen=True, slots=True)
class Decided:
    """What one press decided, which jobs of the alert it left to others, and which it could not help."""

    alert: Alert
    jobs: tuple[Job, ...]
    left: tuple[Job, ...]
    unfit: tuple[Job, ...] = ()


class AlertService:
    def __init__(self, core: Core) -> None:
        self._core = core
        self._bindings = Bindings(core)

    async def decide(
        self,
        alert: Alert,
        revision: int,
        decision: Decision,
        mine: list[Job],
        by: Principal,
    ) -> Decided | TooLate:
        """One press on an alert: decide on these of its jobs, the first press wins."""
        changed = await self.deciding(alert, revision, decision, mine)
        if isinstance(changed, TooLate):
            return changed
        fit = {job.id for job in changed}
        unfit = tuple(job for job in mine if job.id not in fit)
        mine = [job for job in mine if job.id in fit]
        audit = [self._core.entry(by, str(decision), f"job {job.id}") for job in mine]
        outcome = await self._core.store.decide(alert.id, revision, changed, decision, audit)
        if isinstance(outcome, TooLate):
            return outcome
        await self._core.decided_about(job.id for job in mine)
        ids = {job.id for job in (*mine, *unfit)}
        left = tuple(row.job for row in outcome.undecided if row.job.id not in ids)
        return Decided(outcome, tuple(mine), left, unfit)

    async def deciding(
        self, alert: Alert, revision: int, decision: Decision, mine: list[Job]
    ) -> list[Job] | TooLate:
        """What such a press would make of those of these jobs that it fits; changes nothing."""
        if alert.state is not AlertState.OPEN or alert.revision != revision:
            return TooLate(alert)
        fit = [job for job in mine if _can_be(decision, job, alert)] or mine
        return [await self._as_decided(job, alert, decision) for job in fit]

    async def decide_all(
        self, seen: Sequence[tuple[Alert, Sequence[Job]]], decision: Decision, by: Principal
    ) -> tuple[list[Job], list[Job]] | TooLate:
        """One command about several alerts decides on all of these jobs or on none; which it decided
        on, and which it could not help.

        A job that two alerts ask about is decided on once: that settles both.
        """
        each = {job.id: (alert, job) for alert, jobs in reversed(seen) for job in jobs}
        fit = {key: one for key, one in each.items() if _can_be(decision, one[1], one[0])} or each
        asked = []
        for alert, _ in seen:
            mine = [job for about, job in fit.values() if about.id == alert.id]
            changed = [await self._as_decided(job, alert, decision) for job in mine]
            audit = [self._core.entry(by, str(decision), f"job {job.id}") for job in mine]
            if mine:
                asked.append(Question(alert.id, alert.revision, changed, audit))
        outcome = await self._core.store.decide_several(asked, decision)
        if isinstance(outcome, TooLate):
            return outcome
        await self._core.decided_about(fit)
        unfit = [job for key, (_, job) in each.items() if key not in fit]
        decided = sorted((job for _, job in fit.values()), key=lambda job: job.id)
        return decided, sorted(unfit, key=lambda job: job.id)

    async def _as_decided(self, job: Job, alert: Alert, decision: Decision) -> Job:
        match decision:
            case Decision.PINNED:
                must_be_pinnable(job, alert)
                return rebind(job, consent(job), job.snapshot)
            case Decision.ACCEPTED:
                return await self._bindings.accepted(job, None, alert)
            case Decision.PAUSED:
                return replace(job, state=JobState.PAUSED)
            case Decision.REMOVED | Decision.CHANGED | Decision.HEALED:
                raise AssertionError("no button of an alert does this")


def _can_be(decision: Decision, job: Job, alert: Alert) -> bool:
    """Whether a decision about many jobs can be one about this job."""
    if decision is Decision.PINNED:
        row = alert.row(job.id)
        return row is not None and row.pinnable
    spends = alert.route.price_class.spends or bool(billed(job))
    return decision is not Decision.ACCEPTED or not (job.free_only and spends)
