"""Slack's rules about one block that no validator of slack-sdk knows."""

from collections.abc import Iterator

from tests.fakes.slack.errors import Json

MOST_TEXT = 13_200
MOST_CHARACTERS = {"section": 3000, "header": 150, "button": 75, "field": 2000}
TEXT_KINDS = ("plain_text", "mrkdwn")
PLAIN_ONLY = ("header", "button")
MOST_ROWS = 100
MOST_CELLS = 20


def beyond_the_sdk(block: Json) -> Iterator[str]:
    """A sentence for each rule that the block breaks."""
    kind = block["type"]
    if kind in ("section", "header"):
        yield from _wrong_text(block.get("text"), kind, needed="fields" not in block)
    for one in block.get("fields", ()):
        yield from _wrong_text(one, "field")
    inside = list(block.get("elements", ()))
    if kind in ("actions", "context", "rich_text") and not inside:
        yield "must provide at least one element"
    if kind == "table":
        rows = block["rows"]
        if len(rows) > MOST_ROWS or any(len(row) > MOST_CELLS for row in rows):
            yield f"a table has at most {MOST_ROWS} rows of {MOST_CELLS} cells"
    if kind == "context":
        for element in inside:
            if element.get("type") != "image":
                yield from _wrong_text(element, "context element")
    if kind == "input":
        yield from _wrong_text(block.get("label"), "label")
        inside = [block.get("element") or {}]
    if "accessory" in block:
        inside.append(block["accessory"])
    ids = [one["action_id"] for one in inside if one.get("action_id")]
    for double in {one for one in ids if ids.count(one) > 1}:
        yield f"`action_id` {double} already exists in this block"
    if kind in ("actions", "section", "input"):
        for element in inside:
            yield from _wrong_element(element)


def _wrong_element(element: Json) -> Iterator[str]:
    kind = element.get("type")
    if kind == "button":
        yield from _wrong_text(element.get("text"), "button")
        if element.get("style") not in (None, "primary", "danger"):
            yield f"a button has no style {element['style']}"
        if element.get("value") == "":
            yield "a button's value must have at least 1 character"
    if element.get("action_id") == "":
        yield "action_id must have at least 1 character"
    confirm = element.get("confirm")
    if confirm is not None:
        for key in ("title", "text", "confirm", "deny"):
            yield from _wrong_text(confirm.get(key), f"confirm {key}")


def _wrong_text(text: object, where: str, *, needed: bool = True) -> Iterator[str]:
    if text is None:
        if needed:
            yield f"{where}: missing required field: text"
        return
    if not isinstance(text, dict) or text.get("type") not in TEXT_KINDS:
        yield f"{where}: must be a text object of type plain_text or mrkdwn"
        return
    words = text.get("text")
    if not isinstance(words, str) or not words:
        yield f"{where}: must be more than 0 characters"
        return
    if where in PLAIN_ONLY and text["type"] != "plain_text":
        yield f"{where}: must be plain_text"
    if text["type"] == "mrkdwn" and "emoji" in text:
        yield f"{where}: emoji belongs to plain_text"
    most = MOST_CHARACTERS.get(where, MOST_TEXT)
    if len(words) > most:
        yield f"{where}: must be less than {most + 1} characters"
