"""What is too long for one message: the first dozen of it and how many more, or page by page."""

from collections.abc import Callable, Iterable

from bot.message import Bullets, Button, Inline, Line, line
from scheduler.press import Press

NAMED = 12
"""Rows named one by one; the others are counted."""


def dozen(rows: Iterable[Line], *where: str | Inline) -> Bullets:
    """The first rows, and how many more there are; `where` says where those are seen."""
    every = list(rows)
    if len(every) <= NAMED:
        return Bullets(tuple(every))
    more = f"and {len(every) - NAMED} more"
    return Bullets((*every[:NAMED], line(f"{more}: ", *where) if where else line(more)))


def turns(page: int, pages: int, press: Callable[[int], Press]) -> tuple[Button, ...]:
    """The pages on either side, where there are any."""
    beside = (("Previous", page - 1), ("Next", page + 1))
    return tuple(Button(label, press(number)) for label, number in beside if 1 <= number <= pages)
