"""Commands and presses that decide what a job may bill."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scheduler.alert import Alert, AlertState, Decision
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
from scheduler.errors import DriftpinError, UserError, in_brief
from scheduler.job import Job, JobId, JobState, Place, Principal, unguarded_axes
from scheduler.ports import Question, TooLate
from scheduler.press import RouteNames
from scheduler.route import Pins, Route, snapshot_of
from scheduler.run import HoldReason
from scheduler.served import Fact
from scheduler.service.asking import must_bill_as_shown, must_stay_free, open_alert
from scheduler.service.core import ATTEMPTS, Change, Core, Wanted, rebind
from scheduler.service.naming import must_be_callable, typed_names, typed_pins
from scheduler.service.reading import Reading
from scheduler.snapshots import Source, bound_to, priced_as, take_snapshot, with_own_price
from scheduler.verdict import OneLook


@dataclass(frozen=True, slots=True)
class Decided:
    """What one press decided, which jobs of the alert it left to others, and which it could not help."""

    alert: Alert
    jobs: tuple[Job, ...]
    left: tuple[Job, ...]
    unfit: tuple[Job, ...] = ()


class Consents:
    def __init__(self, core: Core, reading: Reading) -> None:
        self._core = core
        self._reading = reading

    async def pin(self, command: PinJob, by: Principal) -> Changed | Unchanged:
        """Bind a job to a typed route, or to the one it consented to."""
        job = await self._core.job(command.job)
        if await self._stands(job, await self._pinned(job, command)):
            return await self._unchanged(job, f"already pinned to {_names(job.pins)}")

        async def change(job: Job) -> Wanted:
            return Wanted(await self._pinned(job, command), Decision.PINNED)

        return await self._changed(Done.PINNED, command.job, change, by)

    async def _pinned(self, job: Job, command: PinJob) -> Job:
        _must_be_guarded(job)
        pins = await self._pins(job, command)
        if pins == consent(job):
            if (alert := await open_alert(self._core.store, job.id)) is not None:
                _must_be_pinnable(job, alert)
        else:
            await must_be_callable(self._core.config, job.id, pins, command.route)
        beside = await bound_to(self._core.config, job, pins, self._core.clock.now())
        must_stay_free(job, str(pins.model), beside.price_class)
        return rebind(job, pins, beside)

    async def _stands(self, job: Job, wanted: Job) -> bool:
        """Would this change nothing: neither what the job consents to, nor an alert, nor a held fire?"""
        kept = replace(wanted.snapshot, taken_at=job.snapshot.taken_at)
        if replace(wanted, snapshot=kept) != job or await open_alert(self._core.store, job.id):
            return False
        return not await self._core.store.held([job.id])

    async def _unchanged(self, job: Job, what: str) -> Unchanged:
        return Unchanged(await self._reading.view(job), what)

    async def keeps_consent(self, job: Job, command: PinJob) -> bool:
        """Would this pin bind the job to nothing but what it consented to already?"""
        return await self._pins(job, command) == consent(job)

    async def _pins(self, job: Job, command: PinJob) -> Pins:
        old = consent(job)
        if command.route is None:
            if old == Pins():
                raise UserError(
                    f"job {job.id} consented to nothing yet, so there is nothing to pin it to",
                    f"type '/jobs pin {job.id} <provider>:<model>'",
                )
            return old
        typed = await typed_pins(self._core.config, command.route, old.provider)
        if typed.provider is None:
            return Pins(job.pins.provider, typed.model)
        if typed.model is not None:
            return typed
        if typed.provider == old.provider:
            return Pins(typed.provider, old.model)
        raise UserError(
            f"job {job.id} consented to another provider than {typed.provider}, so its model is not known",
            f"type '/jobs pin {job.id} {typed.provider}:<model>'",
        )

    async def unpin(self, command: UnpinJob, by: Principal) -> Changed | Unchanged:
        """Follow the default again; the snapshot of a freed axis is taken at this very moment."""
        job = await self._core.job(command.job)
        _must_be_guarded(job)
        if _freed(job, command) == (False, False):
            one = "" if command.provider and command.model else _axis(command)
            return await self._unchanged(job, f"not pinned{one}")

        async def change(job: Job) -> Wanted:
            _must_be_guarded(job)
            freed_provider, freed_model = _freed(job, command)
            if not freed_provider and not freed_model:
                raise UserError(
                    f"job {job.id} has no such pin",
                    f"'/jobs show {job.id}' says what it is bound to",
                )
            pins = Pins(
                None if freed_provider else job.pins.provider,
                None if freed_model else job.pins.model,
            )
            taken = await take_snapshot(self._core.config, job.kind, pins, self._core.clock.now())
            fresh = taken.snapshot
            if freed_provider and not freed_model and taken.resolution is not None:
                kept = replace(fresh, model=job.snapshot.model)
                route, now = taken.resolution.route, self._core.clock.now()
                snapshot = await with_own_price(self._core.config, kept, pins, route, now)
            elif freed_provider:
                snapshot = fresh if freed_model else replace(fresh, model=job.snapshot.model)
            else:
                snapshot = priced_as(replace(job.snapshot, model=fresh.model), fresh)
            return Wanted(rebind(job, pins, snapshot), Decision.CHANGED)

        return await self._changed(Done.UNPINNED, command.job, change, by)

    async def accept(self, command: AcceptRoute, by: Principal) -> Changed | Unchanged:
        """Consent to the route the default resolves to now, if it is the one the person saw."""
        seen = await self._typed_names(command.job, command.route)
        alert = await open_alert(self._core.store, command.job)
        if alert is not None and seen is not None and not _is_about(alert, seen):
            alert = None
        job = await self._core.job(command.job)
        _must_be_guarded(job)

        async def accepted(job: Job) -> Job:
            return await self._accepted(job, seen, alert, command.route)

        if await self._stands(job, await accepted(job)):
            return await self._unchanged(job, f"consenting to {_names(consent(job))} already")

        async def change(job: Job) -> Wanted:
            _must_be_guarded(job)
            return Wanted(await accepted(job), Decision.ACCEPTED)

        return await self._changed(Done.ACCEPTED, command.job, change, by)

    async def accepting(self, command: AcceptRoute) -> Job:
        """The job as `accept` would leave it; raises UserError as that does, and changes nothing."""
        seen = await self._typed_names(command.job, command.route)
        alert = None if seen else await open_alert(self._core.store, command.job)
        job = await self._core.job(command.job)
        _must_be_guarded(job)
        return await self._accepted(job, seen, alert)

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

    async def _accepted(
        self,
        job: Job,
        seen: RouteNames | None,
        alert: Alert | None,
        shown: RouteText | None = None,
    ) -> Job:
        """The job consenting to what it would use now, which must be what the person saw."""
        route = await self._asked_about(job, alert)
        now_names = RouteNames.of(route)
        seen = seen or (RouteNames.of(alert.route) if alert else None)
        if seen is not None and seen != now_names:
            raise UserError(
                f"the default is no longer {seen} but {now_names}",
                f"'/jobs accept {job.id} {now_names}' accepts that one",
            )
        see = (
            f"'/jobs show {job.id}' says what it is, '/jobs accept {job.id} {now_names}' accepts it"
        )
        must_bill_as_shown(shown, route, see)
        if alert is not None and not alert.route.bills_like(route):
            raise UserError(
                f"what {now_names} bills has changed again since that message",
                see,
            )
        must_stay_free(job, route.name, route.price_class)
        _must_not_be_billed(job, route.name)
        fresh = rebind(job, job.pins, snapshot_of(route, job.pins, self._core.clock.now()))
        if consent(job) != Pins(route.provider, route.model):
            return fresh
        # The route is what it was: what is accepted is what answered there.
        news = tuple(each for each in job.answered_as if each not in job.accepted_as)
        return replace(fresh, accepted_as=job.accepted_as + news)

    async def snapshot(self, command: TakeSnapshot, by: Principal) -> Changed | Unchanged:
        """Guard an unguarded job: consent to what it would use now, on the axes that have no consent."""
        job = await self._core.job(command.job)
        _must_be_guarded(job)
        if None not in (consent(job).provider, consent(job).model):
            return Unchanged(await self._reading.view(job), "guarded already")

        seen = await self._typed_names(command.job, command.route)

        async def change(job: Job) -> Wanted:
            now = await self._guarded(job, seen, self._core.config, command.route)
            return Wanted(now, Decision.CHANGED)

        return await self._changed(Done.SNAPSHOT, command.job, change, by)

    async def _asked_about(self, job: Job, alert: Alert | None) -> Route:
        """The route that accepting is about: what the job would use now, or the one that answered
        otherwise, which a job may run on though the default is another."""
        try:
            route = await self._route_now(self._core.config, job.pins)
        except UserError:
            if alert is None or alert.reason is not HoldReason.SERVED:
                raise
            return await self._route_now(self._core.config, consent(job))
        if alert is None or alert.reason is not HoldReason.SERVED:
            return route
        if alert.route.bills_like(route):
            return route
        return await self._route_now(self._core.config, consent(job))

    async def _guarded(
        self, job: Job, seen: RouteNames | None, config: Source, shown: RouteText | None = None
    ) -> Job:
        """The job with what it would use now as its consent, on the axes that have none."""
        route = await self._route_now(config, job.pins)
        if seen is not None and seen != RouteNames.of(route):
            raise UserError(
                f"the job would no longer use {seen} but {route.name}",
                f"'/jobs snapshot {job.id}' consents to that one",
            )
        see = f"'/jobs show {job.id}' says what it is, '/jobs snapshot {job.id}' consents to it"
        must_bill_as_shown(shown, route, see)
        fresh = snapshot_of(route, job.pins, self._core.clock.now())
        if consent(job).provider is None:
            kept = replace(fresh, model=job.snapshot.model or fresh.model)
            now = self._core.clock.now()
            kept = await with_own_price(config, kept, job.pins, route, now)
        else:
            kept = priced_as(replace(job.snapshot, model=fresh.model), fresh)
        return rebind(job, job.pins, kept)

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
            guarded = [await self._guarded(job, None, look) for job in mine]
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
        route, seen = await self._route_now(config, Pins()), f"{shown.provider}:{shown.model}"
        if route.name != seen:
            raise UserError(
                f"the default is no longer {seen} but {route.name}",
                "'/jobs snapshot all' consents to that one",
            )
        see = "'/jobs default' says what it is, '/jobs snapshot all' consents to it"
        must_bill_as_shown(shown, route, see)

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
        for job in mine:
            await self._core.submit_planned(await self._core.store.in_flight(job.id))
        self._core.wake()
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
        for job_id in fit:
            await self._core.submit_planned(await self._core.store.in_flight(job_id))
        unfit = [job for key, (_, job) in each.items() if key not in fit]
        decided = sorted((job for _, job in fit.values()), key=lambda job: job.id)
        return decided, sorted(unfit, key=lambda job: job.id)

    async def _as_decided(self, job: Job, alert: Alert, decision: Decision) -> Job:
        match decision:
            case Decision.PINNED:
                _must_be_pinnable(job, alert)
                return rebind(job, consent(job), job.snapshot)
            case Decision.ACCEPTED:
                return await self._accepted(job, None, alert)
            case Decision.PAUSED:
                return replace(job, state=JobState.PAUSED)
            case Decision.REMOVED | Decision.CHANGED | Decision.HEALED:
                raise AssertionError("no button of an alert does this")

    async def _route_now(self, config: Source, pins: Pins) -> Route:
        try:
            return (await config.resolve(pins)).route
        except DriftpinError as error:
            raise UserError(
                f"there is no route to consent to now: {in_brief(error)}",
                "try again when it is mended",
            ) from None

    async def _changed(self, done: Done, job_id: JobId, change: Change, by: Principal) -> Changed:
        job = await self._core.change(job_id, change, by, str(done))
        runs = await self._core.store.in_flight(job_id)
        await self._core.submit_planned(runs)
        self._core.wake()
        released = next((run for run in runs if run.hold_reason is not None), None)
        return Changed(done, await self._reading.view(job), by.name, released)


def _freed(job: Job, command: UnpinJob) -> tuple[bool, bool]:
    """Which pins an unpin takes off: of the provider, of the model."""
    provider, model = job.pins.provider, job.pins.model
    return command.provider and provider is not None, command.model and model is not None


def _axis(command: UnpinJob) -> str:
    return " on its provider" if command.provider else " on its model"


def _names(pins: Pins) -> str:
    return ":".join(filter(None, (pins.provider, pins.model)))


def _can_be(decision: Decision, job: Job, alert: Alert) -> bool:
    """Whether a decision about many jobs can be one about this job."""
    if decision is Decision.PINNED:
        row = alert.row(job.id)
        return row is not None and row.pinnable
    spends = alert.route.price_class.spends or bool(_billed(job))
    return decision is not Decision.ACCEPTED or not (job.free_only and spends)


def _is_about(alert: Alert, seen: RouteNames) -> bool:
    """Whether to accept these names is to answer this alert: what answered, not what moved."""
    return alert.reason is HoldReason.SERVED and RouteNames.of(alert.route) == seen


def _must_be_pinnable(job: Job, alert: Alert) -> None:
    row = alert.row(job.id)
    if row is not None and not row.pinnable:
        raise UserError(
            f"to pin job {job.id} brings back no address, no key and no price",
            f"'/jobs accept {job.id}' consents to them as they are now, '/jobs pause {job.id}' waits",
        )


def _billed(job: Job) -> list[str]:
    """What answers cost that should have cost nothing."""
    return [each.served for each in job.answered_as if each.fact is Fact.COST]


def _must_not_be_billed(job: Job, name: str) -> None:
    if job.free_only and (billed := _billed(job)):
        raise UserError(
            f"job {job.id} may use free and local routes only, and {name} billed {billed[-1]}",
            f"'/jobs edit {job.id} free_only=no' allows it to spend, '/jobs pause {job.id}' waits",
        )


def _must_be_guarded(job: Job) -> None:
    if not job.kind.guarded:
        raise UserError(
            f"job {job.id} is a message and calls no provider, so there is nothing to guard",
            f"'/jobs show {job.id}' says more",
        )
