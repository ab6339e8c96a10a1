"""What a run tells its origin, and what its receipt says."""

from dataclasses import replace
from typing import assert_never

from bot.grammar.sentences import sentence
from bot.message import (
    Block,
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
from scheduler.halt import ENDS_IT
from scheduler.held import cost_words
from scheduler.job import Job, JobKind, OnMissed, unguarded_axes
from scheduler.plan import COUNTED
from scheduler.press import Action, Press, RouteNames
from scheduler.route import PriceClass, Route
from scheduler.run import CostSource, HoldReason, Run, RunState
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
            why = Paragraph(line(sentence(run.error or "no reason was given")))
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
    # How to end a halt is said once, as a command is typed here.
    blocks: list[Block] = [Code((run.error or "").removesuffix(f"\n{ENDS_IT}"))]
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
        words = (
            "Further fires that this cap holds today are held without a word; the next good run of a job"
            " makes up for them."
        )
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


def run_held_button(run: Run) -> Button:
    """It sets this held fire free, or the latest one of its job."""
    press = Press(Action.RUN_HELD, job=run.job_id, revision=int(run.id))
    return Button("Run the held fire now", press)


def stop_among(run: Run) -> Button:
    """The same beside buttons of other jobs, which stay."""
    press = Press(Action.STOP, job=run.job_id, revision=int(run.id), everywhere=True)
    return Button(f"Stop {run.job_id}", press)


def _cut_off(job: Job, run: Run) -> str:
    if job.kind is JobKind.SCRIPT:
        begun = "The script was ended, with everything it had started."
        return begun if run.usage.requests else "The script was not started."
    if run.usage.requests:
        return "No call was under way; the calls before it are paid for."
    return "No call was made."


def _held_buttons(job: Job, run: Run) -> tuple[Button, ...]:
    if run.hold_reason is HoldReason.BUDGET:
        more = Press(Action.RAISE, job=job.id, revision=int(run.id))
        pause = Button("Pause", Press(Action.PAUSE, job=job.id))
        return (Button("Raise for today", more), pause) if raisable(run.error or "") else (pause,)
    if run.hold_reason is HoldReason.HALT:
        # Nothing runs while it stands; when it ends, what still waits is told.
        return ()
    retry = run_held_button(run)
    if run.hold_reason is HoldReason.UNGUARDED:
        return (_snapshot_button(job, run), retry)
    return (retry,)


def receipt(run: Run) -> Line:
    """The quiet line under a report: the route, what it cost and how that is known, the tokens."""
    if run.route is None:
        return line("no provider was called")
    if is_script(run.route):
        return line(f"script {run.route.model}, no provider was called")
    return line(", ".join((run.route.name, *figures(run, run.route))))


def figures(run: Run, route: Route, *, of_list: bool = False) -> list[str]:
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
    if usage.requests and usage.input_tokens == 0 == usage.output_tokens:
        return parts
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
        f"Job {facts.called(job)} missed {fires} while Driftpin could not run.",
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
