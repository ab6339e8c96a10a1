"""A drill: a simulated drift of a real job, down the real path, on a copy of its row.

The copy stands alone in a scratch database. The claim, the hold, the alert and the gate are
transactions, and only a store carries them out as they are; a run marked as a drill in the real one
would be history, join alerts, and have to be left out of every count for ever. The scratch database
is gone with the drill, and nothing in the real one was ever written.

Whatever the guard says, nothing can leave this machine: the call of a run that is let through goes to
the witness, a server on loopback, without a key.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from scheduler.answers import Drilled
from scheduler.config import CoreConfig, Provider, RouteConfig
from scheduler.drift import consent
from scheduler.errors import UserError
from scheduler.job import Job, JobState
from scheduler.plan import following
from scheduler.ports import Agent, Answer, Clock, Config, Gate, Planned, Store
from scheduler.press import RouteNames
from scheduler.route import ApiMode, Pins, PriceClass, Resolution, Route
from scheduler.run import RunState
from scheduler.runner import Runner

NAMES = ("drill", "another-drill")
"""What the simulated provider is called; the second where a job consented to the first."""

MODEL = "simulated-paid"
CONTROL = "control"
"""The model of the request that proves the counter."""

PATIENCE = timedelta(seconds=20)


class Witness(Protocol):
    """A server of our own on loopback; `calls` counts requests by model from the moment they arrive."""

    calls: Counter[str]
    url: str


@dataclass(frozen=True, slots=True)
class Drills:
    """`scratch` opens a store that holds one job and goes when it is left; time stands still there."""

    config: Config
    agent: Agent
    clock: Clock
    scratch: Callable[[Job, datetime], AbstractAsyncContextManager[Store]]
    witness: Callable[[], AbstractAsyncContextManager[Witness]]

    async def drill(self, job: Job) -> Drilled:
        """Move the default to a paid provider that does not exist, let the job fire, and count.

        Raises UserError for a job that calls no provider.
        """
        if not job.kind.guarded:
            raise UserError(
                f"job {job.id} is a {job.kind}: it calls no provider, so no drift can make it spend"
                " and there is nothing to drill",
                f"'/jobs show {job.id}' says more",
            )
        now = self.clock.now()
        due = replace(job, state=JobState.ACTIVE, next_fire_time=now)
        async with self.witness() as witness, self.scratch(due, now) as rows:
            agent = _ToTheWitness(self.agent, witness.url)
            moved = _MovedDefault(self.config, _elsewhere(job), witness.url)
            [run] = await rows.plan(due, [Planned(now, RunState.PLANNED)], following(due, now))
            await Runner(rows, moved, agent, "drill").execute(run.id)
            ended = await rows.run(run.id)
            requests = sum(witness.calls.values())
            await _control(agent, witness.url)
            alerts = await rows.open_alerts()
            settings = moved.last_good()
            return Drilled(
                job=job,
                moved_to=moved.names,
                run=ended or run,
                alert=alerts[0] if alerts else None,
                requests=requests,
                control=sum(witness.calls.values()) - requests,
                policy=job.on_drift or settings.guard.on_drift,
            )


def _elsewhere(job: Job) -> str:
    """A provider the job has not consented to."""
    return next(name for name in NAMES if name != consent(job).provider)


async def _control(agent: Agent, url: str) -> None:
    """One request of the drill's own, the way a run's would have gone: the counter must see it."""
    route = Route(NAMES[0], CONTROL, url, ApiMode.CHAT_COMPLETIONS, None, PriceClass.LOCAL)
    await agent.answer(
        Resolution(route, None, "drill"),
        "control",
        gate=_open,
        timeout=PATIENCE,
        max_tokens=16,
    )


async def _open(step: int) -> None:
    return


class _MovedDefault:
    """The operator's settings, but for a default that somebody has pointed at a paid provider."""

    def __init__(self, config: Config, provider: str, url: str) -> None:
        self._config = config
        self._provider = Provider(
            provider, url, ApiMode.CHAT_COMPLETIONS, None, billing=PriceClass.PAID, own=True
        )
        self.names = RouteNames(provider, MODEL)

    async def core(self) -> CoreConfig:
        core = await self._config.core()
        return replace(core, routes=self._moved(core.routes))

    async def resolve(self, pins: Pins) -> Resolution:
        return await self.resolve_under((await self.core()).routes, pins)

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        return await self._config.resolve_under(routes, pins)

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        return await self._config.resolve_under(self._moved(self.last_good().routes), pins)

    async def default_model(self) -> str | None:
        return MODEL

    def last_good(self) -> CoreConfig:
        return self._config.last_good()

    async def change_default(self, route: RouteNames) -> None:
        raise AssertionError("a drill changes nothing")

    def _moved(self, routes: RouteConfig) -> RouteConfig:
        return replace(
            routes,
            provider=self._provider.name,
            model=MODEL,
            base_url=None,
            jobs_provider=None,
            jobs_model=None,
            providers={**routes.providers, self._provider.name: self._provider},
        )


class _ToTheWitness:
    """The agent of every run, whose calls can reach nobody but the witness, and carry no key."""

    def __init__(self, agent: Agent, url: str) -> None:
        self._agent = agent
        self._url = url

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        there = replace(
            resolution.route,
            endpoint=self._url,
            api_mode=ApiMode.CHAT_COMPLETIONS,
            credential=None,
        )
        return await self._agent.answer(
            replace(resolution, route=there, secret=None),
            prompt,
            gate=gate,
            timeout=timeout,
            max_tokens=max_tokens,
        )
