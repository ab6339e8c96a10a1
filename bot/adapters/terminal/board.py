"""Which number on the screen is which button. No IO."""

from collections import OrderedDict
from dataclasses import dataclass

from bot.adapters.terminal.typed_line import PressNumber
from bot.message import Button, Message

REMEMBERED = 500
"""Messages whose buttons can still be pressed; older ones are out of sight."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message with buttons as it stands on the screen, under a number of its own."""

    number: int
    buttons: tuple[Button, ...]


class Board:
    """The buttons on the screen.

    A number always means what was printed next to it: an edited message is printed anew under a new
    number, and the old number is dead. When the latest buttons die, a bare number means nothing
    until new ones are shown, rather than silently a button of an older message.
    """

    def __init__(self) -> None:
        self._shown: OrderedDict[int, Shown] = OrderedDict()
        self._numbers: dict[str, int] = {}
        self._count = 0
        self.latest: int | None = None

    def show(self, message_id: str, message: Message) -> int | None:
        """Number a message that is about to be printed; None where it has nothing to press."""
        if not message.buttons:
            return None
        self._count += 1
        self._shown[self._count] = Shown(self._count, message.buttons)
        self._numbers[message_id] = self._count
        self.latest = self._count
        self._forget()
        return self._count

    def retire(self, message_id: str) -> int | None:
        """Kill the buttons of a message that is being replaced; returns the number it had."""
        number = self._numbers.pop(message_id, None)
        if number is not None:
            self._shown.pop(number, None)
            if number == self.latest:
                self.latest = None
        return number

    def find(self, pressed: PressNumber, latest: int | None) -> Button | str:
        """The button meant, or a line that says why there is none.

        `latest` is the latest message that had buttons when the person began to type.
        """
        number = pressed.message if pressed.message is not None else latest
        if number is None:
            return f"There is no button to press here. {self._instead()}"
        shown = self._shown.get(number)
        if shown is None:
            never = not 1 <= number <= self._count
            why = f"There is no message {number}." if never else f"Message {number} has changed."
            return f"{why} {self._instead()}"
        if not 1 <= pressed.button <= len(shown.buttons):
            return f"Message {number} has the buttons 1 to {len(shown.buttons)}."
        return shown.buttons[pressed.button - 1]

    def _instead(self) -> str:
        if not self._shown:
            return "Type /jobs help."
        return f"Type press {next(reversed(self._shown))}.1 for the first button of that message."

    def _forget(self) -> None:
        while len(self._shown) > REMEMBERED:
            oldest, _ = self._shown.popitem(last=False)
            self._numbers = {key: n for key, n in self._numbers.items() if n != oldest}
