"""The buttons of an alert: about all of its jobs at once, or about one of them."""

from collections.abc import Sequence

from bot.message import Button, Confirm
from bot.wording import questions
from scheduler.alert import MOVED, Alert, AlertJob
from scheduler.press import Action, Press, RouteNames
from scheduler.run import HoldReason


def about_all(
    found: Alert, rows: Sequence[AlertJob], question: str
) -> tuple[Button, Button, Button]:
    """Pin old, Accept new and Pause; `question` is what accepting asks before it has its effect."""
    every = "" if len(rows) == 1 else f" (all {len(rows)})"
    route = RouteNames.of(found.route)

    def press(action: Action) -> Press:
        return Press(action, alert=found.id, revision=found.revision, route=route)

    return (
        Button(f"Pin old{every}", press(Action.PIN), primary=True),
        Button(f"Accept new{every}", press(Action.ACCEPT), confirm=Confirm(question, "Accept")),
        Button(f"Pause{every}", press(Action.PAUSE)),
    )


def about_one(found: Alert, row: AlertJob, *, listed: bool) -> tuple[Button, ...]:
    """The buttons about one job."""
    number = row.job.id
    question = questions.accepting_one(row.job, found.route)
    pin = Button(f"Pin {number}", _one_press(found, row, Action.PIN, listed=listed), primary=True)
    accept = _one_press(found, row, Action.ACCEPT, listed=listed)
    run_once = once(found, row, f"Run {number} once", listed=listed)
    return (
        *((pin,) if row.pinnable or found.reason is HoldReason.SERVED else ()),
        Button(f"Accept {number}", accept, confirm=Confirm(question, "Accept")),
        *((run_once,) if found.reason in MOVED else ()),
        Button(f"Pause {number}", _one_press(found, row, Action.PAUSE, listed=listed)),
    )


def once(found: Alert, row: AlertJob, label: str, *, listed: bool) -> Button:
    """One run on the new route."""
    question = questions.letting_run_once(row.job, found.route)
    press = _one_press(found, row, Action.RUN_ONCE, listed=listed)
    return Button(label, press, confirm=Confirm(question, "Run once"))


def _one_press(found: Alert, row: AlertJob, action: Action, *, listed: bool) -> Press:
    """A press about one job of an alert; a list of them is shown again after it."""
    route = RouteNames.of(found.route)
    return Press(action, row.job.id, found.id, found.revision, route, everywhere=listed)
