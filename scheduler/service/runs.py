"""Commands that start and stop runs."""

from scheduler.alert import Alert, AlertId
from scheduler.answers import Left, Released, Started, Stopped
from scheduler.errors import UserError
from scheduler.job import Job, JobId, JobKind, JobState, Principal
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Held
from scheduler.run import HoldReason, RunId, RunState
from scheduler.service.core import Core
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
    ) -> Started:
        """Run a job now: its latest held fire where one waits, else a manual run.

        Either passes the same guard and gate as any other run; neither begins beside another run
        of the same job. `again` is the run of unknown outcome that this decides about.
        """
        job = await self._core.job(job_id)
        if job.kind is not JobKind.MESSAGE:
            await self._core.must_not_be_halted()
        if again is None and (fire := await self._release(job_id, by)):
            return fire
        if held:
            raise UserError(
                f"job {job_id} has no held fire", f"'/jobs run {job_id}' starts a new run"
            )
        if job.state is JobState.FINISHED and job.repeat_left == 0:
            raise UserError(
                f"job {job_id} has used up its repeats",
                f"'/jobs edit {job_id} repeat=1' allows one more",
            )
        entry = self._core.entry(by, "run", f"job {job_id}")
        run = await self._core.store.plan_manual(job_id, self._core.clock.now(), entry, again=again)
        await self._core.engine.submit(run.id)
        return Started(job, run, held_fire=False)

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
            return
        again = f"the held fire of job {job.id} would be held again"
        if found.reason is HoldReason.IDENTITY:
            raise UserError(
                f"{again}, what it would bill is still not what was consented to",
                f"'/jobs accept {job.id}' consents to it, '/jobs show {job.id}' says what it is",
            )
        if found.reason is HoldReason.DRIFT and found.route is not None:
            raise UserError(
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
