"""The bot's commands, kept for each scope and language."""

import re
from typing import Any

from tests.fakes.telegram.parameters import only
from tests.fakes.telegram.refusals import Careless, bad
from tests.fakes.telegram.state import Json
from tests.fakes.telegram.world import World

Scope = tuple[str, int | str | None, int | None]

WIDE = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
NARROW = ("chat", "chat_administrators", "chat_member")
COMMAND_LIMIT = 100


class Menus:
    """What a person sees behind the slash, by scope."""

    def __init__(self) -> None:
        self.by_scope: dict[tuple[Scope, str], list[Json]] = {}

    def set(self, world: World, given: Json) -> bool:
        key = _key(world, given)
        commands = [_command(one) for one in given.get("commands", [])]
        if len(commands) > COMMAND_LIMIT:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        self.by_scope[key] = commands
        world.news.tell()
        return True

    def get(self, world: World, given: Json) -> list[Json]:
        return self.by_scope.get(_key(world, given), [])

    def shown(self) -> dict[str, list[str]]:
        """The names of the commands, by scope in words."""
        return {
            " ".join(str(part) for part in (*scope, f"/{language}" * bool(language)) if part): [
                one["command"] for one in commands
            ]
            for (scope, language), commands in self.by_scope.items()
        }

    def delete(self, world: World, given: Json) -> bool:
        self.by_scope.pop(_key(world, given), None)
        world.news.tell()
        return True


def _key(world: World, given: Json) -> tuple[Scope, str]:
    scope: Json = given.get("scope", {"type": "default"})
    only("scope", scope, "type", "chat_id", "user_id")
    kind = scope.get("type", "")
    if kind in WIDE:
        return (kind, None, None), given.get("language_code", "")
    if kind not in NARROW:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    chat = world.readable(scope.get("chat_id"))
    if kind == "chat_member" and scope.get("user_id") not in world.users:
        raise bad("can't parse BotCommandScope: invalid user identifier specified")
    return (kind, chat.id, scope.get("user_id")), given.get("language_code", "")


def _command(given: Any) -> Json:
    if not isinstance(given, dict):
        raise bad("can't parse BotCommand: expected an Object")
    only("a command", given, "command", "description")
    command, description = given.get("command", ""), given.get("description", "")
    if str(command).startswith("/"):
        raise Careless(f"command {command!r} begins with a slash")
    if not re.fullmatch(r"[a-z0-9_]{1,32}", command):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}
