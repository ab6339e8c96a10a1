"""The scene of simulated days: routes, rooms, weathers, a default that moves, and a file that halts."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from scheduler.caps import Caps
from scheduler.config import CoreConfig, Limits, RouteConfig
from scheduler.halt import Halt
from scheduler.job import Place, Principal
from scheduler.ports import Agent
from scheduler.press import RouteNames
from scheduler.price import PriceCard, PriceSource
from scheduler.route import ApiMode, Pins, PriceClass, Resolution, Route
from storage.store import Store
from tests.simulation.days_oracle import DaysOracle
from tests.simulation.misbehaving import Provider, ScriptedAgent
from tests.simulation.money import MAX_TOKENS, PRICES, Money
from tests.simulation.workers import SimTx, Worker

T = TypeVar("T")
ANA = Principal("slack", "T1", "U1", "Ana")
ROOMS = (
    Place("slack", "T1", "C1"),
    Place("slack", "T1", "C1", "171.1"),
    Place("slack", "T1", "C2"),
)


def _route(name: str, model: str, charged: PriceClass) -> Route:
    card = PRICES.get(f"{name}:{model}")
    price = None if card is None else PriceCard(PriceSource.OVERRIDE, card.input, card.output)
    at = f"https://{name}.test/v1"
    return Route(name, model, at, ApiMode.CHAT_COMPLETIONS, None, charged, price=price)


LAB = _route("lab", "small-1", PriceClass.LOCAL)
SMALL = _route("small", "small-1", PriceClass.PAID)
DEAR = _route("dear", "large-9", PriceClass.PAID)
BLANK = _route("blank", "large-9", PriceClass.PAID)
ROUTES = ((LAB, DEAR), (SMALL, DEAR), (DEAR, BLANK), (DEAR, LAB), (BLANK, SMALL))
"""A default, and what it moves to; nobody knows what a request of the last route but one costs."""

DAY = 86_400.0
CHATS = 0.15
"""The share of lives with a chat: to word every message takes longer than the run it tells of."""
SETTLES = 3_600.0
"""Seconds after the last day in which everybody lives and nobody disturbs."""


@dataclass(frozen=True)
class Broken:
    """Pieces of the product to be replaced by broken ones, to see that the oracle notices."""

    store: type[Store] = Store
    tx: type[SimTx] = SimTx
    agent: Callable[[Provider, Worker], Agent] = ScriptedAgent


SOUND = Broken()


@dataclass(frozen=True)
class Weather:
    """How unkind a life is: chances for each transaction, or so many a day."""

    vanish: float
    sleep: float
    refuse: float
    doubt: float
    slow: float
    met: float
    deeds: float
    disturbances: float


WEATHERS = (
    Weather(0.0, 0.0, 0.0, 0.0, 0.1, 0.0, 1.2, 0.2),
    Weather(0.002, 0.002, 0.002, 0.001, 0.3, 0.02, 1.6, 0.6),
    Weather(0.01, 0.01, 0.004, 0.004, 0.3, 0.06, 1.6, 1.0),
    Weather(0.002, 0.03, 0.0, 0.002, 0.5, 0.08, 1.2, 0.8),
)
DISTURBANCES = (
    *["vanish"] * 3,
    *["sleep"] * 2,
    *["wall"] * 4,
    *["default"] * 3,
    *["caps"] * 3,
    *["crowd"] * 3,
    *["halt"] * 3,
    *["halt file", "down", "down", "outage", "outage"],
    *["chat away"] * 3,
)
DEEDS = (
    *["run"] * 5,
    "stop",
    *["pause", "resume", "resume", "again", "again", "leave", "accept", "accept", "pin"],
    *["edit schedule", "edit repeat", "edit until", "edit max_usd", "add", "remove", "restore"],
    "raise",
)


MEDDLING = (
    *["stop"] * 5,
    *["pause", "pause", "run", "edit repeat", "edit schedule", "accept", "remove"],
    *["halt", "default"],
)
MEDDLES = 0.1
"""The chance that somebody does something right then."""
RAISES = 0.4
"""The chance that an admin raises a cap soon after it held something, and runs that then."""
LAST_MOMENT = 0.5
"""The chance that somebody runs a job by hand just before its last fire, which then has to wait."""


class OneFile:
    """The file beside the database that halts; the oracle sees it too."""

    def __init__(self, oracle: DaysOracle) -> None:
        self._oracle = oracle
        self.halt: Halt | None = None

    def read(self) -> Halt | None:
        return self.halt

    def write(self, halt: Halt) -> None:
        self.halt, self._oracle.known.file = self.halt or halt, True

    def remove(self) -> None:
        self.halt, self._oracle.known.file = None, False


class Settings:
    """Implements `scheduler.ports.Config`: a default that somebody moves, and caps."""

    def __init__(self, random: Random, money: Money) -> None:
        self.routes = random.choice(ROUTES)
        self.default, self.money = self.routes[0], money

    async def core(self) -> CoreConfig:
        return self.last_good()

    def last_good(self) -> CoreConfig:
        return CoreConfig(
            RouteConfig(self.default.provider, self.default.model),
            limits=Limits(max_tokens=MAX_TOKENS),
            timezone=self.money.zone,
            caps=Caps(**self.money.caps),
        )

    async def resolve(self, pins: Pins) -> Resolution:
        named = (route for route in self.routes if pins.provider == route.provider)
        return Resolution(next(named, self.default), None, "the simulation")

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        return await self.resolve(pins)

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        return await self.resolve(pins)

    async def default_model(self) -> str | None:
        return self.default.model

    async def change_default(self, route: RouteNames) -> None:
        raise AssertionError("nobody asks for it here")
