"""What a person fills into the inputs of a view or a message."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.slack.errors import Json
from tests.fakes.slack.records import View

SINGLE = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
}
INITIAL = {
    "value": "initial_value",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "selected_user": "initial_user",
    "selected_conversation": "initial_conversation",
    "selected_channel": "initial_channel",
}
ONE_OPTION = ("static_select", "radio_buttons", "overflow")
MANY_OPTIONS = ("checkboxes", "multi_static_select")


def filled(view: View, values: Mapping[str, Any]) -> Json:
    """`state.values` of a submission; the keys are block ids or labels (or how they begin)."""
    left = dict(values)
    state: Json = {}
    for block in view.blocks:
        if block["type"] != "input":
            continue
        label = str(block["label"]["text"])
        keys = [key for key in left if key == block["block_id"] or label.startswith(key)]
        given = left.pop(keys[0]) if keys else None
        value = entered(block["element"], given)
        if not block.get("optional") and _is_empty(value):
            raise AssertionError(f"Slack lets nobody submit without {label!r}")
        state[block["block_id"]] = {block["element"]["action_id"]: value}
    if left:
        raise AssertionError(f"no input for {sorted(left)}; there are {labels(view)}")
    return state


def labels(view: View) -> list[str]:
    return [str(block["label"]["text"]) for block in view.blocks if block["type"] == "input"]


def entered(element: Json, given: Any) -> Json:
    """The value of one element: what was given, else what it began with."""
    kind = str(element["type"])
    if kind in SINGLE:
        key = SINGLE[kind]
        return {"type": kind, key: given if given is not None else element.get(INITIAL[key])}
    if kind in ONE_OPTION:
        chosen = element.get("initial_option") if given is None else option(element, str(given))
        return {"type": kind, "selected_option": chosen}
    if kind in MANY_OPTIONS:
        wanted: Sequence[str] = [given] if isinstance(given, str) else given or ()
        many = [option(element, one) for one in wanted]
        return {
            "type": kind,
            "selected_options": element.get("initial_options", []) if given is None else many,
        }
    raise AssertionError(f"this Slack has no {kind}")


def option(element: Json, wanted: str) -> Json:
    """The option of that value, or whose text begins so."""
    groups = element.get("option_groups", [])
    options = [*element.get("options", ()), *(o for g in groups for o in g["options"])]
    for one in options:
        if one["value"] == wanted or str(one["text"]["text"]).startswith(wanted):
            return dict(one)
    raise AssertionError(f"no option {wanted!r}; there are {[o['text']['text'] for o in options]}")


def _is_empty(value: Json) -> bool:
    return all(held in (None, "", []) for key, held in value.items() if key != "type")
