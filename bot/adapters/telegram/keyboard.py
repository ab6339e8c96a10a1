"""Buttons as an inline keyboard, and the question before a dear one.

A button's `callback_data` is the token alone: a press of it is done. A button that asks first
carries `?token`; `asking` gives the keyboard with a row below all others, so that none moves: "Yes"
with `!token:person` and "Not now" with `<token:person`, for the person who was asked. `answered` takes
that row away again. Both need only the keyboard that came with the press, so they work after a
restart too.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.adapters.telegram.utf16 import units
from bot.message import Button, Code, Message
from scheduler.press import Action

DATA_BYTES = 64
COPIED = 256
LABEL = 60
WIDEST = {2: 20, 3: 12}
"""How long a label may be among so many buttons in a row."""

YES = "Yes: "
NOT_NOW = "Not now"


class Step(StrEnum):
    """What a press means, by the sign before the token."""

    DO = ""
    ASK = "?"
    YES = "!"
    BACK = "<"


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """The buttons of a message, and one that copies its command, or the number of its new job; None
    without buttons."""
    if not message.buttons:
        return None
    buttons = [_button(button) for button in message.buttons]
    codes = [block.text.strip() for block in message.blocks if isinstance(block, Code)]
    if codes and codes[0].startswith("/") and copyable(codes[0]):
        buttons.append(copy_button("Copy the command", codes[0]))
    new = (button.press.job for button in message.buttons if button.press.action is Action.UNDO)
    buttons += (copy_button(f"Copy number {job}", str(job)) for job in new if job is not None)
    return InlineKeyboardMarkup(_rows(buttons))


def read(data: str) -> tuple[Step, str, str]:
    """What a press means, its token, and the person who was asked, where one was."""
    if data[:1] == Step.ASK:
        return Step.ASK, data[1:], ""
    if data[:1] in (Step.YES, Step.BACK):
        token, _, person = data[1:].partition(":")
        return Step(data[0]), token, person
    return Step.DO, data, ""


def asking(shown: InlineKeyboardMarkup, token: str, person: str) -> InlineKeyboardMarkup:
    """The keyboard with a row for the answer of this person, in place of any such row before."""
    label = next((b.text for b in _flat(shown) if b.callback_data == Step.ASK + token), None)
    if label is None:
        return shown
    whose = f"{token}:{person}"
    yes = _pressed(_short(YES + label), Step.YES + whose, KeyboardButtonStyle.DANGER)
    answers = _rows((yes, _pressed(NOT_NOW, Step.BACK + whose)))
    return InlineKeyboardMarkup([*answered(shown).inline_keyboard, *answers])


def answered(shown: InlineKeyboardMarkup) -> InlineKeyboardMarkup:
    """The keyboard as it was before the question."""
    rows = shown.inline_keyboard
    return InlineKeyboardMarkup([row for row in rows if not any(map(_answers, row))])


def _answers(button: InlineKeyboardButton) -> bool:
    data = button.callback_data
    return isinstance(data, str) and data[:1] in (Step.YES, Step.BACK)


def copyable(text: str) -> bool:
    return "\n" not in text and 0 < units(text) <= COPIED


def copy_button(label: str, text: str) -> InlineKeyboardButton:
    """A button that puts the text, one line of at most 256 characters, into the clipboard."""
    if not copyable(text):
        raise ValueError("only one line of 1 to 256 characters can be copied by a button")
    return InlineKeyboardButton(_short(label), copy_text=CopyTextButton(text))


def _button(button: Button) -> InlineKeyboardButton:
    if button.confirm is not None:
        return _pressed(_short(button.label), Step.ASK + button.token, KeyboardButtonStyle.DANGER)
    style = KeyboardButtonStyle.PRIMARY if button.primary else None
    return _pressed(_short(button.label), button.token, style)


def _pressed(label: str, data: str, style: str | None = None) -> InlineKeyboardButton:
    if data in tuple(Step) or len(data.encode()) > DATA_BYTES:
        raise ValueError(f"a button carries a token of at most {DATA_BYTES} bytes: {label!r}")
    return InlineKeyboardButton(label, callback_data=data, style=style)


def _short(label: str) -> str:
    label = " ".join(label.split()) or "…"
    return label if len(label) <= LABEL else f"{label[: LABEL - 1].rstrip()}…"


def _flat(shown: InlineKeyboardMarkup) -> Iterator[InlineKeyboardButton]:
    for row in shown.inline_keyboard:
        yield from row


def _rows(buttons: Iterable[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """Short labels stand beside each other, in order; what copies has a row of its own."""
    rows: list[list[InlineKeyboardButton]] = []
    for button in buttons:
        if not rows or not _beside([*rows[-1], button]):
            rows.append([])
        rows[-1].append(button)
    return rows


def _beside(row: list[InlineKeyboardButton]) -> bool:
    if any(button.copy_text is not None for button in row):
        return len(row) == 1
    return max(len(button.text) for button in row) <= WIDEST.get(len(row), 0)
