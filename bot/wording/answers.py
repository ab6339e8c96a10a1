"""The answer to each command."""

from collections import Counter
from typing import assert_never

from bot.message import (
    Block,
    Bullets,
    Button,
    Confirm,
    Fields,
    Line,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Tone,
    bold,
    code,
    line,
)
from bot.wording import cards, drills, facts, halts, prices, runs
from scheduler.answers import (
    Added,
    Alerts,
    Answer,
    Changed,
    Default,
    DefaultChanged,
    Done,
    Drilled,
    Histories,
    Left,
    Listed,
    Outputs,
    Shown,
    Snapshots,
    Started,
    Stopped,
    Unchanged,
    WhatIf,
)
from scheduler.drift import consent
from scheduler.halt import HaltEnded, HaltSet
from scheduler.job import Job, unguarded_axes
from scheduler.press import Action, Press
from scheduler.run import Run

NAMED = 12
"""Jobs named one by one; the others are counted."""


def answer(found: Answer, how: str) -> Message:
    """The message for what the service found or did; `how` is how a command is typed here."""
    match found:
        case Added(view):
            return cards.added(view, how)
        case Listed():
            return cards.listed(found, how)
        case Shown(view):
            return cards.shown(view, how)
        case Changed():
            return _changed(found, how)
        case Unchanged(view, what):
            return Message(f"Nothing to do: job {facts.called(view.job)} is {what}.")
        case Started():
            return _started(found)
        case Stopped():
            return _stopped(found)
        case Left():
            return _left_alone(found)
        case Alerts(alerts):
            return _alerts(len(alerts))
        case Histories(job, history):
            return runs.history(job, history)
        case Outputs(job, run):
            return runs.output(job, run)
        case Default():
            return _default(found, how)
        case WhatIf():
            return _what_if(found, how)
        case DefaultChanged():
            return _default_changed(found)
        case Snapshots():
            return _snapshots(found)
        case HaltSet():
            return halts.halted(found, how)
        case HaltEnded():
            return halts.ended(found, how)
        case Drilled():
            return drills.drilled(found, how)
        case _:
            assert_never(found)


def _changed(found: Changed, how: str) -> Message:
    view = found.view
    blocks: list[Block] = [] if found.done is Done.REMOVED else [Fields(cards.rows(view))]
    buttons: tuple[Button, ...] = ()
    if found.released:
        fire = Moment(found.released.fire_time, view.job.zone)
        blocks.append(Paragraph(line("Its held fire of ", fire, " runs now.")))
    elif view.held and found.done in (Done.PINNED, Done.ACCEPTED, Done.SNAPSHOT):
        blocks.append(_held_waits(view.held[-1], view.job, how))
        buttons = (_run_held(view.held[-1], view.job),)
    if found.done is Done.PAUSED and view.running:
        words = "Its run goes on to its end, unless you stop it too: "
        blocks.append(Paragraph(line(words, code(f"{how} stop {view.job.id}"))))
        buttons = (runs.stop_button(view.running, "Stop the run too"),)
    loud = found.done in (Done.UNPINNED, Done.PINNED) and unguarded_axes(view.job)
    return Message(_done(found), tuple(blocks), buttons, Tone.LOUD if loud else Tone.GOOD)


def _run_held(run: Run, job: Job) -> Button:
    press = Press(Action.RUN_HELD, job=job.id, revision=int(run.id))
    return Button("Run the held fire now", press, primary=True)


def _held_waits(run: Run, job: Job, how: str) -> Paragraph:
    command = code(f"{how} run {job.id}")
    return Paragraph(
        line("Its held fire of ", Moment(run.fire_time, job.zone), " waits: ", command)
    )


def _done(found: Changed) -> str:
    job = found.view.job
    name = facts.called(job)
    match found.done:
        case Done.EDITED:
            return f"Job {name} is changed."
        case Done.PAUSED:
            return f"Job {name} is paused."
        case Done.RESUMED:
            return f"Job {name} is active again."
        case Done.REMOVED:
            return f"Job {name} is removed."
        case Done.PINNED:
            return f"Job {name} is pinned to {facts.names(job.pins)}."
        case Done.UNPINNED if unguarded_axes(job):
            return f"Job {name} is unpinned, but UNGUARDED: no snapshot could be taken."
        case Done.UNPINNED:
            return f"Job {name} follows the default again, while it is {facts.names(consent(job))}."
        case Done.ACCEPTED:
            return f"Job {name} now consents to {facts.names(consent(job))}."
        case Done.SNAPSHOT:
            return f"Job {name} is guarded: it consents to {facts.names(consent(job))}."
        case _:
            assert_never(found.done)


def _started(found: Started) -> Message:
    job = found.job
    if not found.held_fire:
        title = f"Job {facts.called(job)} is about to run."
        return Message(title, buttons=(runs.stop_button(found.run),))
    older = f" {facts.count(found.skipped, 'older held fire')} given up." if found.skipped else ""
    return Message(
        f"The held fire of job {facts.called(job)} runs now.{older}",
        (Quiet(line("It was due ", Moment(found.run.fire_time, job.zone))),),
        (runs.stop_button(found.run),),
    )


def _stopped(found: Stopped) -> Message:
    name = facts.called(found.job)
    if found.over is not None:
        how = runs.OUTCOME_WORDS[found.over.state]
        return Message(f"That run of job {name} is over: {how}. Nothing was changed.")
    if not found.runs:
        return Message(f"Job {name} is not running; nothing was stopped.")
    first = next((run.cancel_asked_by for run in found.runs if run.cancel_asked_by), None)
    if first is not None:
        return Message(f"Job {name} is being stopped already, by {first}; nothing was changed.")
    if not found.requests:
        return Message(f"Job {name} is stopped; no call was made.")
    left = facts.count(found.requests, "request")
    return Message(
        f"Job {name} is stopped: its call is cut off. {left} had left and may have been billed."
    )


def _left_alone(found: Left) -> Message:
    return Message(
        f"Job {facts.called(found.job)}: the run of unknown outcome is left as it is.",
        (Quiet(line("It was due ", Moment(found.run.fire_time, found.job.zone))),),
    )


def _snapshots(found: Snapshots) -> Message:
    left = tuple(Paragraph(line(whose)) for whose in _left(found.left))
    if not found.taken:
        return Message("Nothing to do: no job here that is yours to decide is unguarded.", left)
    number = facts.count(len(found.taken), "job")
    verb = "is" if len(found.taken) == 1 else "are"
    return Message(
        f"{number} {verb} guarded now: each consents to what it uses at this moment.",
        (_jobs(found.taken), *left),
        tone=Tone.GOOD,
    )


def _left(jobs: tuple[Job, ...]) -> list[str]:
    """Whose the jobs are that stay as they are."""
    owners = Counter(job.owner.name or job.owner.key for job in jobs)
    return [
        f"{facts.count(number, 'unguarded job')} left: {who} or an admin decides about"
        f" {'it' if number == 1 else 'them'}."
        for who, number in owners.items()
    ]


def _alerts(number: int) -> Message:
    if not number:
        return Message("No alert is open: nothing is held by a moved default.")
    return Message(f"{facts.count(number, 'alert')} open; each follows with its buttons.")


def _default(found: Default, how: str) -> Message:
    if found.resolution is None:
        return Message(
            "The default names no route that can be called; agent jobs are held.",
            tuple(Paragraph(line(each)) for each in (found.problem or "").splitlines()),
            tone=Tone.LOUD,
        )
    route = found.resolution.route
    auto = " (auto)" if found.resolution.auto else ""
    blocks = [
        Paragraph(
            line(
                bold(route.name),
                f"{auto}, {prices.class_and_figures(route)}; chosen by {found.resolution.chosen_by}.",
            )
        )
    ]
    if found.holds:
        blocks.append(Paragraph(line(f"It holds {facts.count(len(found.holds), 'job')}:")))
    title = f"The default is {route.name}."
    held = (_jobs(found.holds),) if found.holds else ()
    return Message(title, (*blocks, *held))


def _what_if(found: WhatIf, how: str) -> Message:
    old = found.old.route.name if found.old else "a default that cannot be resolved"
    words = f"It would hold {facts.count(len(found.holds), 'job') if found.holds else 'no job'}"
    words += (
        f"; {facts.count(found.follows, 'other job')} would follow it." if found.follows else "."
    )
    blocks = [Paragraph(line(f"Nothing is changed yet. {words}"))]
    if verdict := _price_of_change(found):
        blocks.append(Paragraph(verdict))
    held = (_jobs(found.holds),) if found.holds else ()
    command = code(f"{how} default {found.new} yes")
    press = Press(Action.CHANGE_DEFAULT, route=found.new)
    price = f" ({prices.PRICE_WORDS[found.route.price_class]})" if found.route else ""
    question = (
        f"Move the default to {found.new}{price} for every job and chat?{_holds(found.holds)}"
    )
    return Message(
        f"This would move the default from {old} to {found.new}.",
        (*blocks, *held, Quiet(line("Or type ", command))),
        (Button("Change", press, primary=True, confirm=Confirm(question, "Change")),),
    )


def _price_of_change(found: WhatIf) -> Line | None:
    """Class before and after, in figures, and what the jobs it would hold would cost on it."""
    if found.route is None:
        return line("It would resolve to no route that can be called now.")
    before = found.old.route if found.old else None
    said = f"Now {prices.class_and_figures(found.route)}"
    if before is not None:
        said = f"Was {prices.class_and_figures(before)}; would be {prices.class_and_figures(found.route)}"
    forecasts = [found.forecasts[job.id] for job in found.holds if job.id in found.forecasts]
    if before is not None and forecasts:
        kept = (before.price_class, before.price)
        if ratio := prices.compared(kept, found.route, forecasts[0].habit):
            said += f", {ratio}"
    cost = prices.spent(found.route, forecasts) if len(forecasts) == len(found.holds) else ""
    return line(f"{said}.", f" If they accept it: {cost}." if cost else "")


def _default_changed(found: DefaultChanged) -> Message:
    old = found.old.route.name if found.old else "?"
    title = f"The default moved from {old} to {found.new}.{_holds(found.holds)}"
    return Message(title, tone=Tone.LOUD)


def _holds(jobs: tuple[Job, ...]) -> str:
    """What a change does to the jobs that consented to another default, as a further sentence."""
    if not jobs:
        return ""
    return f" {facts.count(len(jobs), 'job')} will be held until somebody decides."


def _jobs(jobs: tuple[Job, ...]) -> Bullets:
    lines = [
        line(bold(f"#{job.id}"), f" {job.name}, consents to {facts.names(consent(job))}")
        for job in jobs
    ]
    if len(lines) > NAMED:
        lines = [*lines[:NAMED], line(f"and {len(jobs) - NAMED} more")]
    return Bullets(tuple(lines))
