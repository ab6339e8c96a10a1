"""Which number on the screen is which button. No IO."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from bot.adapters.terminal.typed_line import PressNumber
from bot.message import Button, Message

REMEMBERED = 500
"""Messages whose buttons can still be pressed; older ones are out of sight."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message with buttons as it stands on the screen, under a number of its own.

    `story` is the first number that this message had, before it was edited.
    """

    number: int
    story: int
    message: Message


class Board:
    """The buttons on the screen.

    A number always means what was printed next to it: a message whose buttons change is printed anew
    under a new number, and the old number is dead. When the latest buttons die, a bare number means nothing
    until new ones are shown, rather than silently a button of an older message.
    """

    def __init__(self) -> None:
        self._shown: OrderedDict[int, Shown] = OrderedDict()
        self._stories: dict[str, int] = {}
        self._numbers: dict[int, int] = {}
        self._count = 0
        self.latest: int | None = None

    def show(self, message_id: str, message: Message, *, edit: str | None = None) -> int | None:
        """Number a message that is about to be printed; None where it has nothing to press.

        The message it replaces is the one of the id `edit`.
        """
        story = None if edit is None else self._stories.pop(edit, None)
        if message.buttons:
            self._count += 1
            story = self._count if story is None else story
            self._shown[self._count] = Shown(self._count, story, message)
            self.latest = self._count
        if story is not None:
            self._stories[message_id] = story
        self._forget()
        return self._count if message.buttons else None

    def like(self, message: Message, *, edit: str) -> Shown | None:
        """The message that is being replaced, where it has the same title and the same buttons."""
        shown = self._of(self._stories.get(edit))
        return shown if shown and _face(shown.message) == _face(message) else None

    def renew(self, shown: Shown, message_id: str, message: Message, *, edit: str) -> None:
        """Let the buttons of a message that is `like` this one live on, with new tokens."""
        self._stories[message_id] = self._stories.pop(edit)
        self._shown[shown.number] = replace(shown, message=message)

    def retire(self, message_id: str) -> int | None:
        """Kill the buttons of a message that is being replaced; returns the number it had."""
        shown = self._of(self._stories.get(message_id))
        if shown is None:
            return None
        del self._shown[shown.number]
        self._numbers[shown.number] = shown.story
        if shown.number == self.latest:
            self.latest = None
        return shown.number

    def find(self, pressed: PressNumber, latest: int | None) -> Button | str:
        """The button meant, or a line that says why there is none.

        `latest` is the latest message that had buttons when the person began to type.
        """
        number = pressed.message if pressed.message is not None else latest
        if number is None:
            return "There is no button to press."
        shown = self._shown.get(number)
        if shown is None:
            return self._gone(number)
        buttons = shown.message.buttons
        if not 1 <= pressed.button <= len(buttons):
            return f"Message {number} has the buttons 1 to {len(buttons)}."
        return buttons[pressed.button - 1]

    def _gone(self, number: int) -> str:
        """Why there is nothing to press under a number; no other message is ever named instead."""
        if not 1 <= number <= self._count:
            return f"There is no message {number}."
        now = self._of(self._numbers.get(number))
        if now is None:
            return f"Message {number} has no buttons any more."
        return (
            f"Message {number} has changed. It is message {now.number} now: press {now.number}.1."
        )

    def _of(self, story: int | None) -> Shown | None:
        """How a message stands on the screen today, whatever numbers it had before."""
        if story is None:
            return None
        return next((each for each in reversed(self._shown.values()) if each.story == story), None)

    def _forget(self) -> None:
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
        while len(self._stories) > REMEMBERED:
            del self._stories[next(iter(self._stories))]
        while len(self._numbers) > REMEMBERED:
            del self._numbers[next(iter(self._numbers))]


def _face(message: Message) -> tuple[object, ...]:
    """What must be the same for an old number to go on."""
    return (message.title, message.tone, [(b.label, b.press, b.confirm) for b in message.buttons])
