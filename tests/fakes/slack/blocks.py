"""Whether Slack takes these blocks: slack-sdk's own validators, and the limits they leave out."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View as SdkView

from tests.fakes.slack.block_rules import MOST_TEXT, beyond_the_sdk
from tests.fakes.slack.errors import Json, SlackError, invalid_arguments, invalid_blocks

MOST_BLOCKS = 50
MOST_MARKDOWN = 12_000
HELD = ("accessory", "element")


def checked_blocks(given: object, *, most: int = MOST_BLOCKS) -> list[Json]:
    """The blocks with the ids that Slack adds, or the error that Slack answers."""
    blocks = _decoded(given)
    wrong = list(_wrong(blocks, most))
    if wrong:
        raise invalid_blocks(*wrong)
    if sum(len(text) for text in _texts(blocks)) > MOST_TEXT:
        raise SlackError("msg_blocks_too_long")
    return [_with_ids(block, number) for number, block in enumerate(blocks)]


def checked_view(given: object) -> Json:
    """The view completed as Slack completes it, or the error that Slack answers."""
    try:
        view = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise invalid_arguments("view is no JSON") from None
    if not isinstance(view, dict) or view.get("type") != "modal":
        raise invalid_arguments("must provide an object with type modal [json-pointer:/view]")
    blocks = view.get("blocks", [])
    wrong = [f"missing required field: {key}" for key in ("title", "blocks") if key not in view]
    unknown = set(view) - VIEW_FIELDS
    wrong += [f"additional property: {key} [json-pointer:/view]" for key in sorted(unknown)]
    wrong += list(_wrong(blocks, 100))
    if any(block.get("type") == "input" for block in blocks) and "submit" not in view:
        wrong.append("a view with input blocks needs a submit [json-pointer:/view]")
    if not wrong:
        wrong = list(_refusals(SdkView(**view)))
    if wrong:
        raise invalid_arguments(*wrong)
    complete = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    named = [_with_ids(block, number) for number, block in enumerate(blocks)]
    return {**complete, **view, "blocks": named}


VIEW_FIELDS = {
    *("type", "title", "blocks", "close", "submit", "private_metadata", "callback_id"),
    *("clear_on_close", "notify_on_close", "external_id", "submit_disabled"),
}


def _decoded(given: object) -> list[Json]:
    try:
        blocks = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise SlackError("invalid_blocks_format") from None
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    return blocks


def _wrong(blocks: Sequence[Json], most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"no more than {most} items allowed [json-pointer:/blocks]"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    for double in {one for one in ids if ids.count(one) > 1}:
        yield f"`block_id` must be unique, and {double} is not [json-pointer:/blocks]"
    if sum(len(str(b.get("text"))) for b in blocks if b.get("type") == "markdown") > MOST_MARKDOWN:
        yield f"all markdown blocks together: no more than {MOST_MARKDOWN} characters"
    if sum(block.get("type") == "table" for block in blocks) > 1:
        yield "only_one_table_allowed [json-pointer:/blocks]"
    for number, block in enumerate(blocks):
        for sentence in _wrong_in_one(block):
            yield f"{sentence} [json-pointer:/blocks/{number}]"


def _wrong_in_one(block: Json) -> Iterator[str]:
    try:
        parsed = Block.parse(dict(block))
    except (TypeError, KeyError, AttributeError) as error:
        yield f"{block.get('type')}: {error}"
        return
    if parsed is None:
        yield f"unsupported type: {block.get('type')}"
        return
    refusals = [*_refusals(parsed), *_unknown(parsed, block)]
    yield from refusals
    if not refusals:
        yield from beyond_the_sdk(block)


def _unknown(parsed: Block, block: Json) -> Iterator[str]:
    """Properties and elements that slack-sdk skips in silence, and Slack refuses."""
    yield from _additional(parsed, block)
    pairs = [(getattr(parsed, key, 0), block[key]) for key in HELD if key in block]
    if block["type"] in ("actions", "context"):
        pairs += zip(getattr(parsed, "elements", ()), block["elements"], strict=True)
    for element, given in pairs:
        if element is None:
            yield f"unsupported type of element: {given}"
        elif isinstance(element, JsonObject):
            yield from _additional(element, given)


def _additional(parsed: JsonObject, given: Json) -> Iterator[str]:
    for key in sorted(set(given) - set(parsed.attributes)):
        yield f"invalid additional property: {key}"


def _refusals(thing: Any) -> Iterator[str]:
    """What slack-sdk objects to, in the thing itself and in whatever it holds."""
    if isinstance(thing, list | tuple):
        for one in thing:
            yield from _refusals(one)
    if not isinstance(thing, JsonObject):
        return
    try:
        thing.validate_json()
    except SlackObjectFormationError as error:
        yield str(error)
    except TypeError as error:
        yield f"wrong type: {error}"
    for held in vars(thing).values():
        yield from _refusals(held)


def _texts(thing: Any) -> Iterator[str]:
    """Every text a reader would see, wherever it is held."""
    if isinstance(thing, list):
        for one in thing:
            yield from _texts(one)
    elif isinstance(thing, dict):
        for key, held in thing.items():
            if key == "text" and isinstance(held, str):
                yield held
            else:
                yield from _texts(held)


def _with_ids(block: Json, number: int) -> Json:
    named = {**block, "block_id": block.get("block_id") or f"b{number}"}
    if block["type"] == "actions":
        named["elements"] = [_with_id(e, f"a{n}") for n, e in enumerate(block["elements"])]
    if "accessory" in block:
        named["accessory"] = _with_id(block["accessory"], "a0")
    if "element" in block:
        named["element"] = _with_id(block["element"], "a0")
    return named


def _with_id(element: Json, name: str) -> Json:
    return {**element, "action_id": element.get("action_id") or name}
