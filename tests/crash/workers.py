"""Two workers over the same rows in one process, each with a clock, an engine and a runner of its own."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from scheduler.caps import Caps
from scheduler.config import CoreConfig, RouteConfig
from scheduler.engines.local import LocalEngine
from scheduler.ports import Agent, Answer, Clock, Gate
from scheduler.providers.agent import ModelAgent
from scheduler.route import ApiMode, Pins, PriceClass, Resolution, Route
from scheduler.run import Run
from scheduler.runner import Runner
from scheduler.ticker import Ticker
from storage.store import Store

Hook = Callable[[str], Awaitable[None]]
BETWEEN_CLAIM_AND_GATE = "between claim and gate"
BETWEEN_GATE_AND_CALL = "between gate and call"
BEFORE_RECORD = "before record"


async def _awake(point: str) -> None:
    return


UNCAPPED = Caps(None, None, None, None)
"""What caps do is told elsewhere."""


class Worker:
    """`await Worker(…).start()`; `at` is awaited at each point of a run, so that a worker can sleep there."""

    def __init__(self, name: str, store: Store, clock: Clock, url: str, at: Hook = _awake) -> None:
        self.name = name
        self._store = store
        self.engine = LocalEngine(50)
        self.ticker = Ticker(store, self.engine, clock)
        agent: Agent = _Sleepy(at)
        self.runner = Runner(store, _OneRoute(url, at), agent, name)

    async def start(self) -> "Worker":
        await self.engine.start(self.runner.execute)
        return self

    async def beat(self, lease: timedelta) -> list[Run]:
        """One heartbeat: what it took up of vanished workers."""
        for run in await self._store.extend(self.name, self.engine.executing(), lease):
            await self.engine.cancel(run.id)
        left = await self._store.reap(self.name, alone=False)
        for run_id in await self._store.planned():
            await self.engine.submit(run_id)
        return left


class _OneRoute:
    """Settings under which everything goes to one counted provider."""

    def __init__(self, url: str, at: Hook) -> None:
        self._at = at
        self._route = Route("lab", "small", url, ApiMode.CHAT_COMPLETIONS, None, PriceClass.PAID)
        self._core = CoreConfig(RouteConfig(provider="lab", model="small"), caps=UNCAPPED)

    async def core(self) -> CoreConfig:
        return self._core

    def last_good(self) -> CoreConfig:
        return self._core

    async def resolve(self, pins: Pins) -> Resolution:
        await self._at(BETWEEN_CLAIM_AND_GATE)
        return Resolution(self._route, None, "a test")

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        return await self.resolve(pins)

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        return await self.resolve(pins)

    async def default_model(self) -> str | None:
        return self._route.model

    async def change_default(self, route: object) -> None:
        raise AssertionError("no run changes the default")


class _Sleepy:
    """The agent of production, which may sleep once the gate is behind it, or with the answer in hand."""

    def __init__(self, at: Hook) -> None:
        self._at = at
        self._agent = ModelAgent()

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        async def passing(step: int) -> None:
            await gate(step)
            await self._at(BETWEEN_GATE_AND_CALL)

        answer = await self._agent.answer(
            resolution, prompt, gate=passing, timeout=timeout, max_tokens=max_tokens
        )
        await self._at(BEFORE_RECORD)
        return answer
