"""Commands that decide what a job may bill."""

from dataclasses import replace

from scheduler.alert import Alert, Decision
from scheduler.answers import Changed, Done, Snapshots, Unchanged
from scheduler.commands import (
    AcceptRoute,
    PinJob,
    RouteText,
    TakeSnapshot,
    TakeSnapshots,
    UnpinJob,
)
from scheduler.drift import consent
from scheduler.errors import UserError
from scheduler.job import Job, JobId, JobState, Place, Principal, unguarded_axes
from scheduler.press import RouteNames
from scheduler.route import Pins
from scheduler.run import HoldReason
from scheduler.service.asking import must_bill_as_shown, open_alert
from scheduler.service.bindings import Bindings, freed, must_be_guarded
from scheduler.service.core import ATTEMPTS, Change, Core, Wanted
from scheduler.service.naming import typed_names
from scheduler.service.reading import Reading
from scheduler.snapshots import Source
from scheduler.verdict import OneLook


class Consents:
    def __init__(self, core: Core, reading: Reading) -> None:
        self._core = core
        self._reading = reading
        self._bindings = Bindings(core)

    async def pin(self, command: PinJob, by: Principal) -> Changed | Unchanged:
        """Bind a job to a typed route, or to the one it consented to."""
        job = await self._core.job(command.job)
        if await self._stands(job, await self._bindings.pinned(job, command)):
            return await self._unchanged(job, f"already pinned to {_names(job.pins)}")

        async def change(job: Job) -> Wanted:
            return Wanted(await self._bindings.pinned(job, command), Decision.PINNED)

        return await self._changed(Done.PINNED, command.job, change, by)

    async def keeps_consent(self, job: Job, command: PinJob) -> bool:
        """Would this pin bind the job to nothing but what it consented to already?"""
        return await self._bindings.pins(job, command) == consent(job)

    async def unpin(self, command: UnpinJob, by: Principal) -> Changed | Unchanged:
        """Follow the default again; the snapshot of a freed axis is taken at this very moment."""
        job = await self._core.job(command.job)
        must_be_guarded(job)
        if freed(job, command) == (False, False):
            one = "" if command.provider and command.model else _axis(command)
            return await self._unchanged(job, f"not pinned{one}")

        async def change(job: Job) -> Wanted:
            return Wanted(await self._bindings.unpinned(job, command), Decision.CHANGED)

        return await self._changed(Done.UNPINNED, command.job, change, by)

    async def accept(self, command: AcceptRoute, by: Principal) -> Changed | Unchanged:
        """Consent to the route the default resolves to now, if it is the one the person saw."""
        seen = await self._typed_names(command.job, command.route)
        alert = await open_alert(self._core.store, command.job)
        if alert is not None and seen is not None and not _is_about(alert, seen):
            alert = None
        job = await self._core.job(command.job)
        must_be_guarded(job)

        async def accepted(job: Job) -> Job:
            return await self._bindings.accepted(job, seen, alert, command.route)

        if await self._stands(job, await accepted(job)):
            return await self._unchanged(job, f"consenting to {_names(consent(job))} already")

        async def change(job: Job) -> Wanted:
            must_be_guarded(job)
            return Wanted(await accepted(job), Decision.ACCEPTED)

        return await self._changed(Done.ACCEPTED, command.job, change, by)

    async def accepting(self, command: AcceptRoute) -> Job:
        """The job as `accept` would leave it; raises UserError as that does, and changes nothing."""
        seen = await self._typed_names(command.job, command.route)
        alert = None if seen else await open_alert(self._core.store, command.job)
        job = await self._core.job(command.job)
        must_be_guarded(job)
        return await self._bindings.accepted(job, seen, alert)

    async def snapshot(self, command: TakeSnapshot, by: Principal) -> Changed | Unchanged:
        """Guard an unguarded job: consent to what it would use now, on the axes that have no consent."""
        job = await self._core.job(command.job)
        must_be_guarded(job)
        if None not in (consent(job).provider, consent(job).model):
            return Unchanged(await self._reading.view(job), "guarded already")

        seen = await self._typed_names(command.job, command.route)

        async def change(job: Job) -> Wanted:
            now = await self._bindings.guarded(job, seen, self._core.config, command.route)
            return Wanted(now, Decision.CHANGED)

        return await self._changed(Done.SNAPSHOT, command.job, change, by)

    async def unguarded(self, place: Place) -> list[Job]:
        """The jobs of a chat that nobody fully consented to, and that may still run."""
        jobs = await self._core.store.jobs(place.whole_chat)
        return [job for job in jobs if unguarded_axes(job) and job.state is not JobState.FINISHED]

    async def snapshots(
        self, command: TakeSnapshots, mine: list[Job], left: list[Job], by: Principal
    ) -> Snapshots:
        """Guard several jobs at once, all or none; raises UserError where one has no route now.

        What the button showed is compared with the very settings that these jobs are bound by.
        """
        for _ in range(ATTEMPTS):
            look = OneLook(self._core.config)
            await self._must_be_default(command.route, look)
            guarded = [await self._bindings.guarded(job, None, look) for job in mine]
            entries = [self._core.entry(by, "snapshot", f"job {job.id}") for job in mine]
            changed = await self._core.store.change_together(
                list(zip(guarded, entries, strict=True))
            )
            if changed is not None:
                self._core.wake()
                return Snapshots(tuple(changed), tuple(left))
            now = [await self._core.store.job(job.id) for job in mine]
            mine = [
                job
                for job in now
                if job and job.state is not JobState.REMOVED and unguarded_axes(job)
            ]
        raise UserError("these jobs are being changed by somebody else", "try again")

    async def _must_be_default(self, shown: RouteText | None, config: Source) -> None:
        """A button consents to the default it showed, and to no other."""
        if shown is None:
            return
        seen = f"{shown.provider}:{shown.model}"
        route = await self._bindings.route_now(config, Pins())
        if route.name != seen:
            raise UserError(
                f"the default is no longer {seen} but {route.name}",
                "'/jobs snapshot all' consents to that one",
            )
        see = "'/jobs default' says what it is, '/jobs snapshot all' consents to it"
        must_bill_as_shown(shown, route, see)

    async def _typed_names(self, job_id: JobId, route: RouteText | None) -> RouteNames | None:
        if route is None:
            return None
        names = await typed_names(self._core.config, route)
        if names is None:
            raise UserError(
                "a route to consent to has a provider and a model",
                f"type '/jobs accept {job_id} <provider>:<model>'",
            )
        return names

    async def _stands(self, job: Job, wanted: Job) -> bool:
        """Would this change nothing: neither what the job consents to, nor an alert, nor a held fire?"""
        kept = replace(wanted.snapshot, taken_at=job.snapshot.taken_at)
        if replace(wanted, snapshot=kept) != job or await open_alert(self._core.store, job.id):
            return False
        return not await self._core.store.held([job.id])

    async def _unchanged(self, job: Job, what: str) -> Unchanged:
        return Unchanged(await self._reading.view(job), what)

    async def _changed(self, done: Done, job_id: JobId, change: Change, by: Principal) -> Changed:
        job = await self._core.change(job_id, change, by, str(done))
        runs = await self._core.decided_about([job_id])
        released = next((run for run in runs if run.hold_reason is not None), None)
        return Changed(done, await self._reading.view(job), by.name, released)


def _axis(command: UnpinJob) -> str:
    return " on its provider" if command.provider else " on its model"


def _names(pins: Pins) -> str:
    return ":".join(filter(None, (pins.provider, pins.model)))


def _is_about(alert: Alert, seen: RouteNames) -> bool:
    """Whether to accept these names is to answer this alert: what answered, not what moved."""
    return alert.reason is HoldReason.SERVED and RouteNames.of(alert.route) == seen
