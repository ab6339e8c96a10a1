"""The writing end of a terminal or a pipe: whole texts, at once, and an end that is no error."""

import io
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

PIPE_WIDTH = 80
WIDEST = 100
"""Longer lines are hard to read."""


class ScreenGone(Exception):
    """Nobody reads any more: `| head` has seen enough, or the window was closed."""


class Screen:
    """Writes text to a stream; what its encoding cannot say becomes a question mark."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._gone = False
        self.colour = wants_colour(environ, tty=is_tty(stream))

    def write(self, text: str) -> None:
        """Write and flush; raises ScreenGone when the reader has left."""
        if self._gone:
            raise ScreenGone
        encoding = self._stream.encoding or "utf-8"
        try:
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()
        except (OSError, ValueError) as error:
            self.let_go()
            raise ScreenGone from error

    def width(self) -> int:
        if is_tty(self._stream):
            with suppress(OSError, ValueError):
                columns = os.get_terminal_size(self._stream.fileno()).columns
                return min(columns, WIDEST) if columns else PIPE_WIDTH
        return PIPE_WIDTH

    def aside(self, text: str) -> None:
        """Write what may get lost."""
        with suppress(ScreenGone):
            self.write(text)

    def let_go(self) -> None:
        """Nothing is written any more, and what is left in the stream's buffer goes nowhere."""
        if self._gone:
            return
        self._gone = True
        with suppress(OSError, ValueError, io.UnsupportedOperation):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def wants_colour(environ: Mapping[str, str], *, tty: bool) -> bool:
    """https://no-color.org: any value that is not empty turns colour off."""
    return tty and not environ.get("NO_COLOR") and environ.get("TERM") not in (None, "", "dumb")


def is_tty(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False
