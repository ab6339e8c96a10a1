"""Shows an answer to whoever asked; and what becomes of a pressed button."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bot.adapters.telegram.drawing import plain
from bot.adapters.telegram.incoming import Pressed, Typed, Unnamed
from bot.adapters.telegram.incoming import place as private_chat
from bot.adapters.telegram.keyboard import Step, answered, asking
from bot.adapters.telegram.posting import Poster, patiently
from bot.adapters.telegram.queries import Query
from bot.message import Message
from bot.platform import Owe
from scheduler.errors import SendError, StoreError

log = logging.getLogger(__name__)

UNNAMED = (
    "You post as the group here. Turn off 'Remain anonymous' or write as yourself: I obey people."
)
REPLAYED = (
    "I was interrupted before I could answer. What you asked for was carried out, once; {command} list shows"
    " how things stand."
)
ANSWERED_ALONE = "That is for you alone: I answered in our private chat."
ASK_ALONE = "That is for you alone: open a private chat with me, press Start, and ask there."
POISON = "Something went wrong with your last message; it is in the log. Look before you try again."

Show = Callable[[], Awaitable[None]]
"""What is left when something was carried out: to show it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Nothing here raises: whoever asked sees the answer if Telegram lets them, and else the log tells."""

    poster: Poster
    owe: Owe
    """Keeps an answer that Telegram does not take now."""

    async def typed(self, came: Typed, answer: Message) -> None:
        """In a group as a reply, so that it is clear whom it answers; what is for them alone goes to their
        private chat."""
        if answer.private and not answer.refused and not came.private:
            alone = await self._alone(came, answer)
            await self.line(came, ANSWERED_ALONE if alone else ASK_ALONE)
            return
        place, to = came.request.place, None if came.private else came.message
        await self._public(came, answer, partial(self.poster.post, place, answer, answers=to))

    async def pressed(self, came: Pressed, query: Query, answer: Message, at: float) -> None:
        """A private answer is shown over the chat; any other is posted, or takes the message's place.

        `at` is when it was pressed, by the loop's clock.
        """
        place = came.request.place
        if answer.replaces and came.hangs_there:
            await query.say()
            await tried(partial(self.poster.edit, place, came.message, answer))
        elif answer.private:
            if not await query.say(_words(answer)):
                await self._alone(came, answer)
            if came.step is Step.YES:
                await self.taken_back(came, at)
        else:
            await query.say()
            await self._public(came, answer, partial(self.poster.post, place, answer))
            if came.hangs_there and not answer.beside:
                taken = partial(self.poster.buttons, came.chat, came.message, None, shown_at=at)
                await tried(taken)
            elif came.step is Step.YES:
                await self.taken_back(came, at)

    async def asks(self, came: Pressed, query: Query, question: Message, at: float) -> None:
        """Show the question of a dear button to whoever pressed it, and only then let it be answered."""
        asked = await query.ask(_words(question)) or await self._alone(came, question)
        if came.shown is None or not asked:
            return
        request = came.request
        keyboard = asking(came.shown, request.token or "", request.principal.person)
        await tried(partial(self.poster.buttons, came.chat, came.message, keyboard, shown_at=at))

    async def taken_back(self, came: Pressed, at: float) -> None:
        """The question goes, answered or not; its button can be pressed again."""
        if came.shown is None:
            return
        keyboard = answered(came.shown)
        await tried(partial(self.poster.buttons, came.chat, came.message, keyboard, shown_at=at))

    async def _alone(self, came: Typed | Pressed, answer: Message) -> bool:
        """To the person themselves: in a group nobody else is to read it."""
        place = came.request.place
        alone = place if came.private else private_chat(int(came.request.principal.person))
        return await tried(partial(self.poster.post, alone, answer))

    async def line(self, came: Typed | Pressed | Unnamed, text: str) -> None:
        """One line from this adapter itself."""
        thread = came.thread if isinstance(came, Unnamed) else _thread(came.request.place.thread)
        to = None if isinstance(came, Typed | Pressed) and came.private else came.message
        await self.words(came.chat, thread, text, answers=to)

    async def words(
        self, chat: int, thread: int | None, text: str, *, answers: int | None = None
    ) -> None:
        await tried(partial(self.poster.line, chat, thread, text, answers=answers))

    async def _public(
        self, came: Typed | Pressed, answer: Message, send: Callable[[], Awaitable[object]]
    ) -> None:
        """What everybody there awaits is posted later, by another process if need be."""
        try:
            await patiently(send)
        except SendError as error:
            log.warning("an answer could not be shown: %s", error)
            if error.permanent or error.ambiguous or answer.private:
                return
            try:
                await self.owe(came.request, answer)
            except StoreError as lost:
                log.warning("nor could it be kept: %s", lost)


def now() -> float:
    return asyncio.get_running_loop().time()


def _words(answer: Message) -> str:
    """The whole answer in one piece, as plain text."""
    return plain(answer, alone=True).parts[0].text


def _thread(thread: str | None) -> int | None:
    return None if thread is None else int(thread)


async def tried(send: Callable[[], Awaitable[object]]) -> bool:
    """Show something if Telegram lets us, and else let the log tell."""
    try:
        await patiently(send)
    except SendError as error:
        log.warning("an answer could not be shown: %s", error)
        return False
    return True


def then(first: Show, last: Show) -> Show:
    """One after the other."""

    async def both() -> None:
        await first()
        await last()

    return both


async def say(query: Query, text: str = "") -> None:
    """Words over the chat, for whoever pressed; none only end their wait."""
    await query.say(text)
