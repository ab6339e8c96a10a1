"""Commands about the default: what it is, what a change would hold, and the change."""

from dataclasses import replace

from scheduler.answers import Default, DefaultChanged, WhatIf
from scheduler.commands import RouteText
from scheduler.config import CoreConfig, RouteConfig
from scheduler.errors import AlreadyHandled, AlreadyPressed, DriftpinError, UserError
from scheduler.forecast import FORESEEN
from scheduler.job import Job, JobState, Principal
from scheduler.ports import Config, Entry, Held
from scheduler.press import RouteNames
from scheduler.route import Pins, Resolution, Route
from scheduler.service.core import Core
from scheduler.service.naming import provider_names, typed_pins, unknown_provider
from scheduler.verdict import Look, OneLook, verdict


class Defaults:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def show(self) -> Default:
        try:
            resolution = await self._core.config.resolve(Pins())
        except DriftpinError as error:
            return Default(None, str(error), ())
        holds, _ = await self._affected(self._core.config)
        return Default(resolution, None, holds)

    async def what_if(self, typed: RouteText) -> WhatIf:
        """Which jobs another default would hold; changes nothing."""
        new = await self._names(typed)
        routes = (await self._core.config.core()).routes
        if routes.jobs_provider is not None or routes.jobs_model is not None:
            raise UserError(
                "jobs follow jobs.provider and jobs.model of config.yaml, not the default",
                "change them there",
            )
        holds, follows = await self._affected(_If(self._core.config, new))
        old = await self._unlike(new)
        route = await self._route_of(new)
        forecasts = await self._core.forecasts(holds[:FORESEEN])
        return WhatIf(old, new, holds, follows, route, forecasts)

    async def _route_of(self, new: RouteNames) -> Route | None:
        try:
            return (await self._core.config.resolve(Pins(new.provider, new.model))).route
        except DriftpinError:
            return None

    async def change(self, typed: RouteText, by: Principal) -> DefaultChanged:
        """Write the new default into config.yaml; jobs that consented to another one are held.

        The file comes first, since the audit must not say what did not happen. After a crash in
        between the default is the new one and no line of the audit says who wanted it; the event,
        handed in again, finds the default there already and changes nothing.
        """
        new = await self._names(typed)
        old = await self._unlike(new)
        await self._core.config.change_default(new)
        detail = f"{old.route.name if old else '?'} -> {new}"
        await self._audit(self._core.entry(by, "change-default", "default", detail))
        holds, _ = await self._affected(_If(self._core.config, new))
        return DefaultChanged(old, new, holds)

    async def _audit(self, entry: Entry) -> None:
        try:
            await self._core.store.audit(entry)
        except (AlreadyHandled, AlreadyPressed):
            # The file is written, and only here: a second delivery was told that it is so already.
            await self._core.store.audit(replace(entry, event=None, button=None))
            raise

    async def _names(self, typed: RouteText) -> RouteNames:
        pins = await typed_pins(self._core.config, typed)
        names = await provider_names(self._core.config)
        if pins.provider is None or pins.model is None:
            raise UserError(
                "a default has a provider and a model",
                "type '/jobs default openrouter:meta-llama/llama-3.3-70b-instruct:free'",
            )
        if pins.provider not in names:
            raise unknown_provider(pins.provider, names)
        return RouteNames(pins.provider, pins.model)

    async def _unlike(self, new: RouteNames) -> Resolution | None:
        """The default as it is, which must not be the new one already."""
        now = await self._now()
        if now is not None and RouteNames.of(now.route) == new:
            raise UserError(f"the default is {new} already", "nothing was changed")
        return now

    async def _now(self) -> Resolution | None:
        try:
            return await self._core.config.resolve(Pins())
        except DriftpinError:
            return None

    async def _affected(self, look: Look) -> tuple[tuple[Job, ...], int]:
        """The jobs that this default holds, and how many others follow it without a word."""
        at_once = OneLook(look)
        follow = [
            job
            for job in await self._core.store.jobs()
            if job.kind.guarded
            and job.state in (JobState.ACTIVE, JobState.PAUSED)
            and None in (job.pins.provider, job.pins.model)
        ]
        held = tuple([job for job in follow if isinstance((await verdict(at_once, job))[0], Held)])
        return held, len(follow) - len(held)


class _If:
    """The settings as they are, if another route were the default: nothing is changed."""

    def __init__(self, config: Config, new: RouteNames) -> None:
        self._config = config
        self._new = new

    async def core(self) -> CoreConfig:
        return await self._config.core()

    async def resolve(self, pins: Pins) -> Resolution:
        return await self._config.resolve(self._named(pins))

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        return await self._config.resolve_under(routes, self._named(pins))

    def _named(self, pins: Pins) -> Pins:
        return Pins(pins.provider or self._new.provider, pins.model or self._new.model)

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        names = Pins(pins.provider or self._new.provider, pins.model or self._new.model)
        return await self._config.resolve_last_good(names)

    def last_good(self) -> CoreConfig:
        return self._config.last_good()
