"""Buttons as Block Kit has them: they send nothing but their token, and none is ever left out."""

from collections.abc import Sequence

from bot.adapters.slack.drawn import Json
from bot.adapters.slack.limits import (
    BUTTON_LABEL,
    BUTTONS_IN_A_ROW,
    CONFIRM_ANSWER,
    CONFIRM_TEXT,
    CONFIRM_TITLE,
    shortened,
)
from bot.message import Button, Confirm

ACTION = "driftpin:press"
CANCEL = "Cancel"

SAID = 9_000
"""What all buttons of a message may say together; the more they are, the shorter they get."""


def actions(buttons: Sequence[Button]) -> tuple[Json, ...]:
    share = SAID // max(len(buttons), 1)
    elements = [_button(button, number, share) for number, button in enumerate(buttons, start=1)]
    return tuple(
        {
            "type": "actions",
            "block_id": f"driftpin:buttons:{at // BUTTONS_IN_A_ROW + 1}",
            "elements": elements[at : at + BUTTONS_IN_A_ROW],
        }
        for at in range(0, len(elements), BUTTONS_IN_A_ROW)
    )


def plain_text(text: str) -> Json:
    """A text object in which nothing formats; `:name:` stays as it was typed too."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _button(button: Button, number: int, share: int) -> Json:
    label = _label(button.label, BUTTON_LABEL, share // 4)
    found: Json = {
        "type": "button",
        "action_id": f"{ACTION}:{number}",
        "text": plain_text(label),
    }
    if button.token:
        found["value"] = button.token
    if button.primary:
        found["style"] = "primary"
    if button.confirm:
        found["confirm"] = _confirm(button.confirm, label, share)
    return found


def _confirm(confirm: Confirm, label: str, share: int) -> Json:
    return {
        "title": plain_text(shortened(label, CONFIRM_TITLE)),
        "text": plain_text(_label(confirm.question, CONFIRM_TEXT, share // 4)),
        "confirm": plain_text(_label(confirm.yes, CONFIRM_ANSWER, share // 8)),
        "deny": plain_text(CANCEL),
    }


def _label(text: str, longest: int, share: int) -> str:
    return shortened(text.strip(), max(2, min(longest, share))) or "…"
