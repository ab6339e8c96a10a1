"""How updates come in: each is kept in the database before Telegram may forget it."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.adapters.telegram.rows import PLATFORM, Rows
from bot.lines import Lines, Stand
from scheduler.errors import StoreError

RAW = "raw"
TOKEN_REFUSED = (401, 404)

SIGHTINGS = 6
"""How often an update may be seen unfinished before it counts as abandoned."""


class Polled(HTTPXRequest):
    """Hands the library each update as a number and what came, unread.

    It would otherwise ask for ever for an update that it cannot read. `refused` is called when
    Telegram refuses the token, after which the library polls no more and says so to nobody.
    """

    def __init__(self, refused: Callable[[], None], **more: Any) -> None:
        super().__init__(**more)
        self._refused = refused

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*given, **named)
        if code in TOKEN_REFUSED:
            self._refused()
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        answer = HTTPXRequest.parse_json_payload(payload)
        found = answer.get("result")
        if isinstance(found, list):
            answer["result"] = [
                {"update_id": each["update_id"], RAW: each} for each in found if "update_id" in each
            ]
        return answer


@dataclass(frozen=True, slots=True)
class Kept:
    """An update as it stands in the database, and its place in the line of its chat."""

    number: int
    body: str
    stand: Stand


class Intake(asyncio.Queue[object]):
    """The queue the library polls into: `put` returns once the update is kept, and only then does
    the library confirm it. `rows` are asked for at each use."""

    def __init__(self, rows: Callable[[], Rows], now: Callable[[], datetime]) -> None:
        super().__init__()
        self._rows = rows
        self._now = now
        self._lines = Lines()
        self._here: set[int] = set()
        self._seen: dict[int, int] = {}
        self._resigned = False

    async def put(self, item: object) -> None:
        """Raises TelegramError when it could not be kept: the library then asks for it again."""
        if not isinstance(item, Update):
            await super().put(item)
            return
        try:
            await self.take_in(item.update_id, item.api_kwargs[RAW])
        except StoreError as error:
            raise TelegramError(f"an update could not be kept ({error})") from error

    async def take_in(self, number: int, raw: Mapping[str, Any]) -> None:
        """Keep an update and have it handled, unless it is known. Raises StoreError."""
        # As ASCII, because a text may hold half a character that no database takes.
        body = json.dumps(raw)
        if await self._rows().take_in(PLATFORM, number, body, self._now()):
            self.line_up(number, body)

    async def again(self) -> None:
        """Have everything handled that was kept and never finished, in order, but for what is at work
        here. Raises StoreError."""
        for update in await self._rows().unfinished(PLATFORM):
            if update.number not in self._here:
                self.line_up(update.number, update.body)

    async def abandoned(self) -> None:
        """Have handled what has been unfinished for so long that nobody can be at work on it; to be
        called again and again. Raises StoreError."""
        found = await self._rows().unfinished(PLATFORM)
        self._seen = {each.number: self._seen.get(each.number, 0) + 1 for each in found}
        for update in found:
            if update.number not in self._here and self._seen[update.number] > SIGHTINGS:
                self.line_up(update.number, update.body)

    def line_up(self, number: int, body: str) -> None:
        self._here.add(number)
        self.put_nowait(Kept(number, body, self._lines.join(str(chat_of(json.loads(body))[0]))))

    def resign(self) -> None:
        """Another process has what waits here: nothing of it is begun any more."""
        self._resigned = True

    def take_up(self) -> None:
        self._resigned = False

    @property
    def resigned(self) -> bool:
        return self._resigned

    def done(self, number: int) -> None:
        """It is at work here no more."""
        self._here.discard(number)


def chat_of(raw: Any) -> tuple[int | None, int | None]:
    """The chat an update belongs to, and the topic, found without reading it whole."""
    for part in _dicts(raw.values() if isinstance(raw, dict) else ()):
        for found in _dicts((part.get("message"), part)):
            for chat in _dicts((found.get("chat"),)):
                thread = found.get("message_thread_id") if found.get("is_topic_message") else None
                number = chat.get("id")
                return (
                    number if isinstance(number, int) else None,
                    thread if isinstance(thread, int) else None,
                )
    return None, None


def _dicts(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    return (value for value in values if isinstance(value, dict))
