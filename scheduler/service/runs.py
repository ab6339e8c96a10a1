"""Commands that start and stop runs."""

from dataclasses import dataclass

from scheduler.alert import MOVED, Alert, AlertId
from scheduler.answers import Left, Released, Started, StillHeld, Stopped
from scheduler.commands import RouteText
from scheduler.drift import Drift
from scheduler.errors import UserError
from scheduler.job import Job, JobId, JobKind, JobState, Principal
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Held, TooLate
from scheduler.press import RouteNames
from scheduler.route import Route
from scheduler.run import Authorised, HoldReason, RunId, RunState
from scheduler.service.asking import must_bill_as_shown, must_stay_free, open_alert
from scheduler.service.capping import must_fit
from scheduler.service.core import Core
from scheduler.service.naming import typed_names
from scheduler.service.reading import Reading
from scheduler.verdict import verdict

LOOKED_AT = 50
"""Runs in which one of unknown outcome is looked for."""


class RunService:
    def __init__(self, core: Core, reading: Reading) -> None:
        self._core = core
        self._reading = reading

    async def run(
        self, job_id: JobId, by: Principal, *, held: bool = False, again: RunId | None = None
    ) -> Started | StillHeld:
        """Run a job now: its latest held fire where one waits, else a manual run.

        Either passes the same guard and gate as any other run; neither begins beside another run
        of the same job. `again` is the run of unknown outcome that this decides about.
        """
        job = await self._core.job(job_id)
        if job.kind is not JobKind.MESSAGE:
            await self._core.must_not_be_halted()
        try:
            fire = None if again is not None else await self._release(job_id, by)
        except _HeldAgain as kept:
            return StillHeld(job, kept, kept.route, kept.drifts, await self._asked(job, kept))
        if fire:
            return fire
        if held:
            raise UserError(
                f"job {job_id} has no held fire", f"'/jobs run {job_id}' starts a new run"
            )
        _must_have_repeats(job)
        if again is None and (waits := await self._asked_about(job)):
            return waits
        await must_fit(self._core, job)
        entry = self._core.entry(by, "run", f"job {job_id}")
        run = await self._core.store.plan_manual(job_id, self._core.clock.now(), entry, again=again)
        await self._core.engine.submit(run.id)
        return Started(job, run, held_fire=False)

    async def _asked_about(self, job: Job) -> StillHeld | None:
        """A run that would only be held, where an open alert asks why: nothing is planned for it."""
        alert = await open_alert(self._core.store, job.id)
        if alert is None or not job.kind.guarded:
            return None
        found, _ = await verdict(self._core.config, job)
        if not isinstance(found, Held) or found.reason not in MOVED or found.route is None:
            return None
        why = UserError(
            f"a run of job {job.id} would be held, as its alert says",
            f"'/jobs pin {job.id}' or '/jobs accept {job.id}' decides first",
        )
        return StillHeld(job, why, found.route, found.drifts, alert)

    async def once(
        self,
        job_id: JobId,
        by: Principal,
        typed: RouteText | None = None,
        seen: Alert | None = None,
    ) -> Started | TooLate:
        """Let one run use the route that holds the job, which must be the one the person saw: in the
        alert whose button they pressed, in the one that is open, or typed. The consent stays."""
        job, route = await self.once_on(job_id, typed, seen)
        waiting = (await self._core.store.held([job_id])).get(job_id, [])
        await must_fit(self._core, job, route)
        entry = self._core.entry(by, "run-once", f"job {job_id}", str(RouteNames.of(route)))
        authorised = Authorised(route, by.called, self._core.clock.now())
        revision = (seen.id, seen.revision) if seen else None
        run = await self._core.store.run_once(job_id, authorised, entry, revision)
        if isinstance(run, TooLate):
            return run
        await self._core.engine.submit(run.id)
        older = max(0, len(waiting) - 1)
        return Started(job, run, bool(waiting), skipped=older, once=route)

    async def once_on(
        self, job_id: JobId, typed: RouteText | None = None, seen: Alert | None = None
    ) -> tuple[Job, Route]:
        """The job, and the route that one run of it would be let use; changes nothing."""
        job = await self._core.job(job_id)
        await self._core.must_not_be_halted()
        waiting = (await self._core.store.held([job_id])).get(job_id, [])
        if not waiting:
            _must_have_repeats(job)
        found = await self._held(job)
        names = RouteNames.of(found.route)
        asked = seen or await open_alert(self._core.store, job_id)
        again = f"'/jobs run {job_id} once {names}' lets one run use it"
        if typed is not None and await typed_names(self._core.config, typed) != names:
            raise UserError(f"job {job_id} would use {names} now", again)
        must_bill_as_shown(typed, found.route, f"'/jobs show {job_id}' says what it is; {again}")
        if asked is not None and not asked.route.bills_like(found.route):
            raise UserError(f"the default has moved again since that message, to {names}", again)
        if asked is None and typed is None:
            said = f"job {job_id} would use {names}, which is {found.route.price_class}"
            raise UserError(said, again)
        must_stay_free(job, found.route.name, found.route.price_class)
        return job, found.route

    async def _held(self, job: Job) -> "_Moved":
        """What moved, for a job that is held by that and by nothing else."""
        instead = f"'/jobs run {job.id}' runs it"
        if not job.kind.guarded:
            raise UserError(f"job {job.id} is a {job.kind} and is never held", instead)
        found, _ = await verdict(self._core.config, job)
        if not isinstance(found, Held):
            raise UserError(f"job {job.id} would not be held, so it needs no leave", instead)
        if found.reason not in MOVED or found.route is None:
            raise UserError(
                f"what holds job {job.id} is not a route that moved",
                f"'/jobs show {job.id}' says what it is",
            )
        return _Moved(found.route, found.drifts)

    async def _asked(self, job: Job, found: "_HeldAgain") -> Alert | None:
        """The open alert about a job, which is asked now if nobody asked before."""
        held = Held(found.reason, str(found), found.drifts, found.route)
        await self._core.store.foresee([(job, held)])
        return await open_alert(self._core.store, job.id)

    async def run_held(self, alert_id: AlertId, job_ids: list[JobId], by: Principal) -> Released:
        """Run the latest held fire of each of these jobs, and show it in the alert's message.

        A job that runs at this moment, or would only be held again, keeps its held fires.
        """
        await self._core.must_not_be_halted()
        started, left = [], []
        for job_id in await self._core.store.held(job_ids):
            try:
                if fire := await self._release(job_id, by):
                    started.append(fire)
            except UserError as error:
                left.append(error)
        alert = await self._core.store.alert(alert_id)
        if started and alert:
            await self._owe_edit(alert)
        return Released(tuple(started), tuple(left))

    async def stop(self, job_id: JobId, by: Principal, run_id: RunId | None = None) -> Stopped:
        """End a job's runs in flight, or one of them: what never passed the gate is cancelled, a call is
        cut off."""
        job = await self._core.job(job_id)
        store = self._core.store
        runs = await store.ask_stop(
            job_id, self._core.entry(by, "stop", f"job {job_id}"), run=run_id
        )
        self._core.reached("stop-asked")
        for run in runs:
            await self._core.engine.cancel(run.id)
        left = await store.calls([run.id for run in runs if run.state is RunState.CALLING])
        over = await store.run(run_id) if run_id is not None and not runs else None
        return Stopped(job, tuple(runs), left, over)

    async def leave(self, job_id: JobId, by: Principal, run_id: RunId | None = None) -> Left:
        """Leave a run of unknown outcome as it is: this one, or the latest that nobody decided about."""
        job = await self._core.job(job_id)
        if run_id is None:
            runs = await self._core.store.history(job_id, LOOKED_AT)
            run_id = next((run.id for run in runs if run.in_doubt), None)
        if run_id is None:
            raise UserError(
                f"job {job_id} has no run of unknown outcome that waits for a decision",
                f"'/jobs history {job_id}' shows its runs",
            )
        entry = self._core.entry(by, "leave", f"job {job_id}")
        run = await self._core.store.leave(run_id, entry)
        if run is None:
            known = await self._core.store.run(run_id)
            decided = known.decided if known else None
            raise UserError(
                f"that run of job {job_id} was {decided or 'decided about'} already",
                "nothing was changed",
            )
        return Left(job, run)

    async def _release(self, job_id: JobId, by: Principal) -> Started | None:
        """Set the latest held fire free; None where none is held.

        Raises UserError where it would only be held again: older fires are given up for nothing.
        """
        waiting = (await self._core.store.held([job_id])).get(job_id, [])
        if not waiting:
            return None
        job = await self._core.job(job_id)
        await self._must_go(job)
        entry = self._core.entry(by, "run-held", f"job {job_id}")
        run = await self._core.store.release(job_id, entry)
        if run is None:
            return None
        await self._core.engine.submit(run.id)
        return Started(job, run, held_fire=True, skipped=len(waiting) - 1)

    async def _must_go(self, job: Job) -> None:
        if not job.kind.guarded:
            return
        found, _ = await verdict(self._core.config, job)
        if not isinstance(found, Held):
            await must_fit(self._core, job)
            return
        again = f"the held fire of job {job.id} would be held again"
        if found.reason is HoldReason.IDENTITY and found.route is not None:
            raise _HeldAgain(
                found,
                f"{again}, what it would bill is still not what was consented to",
                f"'/jobs accept {job.id}' consents to it, '/jobs show {job.id}' says what it is",
            )
        if found.reason is HoldReason.DRIFT and found.route is not None:
            raise _HeldAgain(
                found,
                f"{again}, the default is still {found.route.name}",
                f"'/jobs pin {job.id}' or '/jobs accept {job.id}' decides first",
            )
        if found.reason is HoldReason.SERVED:
            raise UserError(
                f"{again} until somebody decides about what answered",
                f"'/jobs pin {job.id}' or '/jobs accept {job.id}' decides first",
            )
        why = found.error.splitlines()[1]
        raise UserError(f"{again}: {why.rstrip('.')}", f"then '/jobs run {job.id}'")

    async def _owe_edit(self, alert: Alert) -> None:
        await self._core.store.owe(Owed(OwedKind.ALERT, alert.place, {"alert": int(alert.id)}))


def _must_have_repeats(job: Job) -> None:
    if job.state is JobState.FINISHED and job.repeat_left == 0:
        raise UserError(
            f"job {job.id} has used up its repeats",
            f"'/jobs edit {job.id} repeat=1' allows one more",
        )


@dataclass(frozen=True, slots=True)
class _Moved:
    """The route that a job would use and nobody consented to."""

    route: Route
    drifts: tuple[Drift, ...]


class _HeldAgain(UserError):
    """A held fire would only be held again, by something that a person can decide about."""

    def __init__(self, held: Held, what: str, instead: str) -> None:
        super().__init__(what, instead)
        if held.route is None:
            raise ValueError("what moved has a route")
        self.reason, self.route, self.drifts = held.reason, held.route, held.drifts
