"""Text as Telegram takes it: counted in UTF-16, trimmed, and its entities checked one by one."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.fakes.telegram.parameters import only
from tests.fakes.telegram.refusals import Careless, bad
from tests.fakes.telegram.state import Json

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
FOUND_BY_ITSELF = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
PLAIN = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
}
WITH = {
    "pre": ("language",),
    "text_link": ("url",),
    "text_mention": ("user",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time", "date_time_format"),
}
DATE_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


def units(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def checked(
    text: str,
    entities: Sequence[Any] | None,
    complain: Callable[[str], None],
    *,
    empty: str = "message text is empty",
    limit: int = TEXT_LIMIT,
    too_long: str = "message is too long",
) -> tuple[str, tuple[Json, ...]]:
    """The text and the entities that will be shown, or a refusal."""
    if "\x00" in text:
        raise Careless("text contains a null byte")
    if not text and empty:
        raise bad(empty)
    trimmed = text.rstrip()
    if not trimmed and empty:
        raise bad("text must be non-empty")
    kept = [one for one in map(_entity, entities or ()) if one is not None]
    boundaries = _boundaries(text)
    for entity in kept:
        _check_place(entity, boundaries, units(text))
    if units(trimmed) > limit:
        raise bad(too_long)
    if len(kept) > ENTITY_LIMIT:
        complain(f"{len(kept)} entities: Telegram drops all after the first {ENTITY_LIMIT}")
    end = units(trimmed)
    shown = (one | {"length": min(one["length"], end - one["offset"])} for one in kept)
    return trimmed, tuple([one for one in shown if one["length"] > 0][:ENTITY_LIMIT])


def _entity(given: Any) -> Json | None:
    if not isinstance(given, dict):
        raise bad("can't parse MessageEntity: expected an Object")
    for key in ("offset", "length"):
        if type(given.get(key)) is not int:
            raise bad(f"can't parse MessageEntity: Can't find field \"{key}\"")
    kind = given.get("type")
    if kind in FOUND_BY_ITSELF:
        return None
    if kind not in PLAIN and kind not in WITH:
        raise bad("can't parse MessageEntity: Unsupported type specified")
    extra = WITH.get(kind, ())
    only(f"a {kind} entity", given, "type", "offset", "length", *extra)
    if kind == "text_link" and not re.match(
        r"(https?|tg|tonsite|mailto)\S*$", given.get("url", "")
    ):
        raise Careless(f"a text_link to {given.get('url')!r} is shown as plain text")
    if kind == "date_time":
        _check_moment(given)
    return dict(given)


def _check_moment(given: Json) -> None:
    if type(given.get("unix_time")) is not int:
        raise bad("can't parse MessageEntity: Can't find field \"unix_time\"")
    if not DATE_TIME_FORMAT.fullmatch(given.get("date_time_format", "")):
        raise bad("can't parse MessageEntity: Invalid date-time format specified")


def _boundaries(text: str) -> set[int]:
    """Where a character begins or ends; the middle of a surrogate pair is no such place."""
    places, position = {0}, 0
    for character in text:
        position += 2 if ord(character) > 0xFFFF else 1
        places.add(position)
    return places


def _check_place(entity: Json, boundaries: set[int], length: int) -> None:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    if begin < 0 or entity["length"] <= 0:
        raise Careless(f"an entity at {begin} with length {entity['length']}")
    if begin > length:
        raise bad(f"entity begins after the end of the text at UTF-16 offset {begin}")
    if end > length:
        raise bad(
            f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16"
            f" offset {end}"
        )
    if begin not in boundaries:
        raise bad(f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {begin}")
    if end not in boundaries:
        raise bad(
            f"entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol at"
            f" UTF-16 offset {end}"
        )
