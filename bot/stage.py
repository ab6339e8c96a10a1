"""A terminal whose lines are typed by a script: what the demo plays on."""

import asyncio
import secrets
import sys

from bot.adapters.terminal.adapter import HERE, login_name
from bot.adapters.terminal.render import Look, render
from bot.adapters.terminal.screen import Screen
from bot.message import Button, Message, Request
from bot.platform import Handle, Platform
from scheduler.job import Place, Principal

A_MOMENT = 0.2


class Stage(Platform):
    """Implements `bot.platform.Platform`: prints every message and remembers it."""

    name = "terminal"

    def __init__(self) -> None:
        self._screen = Screen(sys.stdout, {})
        self._principal = Principal("terminal", "local", "me", name=login_name())
        self._handle: Handle | None = None
        self._shown: list[Message] = []
        self._arrived = asyncio.Event()

    async def start(self, handle: Handle) -> None:
        self._handle = handle

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        self._show(message, "this message was edited" if edit else None)
        return secrets.token_hex(8)

    async def stop(self) -> None:
        self._handle = None

    async def type(self, text: str) -> None:
        """Type a line, as a person would."""
        self._screen.write(f"> {text}\n\n")
        await self._ask(Request(self._principal, HERE, text))

    async def press(self, label: str) -> None:
        """Press the newest button of that name."""
        button = self._button(label)
        self._screen.write(f"> [{button.label}]\n\n")
        await self._ask(Request(self._principal, HERE, token=button.token))

    def saw(self, words: str) -> bool:
        """Has any message said this?"""
        return any(words in _text(message) for message in self._shown)

    def ends_with(self, title: str) -> bool:
        """Is this the title of the latest message?"""
        return bool(self._shown) and self._shown[-1].title == title

    async def next_message(self) -> None:
        """Wait a moment, or until a message arrives."""
        self._arrived.clear()
        try:
            async with asyncio.timeout(A_MOMENT):
                await self._arrived.wait()
        except TimeoutError:
            return

    def _button(self, label: str) -> Button:
        found = [b for message in self._shown for b in message.buttons if b.label.startswith(label)]
        return found[-1]

    async def _ask(self, request: Request) -> None:
        if self._handle is None:
            raise RuntimeError("the app starts the stage before anything is typed")
        answer = await self._handle(request)
        if answer is not None:
            self._show(answer, None)

    def _show(self, message: Message, update: str | None) -> None:
        self._screen.write(render(message, Look(), update=update) + "\n\n")
        self._shown.append(message)
        self._arrived.set()


def _text(message: Message) -> str:
    return render(message, Look(width=10_000))
