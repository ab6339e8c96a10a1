"""Each update that was kept is begun, carried out and finished; a poison one is finished as such."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from telegram import Update

from bot.adapters.telegram.answering import POISON, Answers, Show
from bot.adapters.telegram.incoming import Us, came, event
from bot.adapters.telegram.intake import Intake, Kept, chat_of
from bot.adapters.telegram.keyboard import Step
from bot.adapters.telegram.listening import Listening
from bot.adapters.telegram.patience import DATABASE_AWAY, insist
from bot.adapters.telegram.queries import Query
from bot.adapters.telegram.rows import PLATFORM, Rows
from bot.adapters.telegram.tracking import Tracked
from scheduler.errors import StoreError

log = logging.getLogger(__name__)

MOST_TRIES = 3
"""Times an update is begun; one that took the process down so often is poison."""


class Poison(Exception):
    """An update that cannot be handled, now or later."""


class Resigned(Exception):
    """It was not begun here, and stays unfinished for the process that has the lease."""


class Handling:
    def __init__(
        self,
        us: Us,
        rows: Callable[[], Rows],
        intake: Intake,
        listening: Listening,
        answers: Answers,
        tracked: Tracked,
    ) -> None:
        self._us = us
        self._rows = rows
        self._intake = intake
        self._listening = listening
        self._answers = answers
        self._tracked = tracked

    async def handle(self, kept: Kept) -> None:
        """Raises nothing. Cancelled, the update stays unfinished."""
        with self._tracked.work(kept.number):
            try:
                problem = await self._carried_out(kept)
                rows = self._rows()
                await insist(lambda: rows.finish(PLATFORM, kept.number, problem))
                if problem is not None:
                    await self._tell(json.loads(kept.body))
            except Resigned:
                log.info("update %s is another process's now", kept.number)
            finally:
                self._intake.done(kept.number)

    async def _carried_out(self, kept: Kept) -> str | None:
        """What was wrong with it; None where it was handled."""
        at, raw = asyncio.get_running_loop().time(), json.loads(kept.body)
        query = self._query(raw)
        try:
            async with AsyncExitStack() as waiting:
                if query is not None:
                    await waiting.enter_async_context(query.at_work())
                # What is shown may wait for its chat; what comes next waits for nothing but this.
                async with kept.stand.turn():
                    show = await self._in_turn(kept.number, raw, query, at)
                if show is not None:
                    await show()
        except Resigned:
            raise
        except Exception as error:
            log.exception("update %s is poison", kept.number)
            return str(error) if isinstance(error, Poison) else f"{type(error).__name__}: {error}"
        finally:
            if query is not None:
                await query.say()
        return None

    async def _in_turn(self, number: int, raw: Any, query: Query | None, at: float) -> Show | None:
        """Raises whatever makes it poison."""
        if self._intake.resigned:
            raise Resigned
        rows = self._rows()
        tries = await insist(lambda: rows.begin(PLATFORM, number))
        if not tries:
            return None  # Another process finished it.
        # One that had its effect took nothing down: each time it only waited to be shown.
        if tries > MOST_TRIES and not await insist(lambda: rows.seen(PLATFORM, event(number))):
            raise Poison(f"begun {tries} times and never finished")
        found = came(Update.de_json(raw, None), self._us)
        if found is None:
            return None
        again = tries > 1
        while True:
            try:
                return await self._listening.carry_out(found, query, at, again=again)
            except StoreError as error:
                log.warning("update %s waits for the database: %s", number, error)
            await asyncio.sleep(DATABASE_AWAY)
            again = True

    def _query(self, raw: Any) -> Query | None:
        """The press that waits for an answer, whatever else is to be read."""
        press = raw.get("callback_query")
        if not isinstance(press, dict) or not isinstance(id := press.get("id"), str):
            return None
        asks = str(press.get("data")).startswith(Step.ASK)
        return Query(id, self._answers.poster, asks=asks)

    async def _tell(self, raw: Any) -> None:
        """One line, where the chat and the topic are known."""
        chat, thread = chat_of(raw)
        if chat is not None:
            await self._answers.words(chat, thread, POISON)
