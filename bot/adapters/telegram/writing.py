"""The calls that write in a chat, one method each: a line, an edit, buttons, a file, a toast."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyParameters,
)

from bot.adapters.telegram.calling import Calls, Refusal
from bot.adapters.telegram.drawing import Attachment
from bot.adapters.telegram.entities import Part
from bot.adapters.telegram.refusing import Meaning
from bot.remembering import Remembered

log = logging.getLogger(__name__)

RECENT = 120.0
"""Seconds an edit of ours is remembered, so that an older press does not undo it."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Markup = InlineKeyboardMarkup | ForceReply


class Writer:
    def __init__(self, bot: Bot, calls: Calls) -> None:
        self._bot = bot
        self._calls = calls
        self._edited: Remembered[float] = Remembered()

    async def say(
        self,
        chat: int,
        thread: int | None,
        part: Part,
        markup: Markup | None = None,
        *,
        answers: int | None = None,
    ) -> int:
        """One message as it is, in answer to another; returns its id. Raises Refusal."""
        sent = await self._calls.paced(
            chat,
            lambda: self._bot.send_message(
                chat,
                part.text,
                entities=part.entities,
                message_thread_id=thread,
                reply_markup=markup,
                reply_parameters=_answering(answers),
                link_preview_options=NO_PREVIEW,
            ),
        )
        return sent.message_id

    async def upload(
        self,
        chat: int,
        thread: int | None,
        attachment: Attachment,
        markup: Markup | None = None,
        *,
        answers: int | None = None,
    ) -> int:
        """A file, as `say`. Raises Refusal."""
        content = InputFile(attachment.content.encode(), filename=attachment.name)
        sent = await self._calls.paced(
            chat,
            lambda: self._bot.send_document(
                chat,
                content,
                message_thread_id=thread,
                reply_markup=markup,
                reply_parameters=_answering(answers),
            ),
        )
        return sent.message_id

    async def rewrite(
        self, chat: int, id: int, part: Part, keyboard: InlineKeyboardMarkup | None
    ) -> None:
        """Replace text and buttons of a message of ours. Raises Refusal, but not for the same again."""
        self._edited.put(f"{chat}:{id}", asyncio.get_running_loop().time(), RECENT)
        await self._unless_same(
            chat,
            lambda: self._bot.edit_message_text(
                part.text,
                chat_id=chat,
                message_id=id,
                entities=part.entities,
                reply_markup=keyboard,
                link_preview_options=NO_PREVIEW,
            ),
        )

    async def buttons(
        self, chat: int, id: int, keyboard: InlineKeyboardMarkup | None, *, shown_at: float
    ) -> None:
        """Replace the buttons alone, or take them away; but a message that has another text since
        the person saw it (by the loop's clock) keeps those it has. Raises Refusal."""

        async def replaced() -> None:
            edited = self._edited.get(f"{chat}:{id}")
            if edited is None or edited < shown_at:
                await self._bot.edit_message_reply_markup(
                    chat_id=chat, message_id=id, reply_markup=keyboard
                )

        await self._unless_same(chat, replaced)

    async def toast(self, query: str, text: str, *, alert: bool) -> bool:
        """Answer a press, in no chat's turn; False where it is too old, or was not answered for
        another reason."""
        try:
            await self._calls.called(
                0,
                lambda: self._bot.answer_callback_query(
                    query, text=text or None, show_alert=alert or None
                ),
                repeatable=True,
            )
        except Refusal as refusal:
            if refusal.meaning is not Meaning.STALE:
                log.warning("a press could not be answered: %s", refusal)
            return False
        return True

    async def _unless_same(self, chat: int, call: Callable[[], Awaitable[object]]) -> None:
        """A message that reads so already reads as it was wanted."""
        try:
            await self._calls.paced(chat, call, repeatable=True)
        except Refusal as refusal:
            if refusal.meaning is not Meaning.SAME:
                raise


def _answering(message: int | None) -> ReplyParameters | None:
    if message is None:
        return None
    return ReplyParameters(message, allow_sending_without_reply=True)
