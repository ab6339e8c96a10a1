"""The scripted provider: it counts every request, and answers, refuses, hangs and vanishes by its seed."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from scheduler.errors import CutOff, GateShut, Lost, NotSent, Refused, TooMuch
from scheduler.ports import Answer, Gate
from scheduler.route import Resolution
from scheduler.run import CostSource, Usage
from scheduler.served import Fact, Mismatch
from tests.simulation.book import Entry, Fate
from tests.simulation.leaping import true_time
from tests.simulation.money import FREE, PRICES, most_tokens
from tests.simulation.workers import Worker

MANNERS = (
    *["answers"] * 30,
    *["answers slowly"] * 4,
    *["cost unknown"] * 4,
    *["never sent"] * 5,
    *["busy"] * 4,
    *["broken"] * 2,
    *["refuses"] * 2,
    *["loses the reply"] * 3,
    *["hangs"] * 2,
    *["too much", "errs", "another model"],
)
"""How a provider may treat one request; the weights are those of an unkind week."""

UNKIND = (*["never sent"] * 4, *["busy"] * 4, *["broken"] * 2, "refuses", "loses the reply")
"""A day on which nothing succeeds."""


@dataclass(frozen=True)
class Manner:
    name: str
    seconds: float


class Provider:
    """One for all workers; `outage` until a moment, nothing succeeds."""

    def __init__(
        self,
        random: Random,
        told: Counter[str],
        leaves: Callable[[Worker, int, int, str, Fate], Entry],
        met: Callable[[Worker], None],
    ) -> None:
        self.random, self.told, self.leaves, self.met = random, told, leaves, met
        self.outage: datetime | None = None

    def manner(self) -> Manner:
        out = self.outage is not None and true_time() < self.outage
        name = self.random.choice(UNKIND if out else MANNERS)
        slow = name == "answers slowly"
        seconds = self.random.uniform(40, 200) if slow else self.random.uniform(0.2, 12)
        self.told[name] += 1
        return Manner(name, seconds)

    def bills(self, resolution: Resolution, prompt: str, step: int, max_tokens: int) -> Decimal:
        """By its own list, where it has this route; now and then more, up to what a request allows it."""
        route, draw = resolution.route.name, self.random
        if route in FREE:
            return Decimal(draw.randrange(1, 50)) / 1000 if draw.random() < 0.03 else Decimal(0)
        card = PRICES.get(route)
        if card is None:
            return Decimal(draw.randrange(1, 50)) / draw.choice((1000, 1000, 100))
        sent = most_tokens(prompt, step)
        sent = draw.choice((sent, draw.randrange(1, sent)))
        answered = draw.choice((max_tokens, draw.randrange(max_tokens)))
        bill = card.costs(sent, answered)
        allowed = resolution.terms.max_price
        if allowed is not None and draw.random() < 0.2:
            bill = max(bill, allowed.of(sent, answered))
        return bill


class ScriptedAgent:
    """Implements `scheduler.ports.Agent` for one worker."""

    def __init__(self, provider: Provider, worker: Worker) -> None:
        self._provider, self._worker = provider, worker

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        """A loop over tools, of one to three requests, as the real one asks the gate before each."""
        task = asyncio.current_task()
        assert task is not None
        run = int(task.get_name().removeprefix("run "))
        provider = self._provider
        steps = provider.random.choice((1, 1, 1, 2, 3))
        usage = Usage()
        ends = asyncio.get_running_loop().time() + timeout.total_seconds()
        for step in range(1, steps + 1):
            try:
                await gate(step)
            except GateShut as shut:
                shut.usage = usage
                raise
            bill = provider.bills(resolution, prompt, step, max_tokens)
            usage = await self._request(resolution, run, step, usage, ends, bill)
            if usage.served_model:
                found = Mismatch(Fact.MODEL, resolution.route.model, usage.served_model)
                return Answer("", usage, (found,))
            if step < steps:
                await self._use_a_tool(usage)
        return Answer("All quiet", usage)

    async def _use_a_tool(self, usage: Usage) -> None:
        try:
            await self._pass(self._provider.random.uniform(0.1, 3))
        except asyncio.CancelledError as cut:
            between = CutOff(*cut.args)
            between.usage, between.under_way = usage, False
            raise between from None

    async def _request(
        self,
        resolution: Resolution,
        run: int,
        step: int,
        usage: Usage,
        ends: float,
        bill: Decimal,
    ) -> Usage:
        provider, worker = self._provider, self._worker
        manner, route = provider.manner(), resolution.route.name
        left = manner.name != "never sent"
        fate = Fate.UNDER_WAY if left else Fate.NEVER_LEFT
        entry = provider.leaves(worker, run, step, route, fate)
        provider.met(worker)
        unknown = replace(usage, requests=usage.requests + 1, cost=None)
        try:
            if not left:
                await self._pass(min(manner.seconds, 3))
                error = NotSent("no such host")
                error.usage = usage
                raise error
            entry.billed = bill
            return await self._treated(entry, manner, usage, unknown, ends)
        except asyncio.CancelledError as cut:
            # Cut off while it was still being connected, nobody can say that it never left.
            if entry.fate in (Fate.UNDER_WAY, Fate.NEVER_LEFT):
                entry.fate = Fate.CUT
            off = CutOff(*cut.args)
            off.usage = unknown
            raise off from None

    async def _treated(
        self, entry: Entry, manner: Manner, usage: Usage, unknown: Usage, ends: float
    ) -> Usage:
        loop = asyncio.get_running_loop()
        hangs = manner.name == "hangs" or loop.time() + manner.seconds > ends
        if hangs:
            await self._pass(max(0.0, ends - loop.time()))
            raise _lost(entry, unknown, "no answer in time")
        await self._pass(manner.seconds)
        match manner.name:
            case "loses the reply":
                raise _lost(entry, unknown, "the connection was closed")
            case "busy" | "broken" | "refuses":
                entry.billed = Decimal(0)
                raise self._refusal(entry, manner.name, usage)
            case "too much":
                entry.fate = Fate.TOO_MUCH
                much = TooMuch("the reply is longer than allowed")
                much.usage = unknown
                raise much
            case "errs":
                entry.fate = Fate.BROKE
                raise RuntimeError("an error of ours, after the answer")
        entry.fate = Fate.ANSWERED
        entry.told = manner.name != "cost unknown"
        known = entry.told and (usage.cost is not None or not usage.requests)
        return replace(
            usage,
            requests=usage.requests + 1,
            cost=(usage.cost or Decimal(0)) + entry.billed if known else None,
            cost_source=CostSource.BILLED if known else CostSource.UNKNOWN,
            served_model="intruder-9" if manner.name == "another model" else None,
        )

    def _refusal(self, entry: Entry, name: str, usage: Usage) -> Refused:
        after = None
        if name == "busy":
            after = self._provider.random.choice((None, 1.0, 30.0, 100.0, 3600.0))
        passing = name != "refuses"
        entry.fate = Fate.BUSY if passing else Fate.REFUSED
        entry.asked_to_wait = after or 0.0
        said = Refused(f"the provider {name}", passing=passing, retry_after=after, unbilled=True)
        said.usage = usage
        return said

    async def _pass(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._worker.awake()


def _lost(entry: Entry, unknown: Usage, why: str) -> Lost:
    entry.fate = Fate.LOST
    lost = Lost(why)
    lost.usage = unknown
    return lost
