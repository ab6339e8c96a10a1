"""Keeps one platform connected: what cannot be reached is named, and tried again."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.platform import Handle, Platform, PlatformAway

log = logging.getLogger(__name__)

FIRST_REST, LONGEST_REST = 1.0, 30.0
"""Seconds between two attempts at a platform that is away; each is twice as long as the one before."""

REFUSED_REST = 300.0
"""Seconds after which a platform that refused us is asked again."""


@dataclass(frozen=True, slots=True)
class State:
    """How it stands with a platform, in words; `refused` as in PlatformAway."""

    up: bool
    text: str
    refused: bool = False


class Attaching:
    """Starts a platform, and starts it again whenever its connection is gone.

    `changed` is told each new state, once. `tried` is set after the first attempt, however it went.
    """

    def __init__(
        self,
        platform: Platform,
        handle: Handle,
        changed: Callable[[str, State], None],
        *,
        first_rest: float = FIRST_REST,
        longest_rest: float = LONGEST_REST,
        refused_rest: float = REFUSED_REST,
    ) -> None:
        self.state = State(False, "not connected yet")
        self.tried = asyncio.Event()
        self._platform = platform
        self._handle = handle
        self._changed = changed
        self._first_rest = first_rest
        self._longest_rest = longest_rest
        self._refused_rest = refused_rest

    async def run(self) -> None:
        """Until cancelled."""
        rest = self._first_rest
        while True:
            away = await self._connected()
            if self.state.up:
                rest = self._first_rest
            self._is(State(False, str(away), away.refused))
            self.tried.set()
            await asyncio.sleep(self._refused_rest if away.refused else rest)
            rest = min(rest * 2, self._longest_rest)

    async def _connected(self) -> PlatformAway:
        """Why it is connected no more, or never was."""
        try:
            await self._platform.start(self._handle)
            self._is(State(True, self._platform.connection()))
            self.tried.set()
            return await self._platform.lost()
        except PlatformAway as away:
            return away
        except Exception:
            log.exception("%s broke", self._platform.name)
            return PlatformAway("an error of ours; see the log")

    def _is(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self._changed(self._platform.name, state)
