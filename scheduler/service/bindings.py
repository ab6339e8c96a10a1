"""A job as a decision would bind it to a route: pinned, unpinned, accepted or guarded; nothing is stored."""

from dataclasses import replace

from scheduler.alert import Alert
from scheduler.commands import PinJob, RouteText, UnpinJob
from scheduler.drift import consent
from scheduler.errors import DriftpinError, UserError, in_brief
from scheduler.job import Job
from scheduler.press import RouteNames
from scheduler.route import Pins, Route, snapshot_of
from scheduler.run import HoldReason
from scheduler.served import Fact
from scheduler.service.asking import must_bill_as_shown, must_stay_free, open_alert
from scheduler.service.core import Core, rebind
from scheduler.service.naming import must_be_callable, typed_pins
from scheduler.snapshots import Source, bound_to, priced_as, take_snapshot, with_own_price


class Bindings:
    """What a job would be under another consent.

    Raises UserError where that does not fit the job, or is no longer what the person saw.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    async def pinned(self, job: Job, command: PinJob) -> Job:
        """The job bound to a typed route, or to the one it consented to."""
        must_be_guarded(job)
        pins = await self.pins(job, command)
        if pins == consent(job):
            if (alert := await open_alert(self._core.store, job.id)) is not None:
                must_be_pinnable(job, alert)
        else:
            await must_be_callable(self._core.config, job.id, pins, command.route)
        beside = await bound_to(self._core.config, job, pins, self._core.clock.now())
        must_stay_free(job, str(pins.model), beside.price_class)
        return rebind(job, pins, beside)

    async def pins(self, job: Job, command: PinJob) -> Pins:
        """What such a pin binds the job to."""
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

    async def unpinned(self, job: Job, command: UnpinJob) -> Job:
        """The job without these pins; the snapshot of a freed axis is taken at this very moment."""
        must_be_guarded(job)
        freed_provider, freed_model = freed(job, command)
        if not freed_provider and not freed_model:
            raise UserError(
                f"job {job.id} has no such pin",
                f"'/jobs show {job.id}' says what it is bound to",
            )
        pins = Pins(
            None if freed_provider else job.pins.provider,
            None if freed_model else job.pins.model,
        )
        now = self._core.clock.now()
        taken = await take_snapshot(self._core.config, job.kind, pins, now)
        fresh = taken.snapshot
        if freed_provider and not freed_model and taken.resolution is not None:
            kept, route = replace(fresh, model=job.snapshot.model), taken.resolution.route
            snapshot = await with_own_price(self._core.config, kept, pins, route, now)
        elif freed_provider:
            snapshot = fresh if freed_model else replace(fresh, model=job.snapshot.model)
        else:
            snapshot = priced_as(replace(job.snapshot, model=fresh.model), fresh)
        return rebind(job, pins, snapshot)

    async def accepted(
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

    async def _asked_about(self, job: Job, alert: Alert | None) -> Route:
        """The route that accepting is about: what the job would use now, or the one that answered
        otherwise, which a job may run on though the default is another."""
        try:
            route = await self.route_now(self._core.config, job.pins)
        except UserError:
            if alert is None or alert.reason is not HoldReason.SERVED:
                raise
            return await self.route_now(self._core.config, consent(job))
        if alert is None or alert.reason is not HoldReason.SERVED:
            return route
        if alert.route.bills_like(route):
            return route
        return await self.route_now(self._core.config, consent(job))

    async def guarded(
        self, job: Job, seen: RouteNames | None, config: Source, shown: RouteText | None = None
    ) -> Job:
        """The job with what it would use now as its consent, on the axes that have none."""
        route = await self.route_now(config, job.pins)
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

    async def route_now(self, config: Source, pins: Pins) -> Route:
        """The route to consent to at this moment."""
        try:
            return (await config.resolve(pins)).route
        except DriftpinError as error:
            raise UserError(
                f"there is no route to consent to now: {in_brief(error)}",
                "try again when it is mended",
            ) from None


def freed(job: Job, command: UnpinJob) -> tuple[bool, bool]:
    """Which pins an unpin takes off: of the provider, of the model."""
    provider, model = job.pins.provider, job.pins.model
    return command.provider and provider is not None, command.model and model is not None


def must_be_pinnable(job: Job, alert: Alert) -> None:
    row = alert.row(job.id)
    if row is not None and not row.pinnable:
        raise UserError(
            f"to pin job {job.id} brings back no address, no key and no price",
            f"'/jobs accept {job.id}' consents to them as they are now, '/jobs pause {job.id}' waits",
        )


def must_be_guarded(job: Job) -> None:
    if not job.kind.guarded:
        raise UserError(
            f"job {job.id} is a {job.kind} and calls no provider, so there is nothing to guard",
            f"'/jobs show {job.id}' says more",
        )


def billed(job: Job) -> list[str]:
    """What answers cost that should have cost nothing."""
    return [each.served for each in job.answered_as if each.fact is Fact.COST]


def _must_not_be_billed(job: Job, name: str) -> None:
    if job.free_only and (costs := billed(job)):
        raise UserError(
            f"job {job.id} may use free and local routes only, and {name} billed {costs[-1]}",
            f"'/jobs edit {job.id} free_only=no' allows it to spend, '/jobs pause {job.id}' waits",
        )
