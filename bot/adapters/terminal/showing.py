"""Messages on the screen: numbered, drawn, and printed where they disturb nothing."""

import secrets
import time
from collections.abc import Callable
from datetime import datetime

from bot.adapters.terminal.board import Board
from bot.adapters.terminal.render import Look, aside, only_change, prose, render
from bot.adapters.terminal.screen import Screen
from bot.adapters.terminal.source import Source
from bot.message import Message


class Showing:
    """What is printed goes through `source` as soon as there is one."""

    def __init__(
        self,
        screen: Screen,
        zone: str | None,
        now: Callable[[], datetime],
        *,
        pressable: bool = True,
    ) -> None:
        self.board = Board()
        self.source: Source | None = None
        self._screen = screen
        self._zone = zone
        self._now = now
        self._pressable = pressable
        self._last_id = 0

    async def show(self, message: Message, *, edit: str | None = None) -> str:
        """Print a message and return its id; the buttons of the one it replaces are dead."""
        message_id = self._new_id()
        look = self._look()
        if edit is not None and (quiet := self._little(message_id, message, edit, look)):
            await self._print(quiet)
            return message_id
        update = None
        if edit is not None:
            old = self.board.retire(edit)
            update = "update" if old is None else f"update of message {old}"
        number = self.board.show(message_id, message, edit=edit)
        await self._print(render(message, look, number=number, update=update))
        return message_id

    async def say(self, text: str) -> None:
        """Print words of the terminal's own."""
        await self._print("\n".join(prose(line, self._look()) for line in text.split("\n")))

    def _little(self, message_id: str, message: Message, edit: str, look: Look) -> str | None:
        """One line instead of the whole message, where no more than that changed in it."""
        before = self.board.like(message, edit=edit)
        line = before and only_change(before.message, message, look)
        if not before or not line:
            return None
        self.board.renew(before, message_id, message, edit=edit)
        return aside(f"message {before.number}: {line}", look)

    def _look(self) -> Look:
        return Look(
            self._screen.width(), self._screen.colour, self._zone, self._now(), self._pressable
        )

    async def _print(self, text: str) -> None:
        """A blank line follows everything, so that messages stand apart."""

        def write() -> None:
            self._screen.write(f"{text}\n\n")

        if self.source is None:
            write()
        else:
            await self.source.printing(write)

    def _new_id(self) -> str:
        """Ever greater, and never given twice, not even by the next process."""
        self._last_id = max(self._last_id + 1, time.time_ns())
        return f"{self._last_id:020d}-{secrets.token_hex(4)}"
