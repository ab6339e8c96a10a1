"""Telegram as a platform: one bot, which polls, or is called through the HTTP port."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from bot.adapters.telegram.calling import UNWANTED_REST
from bot.adapters.telegram.incoming import command
from bot.adapters.telegram.life import Life, Outside
from bot.adapters.telegram.rows import PLATFORM
from bot.adapters.telegram.webhook import is_proved, taken_in
from bot.message import Message
from bot.platform import Handle, Platform, PlatformAway
from bot.settings.chats import WEBHOOK_PATH, TelegramKeys
from scheduler.errors import ConfigError, SendError
from scheduler.job import Place

NOT_YET = 1.0
"""Seconds after which a message is tried again before we are connected."""

Route = tuple[str, Callable[[web.Request], Awaitable[web.Response]]]


class Telegram(Platform):
    """`keys` are asked for at every attempt to connect, so that a new token needs no restart."""

    name = PLATFORM

    def __init__(self, keys: Callable[[], TelegramKeys], outside: Outside) -> None:
        self._keys = keys
        self._outside = outside
        self._life: Life | None = None
        self._quiet = False
        self._stopped = False

    async def start(self, handle: Handle) -> None:
        if self._quiet or self._stopped:
            raise PlatformAway("is closing.")
        try:
            keys = self._keys()
        except ConfigError as error:
            raise PlatformAway(error.problems[0], refused=True) from None
        before, self._life = self._life, None
        if before is not None:
            await before.end()
        self._life = await Life.begin(keys, handle, self._outside)

    async def lost(self) -> PlatformAway:
        if self._life is None:
            return PlatformAway("is not connected.")
        return await self._life.lost()

    def connection(self) -> str:
        if self._life is None:
            return "not connected"
        hooked = self._life.keys.webhook_url is not None
        mode = f"called at {WEBHOOK_PATH}" if hooked else "polling"
        return f"connected as @{self._life.us.name}, {mode}"

    def command(self, place: Place) -> str:
        if self._life is None or not _is_number(place.chat):
            return "/jobs"
        return command(self._life.us, int(place.chat))

    @property
    def routes(self) -> Sequence[Route]:
        """Where Telegram's requests come in, in webhook mode."""
        return [(WEBHOOK_PATH, self._from_http)]

    async def _from_http(self, request: web.Request) -> web.Response:
        life = self._life
        if life is None:
            return web.Response(status=503, text="not connected; send it again")
        if life.keys.webhook_url is None or life.keys.webhook_secret is None:
            return web.Response(status=404, text="this Driftpin polls")
        if not is_proved(request, life.keys.webhook_secret):
            return web.Response(status=401, text="the secret is missing or wrong")
        if self._quiet:
            return web.Response(status=503, text="closing; send it again")
        return await taken_in(request, life.intake)

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        life = self._life
        if life is None or self._stopped:
            raise SendError("Telegram is not connected", retry_after=NOT_YET)
        if life.refused.done():
            raise SendError(str(life.refused.result()), retry_after=UNWANTED_REST)
        if not all(map(_is_number, (place.chat, place.thread or "0", edit or "0"))):
            raise SendError(f"Telegram: {place.chat} is no chat", permanent=True)
        if edit is not None:
            return await life.poster.edit(place, int(edit), message)
        return await life.poster.post(place, message)

    async def quiet(self) -> None:
        self._quiet = True
        if self._life is not None:
            await self._life.quiet()

    async def stop(self) -> None:
        self._stopped = True
        life, self._life = self._life, None
        if life is not None:
            await life.end()


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdecimal()
