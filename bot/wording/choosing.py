"""Deciding about one job among others: the list behind Choose, and a held fire that would be held again."""

import math

from bot.grammar.sentences import sentence
from bot.message import Bullets, Button, Confirm, Message, Paragraph, line
from bot.wording import buttons, facts, held_jobs, prices, questions
from bot.wording.long import turns
from bot.wording.runs import stop_among
from scheduler.alert import Alert, AlertState
from scheduler.answers import StillHeld
from scheduler.job import JobId
from scheduler.press import Action, Press, RouteNames
from scheduler.route import NAMES
from scheduler.run import Run

CHOSEN = 5
"""Jobs on one page behind Choose: with four buttons each, what a platform shows at once."""


def choose(found: Alert, page: int, said: str = "", run: Run | None = None) -> Message:
    """What is undecided, job by job; `said` is what the press before has done, and `run` the run that it
    began."""
    rows = found.undecided if found.state is AlertState.OPEN else ()
    before = f"{said} " if said else ""
    stop = (stop_among(run),) if run else ()
    if not rows:
        return Message(f"{before}Nothing is left to choose.", buttons=stop)
    pages = math.ceil(len(rows) / CHOSEN)
    page = min(max(1, page), pages)
    shown = rows[(page - 1) * CHOSEN : page * CHOSEN]

    def press(page: int) -> Press:
        return Press(Action.CHOOSE, alert=found.id, revision=page)

    where = f", page {page} of {pages}" if pages > 1 else ""
    return Message(
        f"{before}Choose for {facts.count(len(rows), 'job')}{where}.",
        (
            Paragraph(line("The new route: ", prices.priced(found.route), ".")),
            Bullets(tuple(held_jobs.drifted(row) for row in shown)),
        ),
        (
            *stop,
            *(button for row in shown for button in buttons.about_one(found, row, listed=True)),
            *turns(page, pages, press),
        ),
    )


def page_of(found: Alert, job_id: JobId | None) -> int:
    """The page that shows a job, or what stands now where it stood."""
    before = sum(row.job.id < (job_id or 0) for row in found.undecided)
    return before // CHOSEN + 1


def still_held(found: StillHeld) -> Message:
    """A held fire that would only be held again, with the buttons that decide."""
    title = sentence(str(found.why))
    row = found.alert.row(found.job.id) if found.alert else None
    if found.alert is not None and row is not None:
        return Message(title, buttons=buttons.about_one(found.alert, row, listed=True))
    job, route = found.job, RouteNames.of(found.route)
    question = questions.accepting_one(job, found.route)
    once = questions.letting_run_once(job, found.route)
    pin = Press(Action.PIN, job.id, revision=job.consent_revision)
    pinnable = all(drift.axis in NAMES for drift in found.drifts)
    bills = found.route.billing
    accept = Press(Action.ACCEPT, job.id, route=route, bills=bills)
    return Message(
        title,
        buttons=(
            *((Button(f"Pin {job.id}", pin, primary=True),) if pinnable else ()),
            Button(f"Accept {job.id}", accept, confirm=Confirm(question, "Accept")),
            Button(
                f"Run {job.id} once",
                Press(Action.RUN_ONCE, job.id, route=route, bills=bills),
                confirm=Confirm(once, "Run once"),
            ),
        ),
    )
