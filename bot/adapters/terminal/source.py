"""Where lines come from: a person at a prompt, or a pipe."""

from collections.abc import Callable
from typing import Protocol


class Source(Protocol):
    async def line(self) -> str | None:
        """The next line, None when there is none any more."""
        ...

    async def agree(self, question: str) -> bool:
        """Whether the question is answered with yes."""
        ...

    async def printing(self, write: Callable[[], None]) -> None:
        """Call `write` when it disturbs nothing that is being typed."""
        ...

    def interrupt(self) -> bool:
        """Ctrl-C: True when it means to leave."""
        ...

    def leave(self) -> None:
        """End a `line` or an `agree` that is being waited for."""
        ...
