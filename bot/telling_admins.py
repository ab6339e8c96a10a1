"""Tells the admins what only they can mend, each thing once, as rows that are owed."""

import asyncio
import logging
from collections.abc import Collection

from bot.admins import Notice, admin_places
from bot.attaching import State
from bot.bad_news import BadNews
from bot.claims import Claims
from bot.desk import Desk
from scheduler.errors import StoreError
from scheduler.outbox import Owed, OwedKind

log = logging.getLogger(__name__)


class AdminTeller:
    """`telling` are the notices that are being written down at this moment."""

    def __init__(self, desk: Desk, claims: Claims, platforms: Collection[str]) -> None:
        self._desk = desk
        self._claims = claims
        self._platforms = platforms
        self._bad_news = {name: BadNews() for name in platforms}
        self.telling: set[asyncio.Task[None]] = set()

    async def tell(self, notice: Notice) -> None:
        """Owe them a notice, wherever they can be reached. Raises StoreError."""
        await self._owe(notice, self._platforms)

    def look_at(self, name: str, state: State) -> None:
        """What a platform that will not have us cannot tell the admins, another one does."""
        if self._bad_news[name].is_news(state, asyncio.get_running_loop().time()):
            task = asyncio.create_task(self._refused(name, state), name=f"{name} refused us")
            self.telling.add(task)
            task.add_done_callback(self.telling.discard)

    async def _refused(self, name: str, state: State) -> None:
        others = [other for other in self._platforms if other != name]
        text = f"Nothing reaches {name.title()} any more: {state.text} Jobs go on meanwhile."
        try:
            await self._owe(Notice(text), others)
        except StoreError:
            log.exception("the admins could not be told")

    async def _owe(self, notice: Notice, platforms: Collection[str]) -> None:
        await self._claims.refresh()
        chat = self._desk.settings().admin_chat
        for place in admin_places(chat, self._claims.access().admins, platforms):
            await self._desk.store.owe(Owed(OwedKind.NOTICE, place, notice.facts))
        self._desk.told()
