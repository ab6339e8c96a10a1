"""The story against `telegram-test-api`, a Bot API written by others, and what its shim mends."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from tests.acceptance.served import Served
from tests.acceptance.the_story import LIMITS, the_story
from tests.fakes.front import Json
from tests.fakes.peers import what_is_missing
from tests.fakes.telegram_test_api import PACKAGE, TOKEN, TelegramTestApi, telegram_test_api


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramTestApi]:
    missing = what_is_missing(PACKAGE)
    if missing is not None:
        pytest.skip(f"they need {PACKAGE}, and {missing}")
    async with telegram_test_api() as telegram:
        yield telegram


class PrivateScene:
    """A person in a private chat."""

    def __init__(self, telegram: TelegramTestApi) -> None:
        self._telegram = telegram
        self._seen: list[Json] = []

    async def type(self, command: str) -> None:
        await self._telegram.types(f"/jobs {command}")

    async def sees(self, *words: str) -> None:
        async def look() -> bool:
            self._seen = await self._telegram.messages()
            said = [*(message["text"] for message in self._seen), *self._telegram.toasts]
            return any(all(word in text for word in words) for text in said)

        await self._telegram.front.until(look)

    async def press(self, label: str) -> None:
        async def look() -> tuple[Json, str] | None:
            self._seen = await self._telegram.messages()
            return self._with(label)

        message, data = await self._telegram.front.until(look)
        await self._telegram.presses(message, data)

    def offers(self, label: str) -> bool:
        return self._with(label) is not None

    def _with(self, label: str) -> tuple[Json, str] | None:
        """The newest message with such a button, and what the button carries."""
        for message in reversed(self._seen):
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if button["text"].startswith(label):
                        return message, button["callback_data"]
        return None


async def test_the_story_in_a_private_chat(telegram: TelegramTestApi, tmp_path: Path) -> None:
    variables = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.front.url}
    access = f'access:\n  operators: ["telegram:{telegram.person["id"]}"]\n{LIMITS}'
    async with Served(tmp_path, variables, extra=access) as served:
        await the_story(PrivateScene(telegram), served)
        assert {call.status for call in telegram.front.passed} == {200}
        assert await served.stop() == 0


async def test_python_telegram_bot_understands_what_comes_back(telegram: TelegramTestApi) -> None:
    chat = telegram.person["id"]
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Pin old", callback_data="token")]])
    async with Bot(TOKEN, f"{telegram.front.url}/bot") as bot:
        assert bot.bot.is_bot
        await telegram.types("/jobs list")
        [update] = await bot.get_updates(timeout=5)
        assert update.message is not None
        assert (update.message.text, update.message.chat.id) == ("/jobs list", chat)

        bold = [MessageEntity(MessageEntity.BOLD, 0, 4)]
        sent = await bot.send_message(chat, "Held.", entities=bold, reply_markup=keyboard)
        assert abs((sent.date - update.message.date).total_seconds()) < 60
        assert (sent.entities, sent.reply_markup) == (tuple(bold), keyboard)

        [written] = await telegram.messages()
        await telegram.presses(written, "token")
        [pressed] = await bot.get_updates(offset=update.update_id + 1, timeout=5)
        assert pressed.callback_query is not None
        assert (pressed.callback_query.data, pressed.callback_query.chat_instance) == ("token", "1")
        await pressed.callback_query.answer("Pinned.")
        assert await bot.edit_message_text("Decided.", chat, sent.message_id) is True

    assert telegram.toasts == ["Pinned."]
    [written] = await telegram.messages()
    assert (written["text"], written["reply_markup"]) == ("Decided.", {"inline_keyboard": []})
