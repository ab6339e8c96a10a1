"""Prints and warnings of anything else, kept away from the line that is being typed."""

import io
import threading
from collections.abc import Callable

from bot.adapters.terminal.wrapping import visible


class Aside(io.TextIOBase):
    """Stands in for stdout and stderr, in any thread; whole lines go to `above`."""

    def __init__(self, above: Callable[[str], None]) -> None:
        self._above = above
        self._rest = ""
        self._lock = threading.Lock()

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        with self._lock:
            *lines, self._rest = (self._rest + text).split("\n")
            for line in lines:
                self._above(f"{visible(line)}\n")
        return len(text)

    def finish(self) -> None:
        """Let go of a last line that never ended."""
        if self._rest:
            self.write("\n")
