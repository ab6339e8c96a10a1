"""Another default for a while: that it began, and the one message that closes it."""

from datetime import timedelta

from bot.message import Block, Code, Message, Moment, Paragraph, Quiet, Tone, code, line
from bot.wording import facts
from bot.wording.defaults import end_now, held_by_it, ways_out
from scheduler.answers import ExperimentBegun, ExperimentOver
from scheduler.experiment import Ending, Experiment
from scheduler.press import RouteNames
from scheduler.schedule.spans import span_words

MINUTE = timedelta(minutes=1)
LATE = 5 * MINUTE
"""An experiment that ends later than this says so."""


def begun(found: ExperimentBegun, how: str) -> Message:
    running = found.experiment
    lasting = span_words(running.length)
    title = f"The default is {running.new} for {lasting}.{held_by_it(found.holds)}"
    ends = line(
        f"{running.old} comes back by itself at ",
        Moment(running.ends_at, found.zone),
        ". A job that accepts the experiment is held when it does.",
    )
    blocks: tuple[Block, ...] = (Paragraph(ends), Quiet(ways_out(running, how)))
    return Message(title, blocks, (end_now(running),), Tone.LOUD)


def cancelled() -> Message:
    return Message("Cancelled: the default was not changed.", replaces=True)


def too_late_to_cancel(default: RouteNames) -> Message:
    return Message(f"Too late to cancel: the default is {default} already.", private=True)


def ended(found: ExperimentOver) -> Message:
    """The answer to whoever ended it or kept its default."""
    running = found.experiment
    if running.ending is Ending.KEPT:
        return Message(f"The default stays {running.new}: the experiment is over.")
    title = f"The default is {running.old} again: the experiment with {running.new} is over."
    return Message(title, _held(found.holds), tone=Tone.GOOD)


def over(experiment: Experiment, holds: int, how: str) -> Message:
    """The message that closes it, in the chat it was begun from."""
    held = _held(holds, how)
    title = _title(experiment)
    if experiment.ending is Ending.STUCK:
        why, _, lines = experiment.detail.partition("\n")
        deploy = (Code(lines.rstrip()),) if lines else ()
        return Message(title, (Paragraph(line(why)), *deploy, *held), tone=Tone.LOUD)
    late = experiment.since - experiment.ends_at
    if late > LATE:
        held = (*held, Quiet(line(f"That was {span_words(late // MINUTE * MINUTE)} late.")))
    return Message(title, held, tone=Tone.LOUD if holds else Tone.GOOD)


def _title(experiment: Experiment) -> str:
    old, new = experiment.old, experiment.new
    who = experiment.ended_by and experiment.ended_by.called
    match experiment.ending:
        case Ending.RETURNED if who:
            return f"{who} ended the experiment with {new}: the default is {old} again."
        case Ending.RETURNED:
            lasted = span_words(experiment.length)
            return f"The experiment with {new} is over after {lasted}: the default is {old} again."
        case Ending.KEPT:
            return f"{who} kept {new}: the experiment is over, and nothing goes back to {old}."
        case Ending.NEVER:
            return (
                f"The experiment with {new} did not begin: Driftpin was stopped before anything"
                " was changed."
            )
        case Ending.STUCK:
            return f"The experiment with {new} is over, but {old} could not be put back."
        case _:
            theirs = f" to {experiment.detail}" if experiment.detail else ""
            return (
                f"The experiment with {new} is over: somebody changed the default{theirs}"
                " meanwhile, and that was left as it is."
            )


def _held(holds: int, how: str = "") -> tuple[Block, ...]:
    if not holds:
        return ()
    verb = "is" if holds == 1 else "are"
    said = f"{facts.count(holds, 'job')} {verb} held by the default as it is now"
    shown = (": ", code(f"{how} default")) if how else (".",)
    return (Paragraph(line(said, *shown)),)
