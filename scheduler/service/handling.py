"""What an effect came of, an event of a platform or a button, is settled in the effect's own transaction.

A crash leaves either both or neither: an event handed in again is then carried out, or known.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from scheduler.ports import Entry, Event

_EVENT: ContextVar[Event | None] = ContextVar("event", default=None)
_BUTTON: ContextVar[str | None] = ContextVar("button", default=None)


@contextmanager
def handling(platform: str, event: str | None) -> Iterator[Event | None]:
    """Let every effect inside be one of this event (by its id there); None where there is no event.

    The event is no parameter, because forty methods would hand it on and none would look at it.
    A command of several transactions marks the event in the first one that writes: all its entries
    carry the event, with a word for this one handling, and the later ones find their own mark. An
    entry that was made and not written (somebody else changed the job meanwhile) marks nothing.
    """
    mark = None if event is None else Event(platform, event, secrets.token_hex(8))
    before = _EVENT.set(mark)
    try:
        yield mark
    finally:
        _EVENT.reset(before)


@contextmanager
def pressing(token: str) -> Iterator[None]:
    """Let the one effect inside be the press of this button: of all who press it, one has an effect."""
    before = _BUTTON.set(token)
    try:
        yield
    finally:
        _BUTTON.reset(before)


def caused(entry: Entry) -> Entry:
    """The entry, with the event and the button that are being handled here."""
    return replace(entry, event=_EVENT.get(), button=_BUTTON.get())
