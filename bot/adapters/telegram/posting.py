"""Puts one message into a Telegram chat, and finds another way where the first is refused."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from functools import partial

from telegram import Bot, InlineKeyboardMarkup

from bot.adapters.telegram.calling import Calls, Refusal
from bot.adapters.telegram.drawing import Drawn, draw, plain
from bot.adapters.telegram.entities import Part, part
from bot.adapters.telegram.incoming import place as place_of
from bot.adapters.telegram.marked import Marked
from bot.adapters.telegram.refusing import Meaning
from bot.adapters.telegram.ways import TOPIC_GONE, Way, another, drawn
from bot.adapters.telegram.writing import Markup, Writer
from bot.message import Message
from bot.sanitiser import clean
from scheduler.errors import SendError, StoreError
from scheduler.job import Place

log = logging.getLogger(__name__)

WAYS = 6
"""Ways a message is tried: formatted, plain, as a file; in its topic, in the chat, in the new chat."""

LINE_WAYS = 3

TRIES = 4
LONGEST_REST = 30.0
"""Attempts at what must not wait for the outbox, and the longest rest before one, in seconds."""

CUT = "The rest could not be posted here."

Moved = Callable[[Place, Place], Awaitable[None]]


class Poster(Writer):
    """`moved` is told when a group became a supergroup, and returns when all its rows are there.
    `hidden` gives the secrets no chat may see: our own lines repeat what people typed."""

    def __init__(
        self,
        bot: Bot,
        calls: Calls,
        moved: Moved,
        hidden: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        super().__init__(bot, calls)
        self._moved = moved
        self._hidden = hidden

    async def line(
        self,
        chat: int,
        thread: int | None,
        text: str,
        markup: Markup | None = None,
        *,
        answers: int | None = None,
    ) -> None:
        """A text of this adapter's own, in the chat itself where its topic is gone. Raises SendError."""
        for _ in range(LINE_WAYS):
            said = part(Marked(clean(text, self._hidden())))
            try:
                await self.say(chat, thread, said, markup, answers=answers)
            except Refusal as refusal:
                if refusal.meaning is Meaning.TOPIC and thread is not None:
                    thread, answers, text = None, None, f"{TOPIC_GONE}\n{text}"
                elif refusal.meaning is Meaning.MOVED and refusal.moved_to is not None:
                    await self._note_moved(chat, refusal.moved_to)
                    chat, answers = refusal.moved_to, None
                else:
                    raise
            else:
                return

    async def reline(
        self,
        chat: int,
        thread: int | None,
        id: int,
        text: str,
        keyboard: InlineKeyboardMarkup | None,
    ) -> None:
        """Such a text in the place of another, or afresh where that one is gone. Raises SendError."""
        said = part(Marked(clean(text, self._hidden())))
        try:
            await self.rewrite(chat, id, said, keyboard)
        except Refusal as refusal:
            if refusal.meaning not in (Meaning.GONE, Meaning.MOVED):
                raise
            await self.line(chat, thread, text, keyboard)

    async def post(self, place: Place, message: Message, *, answers: int | None = None) -> str:
        """Post, and return the id of the message. Raises SendError."""
        thread = int(place.thread) if place.thread else None
        sent, way, shown = await self._somehow(
            Way(int(place.chat), thread, message, answers=answers)
        )
        await self._all_of_it(way, shown)
        return str(sent)

    async def edit(self, place: Place, id: int, message: Message) -> str:
        """Replace a message of ours, or post afresh where it cannot be edited. Raises as `post`."""
        for form in (draw, plain):
            shown = form(message, alone=True)
            try:
                await self.rewrite(int(place.chat), id, shown.parts[0], shown.keyboard)
            except Refusal as refusal:
                if refusal.meaning is Meaning.FORMAT and form is draw:
                    log.warning("Telegram refused a format, and gets the text plain: %s", refusal)
                    continue
                if refusal.meaning in (Meaning.GONE, Meaning.LONG, Meaning.MOVED):
                    break
                raise
            return str(id)
        return await self.post(place, message)

    async def _somehow(self, way: Way) -> tuple[int, Way, Drawn]:
        for _ in range(WAYS):
            shown = drawn(way)
            try:
                return await self._first(way, shown), way, shown
            except Refusal as refusal:
                left = another(way, refusal.meaning, refusal.moved_to)
                if left is None:
                    raise
                log.warning("a message is tried in another way: %s", refusal)
                if left.chat != way.chat:
                    await self._note_moved(way.chat, left.chat)
                way = left
        raise SendError("Telegram took it in no way we know", permanent=True)

    async def _note_moved(self, old: int, new: int) -> None:
        """Nothing was sent where this cannot be noted: it is tried again."""
        try:
            await self._moved(place_of(old), place_of(new))
        except StoreError as error:
            what = f"the chat has another id, which cannot be noted ({error})"
            raise SendError(what) from None

    async def _first(self, way: Way, shown: Drawn) -> int:
        if way.file and shown.attachment is not None:
            return await self.upload(
                way.chat, way.thread, shown.attachment, shown.keyboard, answers=way.answers
            )
        return await self.say(
            way.chat, way.thread, shown.parts[0], shown.keyboard, answers=way.answers
        )

    async def _all_of_it(self, way: Way, shown: Drawn) -> None:
        """The rest of a long message, below its beginning: that has arrived, and is not repeated."""
        if way.file:
            return
        chat, thread = way.chat, way.thread
        try:
            for part in shown.parts[1:]:
                await patiently(partial(self.say, chat, thread, part))
            if shown.attachment is not None:
                await patiently(partial(self.upload, chat, thread, shown.attachment))
        except SendError as error:
            log.warning("the rest of a message could not be posted: %s", error)
            try:
                await self.say(chat, thread, Part(CUT))
            except SendError as again:
                log.warning("nor could it be said that it is missing: %s", again)


async def patiently(send: Callable[[], Awaitable[object]]) -> None:
    """Try again what was certainly not taken, after the rest Telegram asked for. Raises SendError."""
    for attempt in range(1, TRIES + 1):
        try:
            await send()
        except SendError as error:
            if error.permanent or error.ambiguous or attempt == TRIES:
                raise
            await asyncio.sleep(min(error.retry_after or 1.0, LONGEST_REST))
        else:
            return
