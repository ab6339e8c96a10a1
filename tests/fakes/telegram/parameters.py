"""What each method takes, read from a form, from JSON or from the address, strictly."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram.refusals import Careless, bad
from tests.fakes.telegram.state import Json

Kind = Callable[[str, Any], Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    file_name: str
    content_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"<{self.file_name}, {len(self.content)} bytes>"


def integer(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    raise Careless(f"{name} is not an integer: {value!r}")


def seconds(name: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    raise Careless(f"{name} is not a number of seconds: {value!r}")


def boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "True"):
        return True
    if value in ("false", "False"):
        return False
    raise Careless(f"{name} is not a boolean: {value!r}")


def string(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise Careless(f"{name} is not a string: {value!r}")


def chat(name: str, value: Any) -> int | str:
    if isinstance(value, str) and value.startswith("@"):
        return value
    return integer(name, value)


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {name} JSON object") from None


def record(name: str, value: Any) -> Json:
    found = _decoded(name, value)
    if not isinstance(found, dict):
        raise bad("object expected as " + name.replace("_", " "))
    return found


def listed(name: str, value: Any) -> list[Any]:
    found = _decoded(name, value)
    if not isinstance(found, list):
        raise Careless(f"{name} is not a list: {value!r}")
    return found


def file(name: str, value: Any) -> Upload | str:
    if isinstance(value, Upload | str):
        return value
    raise Careless(f"{name} is not a file: {value!r}")


SENDING: dict[str, Kind] = {
    "chat_id": chat,
    "message_thread_id": integer,
    "parse_mode": string,
    "disable_notification": boolean,
    "protect_content": boolean,
    "allow_paid_broadcast": boolean,
    "message_effect_id": string,
    "reply_parameters": record,
    "reply_markup": record,
}
SCOPED: dict[str, Kind] = {"scope": record, "language_code": string}

METHODS: dict[str, dict[str, Kind]] = {
    "getMe": {},
    "getUpdates": {
        "offset": integer,
        "limit": integer,
        "timeout": seconds,
        "allowed_updates": listed,
    },
    "setWebhook": {
        "url": string,
        "max_connections": integer,
        "allowed_updates": listed,
        "drop_pending_updates": boolean,
        "secret_token": string,
    },
    "deleteWebhook": {"drop_pending_updates": boolean},
    "getWebhookInfo": {},
    "sendMessage": SENDING | {"text": string, "entities": listed, "link_preview_options": record},
    "sendDocument": SENDING
    | {
        "document": file,
        "caption": string,
        "caption_entities": listed,
        "disable_content_type_detection": boolean,
        "thumbnail": file,
    },
    "editMessageText": {
        "chat_id": chat,
        "message_id": integer,
        "text": string,
        "parse_mode": string,
        "entities": listed,
        "link_preview_options": record,
        "reply_markup": record,
    },
    "editMessageReplyMarkup": {"chat_id": chat, "message_id": integer, "reply_markup": record},
    "deleteMessage": {"chat_id": chat, "message_id": integer},
    "answerCallbackQuery": {
        "callback_query_id": string,
        "text": string,
        "show_alert": boolean,
        "url": string,
        "cache_time": integer,
    },
    "sendChatAction": {"chat_id": chat, "action": string, "message_thread_id": integer},
    "setMyCommands": SCOPED | {"commands": listed},
    "getMyCommands": SCOPED,
    "deleteMyCommands": SCOPED,
    "getChat": {"chat_id": chat},
    "getChatMember": {"chat_id": chat, "user_id": integer},
    "leaveChat": {"chat_id": chat},
    "close": {},
    "logOut": {},
}


def read(method: str, sent: Mapping[str, Any]) -> Json:
    """The parameters in their types; a form's file under its own name is kept for `attach://`."""
    kinds = METHODS[method]
    return {
        name: value if isinstance(value, Upload) else _kind(kinds, name)(name, value)
        for name, value in sent.items()
    }


def _kind(kinds: Mapping[str, Kind], name: str) -> Kind:
    try:
        return kinds[name]
    except KeyError:
        raise Careless(f"there is no parameter {name!r}") from None


def only(what: str, given: Mapping[str, Any], *known: str) -> None:
    """Refuse keys that this object does not have."""
    for key in given:
        if key not in known:
            raise Careless(f"{what} has no field {key!r}")
