"""Runs looked back on: each in a line, in the history of its job, and by what it put out."""

from datetime import datetime, timedelta

from bot.message import Bullets, Line, Message, Moment, Paragraph, Quiet, Written, line
from bot.wording import facts, halts
from bot.wording.runs import HOLD_WORDS, OUTCOME_WORDS, figures, receipt, stop_button
from scheduler.halt import Halt
from scheduler.job import Job, JobKind
from scheduler.run import WAS_HELD, HoldReason, Run, RunKind, RunState
from scheduler.schedule.spans import span_words
from scheduler.script import is_script

LONGEST_WHY = 120
"""Signs of an error that stand in the line of its run; `output` has it whole."""

AT_ONCE = timedelta(seconds=10)
"""A run that began within this of its fire time began in time."""


def history(job: Job, runs: tuple[Run, ...], how: str, halt: Halt | None = None) -> Message:
    """`halt` is the one in force: above what ran before it."""
    above = (halts.in_force(halt, how),) if halt else ()
    if not runs:
        return Message(f"Job {facts.called(job)} has not run yet.", above)
    return Message(
        f"The latest runs of job {facts.called(job)}",
        (
            *above,
            Bullets(tuple(_in_history(run, job) for run in runs)),
        ),
        tuple(stop_button(run) for run in runs if run.state.in_flight)[:1],
    )


def output(job: Job, run: Run | None) -> Message:
    if run is None:
        return Message(f"Job {facts.called(job)} has no output yet.")
    body = Written(run.output) if run.output is not None else Paragraph(line(run.error or ""))
    return Message(
        f"The latest output of job {facts.called(job)}",
        (Paragraph(outcome(run, job, why=False)), body, Quiet(receipt(run))),
    )


def _in_history(run: Run, job: Job) -> Line:
    """A run in one line, with what it cost, by which price list, and the tokens it took."""
    told = outcome(run, job)
    if run.route is None or not (run.usage.requests or run.state is RunState.SUCCEEDED):
        return told
    return (*told, *line("; ", ", ".join(figures(run, run.route, of_list=True))))


def outcome(run: Run, job: Job, *, why: bool = True) -> Line:
    """A run in one line: when it was due, how it went and `why` it came to nothing, and when it ran
    where that was later."""
    words = OUTCOME_WORDS[run.state]
    if run.state is RunState.UNKNOWN and job.kind is JobKind.SCRIPT:
        words = "unknown: it may have done its work"
    if run.hold_reason and run.state is RunState.MISSED:
        words = "held, then given up for a later fire"
        if run.hold_reason is HoldReason.HALT:
            words = "missed, everything that spends was halted"
    if run.hold_reason and run.state is RunState.HELD:
        words += f", {HOLD_WORDS[run.hold_reason]}"
    if why and run.error and run.state in (RunState.FAILED, RunState.UNKNOWN):
        words += f" ({_in_short(run.error)})"
    decided = f", {run.decided}" if run.decided else ""
    asked = ", asked for by hand" if run.kind is RunKind.MANUAL else ""
    began = _began(run)
    waited = f"held {_waited(run)}, then " if began and run.note == WAS_HELD else ""
    said = f": {waited}{words}{decided}{asked}{_on(run)}"
    parts = line(Moment(run.fire_time, job.zone), said)
    return parts if began is None else (*parts, *line("; ran at ", Moment(began, job.zone)))


def _in_short(error: str) -> str:
    first = error.split("\n", 1)[0]
    return first if len(first) <= LONGEST_WHY else f"{first[:LONGEST_WHY].rstrip()}…"


def _began(run: Run) -> datetime | None:
    """When a run began, where that is not plain from its fire time."""
    if run.started_at is None or run.state in (RunState.HELD, RunState.MISSED):
        return None
    late = run.note == WAS_HELD or run.started_at - run.fire_time >= AT_ONCE
    return run.started_at if late else None


def _waited(run: Run) -> str:
    return span_words((run.started_at or run.fire_time) - run.fire_time) or "for a moment"


def _on(run: Run) -> str:
    uncalled = run.state is RunState.CANCELLED and not run.usage.requests
    if run.route is None or uncalled or run.state in (RunState.HELD, RunState.MISSED):
        return ""
    return "" if is_script(run.route) else f", on {run.route.name}"
