"""What stands behind the slash: our commands, by where they are typed and who reads them."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from itertools import islice

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import InvalidToken, TelegramError

from bot.grammar.verbs import BY_NAME

log = logging.getLogger(__name__)

FREQUENT = ("add", "list", "show", "pin", "accept", "pause", "resume", "run", "stop", "alerts")
PRIVATE = (*FREQUENT, "history", "output", "cost", "help")
GROUP = (*FREQUENT, "help")
ADMIN = (*FREQUENT, *("history", "output", "cost", "snapshot", "default", "edit", "remove", "help"))
ADMINS = 20
"""Admins who get a menu of their own, by their private chats."""

LONGEST = 256


class Menus:
    """Told to Telegram; a menu that it does not take is missing and nothing else.

    `admins` gives the patterns of `access`; those that name a person see more.
    """

    def __init__(self, bot: Bot, admins: Callable[[], Iterable[str]]) -> None:
        self._bot = bot
        self._admins = admins
        self._told: set[int] = set()

    async def tell(self) -> None:
        """Everybody's menus. Raises InvalidToken."""
        await self._set(BotCommandScopeDefault(), ("help",))
        await self._set(BotCommandScopeAllPrivateChats(), PRIVATE)
        await self._set(BotCommandScopeAllGroupChats(), GROUP)
        await self.follow()

    async def follow(self) -> None:
        """The menus of who became admin, or is none any more, since this was called last. Raises
        InvalidToken."""
        named = (int(person) for person in map(_person, self._admins()) if person is not None)
        now = set(islice(dict.fromkeys(named), ADMINS))
        new, gone, self._told = now - self._told, self._told - now, now
        for person in new:
            await self._set(BotCommandScopeChat(person), ADMIN)
        for person in gone:
            scope = BotCommandScopeChat(person)
            await _tried(scope, partial(self._bot.delete_my_commands, scope=scope))

    async def _set(self, scope: BotCommandScope, verbs: tuple[str, ...]) -> None:
        await _tried(scope, partial(self._bot.set_my_commands, _menu(verbs), scope=scope))


async def _tried(scope: BotCommandScope, call: Callable[[], Awaitable[object]]) -> None:
    try:
        await call()
    except InvalidToken:
        raise
    except TelegramError as error:
        log.info("the commands of scope %s are not told: %s", scope.type, error.message)


def _menu(verbs: Iterable[str]) -> list[BotCommand]:
    jobs = BotCommand("jobs", "everything: /jobs help lists it")
    says = ((verb, BY_NAME[verb].says.replace("`", "")) for verb in verbs)
    return [jobs, *(BotCommand(verb, words[:LONGEST]) for verb, words in says)]


def _person(pattern: str) -> str | None:
    platform, _, who = pattern.partition(":")
    return who if platform == "telegram" and who.isascii() and who.isdecimal() else None
