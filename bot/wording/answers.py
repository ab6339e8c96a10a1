"""The answer to each command."""

from collections import Counter
from dataclasses import replace
from typing import assert_never

from bot.message import (
    Block,
    Button,
    Fields,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Tone,
    bold,
    code,
    line,
)
from bot.wording import (
    cards,
    choosing,
    costs,
    defaults,
    drills,
    experiments,
    facts,
    halts,
    histories,
    people,
    pressed,
    prices,
    runs,
    spending,
)
from bot.wording.edits import edits
from bot.wording.long import dozen
from scheduler.answers import (
    Added,
    Alerts,
    Answer,
    Audited,
    Changed,
    CostsOf,
    Decisions,
    Default,
    DefaultChanged,
    Done,
    Drilled,
    ExperimentBegun,
    ExperimentOver,
    Histories,
    Left,
    Listed,
    Outputs,
    Raised,
    Removed,
    Shown,
    Snapshots,
    Started,
    StillHeld,
    Stopped,
    Unchanged,
    WhatIf,
    Zone,
)
from scheduler.costs import Overview
from scheduler.drift import consent
from scheduler.halt import HaltEnded, HaltSet
from scheduler.job import Job, JobKind, JobState, unguarded_axes
from scheduler.press import Action, Press
from scheduler.run import Run


def answer(found: Answer, how: str) -> Message:
    """The message for what the service found or did; `how` is how a command is typed here."""
    match found:
        case Added(view, twin):
            return cards.added(view, how, twin)
        case Listed():
            return cards.listed(found, how)
        case Shown(view, removed):
            return _of_removed(cards.shown(view, how), view.job, removed, how)
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
        case Raised():
            return spending.raised(found, how)
        case Overview():
            return costs.overview(found, how)
        case CostsOf():
            return _of_removed(costs.of_job(found, how), found.job, found.removed, how)
        case Alerts():
            return _alerts(found, how)
        case StillHeld():
            return choosing.still_held(found)
        case Decisions():
            return pressed.decisions(found)
        case Histories(job, history, removed, halt):
            return _of_removed(histories.history(job, history, how, halt), job, removed, how)
        case Outputs(job, run, removed):
            return _of_removed(histories.output(job, run), job, removed, how)
        case Default():
            return defaults.shown(found, how)
        case WhatIf():
            return defaults.what_if(found, how)
        case DefaultChanged():
            return defaults.changed(found)
        case ExperimentBegun():
            return experiments.begun(found, how)
        case ExperimentOver():
            return experiments.ended(found)
        case Snapshots():
            return _snapshots(found)
        case HaltSet():
            return halts.halted(found, how)
        case HaltEnded():
            return halts.ended(found, how)
        case Drilled():
            return drills.drilled(found, how)
        case Zone():
            return people.zone(found, how)
        case Audited():
            return people.audit(found, how)
        case _:
            assert_never(found)


def _changed(found: Changed, how: str) -> Message:
    view = found.view
    changes = edits(found.before, view.job) if found.before is not None else ()
    blocks: list[Block] = []
    if found.done is not Done.REMOVED:
        # In one table, so that its columns stand below each other.
        blocks.append(Fields((*changes, *cards.rows(view))))
    buttons: tuple[Button, ...] = ()
    if found.released:
        fire = Moment(found.released.fire_time, view.job.zone)
        blocks.append(Paragraph(line("Its held fire of ", fire, " runs now.")))
        buttons = (runs.stop_button(found.released),)
    elif view.held and found.done in (Done.PINNED, Done.ACCEPTED, Done.SNAPSHOT):
        blocks.append(_held_waits(view.held[-1], view.job, how))
        buttons = (replace(runs.run_held_button(view.held[-1]), primary=True),)
        if view.halt is not None:
            blocks[-1], buttons = halts.in_force(view.halt, how), ()
    if found.done is Done.REMOVED:
        back = code(f"{how} resume {view.job.id}")
        blocks.append(Quiet(line("Its history stays; ", back, " brings it back.")))
        buttons = (_undo(view.job),)
    if found.done is Done.PAUSED and view.running:
        words = "Its run goes on to its end, unless you stop it too: "
        blocks.append(Paragraph(line(words, code(f"{how} stop {view.job.id}"))))
        buttons = (runs.stop_button(view.running, "Stop the run too"),)
    loud = found.done in (Done.UNPINNED, Done.PINNED) and unguarded_axes(view.job)
    return Message(_done(found), tuple(blocks), buttons, Tone.LOUD if loud else Tone.GOOD)


def _of_removed(message: Message, job: Job, removed: Removed | None, how: str) -> Message:
    """What is told of a job that was removed: by whom, when, and how it comes back."""
    if job.state is not JobState.REMOVED:
        return message
    who = line(f"by {removed.by} at ", Moment(removed.at, job.zone)) if removed else line("before")
    back = line(". ", code(f"{how} resume {job.id}"), " brings it back.")
    told = Paragraph((*line(bold("Removed"), " "), *who, *back))
    return replace(message, blocks=(told, *message.blocks), buttons=())


def _undo(job: Job) -> Button:
    return Button("Undo", Press(Action.RESTORE, job=job.id))


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
            return (
                f"Job {name} is removed by {found.by}." if found.by else f"Job {name} is removed."
            )
        case Done.RESTORED:
            return f"Job {name} is back, as it was."
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
    if found.once is not None:
        what = "held fire runs" if found.held_fire else "run starts"
        return Message(
            f"A {what} now, once, on {prices.priced(found.once)} for job {facts.called(job)}; what the"
            " job consents to stays as it was.",
            buttons=(runs.stop_button(found.run),),
        )
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
    if found.job.kind is JobKind.SCRIPT:
        went = "it had not begun."
        if found.requests:
            went = "its script is ended, with everything it has started."
        return Message(f"Job {name} is stopped: {went}")
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
        (defaults.jobs_by_name(found.taken), *left),
        tone=Tone.GOOD,
    )


def _left(jobs: tuple[Job, ...]) -> list[str]:
    """Whose the jobs are that stay as they are."""
    owners = Counter(job.owner.called for job in jobs)
    return [
        f"{facts.count(number, 'unguarded job')} left: {who} or an admin decides about"
        f" {'it' if number == 1 else 'them'}."
        for who, number in owners.items()
    ]


def _alerts(found: Alerts, how: str) -> Message:
    number, waiting = len(found.alerts), found.waiting
    if not number and not waiting:
        return Message("No alert is open: nothing is held by a moved default.")
    title = f"{facts.count(number, 'alert')} open; each follows with its buttons."
    if not waiting:
        return Message(title)
    verb = "has a held fire" if len(waiting) == 1 else "have held fires"
    rest = f"{facts.count(len(waiting), 'job')} {verb} that no alert asks about"
    rows = dozen((cards.row(view) for view in waiting), code(f"{how} list"))
    first = waiting[0].job.id
    return Message(
        f"{title} {rest}." if number else f"No alert is open, but {rest}.",
        (
            rows,
            Quiet(line("To run one, or to be told what keeps it: ", code(f"{how} run {first}"))),
        ),
    )
