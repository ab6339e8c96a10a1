"""Another default for a while: begun, ended early, ended by itself, taken up after a crash."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from scheduler.answers import DefaultChanged, ExperimentBegun, ExperimentOver, WhatIf
from scheduler.commands import RouteText
from scheduler.errors import AlreadyHandled, AlreadyPressed, ConfigError, RouteError, UserError
from scheduler.experiment import (
    Ending,
    Experiment,
    ExperimentId,
    ExperimentState,
    Step,
    step,
)
from scheduler.job import Place, Principal
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Entry
from scheduler.press import RouteNames
from scheduler.route import Pins
from scheduler.schedule.spans import span_words
from scheduler.service.core import Core
from scheduler.service.defaults import Defaults, from_where

log = logging.getLogger(__name__)

LEASE = "experiment"
LEASE_LIFE = timedelta(minutes=2)
"""Longer than fresh settings may keep anybody waiting."""

EVERY = timedelta(seconds=5)

PATIENCE = timedelta(minutes=1)
"""How long the old default is tried to be written before a person is asked to do it."""

MINUTE = timedelta(minutes=1)

ITSELF = Principal("driftpin", "driftpin", "driftpin", name="Driftpin")
"""Whom the audit names for what nobody asked for at that moment."""


class Experiments:
    """At most one at a time; of several processes, the one with the lease touches it."""

    def __init__(self, core: Core, defaults: Defaults) -> None:
        self._core = core
        self._defaults = defaults
        self._holder = secrets.token_hex(8)
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """The default may have been changed by somebody else."""
        self._wake.set()

    async def run(self, told: Callable[[], None]) -> None:
        """End what is over, until cancelled; `told` is called when a message is owed."""
        while True:
            self._wake.clear()
            if await self.look():
                told()
            now = self._core.clock.now()
            running = await self._core.store.open_experiment()
            ends = now + EVERY
            if running is not None and running.ends_at > now:
                ends = min(ends, running.ends_at)
            await self._core.clock.sleep_until(ends, self._wake)

    async def look(self) -> bool:
        """Do what has to be done about an open experiment; True when that ended it."""
        if await self._core.store.open_experiment() is None:
            return False
        try:
            async with self._alone():
                return await self._settle()
        except _Busy:
            return False

    async def what_if(self, typed: RouteText, length: timedelta | None) -> WhatIf:
        """What a change, or an experiment of this length, would hold; changes nothing."""
        running = await self._core.store.open_experiment()
        if length is not None and running is not None:
            raise self._runs_already(running)
        found = await self._defaults.what_if(typed)
        return replace(found, length=length, running=running)

    async def begin(
        self, typed: RouteText, length: timedelta, by: Principal, place: Place
    ) -> ExperimentBegun:
        """Write another default until it ends.

        What is meant is recorded first, then the file is written, then that it was: whatever dies in
        between, `look` finds out from the file how far it came.
        """
        new = await self._defaults.names(typed)
        async with self._alone():
            await self._settle()
            if (running := await self._core.store.open_experiment()) is not None:
                raise self._runs_already(running)
            await self._defaults.unlike(new)
            old = await self._named()
            if old is None:
                raise UserError(
                    "the settings name no default that could come back", "change it for good"
                )
            now = self._core.clock.now()
            meant = Experiment(
                ExperimentId(0), old, new, place, by, self._core.file, now, now + length, now
            )
            intended = await self._core.store.intend(meant)
            if intended is None:
                raise UserError("somebody else began an experiment at this very moment")
            await self._write_new(intended)
            self._core.reached("experiment-written")
            await self._begun(intended, self._entry(by, "begin-experiment", intended))
        self._wake.set()
        running = replace(intended, state=ExperimentState.RUNNING)
        holds, _ = await self._defaults.affected(new)
        return ExperimentBegun(running, holds, (await self._core.config.core()).timezone)

    async def end(self, wanted: int | None, by: Principal) -> ExperimentOver:
        """Put the old default back now."""
        async with self._alone():
            if await self._settle():
                raise UserError("the experiment has just ended", "its chat is told how")
            running = await self._core.store.open_experiment()
            if running is None:
                raise UserError("no experiment runs", "nothing was changed")
            if wanted is not None and running.id != wanted:
                raise UserError("that experiment is over", "another one runs; nothing was changed")
            now = self._core.clock.now()
            if not await self._core.store.returning(running.id, by, now):
                raise UserError(
                    "the experiment is being ended at this very moment", "wait a little"
                )
            try:
                await self._write_old(running)
            except UserError:
                await self._core.store.not_returning(running.id, now)
                raise
            return await self._end(running, Ending.RETURNED, by)

    async def keep(self, typed: RouteText, by: Principal) -> ExperimentOver | None:
        """The default of the running experiment becomes the default for good; None for any other."""
        running = await self._core.store.open_experiment()
        if running is None or running.new != await self._defaults.names(typed):
            return None
        async with self._alone():
            await self._settle()
            running = await self._core.store.open_experiment()
            if running is None or running.state is not ExperimentState.RUNNING:
                return None
            return await self._end(running, Ending.KEPT, by)

    async def change(self, typed: RouteText, by: Principal, place: Place) -> DefaultChanged:
        """Another default for good, never between a look at the file and the write that follows it."""
        async with self._alone():
            return await self._defaults.change(typed, by, place)

    async def _write_new(self, intended: Experiment) -> None:
        self._core.reached("experiment-meant")
        try:
            await self._core.config.change_default(intended.new)
        except UserError:
            await self._core.store.dismiss(intended.id)
            raise

    async def _write_old(self, running: Experiment) -> None:
        self._core.reached("experiment-returning")
        await self._core.config.change_default(running.old)
        self._core.reached("experiment-returned")

    async def _begun(self, intended: Experiment, entry: Entry) -> None:
        try:
            await self._core.store.begun(intended.id, entry)
        except (AlreadyHandled, AlreadyPressed):
            # The file is written, and only here: a second delivery was told that it is so already.
            await self._core.store.begun(intended.id, replace(entry, event=None, button=None))
            raise

    async def _end(self, running: Experiment, ending: Ending, by: Principal) -> ExperimentOver:
        """A person's end of it; the chat it came from is told as well."""
        verb = "keep-experiment" if ending is Ending.KEPT else "end-experiment"
        held = await self._held()
        owed = _closing(running, held)
        entry = self._entry(by, verb, running)
        try:
            await self._core.store.over(running.id, ending, entry, owed, ended_by=by)
        except (AlreadyHandled, AlreadyPressed):
            entry = replace(entry, event=None, button=None)
            await self._core.store.over(running.id, ending, entry, owed, ended_by=by)
            raise
        return ExperimentOver(replace(running, ending=ending, ended_by=by), held)

    async def _settle(self) -> bool:
        """Carry on with an open experiment from wherever it stands; True when that ended it."""
        found = False
        while (running := await self._core.store.open_experiment()) is not None:
            found = True
            try:
                default = await self._named()
            except ConfigError:
                return False
            next_step = step(running, default, self._core.clock.now(), self._core.file)
            match next_step:
                case Step.WAIT:
                    return False
                case Step.TAKE_UP:
                    entry = self._own_entry(running.by, "begin-experiment", running)
                    await self._core.store.begun(running.id, entry)
                case Step.RETURN:
                    if not await self._returned(running):
                        return False
                case Ending():
                    await self._over(running, next_step, str(default or ""))
        return found

    async def _returned(self, running: Experiment) -> bool:
        """Write the old default; False while that has to wait, and once nobody can but a person."""
        now = self._core.clock.now()
        if running.state is ExperimentState.RUNNING:
            await self._core.store.returning(running.id, None, now)
            running = replace(running, state=ExperimentState.RETURNING, since=now)
        try:
            await self._write_old(running)
        except UserError as error:
            if now < running.since + PATIENCE:
                return False
            log.error("the old default could not be written back: %s", error)
            await self._over(running, Ending.STUCK, str(error))
            return True
        return True

    async def _over(self, running: Experiment, ending: Ending, detail: str = "") -> None:
        by = running.ended_by
        entry = self._own_entry(by or ITSELF, "end-experiment", running, f", {ending}")
        owed = _closing(running, await self._held())
        await self._core.store.over(running.id, ending, entry, owed, ended_by=by, detail=detail)

    async def _held(self) -> int:
        """How many jobs the default of this moment holds."""
        try:
            return len((await self._defaults.show()).holds)
        except ConfigError:
            return 0

    async def _named(self) -> RouteNames | None:
        """The default by the names that the settings give it, `auto` as it stands there.

        Raises ConfigError while the settings cannot be believed.
        """
        routes = (await self._core.config.core()).routes
        follow = routes.jobs_provider is None and routes.jobs_model is None
        if follow and routes.provider is not None and routes.model is not None:
            return RouteNames(routes.provider, routes.model)
        try:
            return RouteNames.of((await self._core.config.resolve(Pins())).route)
        except RouteError:
            return None

    def _entry(self, by: Principal, action: str, experiment: Experiment) -> Entry:
        return self._core.entry(by, action, "default", _detail(experiment))

    def _own_entry(
        self, by: Principal, action: str, experiment: Experiment, more: str = ""
    ) -> Entry:
        """A line about what no request of this moment asked for."""
        detail = f"{_detail(experiment)}{more}"
        return Entry(self._core.clock.now(), by, action, "default", detail)

    def _runs_already(self, running: Experiment) -> UserError:
        left = max(running.ends_at - self._core.clock.now(), timedelta()) + MINUTE
        words = span_words(left // MINUTE * MINUTE)
        who = running.by.called
        return UserError(
            f"an experiment of {who} with {running.new} runs for another {words}",
            "'/jobs default back' ends it",
        )

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Be the only one who touches it, in this process and in all others; raises _Busy."""
        store = self._core.store
        async with self._lock:
            if not await store.hold_lease(LEASE, self._holder, LEASE_LIFE):
                raise _Busy
            try:
                yield
            finally:
                await store.end_lease(LEASE, self._holder)


class _Busy(UserError):
    def __init__(self) -> None:
        super().__init__("an experiment is being begun or ended at this very moment", "try again")


def _detail(experiment: Experiment) -> str:
    length = span_words(experiment.length)
    where = from_where(experiment.place)
    return f"{experiment.old} -> {experiment.new} for {length}, from {where}"


def _closing(running: Experiment, held: int) -> Owed:
    facts = {"experiment": int(running.id), "holds": held}
    return Owed(OwedKind.EXPERIMENT, running.place, facts)
