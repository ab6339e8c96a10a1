"""A Bot API that others wrote, `telegram-test-api` (npm), with what python-telegram-bot misses in it."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlencode

from aiohttp import ClientSession

from tests.fakes.front import Answered, Asked, Front, Json
from tests.fakes.peers import free_port, running

PACKAGE = "telegram-test-api"
TOKEN = "123456789:canary-canary-canary-canary-canary"
START = (
    f"const Api = require('{PACKAGE}');"
    " new Api({host: '127.0.0.1', port: Number(process.argv[1])}).start()"
    ".then(() => console.log('Ready.'))"
)

BOT: Json = {"id": 666, "is_bot": True, "first_name": "Test", "username": "TestNameBot"}
NO_BUTTONS = {"reply_markup": '{"inline_keyboard": []}'}
OF_A_MESSAGE = ("message_id", "date", "chat", "text", "entities", "reply_markup")


class TelegramFront(Front):
    """Mends eight things; each is what Telegram's own documentation says of the method.

    getMe says `is_bot`; dates are in seconds; a message repeats no parameters as text; a press has a
    `chat_instance`; edits return True, and drop the keyboard when they name none; getUpdates waits;
    menus can be set.
    """

    def __init__(self, behind: str) -> None:
        super().__init__(behind)
        self.typed = asyncio.Event()

    def going(self, asked: Asked) -> Asked:
        if _method(asked).startswith("editMessage") and "reply_markup" not in asked.arguments:
            return replace(asked, body=urlencode({**asked.arguments, **NO_BUTTONS}).encode())
        return asked

    async def coming(self, asked: Asked, answered: Answered) -> Answered:
        match _method(asked):
            case "getMe":
                return _result(BOT)
            case "getUpdates":
                return await self._updates(asked, answered)
            case "sendMessage":
                sent = answered.content["result"]
                shown = {key: sent[key] for key in OF_A_MESSAGE if sent.get(key) is not None}
                return _result({**shown, "date": sent["date"] // 1000, "from": BOT})
            case "editMessageText" | "editMessageReplyMarkup" | "answerCallbackQuery":
                return _result(True)
            case "setMyCommands" | "deleteMyCommands":
                return _result(True)
        return answered

    async def _updates(self, asked: Asked, answered: Answered) -> Answered:
        """Those there are, else the first that comes while the poll lasts."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(float(asked.arguments.get("timeout", 0))):
                while not answered.content["result"]:
                    await self.typed.wait()
                    self.typed.clear()
                    answered = await self.ask(asked)
        found = answered.content["result"]
        for update in found:
            if "callback_query" in update:
                update["callback_query"]["chat_instance"] = "1"
        return _result(found)


class TelegramTestApi:
    """One bot, and one person in a private chat with it."""

    def __init__(self, front: TelegramFront, session: ClientSession) -> None:
        self.front = front
        self.person: Json = {"id": 4242, "is_bot": False, "first_name": "Ana"}
        self._chat: Json = {"id": 4242, "type": "private", "first_name": "Ana"}
        self._session = session

    async def types(self, text: str) -> None:
        """Type a command."""
        entity = {"type": "bot_command", "offset": 0, "length": len(text.partition(" ")[0])}
        said = {"from": self.person, "chat": self._chat, "text": text, "entities": [entity]}
        await self._client("sendCommand", {**said, "date": int(time.time())})

    async def presses(self, message: Json, data: str) -> None:
        """Press the button with that data, in a message of `messages`."""
        whole = {"from": BOT, "chat": self._chat, "date": int(time.time()), **message}
        await self._client("sendCallback", {"from": self.person, "message": whole, "data": data})

    async def messages(self) -> list[Json]:
        """What the bot wrote, as it stands now, the newest last."""
        written = (await self._client("getUpdatesHistory", {"token": TOKEN}))["result"]
        return [
            {"message_id": one["messageId"], **_shown(one["message"])}
            for one in written
            if "chat_id" in one.get("message", {})
        ]

    @property
    def toasts(self) -> list[str]:
        """The answers to presses that were shown over the chat."""
        answers = (p for p in self.front.passed if p.path.endswith("/answerCallbackQuery"))
        return [p.arguments["text"] for p in answers if "text" in p.arguments]

    async def _client(self, method: str, said: Json) -> Json:
        async with self._session.post(f"/{method}", json={"botToken": TOKEN, **said}) as answer:
            assert answer.status == 200, await answer.text()
            found: Json = await answer.json()
        self.front.typed.set()
        return found


@contextlib.asynccontextmanager
async def telegram_test_api() -> AsyncIterator[TelegramTestApi]:
    """The Bot API and its front, until the end of the block."""
    port = free_port()
    behind = f"http://127.0.0.1:{port}"
    async with (
        TelegramFront(behind) as front,
        ClientSession(behind) as session,
        running("-e", START, str(port), ready="Ready."),
    ):
        yield TelegramTestApi(front, session)


def _method(asked: Asked) -> str:
    return asked.path.rpartition("/")[2]


def _result(result: object) -> Answered:
    body = json.dumps({"ok": True, "result": result}).encode()
    return Answered(200, {"Content-Type": "application/json"}, body)


def _shown(message: Json) -> Json:
    return {key: message[key] for key in ("text", "entities", "reply_markup") if message.get(key)}
