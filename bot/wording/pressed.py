"""What whoever pressed a button of an alert is told: what it did, what it left, or that it came too late."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.grammar.sentences import sentence
from bot.message import Message, Paragraph, code, line
from bot.wording import facts
from bot.wording.decisions import summary
from bot.wording.runs import stop_among, stop_button
from scheduler.alert import Alert, AlertState, Decision
from scheduler.answers import Decisions, Released
from scheduler.job import Job
from scheduler.press import RouteNames
from scheduler.run import HoldReason

STOPS = 5
"""Runs that get a Stop button each; more would be a wall."""

ACK_WORDS = {
    Decision.PINNED: "pinned to the route consented to",
    Decision.ACCEPTED: "now on the new default",
    Decision.PAUSED: "paused",
}


def too_late(found: Alert, seen: RouteNames | None = None) -> Message:
    """A press that came after the decision, or on a message that has changed since; `seen` is the route
    that its button spoke of."""
    if found.state is AlertState.OPEN and seen not in (None, RouteNames.of(found.route)):
        return Message(
            f"The default has moved again since that message, to {found.route.name}; nothing was"
            " done. Please use the newest message.",
            private=True,
        )
    if found.state is AlertState.OPEN:
        return Message(
            "This alert has changed since; nothing was done. Please use its newest message.",
            private=True,
        )
    if found.state is AlertState.HEALED:
        return Message("Nothing to decide any more: the default is back.", private=True)
    return Message(f"Already decided: {summary(found)}. Nothing was changed.", private=True)


def decided(
    decision: Decision,
    jobs: Sequence[Job],
    left: Sequence[Job],
    reason: HoldReason = HoldReason.DRIFT,
    unfit: Sequence[Job] = (),
) -> Message:
    """What the presser is told: what the press did, and what it left to others."""
    words = ACK_WORDS[decision]
    if reason is HoldReason.SERVED and decision is Decision.ACCEPTED:
        words = "may be answered like that from now on"
    did = f"{facts.count(len(jobs), 'job')} {words}"
    owners = Counter(job.owner.called for job in left)
    rest = "".join(
        f"; {number} {'belongs' if number == 1 else 'belong'} to {who}"
        for who, number in owners.items()
    )
    return Message(f"Done: {did}{rest}{_unfit(decision, unfit)}.", private=True)


def _unfit(decision: Decision, jobs: Sequence[Job]) -> str:
    """Why a decision was none for these jobs, as the end of a sentence."""
    if not jobs:
        return ""
    numbers = ", ".join(str(job.id) for job in jobs)
    if decision is Decision.PINNED:
        why = "a pin brings back no address, no key and no price"
    else:
        why = "free and local routes only"
    return f"; still held: {facts.noun(len(jobs), 'job')} {numbers} ({why})"


def decisions(found: Decisions) -> Message:
    """The same for a typed command, in front of everybody."""
    said = decided(found.decision, found.jobs, found.left, found.reason, found.unfit)
    return replace(said, private=False)


def released(found: Released, alert: Alert, how: str) -> Message:
    """The held fires that a press set free, each with its Stop, and why others wait on."""
    left = tuple(Paragraph(line(sentence(str(error)))) for error in found.left)
    if not found.started and left:
        return Message("Nothing was started, and nothing was given up.", left, private=True)
    if not found.started:
        decided = f" Decided: {summary(alert)}." if alert.state is AlertState.DECIDED else ""
        return Message(f"No held fire waits any more; nothing was started.{decided}", private=True)
    older = sum(run.skipped for run in found.started)
    given_up = f" {facts.count(older, 'older held fire')} given up." if older else ""
    fires = facts.count(len(found.started), "held fire")
    # For everybody, as the answer of `run` is: whoever sees that it runs can stop it.
    title, runs = f"{fires} running now.{given_up}", [each.run for each in found.started]
    if len(runs) > STOPS:
        words = line("To stop one of them: ", code(f"{how} stop {runs[0].job_id}"))
        return Message(title, (*left, Paragraph(words)), beside=True)
    stops = (stop_button(runs[0]),) if len(runs) == 1 else tuple(map(stop_among, runs))
    return Message(title, left, stops, beside=True)
