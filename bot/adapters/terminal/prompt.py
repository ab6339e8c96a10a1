"""A person at a terminal: a line editor with history and completion that messages do not disturb.

Importing this file imports prompt_toolkit.
"""

import asyncio
import contextvars
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session, get_app_or_none, run_in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import DummyHistory, FileHistory, History, InMemoryHistory
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent
from prompt_toolkit.output import create_output

from bot.adapters.terminal.aside import Aside
from bot.adapters.terminal.screen import ScreenGone
from bot.adapters.terminal.typed_line import agrees
from bot.adapters.terminal.wrapping import visible

MARK = "> "
COMMAND = re.compile(r"/?jobs\s+|/", re.IGNORECASE)


class Prompt:
    """A source that a person sits at. `began` is called when they begin to type a line."""

    def __init__(
        self, verbs: Sequence[str], history: Path | None, *, began: Callable[[], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._began = began
        self._left = False
        keys = KeyBindings()
        keys.add("c-c")(self._pressed_interrupt)
        self._lines: PromptSession[str] = PromptSession(
            history=opened(history),
            completer=Verbs(verbs),
            complete_while_typing=False,
            key_bindings=keys,
        )
        self._answers: PromptSession[str] = PromptSession(history=DummyHistory(), key_bindings=keys)
        self._lines.default_buffer.on_text_changed += self._changed
        self._empty = True

    async def line(self) -> str | None:
        return await self._ask(self._lines, MARK)

    async def agree(self, question: str) -> bool:
        answer = await self._ask(self._answers, f"{visible(question)} [y/N] ")
        return answer is not None and agrees(answer)

    async def printing(self, write: Callable[[], None]) -> None:
        """Above the line that is being typed, which is drawn again afterwards."""

        async def above() -> None:
            await run_in_terminal(write)

        # Which prompt is open is known only in the context the prompt was made in.
        await asyncio.create_task(above(), context=self._context)

    def later(self, write: Callable[[], None]) -> None:
        """The same from any thread, without waiting."""

        def soon() -> None:
            run_in_terminal(write)

        with suppress(RuntimeError):  # the loop is closed: nobody is typing any more
            self._loop.call_soon_threadsafe(soon, context=self._context)

    def interrupt(self) -> bool:
        """The first Ctrl-C clears a line, or says no to a question; on an empty line it leaves."""
        return self._context.copy().run(self._interrupted)

    def leave(self) -> None:
        self._left = True
        self._context.copy().run(end_of_prompt)

    async def _ask(self, session: PromptSession[str], mark: str) -> str | None:
        if self._left:
            return None
        self._empty = True
        try:
            # Failures in other tasks are logged as anywhere else; they do not stop the typing.
            return await session.prompt_async(
                mark, handle_sigint=False, set_exception_handler=False
            )
        except EOFError:
            return None
        except OSError as error:
            raise ScreenGone from error

    def _interrupted(self) -> bool:
        app = get_app_or_none()
        if app is None or not app.is_running:
            return True
        if app.current_buffer.text:
            app.current_buffer.reset()
            app.invalidate()
            return False
        end_of_prompt()
        return app.current_buffer is self._lines.default_buffer

    def _pressed_interrupt(self, _: KeyPressEvent) -> None:
        self._interrupted()

    def _changed(self, buffer: Buffer) -> None:
        if self._empty and buffer.text:
            self._began()
        self._empty = not buffer.text


def end_of_prompt() -> None:
    app = get_app_or_none()
    if app is not None and app.is_running and not app.is_done:
        app.exit(exception=EOFError)


class Verbs(Completer):
    """Completes the first word after an optional /jobs."""

    def __init__(self, verbs: Sequence[str]) -> None:
        self._verbs = sorted({*verbs, "quit"})

    def get_completions(self, document: Document, _: CompleteEvent) -> Iterable[Completion]:
        typed = document.text_before_cursor.lstrip()
        command = COMMAND.match(typed)
        begun = typed[command.end() :] if command else typed
        if not any(char.isspace() for char in begun):
            for verb in self._verbs:
                if verb.startswith(begun.lower()):
                    yield Completion(verb, start_position=-len(begun))


class Lasting(FileHistory):
    """A disk that is full costs the history, not the session."""

    def store_string(self, string: str) -> None:
        with suppress(OSError):
            super().store_string(string)


def opened(path: Path | None) -> History:
    """What was typed before, readable by nobody else; without a file, of this session only."""
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError:
        return InMemoryHistory()
    return Lasting(path)


@contextmanager
def sitting_at(
    stdin: TextIO,
    stdout: TextIO,
    write: Callable[[str], None],
    verbs: Sequence[str],
    history: Path | None,
    began: Callable[[], None],
) -> Iterator[Prompt]:
    """A prompt on these streams; what anything else prints meanwhile is handed to `write`."""
    with create_app_session(create_input(stdin), create_output(stdout)):
        prompt = Prompt(verbs, history, began=began)
        aside = Aside(lambda text: prompt.later(lambda: write(text)))
        with redirect_stdout(aside), redirect_stderr(aside):
            yield prompt
        aside.finish()
