"""The product from the dispatcher down, on a store, with a default that moves and an agent that counts."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.counting_provider import CountingProvider
from bot.desk import Desk
from bot.dispatcher import Dispatcher
from bot.message import Button, Message, Request
from bot.sending import Sender
from bot.settings.values import Access, Settings
from scheduler.config import CoreConfig, Limits, Provider, RouteConfig
from scheduler.drill import Drills
from scheduler.healing import Healer
from scheduler.job import Place, Principal
from scheduler.ports import Answer, Gate
from scheduler.press import RouteNames
from scheduler.providers import resolve as resolver
from scheduler.route import ApiMode, Pins, PriceClass, Resolution
from scheduler.run import Usage
from scheduler.runner import Runner
from scheduler.service import Core, Service
from scheduler.ticker import Ticker
from storage.scratch import scratch
from tests.acceptance.team import ROOM
from tests.acceptance.world import Chat
from tests.machines.stage import Stage
from tests.simulation.drifting import Engine
from tests.unit.jobs import NOON

LABS = {"free-lab": PriceClass.FREE, "paid-lab": PriceClass.PAID, "dear-lab": PriceClass.PAID}
DEFAULTS = tuple(RouteNames(name, "small") for name in LABS)
ACCESS = Access(("slack:T012AB:U0BOSS",), ("slack:T012AB:*",), ("slack:T0GUEST:*",))

Called = Callable[[str, str], None]
"""Told of a prompt and the route that it is sent to."""


class MovingDefault:
    """Implements `scheduler.ports.Config`; the three labs stay, and the default is one of them."""

    def __init__(self) -> None:
        self.names = DEFAULTS[0]

    async def core(self) -> CoreConfig:
        return self.last_good()

    def last_good(self) -> CoreConfig:
        labs = {
            name: Provider(
                name, f"http://{name}.test/v1", ApiMode.CHAT_COMPLETIONS, None, billing, own=True
            )
            for name, billing in LABS.items()
        }
        routes = RouteConfig(self.names.provider, self.names.model, providers=labs)
        return CoreConfig(routes, limits=Limits(commands_per_minute=1_000))

    async def resolve(self, pins: Pins) -> Resolution:
        return await self.resolve_under(self.last_good().routes, pins)

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        return resolver.resolve(routes, pins, {}, NOON.date())

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        return await self.resolve(pins)

    async def default_model(self) -> str | None:
        return self.names.model

    async def change_default(self, route: RouteNames) -> None:
        raise AssertionError("nobody asks for it here")


class CountedAgent:
    """Implements `scheduler.ports.Agent`: passes the gate once, and tells which route it would call."""

    def __init__(self, called: Called) -> None:
        self._called = called

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        await gate(1)
        self._called(prompt, resolution.route.name)
        return Answer("done", Usage(requests=1))


class StageClock:
    """Implements `scheduler.ports.Clock` by the clock of the stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def now(self) -> datetime:
        return self._stage.now

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        raise AssertionError("nothing is waited for here")


class House:
    """`buttons` are all that were ever shown, the latest last, whether they still hang there or not."""

    def __init__(self, stage: Stage, called: Called) -> None:
        self.store, self.clock = stage.stores[0], StageClock(stage)
        self.default, self.engine, self.chat = MovingDefault(), Engine(), Chat("slack")
        self.buttons: list[Button] = []
        agent = CountedAgent(called)
        core = Core(self.store, self.default, self.engine, self.clock, lambda: None)
        drills = Drills(self.default, agent, self.clock, scratch, CountingProvider)
        service = Service(core, drills)
        self._ticker = Ticker(self.store, self.engine, self.clock)
        self._runner = Runner(self.store, self.default, agent, "worker-a")
        self._healer = Healer(self.store, self.default, self.clock, told=lambda: None)
        desk = Desk(self.store, service, self.clock, self._settings, frozenset, lambda: None)
        self._dispatcher = Dispatcher(desk)
        self._sender = Sender(
            self.store,
            self.clock,
            {"slack": self.chat},
            self._settings,
            frozenset,
            lambda step: None,
            service.reading.view,
        )

    def _settings(self) -> Settings:
        return Settings(self.default.last_good(), ACCESS)

    async def ask(self, request: Request) -> Message:
        answer = await self._dispatcher.handle(request)
        assert answer is not None
        assert "incident" not in answer.title, answer.title
        self.buttons += answer.buttons
        return answer

    async def type(self, text: str, by: Principal, place: Place = ROOM) -> Message:
        return await self.ask(Request(by, place, text))

    async def tick(self) -> None:
        await self._ticker.tick()

    async def work(self) -> None:
        """Carry out whatever was handed to the engine."""
        while self.engine.waiting:
            await self._runner.execute(self.engine.waiting.pop(0))

    async def heal(self) -> None:
        await self._healer.heal()

    async def deliver(self) -> None:
        while ready := await self.store.ready(self.clock.now(), ["slack"]):
            for delivery in ready:
                await self._sender.deliver(delivery)
                self.buttons += self.chat.latest.buttons
