"""How runs went: reports, histories, outputs."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.grammar.sentences import sentence
from bot.message import (
    Block,
    Bullets,
    Button,
    Code,
    Line,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Tone,
    Written,
    bold,
    code,
    line,
)
from bot.wording import facts, prices
from scheduler.budget import raisable
from scheduler.held import cost_words
from scheduler.job import Job, JobKind, OnMissed, unguarded_axes
from scheduler.plan import COUNTED
from scheduler.press import Action, Press, RouteNames
from scheduler.route import PriceClass, Route
from scheduler.run import WAS_HELD, CostSource, HoldReason, Run, RunKind, RunState
from scheduler.schedule.spans import span_words
from scheduler.script import is_script

OUTCOME_WORDS = {
    RunState.PLANNED: "is about to start",
    RunState.CLAIMED: "is starting",
    RunState.CALLING: "is running",
    RunState.HELD: "held",
    RunState.SUCCEEDED: "succeeded",
    RunState.FAILED: "failed",
    RunState.UNKNOWN: "unknown: it may have been billed",
    RunState.CANCELLED: "cancelled",
    RunState.MISSED: "missed",
    RunState.OVERLAPPED: "skipped, the run before it was still going",
}

HOLD_WORDS = {
    HoldReason.DRIFT: "the default moved",
    HoldReason.IDENTITY: "who is billed, or how much, is not what was consented to",
    HoldReason.FREE_ONLY: "it may use free and local routes only, and this one is not",
    HoldReason.UNGUARDED: "nobody consented to a route",
    HoldReason.CONFIG: "the settings give it no route that can be trusted",
    HoldReason.CREDENTIAL: "a credential is missing",
    HoldReason.HALT: "everything that spends is halted",
    HoldReason.SERVED: "what answered is not what was consented to",
    HoldReason.BUDGET: "a cap on spending allows no more",
}


AT_ONCE = timedelta(seconds=10)
"""A run that began within this of its fire time began in time."""


def outcome(run: Run, job: Job) -> Line:
    """A run in one line: when it was due, how it went, and when it ran where that was later."""
    words = OUTCOME_WORDS[run.state]
    if run.hold_reason and run.state is RunState.MISSED:
        words = "held, then given up for a later fire"
        if run.hold_reason is HoldReason.HALT:
            words = "missed, everything that spends was halted"
    if run.hold_reason and run.state is RunState.HELD:
        words += f", {HOLD_WORDS[run.hold_reason]}"
    decided = f", {run.decided}" if run.decided else ""
    asked = ", asked for by hand" if run.kind is RunKind.MANUAL else ""
    began = _began(run)
    waited = f"held {_waited(run)}, then " if began and run.note == WAS_HELD else ""
    said = f": {waited}{words}{decided}{asked}{_on(run)}"
    parts = line(Moment(run.fire_time, job.zone), said)
    return parts if began is None else (*parts, *line("; ran at ", Moment(began, job.zone)))


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


def report(
    job: Job, run: Run, how: str, *, first_unguarded: bool, served: str | None = None
) -> Message:
    """What a run tells its origin; `served` is what answered where nobody consented to anything."""
    match run.state:
        case RunState.SUCCEEDED:
            return _succeeded(job, run, how, first_unguarded=first_unguarded, served=served)
        case RunState.HELD:
            return _held(job, run, how)
        case RunState.FAILED:
            printed = (Written(run.output),) if run.output else ()
            why = Paragraph(line(run.error or "no reason was given"))
            return Message(
                f"Job {facts.called(job)} failed.",
                (why, *printed, Quiet(receipt(run))),
                tone=Tone.LOUD,
            )
        case RunState.UNKNOWN:
            perhaps = "done its work" if job.kind is JobKind.SCRIPT else "been billed"
            return Message(
                f"Job {facts.called(job)} has an unknown outcome: it may have {perhaps}.",
                (
                    Paragraph(line(sentence(run.error or "the process died inside the call"))),
                    Paragraph(
                        line(
                            "It is not repeated by itself. ",
                            code(f"{how} run {job.id}"),
                            " runs it again, ",
                            code(f"{how} leave {job.id}"),
                            " leaves it as it is.",
                        )
                    ),
                    Quiet(receipt(run)),
                ),
                _doubt_buttons(job, run),
                Tone.LOUD,
            )
        case RunState.CANCELLED:
            return _cancelled(job, run)
        case RunState.MISSED | RunState.OVERLAPPED:
            return Message(f"Job {facts.called(job)}: {OUTCOME_WORDS[run.state]}.")
        case RunState.PLANNED | RunState.CLAIMED | RunState.CALLING:
            return Message(f"Job {facts.called(job)} {OUTCOME_WORDS[run.state]}.")
        case _:
            assert_never(run.state)


def _succeeded(
    job: Job, run: Run, how: str, *, first_unguarded: bool, served: str | None
) -> Message:
    text: tuple[Block, ...] = (Written(run.output or "(the answer was empty)"),)
    if job.kind is JobKind.MESSAGE:
        return Message(job.name, text)
    quiet = Quiet(receipt(run))
    if served:
        why = "Nobody consented to a route for this job, so it was not held."
        if run.authorised is not None and not unguarded_axes(job):
            why = "It was let through this once; what the job consents to stays as it was."
        words = f" {served}. {why}"
        text += (Paragraph(line(bold("Answered otherwise:"), words)),)
    if not first_unguarded or not unguarded_axes(job):
        return Message(f"{job.name} (job {job.id})", (*text, quiet))
    used = run.route.name if run.route else "an unknown route"
    warning = Paragraph(
        line(
            bold("Unguarded: "),
            f"this job used {used}, and would use any other default as well. ",
            code(f"{how} snapshot {job.id}"),
            " binds it to what it uses now.",
        )
    )
    return Message(
        f"{job.name} (job {job.id})", (*text, warning, quiet), (_snapshot_button(job, run),)
    )


def noting(report: Message, changed: str) -> Message:
    """The report of a run that something changed for and held nothing: told once, above its receipt."""
    *said, receipt = report.blocks
    news = Paragraph(line(bold("Changed: "), changed))
    return replace(report, blocks=(*said, news, receipt))


def _snapshot_button(job: Job, run: Run) -> Button:
    """It consents to the very route this run speaks of."""
    return snapshot_button(job, run.route)


def snapshot_button(job: Job, route: Route | None) -> Button:
    """It consents to this very route; without one a press only shows what it is by then."""
    press = Press(Action.SNAPSHOT, job.id, revision=job.consent_revision)
    if route is not None:
        press = replace(press, route=RouteNames.of(route), bills=route.billing)
    return Button("Take snapshot", press, primary=True)


def _held(job: Job, run: Run, how: str) -> Message:
    """A run held for anything but a drift; a drift has an alert instead."""
    blocks: list[Block] = [Code(run.error or "")]
    if run.hold_reason in (HoldReason.CONFIG, HoldReason.CREDENTIAL):
        again = code(f"{how} run {job.id}")
        if job.snapshot.unseen and unguarded_axes(job):
            again = code(f"{how} snapshot {job.id}")
            words = (
                "Nobody has seen a route for it yet. Once that is mended, it is bound to one with "
            )
        else:
            words = "Once that is mended, its next fires run by themselves; this one runs with "
        blocks.append(Paragraph(line(words, again, ".")))
    if run.hold_reason is HoldReason.HALT:
        words = "Later fires of this chat are held without a word. An admin ends the halt with "
        blocks.append(Paragraph(line(words, code(f"{how} unhalt"), ".")))
    if run.hold_reason is HoldReason.BUDGET:
        words = "Until then, later fires that this cap holds are held without a word."
        blocks.append(Paragraph(line(words)))
    why = HOLD_WORDS[run.hold_reason] if run.hold_reason else "in doubt"
    made = f"{facts.count(run.usage.requests, 'call')} made" if run.usage.requests else ""
    title = f"Job {facts.called(job)} is held: {why}. {made or 'No call was made'}."
    if run.usage.requests:
        blocks.append(Quiet(receipt(run)))
    return Message(title, tuple(blocks), _held_buttons(job, run), Tone.LOUD)


def _cancelled(job: Job, run: Run) -> Message:
    why = f": {run.error}" if run.error else ""
    said: list[Block] = [Paragraph(line(_cut_off(job, run)))]
    if run.usage.requests:
        said.append(Quiet(receipt(run)))
    return Message(f"Job {facts.called(job)} was cancelled{why}.", tuple(said))


def _doubt_buttons(job: Job, run: Run) -> tuple[Button, ...]:
    """Each decides about this very run, and only once."""
    return (
        Button("Run again", Press(Action.RUN_AGAIN, job=job.id, revision=int(run.id))),
        Button("Leave it", Press(Action.LEAVE, job=job.id, revision=int(run.id))),
    )


def stop_button(run: Run, label: str = "Stop") -> Button:
    """It stops this very run, and none that comes after it."""
    return Button(label, Press(Action.STOP, job=run.job_id, revision=int(run.id)))


def _cut_off(job: Job, run: Run) -> str:
    if job.kind is JobKind.SCRIPT:
        begun = "The script was ended, with everything it had started."
        return begun if run.usage.requests else "The script was not started."
    if run.usage.requests:
        return "No call was under way; the calls before it are paid for."
    return "No call was made."


def _held_buttons(job: Job, run: Run) -> tuple[Button, ...]:
    retry = Button(
        "Run the held fire now", Press(Action.RUN_HELD, job=job.id, revision=int(run.id))
    )
    if run.hold_reason is HoldReason.BUDGET:
        more = Press(Action.RAISE, job=job.id, revision=int(run.id))
        pause = Button("Pause", Press(Action.PAUSE, job=job.id))
        return (Button("Raise for today", more), pause) if raisable(run.error or "") else (pause,)
    if run.hold_reason is HoldReason.UNGUARDED:
        return (_snapshot_button(job, run), retry)
    return (retry,)


def receipt(run: Run) -> Line:
    """The quiet line under a report: the route, what it cost and how that is known, the tokens."""
    if run.route is None:
        return line("no provider was called")
    if is_script(run.route):
        return line(f"script {run.route.model}, no provider was called")
    return line(", ".join((run.route.name, *_figures(run, run.route))))


def _figures(run: Run, route: Route, *, of_list: bool = False) -> list[str]:
    """What a run was priced as, who answered, what it cost and how that is known, and its tokens."""
    usage, charged = run.usage, route.price_class
    local = charged is PriceClass.LOCAL
    parts = ["local" if local and usage.cost else prices.PRICE_WORDS[charged]]
    if usage.served_model and usage.served_model != route.model:
        parts.append(f"served by {usage.served_model}")
    if usage.downstream:
        parts.append(f"through {usage.downstream}")
    if run.attempt > 1:
        parts.append(f"attempt {run.attempt}")
    if not usage.requests and run.state is not RunState.UNKNOWN:
        parts.append("nothing was sent")
    elif usage.cost or not local:
        # On one's own machine the class says it all, unless somebody sent a bill.
        known = prices.list_words(route) if of_list else ""
        by_it = known if usage.cost and usage.cost_source is CostSource.ESTIMATED else ""
        parts.append(cost_words(usage) + by_it)
    if usage.input_tokens is not None and usage.output_tokens is not None:
        parts.append(f"{usage.input_tokens} tokens in, {usage.output_tokens} out")
    elif run.state is RunState.SUCCEEDED and usage.requests:
        parts.append("usage unknown")
    return parts


def missed(job: Job, total: int, first: Moment, last: Moment, how: str) -> Message:
    """Fires nobody was awake for, listed once."""
    span: Line = (first,) if total == 1 else line("From ", first, " to ", last)
    if job.on_missed is OnMissed.RUN_ONCE:
        rest = line(". One late run makes up for all that was missed.")
    else:
        rest = line(". They are not made up for; ", code(f"{how} run {job.id}"), " runs it now.")
    fires = f"{COUNTED} or more fires" if total >= COUNTED else facts.count(total, "fire")
    return Message(
        f"Job {facts.called(job)} missed {fires} while Driftpin was not running.",
        (Paragraph((*span, *rest)),),
    )


def paused_itself(job: Job, run: Run, failures: int, how: str) -> Message:
    """After too many runs in a row that came to nothing."""
    last = sentence(run.error or OUTCOME_WORDS[run.state])
    resume = Press(Action.RESUME, job=job.id, revision=job.consent_revision)
    return Message(
        f"Job {facts.called(job)} paused itself: its last {failures} runs came to nothing.",
        (
            Paragraph(line("The last one: ", last)),
            Paragraph(line("It runs again once somebody types ", code(f"{how} resume {job.id}"))),
        ),
        (Button("Resume", resume, primary=True),),
        Tone.LOUD,
    )


def history(job: Job, runs: tuple[Run, ...]) -> Message:
    if not runs:
        return Message(f"Job {facts.called(job)} has not run yet.")
    return Message(
        f"The latest runs of job {facts.called(job)}",
        (Bullets(tuple(_in_history(run, job) for run in runs)),),
        tuple(stop_button(run) for run in runs if run.state.in_flight)[:1],
    )


def _in_history(run: Run, job: Job) -> Line:
    """A run in one line, with what it cost, by which price list, and the tokens it took."""
    told = outcome(run, job)
    if run.route is None or not (run.usage.requests or run.state is RunState.SUCCEEDED):
        return told
    return (*told, *line("; ", ", ".join(_figures(run, run.route, of_list=True))))


def output(job: Job, run: Run | None) -> Message:
    if run is None:
        return Message(f"Job {facts.called(job)} has no output yet.")
    body = Written(run.output) if run.output is not None else Paragraph(line(run.error or ""))
    return Message(
        f"The latest output of job {facts.called(job)}",
        (Paragraph(outcome(run, job)), body, Quiet(receipt(run))),
    )
