"""The terminal as a platform: one person, one place, lines in and messages out."""

import asyncio
import getpass
import os
import secrets
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bot.adapters.terminal.interrupts import on_ctrl_c
from bot.adapters.terminal.screen import Screen, ScreenGone, is_tty
from bot.adapters.terminal.script import Script
from bot.adapters.terminal.showing import Showing
from bot.adapters.terminal.source import Source
from bot.adapters.terminal.typed_line import PressNumber, Say, Typed, Word, understand
from bot.message import Message, Request
from bot.platform import Handle, Platform
from scheduler.errors import SendError
from scheduler.job import Place, Principal

GREETING = """Driftpin, in this terminal. Type /jobs help, or quit.
Type 1 to press [1] of the latest message, press 12.1 for [1] of message 12."""
HOW_TO_PRESS = "Type press 1 for a button of the latest message, press 12.1 for one of message 12."
PATIENCE = 5.0
"""Through a pipe, seconds a line waits for what the one before it set going: a button can be pressed
that only a run brought, and a call that hangs can still be stopped."""

HERE = Place("terminal", "local", "terminal")


class Terminal(Platform):
    """The terminal adapter.

    `settle` returns when nothing is running and owed. `history` is the file of typed lines, `zone`
    the reader's IANA zone where it is known. `pressable` is whether
    anything can be typed later, so that buttons make sense, `command` how commands begin. Streams,
    `interactive` and `environ` are those of the process unless given. While `run` runs, Ctrl-C belongs to it.
    """

    name = "terminal"

    def __init__(
        self,
        *,
        settle: Callable[[], Awaitable[None]],
        verbs: Sequence[str] = (),
        history: Path | None = None,
        zone: str | None = None,
        person: str | None = None,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        interactive: bool | None = None,
        pressable: bool = True,
        command: str = "/jobs",
        environ: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settle = settle
        self._verbs = verbs
        self._history = history
        self._stdin = stdin or sys.stdin
        self._stdout = stdout or sys.stdout
        at_tty = is_tty(self._stdin) and is_tty(self._stdout)
        self._interactive = at_tty if interactive is None else interactive
        self._screen = Screen(self._stdout, os.environ if environ is None else environ)
        self._showing = Showing(self._screen, zone, now, pressable=pressable)
        self._principal = Principal("terminal", "local", "me", name=person or login_name())
        self._command = command
        self._aim: int | None = None
        self._first_words: list[str] = []
        self._handle: Handle | None = None
        self._left = asyncio.Event()
        self._stopped = False

    # --- the platform ----------------------------------------------------------------------------

    async def start(self, handle: Handle) -> None:
        """Lines are read by `run`, not before."""
        self._handle = handle

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        """Print a message. An edited one is printed anew, and its old buttons are dead."""
        if self._stopped:
            raise SendError("this terminal is closed")
        try:
            return await self._showing.show(message, edit=edit)
        except ScreenGone:
            self.leave()
            raise SendError("nobody reads this terminal any more") from None

    def command(self, place: Place) -> str:
        return self._command

    async def stop(self) -> None:
        self._stopped = True
        self.leave()

    # --- the session -----------------------------------------------------------------------------

    def greet_with(self, text: str) -> None:
        """Something to say when `run` begins, after the greeting."""
        self._first_words.append(text)

    async def run(self) -> None:
        """Obey lines until the person leaves, or the input ends and everything has settled.

        A command in progress is finished first, whatever ends the session.
        """
        with on_ctrl_c(self._interrupted):
            try:
                await (self._from_prompt() if self._interactive else self._from_pipe())
            except ScreenGone:
                self._screen.let_go()

    async def _from_pipe(self) -> None:
        await self._say_first()
        await self._obey(Script(self._stdin, self._screen, began=self._take_aim))
        await self._settled()

    async def _from_prompt(self) -> None:
        from bot.adapters.terminal.prompt import sitting_at

        await self._showing.say(GREETING)
        await self._say_first()
        with sitting_at(
            self._stdin,
            self._stdout,
            self._screen.aside,
            self._verbs,
            self._history,
            self._take_aim,
        ) as prompt:
            await self._obey(prompt)

    async def _say_first(self) -> None:
        for text in self._first_words:
            await self._showing.say(text)

    async def _obey(self, source: Source) -> None:
        self._showing.source = source
        try:
            while not self._left.is_set():
                line = await source.line()
                if line is None:
                    return
                await self._carry_out(understand(line), source)
                if not self._interactive:
                    await self._settled(within=PATIENCE)
        finally:
            self._showing.source = None

    async def _carry_out(self, typed: Typed, source: Source) -> None:
        match typed:
            case Say(text):
                await self._ask(text=text)
            case PressNumber():
                await self._press(typed, source)
            case Word.WAIT:
                await self._settled()
            case Word.LEAVE:
                self.leave()
            case Word.HOW_TO_PRESS:
                await self._showing.say(HOW_TO_PRESS)
            case Word.NOTHING:
                pass

    async def _press(self, pressed: PressNumber, source: Source) -> None:
        button = self._showing.board.find(pressed, self._aim)
        if isinstance(button, str):
            await self._showing.say(button)
        elif button.confirm and not await source.agree(button.confirm.question):
            await self._showing.say("Not done.")
        else:
            await self._ask(token=button.token)

    async def _ask(self, *, text: str = "", token: str | None = None) -> None:
        if self._handle is None:
            raise RuntimeError("start() comes before run()")
        event = secrets.token_hex(16)
        answer = await self._handle(Request(self._principal, HERE, text, token, event))
        if answer is not None:
            await self._showing.show(answer)

    def _take_aim(self) -> None:
        """A number means the message that was the latest when the person began to type it."""
        self._aim = self._showing.board.latest

    # --- waiting and leaving ---------------------------------------------------------------------

    async def _settled(self, within: float | None = None) -> None:
        """Wait for `settle`, until somebody leaves, or for so many seconds."""
        if self._left.is_set():
            return
        settling = asyncio.ensure_future(self._settle())
        left = asyncio.create_task(self._left.wait())
        try:
            await asyncio.wait(
                [settling, left], timeout=within, return_when=asyncio.FIRST_COMPLETED
            )
            if settling.done():
                settling.result()
        finally:
            settling.cancel()
            left.cancel()

    def leave(self) -> None:
        """End the session as soon as the command in progress is finished."""
        self._left.set()
        if self._showing.source is not None:
            self._showing.source.leave()

    def _interrupted(self) -> None:
        source = self._showing.source
        if source is None or source.interrupt():
            self.leave()


def login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
