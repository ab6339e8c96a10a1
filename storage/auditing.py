"""An entry of the audit is written with its effect, and settles the event and the button it came of."""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from scheduler.errors import AlreadyHandled, AlreadyPressed
from scheduler.job import Principal
from scheduler.ports import Entry, Event
from storage.rows import audit_columns
from storage.tables import AUDIT, BUTTONS, EVENTS
from storage.transaction import Tx

_HANDLING = select(EVENTS.c.handling).where(
    EVENTS.c.platform == bindparam("on"), EVENTS.c.event == bindparam("event")
)
_PRESS = update(BUTTONS).where(BUTTONS.c.token == bindparam("key"), BUTTONS.c.pressed_at.is_(None))


def note(tx: Tx, entry: Entry) -> None:
    """Write an entry; raises AlreadyHandled or AlreadyPressed, and then the whole verb is undone."""
    if entry.event is not None and not mark(tx, entry.event, entry.at):
        raise AlreadyHandled(entry.event.platform, entry.event.id)
    if entry.button is not None and not note_press(tx, entry.button, entry.by, entry.at):
        raise AlreadyPressed
    tx.insert(AUDIT, **audit_columns(entry))


def name_of(audit: Entry) -> str:
    """How a person is named where it says who decided or stopped something."""
    return audit.by.called


def mark(tx: Tx, event: Event, at: datetime) -> bool:
    """Mark an event as handled; False when another handling of it did so first."""
    key = {"platform": event.platform, "event": event.id}
    if tx.insert_if_new(EVENTS, **key, handling=event.handling, at=at):
        return True
    # A command may write several entries: the first one marks, the others find their own mark.
    known = tx.one(_HANDLING, on=event.platform, event=event.id)
    return known is not None and known.handling == event.handling


def note_press(tx: Tx, token: str, by: Principal, at: datetime) -> bool:
    """Note who pressed a button first; False when somebody already had."""
    return tx.do(_PRESS, key=token, pressed_by=by, pressed_at=at) == 1
