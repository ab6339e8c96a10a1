"""getUpdates: one long poll at a time; a second one ends the first."""

import asyncio
import time

from tests.fakes.telegram.refusals import OTHER_POLL, WEBHOOK_ACTIVE, WEBHOOK_SET, Careless, Refused
from tests.fakes.telegram.state import Json
from tests.fakes.telegram.updates import KNOWN
from tests.fakes.telegram.world import World

LONGEST = 50.0
MOST = 100


class Polls:
    """The polls under way. `hooked` tells whether a webhook stands in their way."""

    def __init__(self, world: World) -> None:
        self.under_way = 0
        self.hooked = False
        self._world = world
        self._latest = 0

    async def get_updates(self, given: Json) -> list[Json]:
        """Updates as soon as there are some, nothing after `timeout`."""
        if self.hooked:
            raise Refused(409, WEBHOOK_ACTIVE)
        self._latest += 1
        updates, mine = self._world.updates, self._latest
        updates.allow(kinds(given.get("allowed_updates")))
        if offset := given.get("offset", 0):
            updates.confirm(offset)
        self.under_way += 1
        self._world.news.tell()
        try:
            await self._wait(mine, min(given.get("timeout", 0.0), LONGEST))
        finally:
            self.under_way -= 1
            self._world.news.tell()
        return updates.polled(max(1, min(given.get("limit", MOST), MOST)))

    async def _wait(self, mine: int, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while True:
            if self.hooked:
                raise Refused(409, WEBHOOK_SET)
            if self._latest != mine:
                raise Refused(409, OTHER_POLL)
            left = ends - time.monotonic()
            if self._world.updates.ready or left <= 0:
                return
            try:
                async with asyncio.timeout(left):
                    await self._world.news.next()
            except TimeoutError:
                return


def kinds(given: list[str] | None) -> list[str] | None:
    """The kinds of updates a call asks for; a word that Telegram does not know is a mistake."""
    for kind in given or ():
        if kind not in KNOWN:
            raise Careless(f"there is no update of the kind {kind!r}")
    return given
