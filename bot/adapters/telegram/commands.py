"""What stands behind the slash: our commands, by where they are typed and who reads them."""

import logging
from collections.abc import Iterable

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
PRIVATE = (*FREQUENT, "history", "output", "help")
GROUP = (*FREQUENT, "help")
ADMIN = (*FREQUENT, "history", "output", "snapshot", "default", "edit", "remove", "help")
ADMINS = 20
"""Admins who get a menu of their own, by their private chats."""

LONGEST = 256


async def set_commands(bot: Bot, admins: Iterable[str]) -> None:
    """Tell Telegram; a menu that it does not take is missing and nothing else. Raises InvalidToken.

    `admins` are the patterns of `access`; those that name a person see more.
    """
    menus: list[tuple[BotCommandScope, tuple[str, ...]]] = [
        (BotCommandScopeDefault(), ("help",)),
        (BotCommandScopeAllPrivateChats(), PRIVATE),
        (BotCommandScopeAllGroupChats(), GROUP),
    ]
    people = [int(person) for person in map(_person, admins) if person is not None]
    menus += [(BotCommandScopeChat(person), ADMIN) for person in people[:ADMINS]]
    for scope, verbs in menus:
        try:
            await bot.set_my_commands(_menu(verbs), scope=scope)
        except InvalidToken:
            raise
        except TelegramError as error:
            log.info("the commands of scope %s are not set: %s", scope.type, error.message)


def _menu(verbs: Iterable[str]) -> list[BotCommand]:
    jobs = BotCommand("jobs", "everything: /jobs help lists it")
    says = ((verb, BY_NAME[verb].says.replace("`", "")) for verb in verbs)
    return [jobs, *(BotCommand(verb, words[:LONGEST]) for verb, words in says)]


def _person(pattern: str) -> str | None:
    platform, _, who = pattern.partition(":")
    return who if platform == "telegram" and who.isascii() and who.isdecimal() else None
