"""What the core needs from outside the database: time, settings, models, and where runs execute."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from scheduler.config import CoreConfig, RouteConfig
from scheduler.press import RouteNames
from scheduler.route import Pins, Resolution
from scheduler.run import RunId, Usage
from scheduler.script import Script, ScriptEnd
from scheduler.served import Mismatch


class Clock(Protocol):
    """Time as a parameter."""

    def now(self) -> datetime:
        """The present, aware UTC."""
        ...

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        """Return at `moment` (never, if None) or as soon as `wake` is set."""
        ...


class Config(Protocol):
    """The operator's settings, read afresh at every call; nothing is cached across ticks."""

    async def core(self) -> CoreConfig:
        """The settings in force; waits while a fresh change is still settling.

        Raises ConfigError (scheduler.errors) while the file on disk is invalid or unreadable.
        """
        ...

    async def resolve(self, pins: Pins) -> Resolution:
        """The route a call would bill at this moment under these pins.

        Raises ConfigError while the file is invalid, RouteError when it names no callable route.
        """
        ...

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        """The route a call would bill if these were the routes of the settings.

        Raises ConfigError, RouteError.
        """
        ...

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        """The route under the last settings that were whole: for what certainly spends nothing, while
        those on disk cannot be used. Raises RouteError."""
        ...

    async def default_model(self) -> str | None:
        """The model an unpinned job would use, read without resolving any provider."""
        ...

    def last_good(self) -> CoreConfig:
        """The last settings that were whole; for everything that spends nothing."""
        ...

    async def change_default(self, route: RouteNames) -> None:
        """Write `model.provider` and `model.default`; raises UserError with the lines to deploy by
        hand where the file cannot be written."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call. With `mismatches` it is not what was consented to: where the terms are
    binding the loop ended there, and `text` is empty if that was not its last word."""

    text: str
    usage: Usage
    mismatches: tuple[Mismatch, ...] = ()


Gate = Callable[[int], Awaitable[None]]
"""Called with the number of each request (1, 2, …) right before it may leave; raises GateShut."""


class Agent(Protocol):
    """Calls models. One request per gate passed, no retries, no redirects, no fallback."""

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        """Ask the model behind this very route, on the terms of its resolution.

        Raises NotSent (certainly nothing reached the provider), Refused (the provider said no, in
        its words), Lost (no whole answer: it may have been billed), all in scheduler.errors.
        """
        ...


class Scripts(Protocol):
    """Runs scripts of the operator."""

    async def run(self, script: Script, timeout: timedelta) -> ScriptEnd:
        """Run one to its end, with whatever it started; cancelled, it ends them first.

        Raises NotSent (it could not be started) and Lost (it took too long and was ended).
        """
        ...


class Engine(Protocol):
    """Where runs execute. It carries run ids; the rows stay the truth."""

    async def start(self, execute: Callable[[RunId], Awaitable[None]]) -> None: ...

    async def submit(self, run_id: RunId) -> None:
        """Execute a planned run soon; nothing happens to one that is executing."""
        ...

    async def cancel(self, run_id: RunId) -> None: ...

    async def stop(self) -> None: ...

    def executing(self) -> Sequence[RunId]:
        """The runs this process has been given and has not ended."""
        ...

    async def idle(self) -> None:
        """Return when nothing that was submitted is still executing."""
        ...
