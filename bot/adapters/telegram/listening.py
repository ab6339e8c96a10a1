"""The doors of Telegram: each thing a person can do there is carried out, and its answer is shown."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot.adapters.telegram.answering import REPLAYED, UNNAMED, Answers, Show, say, then
from bot.adapters.telegram.asking_zone import ZoneQuestion
from bot.adapters.telegram.incoming import Came, Pressed, Standing, Typed, Unnamed, Upgraded
from bot.adapters.telegram.keyboard import Step
from bot.adapters.telegram.patience import insist
from bot.adapters.telegram.queries import Query
from bot.adapters.telegram.wizard import Wizard
from bot.platform import Handle
from bot.remembering import Remembered
from scheduler.job import Place

log = logging.getLogger(__name__)

TOLD = 60.0
"""Seconds in which a chat is not told again that a restart came between."""


STRANGERS_TOLD, STRANGER_TOLD = 60.0, 600.0
"""Seconds in which a group is not told again that a stranger, or the same one, is not admitted."""

NOT_THERE = "This button is not there any more; nothing was done."
ANOTHERS = "I asked somebody else this. Press the button above yourself, and I ask you."


class Listening:
    """`moved` is told when a group became a supergroup."""

    def __init__(
        self,
        handle: Handle,
        answers: Answers,
        wizard: Wizard,
        zones: ZoneQuestion,
        moved: Callable[[Place, Place], Awaitable[None]],
    ) -> None:
        self._handle = handle
        self._answers = answers
        self._wizard = wizard
        self._zones = zones
        self._moved = moved
        self._told: Remembered[bool] = Remembered()

    async def carry_out(
        self, came: Came, query: Query | None, at: float, *, again: bool
    ) -> Show | None:
        """`again`: it was begun before, and perhaps done. Raises StoreError where it was not."""
        match came:
            case Typed():
                return await self._typed(came, again)
            case Pressed() if query is not None:
                return await self._pressed(came, query, at, again)
            case Unnamed():
                return partial(self._answers.line, came, UNNAMED)
            case Upgraded(old, new):
                await self._moved(old, new)
            case Standing(chat, status):
                log.info("we are now %s in chat %s", status, chat)
        return None

    async def _typed(self, came: Typed, again: bool) -> Show | None:
        show = await self._wizard.typed(came)
        if show is not None:
            return show
        answer = await self._handle(came.request)
        if answer is None:
            return self._replayed(came, again)
        if answer.to_stranger and not came.private and self._was_told(came):
            return None
        if answer.form is not None:
            form = answer.form
            return await insist(lambda: self._wizard.begin(came, form))

        async def show_all() -> None:
            await self._answers.typed(came, answer)
            await self._zones.ask_after(came, answer)

        return show_all

    async def _pressed(self, came: Pressed, query: Query, at: float, again: bool) -> Show | None:
        own = self._zones.is_own(came) or self._wizard.is_own(came) or came.step is not Step.DO
        if own and not came.hangs_there:
            return partial(say, query, NOT_THERE)
        if self._zones.is_own(came):
            return await self._zones.pressed(came, query, at)
        if self._wizard.is_own(came):
            return await self._wizard.pressed(came, query, again=again)
        if came.is_anothers:
            return partial(say, query, ANOTHERS)
        if came.step is Step.BACK:
            return then(partial(say, query), partial(self._answers.taken_back, came, at))
        asking = came.step is Step.ASK
        answer = await self._handle(replace(came.request, asking=asking))
        if answer is None:
            return self._replayed(came, again)
        if asking and answer.asks:
            return partial(self._answers.asks, came, query, answer, at)
        return partial(self._answers.pressed, came, query, answer, at)

    def _was_told(self, came: Typed) -> bool:
        """Has this group read lately that somebody, or this very person, is not admitted?

        Strangers are answered, and cannot have a group's few messages used up.
        """
        chat, person = f"stranger:{came.chat}", came.request.principal.person
        if self._told.get(chat) or self._told.get(f"{chat}:{person}"):
            return True
        self._told.put(chat, True, STRANGERS_TOLD)
        self._told.put(f"{chat}:{person}", True, STRANGER_TOLD)
        return False

    def _replayed(self, came: Typed | Pressed, again: bool) -> Show | None:
        """Said once in a chat, however much was at work when the process died."""
        chat = str(came.chat)
        if not again or self._told.get(chat):
            return None
        self._told.put(chat, True, TOLD)
        return partial(self._answers.line, came, REPLAYED.format(command=came.request.command))
