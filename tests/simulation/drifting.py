"""Drifts between any two steps of a run: an adversary, persons, counting servers, and the oracle.

Everything from the service down to the bytes on the wire is real; the settings are held in memory, so
that they can move at a step and not only between two. A drift is replayed by its seed alone.
"""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from aiohttp import web

from scheduler.answers import Started
from scheduler.commands import (
    AcceptRoute,
    AddJob,
    EditJob,
    Options,
    PinJob,
    RouteText,
    TakeSnapshot,
    UnpinJob,
)
from scheduler.config import CoreConfig, RouteConfig
from scheduler.errors import ConfigError, DriftpinError
from scheduler.job import Job, JobId, OnDrift, Place, Principal
from scheduler.ports import Answer, Entry, Gate
from scheduler.press import RouteNames
from scheduler.providers import resolve as resolver
from scheduler.providers.fingerprint import fingerprints
from scheduler.providers.models import ask
from scheduler.route import ApiMode, Pins, Resolution, Route, Snapshot
from scheduler.run import RunId, RunState
from scheduler.runner import Runner
from scheduler.service.consents import Consents
from scheduler.service.core import Core
from scheduler.service.jobs import JobService
from scheduler.service.reading import Reading
from scheduler.service.runs import RunService
from scheduler.ticker import Ticker
from storage.database import Database
from storage.store import Store
from tests.fakes.clock import StoppedClock
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_behaviours import Behaviour, Drop, Received, Redirect, Status
from tests.fakes.provider_replies import Says
from tests.simulation.oracle import (
    FREE,
    Bill,
    Consent,
    Seen,
    Watched,
    as_consented,
    callable_now,
    learned,
)
from tests.simulation.settings import MODELS, Settings, drifted, first_settings

ANA = Principal("slack", "T1", "U1", "Ana")
ROOM = Place("slack", "T1", "C1")
SERVERS = 4
FIRES = 3
REQUESTS = 4
"""Requests that the tool loop of one run may make."""

STEPS = (
    "tick",
    "claim",
    "after-claim",
    "settings",
    "resolve",
    "gate",
    "after-gate",
    "arrived",
    "tool",
    "after-call",
    "before-record",
)
_ENDS = {
    "/chat/completions": ApiMode.CHAT_COMPLETIONS,
    "/responses": ApiMode.RESPONSES,
    "/messages": ApiMode.ANTHROPIC_MESSAGES,
}


class Server(FakeProvider):
    """Shows each request to the oracle before it answers."""

    def __init__(self, arrived: Callable[["Server", Received, Behaviour], None]) -> None:
        super().__init__()
        self._shown = arrived

    @property
    def root(self) -> str:
        return self.url.removesuffix("/v1")

    async def _play(
        self, request: web.Request, received: Received, behaviour: Behaviour
    ) -> web.StreamResponse:
        self._shown(self, received, behaviour)
        return await super()._play(request, received, behaviour)


DEEDS = (
    *("pin", "pin to", "accept", "unpin", "policy", "free", "run"),
    *("once", "once", "press accept", "press accept", "press snapshot"),
)
"""What a person may do between two steps."""


class Engine:
    """Keeps what it is given, until the simulation carries it out."""

    def __init__(self) -> None:
        self.waiting: list[RunId] = []

    async def start(self, execute: object) -> None: ...

    async def submit(self, run_id: RunId) -> None:
        if run_id not in self.waiting:
            self.waiting.append(run_id)

    async def cancel(self, run_id: RunId) -> None: ...

    async def stop(self) -> None: ...

    def executing(self) -> Sequence[RunId]:
        return ()

    async def idle(self) -> None: ...


class Simulation:
    """One database and some servers, on which drift after drift is played."""

    def __init__(self, store: Store, clock: StoppedClock, servers: list[Server]) -> None:
        self.store, self.clock, self.servers = store, clock, servers
        self.told: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.trace: list[str] = []
        self.engine = Engine()
        core = Core(store, self, self.engine, clock, lambda: None)
        reading = Reading(core)
        self._jobs, self._runs = JobService(core, reading), RunService(core, reading)
        self._consents = Consents(core, reading)
        self._ticker = Ticker(store, self.engine, clock)
        self._runner = Runner(store, self, self, "simulated", reached=self._reached)
        self._fingerprint = fingerprints(b"k" * 32)
        self.random = Random(0)
        self.settings = self._good = first_settings(self.random, self._urls)
        self._at: list[str] = []
        self._name, self._number = "", 0
        self._person = False
        self._watched: Watched | None = None
        self._job: Job | None = None
        self._leaves: dict[RunId, Bill] = {}
        self._shown: tuple[Route, Bill] | None = None

    @property
    def _urls(self) -> tuple[str, ...]:
        return tuple(server.root for server in self.servers)

    # --- the settings, as a port ------------------------------------------------------------------

    async def core(self) -> CoreConfig:
        await self._step("settings")
        if self.settings.broken:
            raise ConfigError(["config.yaml: is not whole"])
        return self.settings.core()

    async def resolve(self, pins: Pins) -> Resolution:
        return await self.resolve_under((await self.core()).routes, pins)

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        await self._step("resolve")
        today = self.clock.now().date()
        return resolver.resolve(routes, pins, self.settings.variables, today, self._fingerprint)

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        return await self.resolve_under(self.last_good().routes, pins)

    async def default_model(self) -> str | None:
        return resolver.default_model((await self.core()).routes)

    def last_good(self) -> CoreConfig:
        return self._good.core()

    async def change_default(self, route: RouteNames) -> None:
        raise AssertionError("nobody asks for it here")

    # --- the agent, as a port: the real one, in a loop over a tool ----------------------------------

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        async def watched_gate(step: int) -> None:
            await self._step("gate")
            if self._watched is not None:
                self._watched.at_the_gate()
            await gate(step)

        async def look() -> str:
            """Look around."""
            await self._step("tool")
            return "nothing"

        return await ask(
            resolution,
            prompt,
            gate=watched_gate,
            timeout=timeout,
            max_tokens=max_tokens,
            tools=[look],
            requests=REQUESTS,
        )

    # --- the adversary ------------------------------------------------------------------------------

    def _reached(self, step: str) -> None:
        if step != "before-claim":
            self._drift_at(step)

    async def _step(self, step: str) -> None:
        """A moment at which the settings move, and at which a person may be faster than the run."""
        if step in self._at and self._person and self._job is not None:
            await self._somebody()
        self._drift_at(step)

    def _drift_at(self, step: str) -> None:
        if step in self._at:
            self._at.remove(step)
            self._drift(step)

    def _on_disk(self, settings: Settings) -> Settings:
        """Broken settings leave the last good ones in force."""
        if settings.broken:
            return replace(settings, whole=self._good)
        self._good = replace(settings, whole=None)
        return self._good

    def _drift(self, step: str) -> None:
        self.settings = self._on_disk(drifted(self.settings, self.random))
        if self._watched is not None:
            self._watched.window.append(self.settings)
            self._watched.moved = True
        self.told["drifts"] += 1
        self.told[f"at {step}"] += 1
        self.trace.append(f"drift at {step}")

    def _misbehave(self) -> None:
        """What the servers answer next: tools, other models, other prices, other ways."""
        tool = [Says(tool="look")] * self.random.choice((0, 0, 1, 2))
        elsewhere = Redirect(self.random.choice(self.servers).url + "/chat/completions")
        ways: list[Behaviour] = [
            *[Says()] * 12,
            Says(model="intruder-9"),
            Says(model="intruder-9", tool="look"),
            Says(cost=0.02),
            Says(cost=0.02, tool="look"),
            Says(downstream="Somebody", tool="look"),
            elsewhere,
            Status(500),
            Drop(),
        ]
        odd = self.random.choice(ways)
        for server in self.servers:
            server.behave(*tool, odd, Says())

    def _arrived(self, server: Server, received: Received, behaviour: Behaviour) -> None:
        watched, job = self._watched, self._job
        ours = re.search(r"token-(\d+)", json.dumps(received.body))
        if watched is None or job is None or ours is None or int(ours[1]) != self._number:
            self.wrong.append(f"{self._name}: a request nobody began: {received.path}")
            return
        seen = _seen(server, received)
        self.told["requests"] += 1
        self.trace.append(f"{seen.model} by {seen.mode} with {seen.key}")
        if (why := watched.judge(seen)) is not None:
            self.wrong.append(f"{self._name}: {why}: {seen}\n{watched.consents}\n{watched.window}")
        if isinstance(behaviour, Says) and replace(behaviour, tool=None) != Says():
            watched.odd = True
        by_leave = watched.let_through(seen)
        self.told["let through"] += by_leave
        if isinstance(behaviour, Says) and _contradicts(watched, seen, behaviour) and not by_leave:
            watched.silenced = True
        self._drift_at("arrived")

    # --- one drift ------------------------------------------------------------------------------------

    async def play(self, seed: str) -> None:
        """A job, some fires, a drift at one step of each, and a person in between."""
        self.trace = []
        self._name, self.random, self._number = seed, Random(seed), self._number + 1
        self.settings = self._good = first_settings(self.random, self._urls)
        self._job = self._watched = self._shown = None
        self._at = []
        job, watched = await self._added()
        for _ in range(FIRES):
            self._misbehave()
            # Often more than once in one run: there and back again, or on to a third one.
            self._at = self.random.choices(STEPS, k=self.random.choice((1, 1, 2, 3)))
            self._person = self.random.random() < 0.2
            await self._fire(job.id, watched)
            drifts, self._at, self._watched = bool(self._at), [], None
            shows = self.random.random()
            if shows < 0.3:
                await self._look(watched.consent)
            if drifts:
                self._drift("between")
            if shows > 0.7:
                await self._look(watched.consent)
            if self.random.random() < 0.4:
                await self._somebody()
        self._watched, self._at = None, []
        await self._jobs.remove(job.id, ANA)
        self.engine.waiting.clear()

    async def _fire(self, job_id: JobId, watched: Watched) -> None:
        self._drift_at("tick")
        self.clock.advance(timedelta(hours=1))
        await self._ticker.tick()
        while self.engine.waiting:
            run_id = self.engine.waiting.pop(0)
            self._drift_at("claim")
            await self._execute(run_id, watched)

    async def _execute(self, run_id: RunId, watched: Watched) -> None:
        before = self.settings
        watched.begins(before)
        planned = await self.store.run(run_id)
        leave = planned is not None and planned.authorised is not None
        watched.once = self._leaves.get(run_id) if leave else None
        odd = watched.odd
        self._watched = watched
        await self._runner.execute(run_id)
        self._watched = None
        run = await self.store.run(run_id)
        assert run is not None
        self.told[run.state] += 1
        self.trace.append(f"{run.state} {run.hold_reason}")
        if run.hold_reason is not None:
            self.told[f"held: {run.hold_reason}"] += 1
        if run.state is RunState.SUCCEEDED and watched.used:
            watched.consent = learned(watched.consent, frozenset(watched.used), watched.window)
        quiet = not watched.moved and not odd
        if quiet and _undisturbed(watched.consent, before) and not watched.requests:
            self.wrong.append(f"{self._name}: held although nothing moved: {run.error}")

    # --- persons ------------------------------------------------------------------------------------

    async def _added(self) -> tuple[Job, Watched]:
        """A job as somebody makes it, or as an older version left it."""
        random, settings = self.random, self.settings
        if random.random() < 0.1:
            settings = self.settings = self._on_disk(replace(settings, broken=True))
        pinned = random.choice(
            (
                Pins(),
                Pins(),
                Pins(provider=random.choice(list(settings.entries))),
                Pins(model=random.choice(MODELS)),
                Pins(random.choice(list(settings.entries)), random.choice(MODELS)),
            )
        )
        unseen = settings.broken
        if unseen:
            pinned = Pins()
        policy = random.choice((None, None, *OnDrift))
        free_only = random.random() < 0.15
        options = Options(
            provider=pinned.provider,
            model=pinned.model,
            on_drift=str(policy) if policy else None,
            free_only=free_only,
        )
        command = AddJob("every 1h", f"token-{self._number} look around", options)
        added = await self._jobs.add(command, ROOM, ANA)
        self._job = job = added.view.job
        now = callable_now(settings, pinned.provider, pinned.model)
        if now is None:
            model = None if settings.broken else settings.jobs_model or settings.model
            now = Bill(pinned.provider, pinned.model or model, known=False)
        if random.random() < 0.1 and now.named:
            self._job = job = await self._as_of_an_older_version(job, now)
            now = Bill(now.provider, now.model, known=False)
        if settings.broken:
            self.settings = self._on_disk(replace(settings, broken=False))
        self._consenting = Watched(
            # Nobody saw a route while the settings were broken: nothing may be called.
            Consent(
                frozenset() if unseen else frozenset({now}),
                pinned.provider,
                pinned.model,
                policy,
                free_only,
            )
        )
        return job, self._consenting

    async def _as_of_an_older_version(self, job: Job, now: Bill) -> Job:
        kept = Snapshot(
            None if job.pins.provider else now.provider, None if job.pins.model else now.model
        )
        entry = Entry(self.clock.now(), ANA, "edit", f"job {job.id}")
        after = await self.store.change(replace(job, snapshot=kept), entry)
        assert after is not None
        return after

    async def _somebody(self) -> None:
        """A person decides something about the job, by a command; refused, nothing has changed."""
        assert self._job is not None
        number, watched, at = self._job.id, self._consenting, self._at
        self._at, self._person = [], False
        old = watched.consent
        try:
            match self.random.choice(DEEDS):
                case "pin" if len(old.bills) == 1:
                    await self._consents.pin(PinJob(number), ANA)
                    watched.consents_to(
                        replace(old, provider=old.one.provider, model=old.one.model)
                    )
                case "pin to":
                    await self._pin_to(number, watched)
                case "accept":
                    await self._consents.accept(AcceptRoute(number), ANA)
                    new = callable_now(self.settings, old.provider, old.model)
                    # What answered otherwise is accepted for the route that was asked, which the alert
                    # shows and `identity` may have let move, or a new one is.
                    kept = old.bills | watched.used if watched.odd else frozenset()
                    bills = kept if new is None else kept | {new}
                    assert bills, "what cannot be called was consented to"
                    watched.consents_to(replace(old, bills=bills))
                case "unpin" if None not in (old.provider, old.model):
                    await self._consents.unpin(UnpinJob(number), ANA)
                    new = callable_now(self.settings, None, None)
                    model = None if self.settings.broken else self.settings.jobs_model
                    model = model or (None if self.settings.broken else self.settings.model)
                    freed = new or Bill(model=model, known=False)
                    watched.consents_to(
                        replace(old, provider=None, model=None, bills=frozenset({freed}))
                    )
                case "policy":
                    policy = self.random.choice(list(OnDrift))
                    edit = EditJob(number, options=Options(on_drift=str(policy)))
                    await self._jobs.edit(edit, ANA)
                    watched.consents_to(replace(old, on_drift=policy), about_rules=True)
                case "free":
                    free = not old.free_only
                    edit = EditJob(number, options=Options(free_only=free))
                    await self._jobs.edit(edit, ANA)
                    watched.consents_to(replace(old, free_only=free), about_rules=True)
                case "run":
                    await self._runs.run(number, ANA)
                case "once":
                    new = callable_now(self.settings, old.provider, old.model)
                    if new is None:
                        return
                    text = RouteText(provider=new.provider, model=new.model)
                    let = await self._runs.once(number, ANA, text)
                    assert isinstance(let, Started)
                    self._leaves[let.run.id] = new
                case "press accept" | "press snapshot" as button if self._shown is not None:
                    await self._press(button, number, watched, *self._shown)
                case _:
                    return
            self.told["decisions"] += 1
        except DriftpinError:
            self.told["refused"] += 1
        finally:
            self._at = at

    async def _look(self, old: Consent) -> None:
        """A message with buttons, of which somebody may press one later."""
        bill = callable_now(self.settings, old.provider, old.model)
        pins = Pins(old.provider, old.model)
        self._shown = None
        if bill is not None:
            self._shown = ((await self.resolve(pins)).route, bill)

    async def _press(
        self, button: str, number: JobId, watched: Watched, route: Route, bill: Bill
    ) -> None:
        """What was shown is what is consented to, or nothing is."""
        shown = RouteText(provider=route.provider, model=route.model, bills=route.billing)
        old = watched.consent
        if button == "press accept":
            await self._consents.accept(AcceptRoute(number, shown), ANA)
        elif len(old.bills) == 1 and old.one.provider is None and old.one.model is None:
            await self._consents.snapshot(TakeSnapshot(number, shown), ANA)
        else:
            return
        watched.consents_to(replace(old, bills=frozenset({bill})))
        self.told["pressed"] += 1

    async def _pin_to(self, number: JobId, watched: Watched) -> None:
        """To another provider's route that can be called now: what its entry says is what it means."""
        old = watched.consent
        name, model = self.random.choice(list(self.settings.entries)), self.random.choice(MODELS)
        new = callable_now(self.settings, name, model)
        if new is None or any(bill.provider in (None, name) for bill in old.bills):
            return
        await self._consents.pin(PinJob(number, RouteText(f"{name}:{model}")), ANA)
        watched.consents_to(replace(old, provider=name, model=model, bills=frozenset({new})))


def _undisturbed(consent: Consent, settings: Settings) -> bool:
    """Whether these settings let the job run, in every reading."""
    now = callable_now(settings, consent.provider, consent.model)
    if now is None or len(consent.bills) != 1 or not consent.one.known:
        return False
    same = as_consented(consent.one, now) and consent.one.provider == now.provider
    return same and not (consent.free_only and now.kind not in FREE)


def _seen(server: Server, received: Received) -> Seen:
    end = next(end for end in _ENDS if received.path.endswith(end))
    headers = {name.lower(): value for name, value in received.headers.items()}
    carried = headers.get("authorization") or headers.get("x-api-key")
    key = carried.removeprefix("Bearer ") if carried else None
    return Seen(received.model, server.root + received.path.removesuffix(end), _ENDS[end], key)


def _contradicts(watched: Watched, seen: Seen, says: Says) -> bool:
    """Whether an answer must silence the job, in every reading."""
    consent = watched.consent
    if len(consent.bills) != 1 or len(watched.consents) != 1 or not consent.one.named:
        return False
    if says.model is not None:
        return True
    used = [bill for bill in watched.used if bill.model == seen.model]
    kept = consent.one.known and all(as_consented(consent.one, bill) for bill in used)
    return says.cost is not None and kept and consent.one.kind in FREE and bool(used)


@asynccontextmanager
async def simulating(folder: Path) -> AsyncIterator[Simulation]:
    """A simulation on servers and a database of its own."""
    holder: list[Simulation] = []

    def arrived(server: Server, received: Received, behaviour: Behaviour) -> None:
        holder[0]._arrived(server, received, behaviour)

    clock = StoppedClock()
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(Server(arrived)) for _ in range(SERVERS)]
        database = Database.open("", home=folder, clock=clock.now)
        stack.callback(database.close)
        holder.append(Simulation(Store(database), clock, servers))
        yield holder[0]
