"""Keyboards under a message, checked button by button."""

from collections.abc import Callable
from typing import Any

from tests.fakes.telegram.parameters import only
from tests.fakes.telegram.refusals import Careless, bad
from tests.fakes.telegram.state import Json

ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
)
STYLES = ("primary", "success", "danger")
BUTTON_LIMIT = 100
ROW_LIMIT = 8


def keyboard(
    markup: Json | None, complain: Callable[[str], None], *, new: bool = False
) -> Json | None:
    """The inline keyboard as it will be shown; none where there is no button in it.

    A `new` message may ask for a reply instead; an edit may not.
    """
    if markup is None:
        return None
    if new and "force_reply" in markup:
        only("reply_markup", markup, "force_reply", "selective", "input_field_placeholder")
        return None
    if "force_reply" in markup or "keyboard" in markup or "remove_keyboard" in markup:
        raise Careless("this fake knows inline keyboards only")
    only("reply_markup", markup, "inline_keyboard")
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    for row in rows:
        if not isinstance(row, list):
            raise bad(
                'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
            )
        if len(row) > ROW_LIMIT:
            complain(f"{len(row)} buttons in one row cannot be read")
        for button in row:
            _check(button)
    shown = [row for row in rows if row]
    if sum(map(len, shown)) > BUTTON_LIMIT:
        raise bad("reply markup is too long")
    return {"inline_keyboard": shown} if shown else None


def _check(button: Any) -> None:
    if not isinstance(button, dict):
        raise _unparsable("InlineKeyboardButton must be an Object")
    only("a button", button, "text", "style", "icon_custom_emoji_id", *ACTIONS)
    text = button.get("text")
    if not isinstance(text, str):
        raise _unparsable('Can\'t find field "text"')
    if not text.strip():
        raise bad("BUTTON_TEXT_INVALID")
    actions = [name for name in ACTIONS if name in button]
    if not actions:
        raise _unparsable("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise Careless(f"button {text!r} does more than one thing: {actions}")
    if "style" in button and button["style"] not in STYLES:
        raise _unparsable(f"there is no button style {button['style']!r}")
    _check_action(actions[0], button[actions[0]])


def _check_action(name: str, value: Any) -> None:
    if name == "callback_data":
        if not isinstance(value, str):
            raise _unparsable('Field "callback_data" must be of type String')
        if not 1 <= len(value.encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
    elif name == "url":
        if not str(value).startswith(("http://", "https://", "tg://")):
            raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    elif name == "copy_text":
        if not isinstance(value, dict):
            raise _unparsable('Field "copy_text" must be of type Object')
        only("copy_text", value, "text")
        if not isinstance(value.get("text"), str) or not 1 <= len(value["text"]) <= 256:
            raise bad("BUTTON_COPY_TEXT_INVALID")
    else:
        raise Careless(f"this fake does not know {name} buttons")


def _unparsable(words: str) -> Exception:
    return bad(f"can't parse inline keyboard button: {words}")
