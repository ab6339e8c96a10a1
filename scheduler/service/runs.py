"""Commands that start and stop runs."""

from contextlib import suppress

from scheduler.alert import Alert, AlertId
from scheduler.answers import Started, Stopped
from scheduler.errors import AlreadyRunning, UserError
from scheduler.job import JobId, JobState, Principal
from scheduler.outbox import Owed, OwedKind
from scheduler.service.core import Core
from scheduler.service.reading import Reading


class RunService:
    def __init__(self, core: Core, reading: Reading) -> None:
        self._core = core
        self._reading = reading

    async def run(self, job_id: JobId, by: Principal, *, held: bool = False) -> Started:
        """Run a job now: its latest held fire where one waits, else a manual run.

        Either passes the same guard and gate as any other run; neither begins beside another run
        of the same job.
        """
        job = await self._core.job(job_id)
        waiting = (await self._core.store.held([job_id])).get(job_id, [])
        if fire := await self._release(job_id, by, len(waiting) - 1):
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
        run = await self._core.store.plan_manual(job_id, self._core.clock.now(), entry)
        await self._core.engine.submit(run.id)
        return Started(job, run, held_fire=False)

    async def run_held(
        self, alert_id: AlertId, job_ids: list[JobId], by: Principal
    ) -> list[Started]:
        """Run the latest held fire of each of these jobs, and show it in the alert's message.

        A job that runs at this moment keeps its held fires, and one whose fires somebody else has
        just released is left alone.
        """
        waiting = await self._core.store.held(job_ids)
        started = []
        for job_id, runs in waiting.items():
            with suppress(AlreadyRunning):
                if fire := await self._release(job_id, by, len(runs) - 1):
                    started.append(fire)
        alert = await self._core.store.alert(alert_id)
        if started and alert:
            await self._owe_edit(alert)
        return started

    async def stop(self, job_id: JobId, by: Principal) -> Stopped:
        """End a job's runs in flight: what never passed the gate is cancelled, a call is cut off."""
        job = await self._core.job(job_id)
        entry = self._core.entry(by, "stop", f"job {job_id}")
        runs = await self._core.store.ask_stop(job_id, entry)
        for run in runs:
            await self._core.engine.cancel(run.id)
        return Stopped(job, tuple(runs))

    async def _release(self, job_id: JobId, by: Principal, skipped: int) -> Started | None:
        """Set the latest held fire free; None where none is held."""
        entry = self._core.entry(by, "run-held", f"job {job_id}")
        run = await self._core.store.release(job_id, entry)
        if run is None:
            return None
        await self._core.engine.submit(run.id)
        return Started(await self._core.job(job_id), run, held_fire=True, skipped=skipped)

    async def _owe_edit(self, alert: Alert) -> None:
        await self._core.store.owe(Owed(OwedKind.ALERT, alert.place, {"alert": int(alert.id)}))
