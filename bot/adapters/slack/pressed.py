"""A message whose button was pressed, without its buttons. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.adapters.slack.blocks import Posting

MOST_BLOCKS = 50


def without_buttons(message: Mapping[str, Any], label: str, by: str) -> Posting | None:
    """The message with a line of who pressed what; None where Slack did not say what stood there."""
    blocks = message.get("blocks")
    if not blocks:
        return None
    kept = [block for block in blocks if block.get("type") != "actions"]
    said: dict[str, object] = {
        "type": "plain_text",
        "text": f"{by} pressed {label}."[:2000],
        "emoji": False,
    }
    line: dict[str, object] = {"type": "context", "elements": [said]}
    text = str(message.get("text") or label)
    return Posting(text, (*kept[: MOST_BLOCKS - 1], line))
