"""What a drill showed: whether the run was held, what the chat would have got, and what left."""

from bot.message import (
    Block,
    Bullets,
    Code,
    Line,
    Message,
    Paragraph,
    Quiet,
    Tone,
    bold,
    code,
    line,
)
from bot.wording import alerts, answered, facts
from bot.wording.runs import HOLD_WORDS
from scheduler.answers import Drilled
from scheduler.drift import consent
from scheduler.job import OnDrift, unguarded_axes
from scheduler.route import AXIS_WORDS
from scheduler.run import HoldReason, RunState

BY_THE_MOVE = (HoldReason.DRIFT, HoldReason.IDENTITY, HoldReason.FREE_ONLY)
"""Why a run is held that would use another route than was consented to, or one that is not free."""


def drilled(found: Drilled, how: str) -> Message:
    """The whole drill: the verdict first, then the proof, then what would have been seen."""
    title, tone, means = _verdict(found, how)
    blocks: list[Block] = [
        Paragraph(
            line(
                f"Simulated: the default moved to {found.moved_to}, a paid provider that does not exist."
                " In its place a server on this machine counts what reaches it. Nothing of the job"
                " was changed, and it stands as before."
            )
        ),
        Bullets(_counted(found)),
    ]
    if means:
        blocks.append(Paragraph(means))
    if found.run.error:
        blocks += [Paragraph(line("The run would be recorded with:")), Code(found.run.error)]
    if found.alert is not None:
        blocks += _alert(found, how)
    return Message(title, tuple(blocks), tone=tone)


def _counted(found: Drilled) -> tuple[Line, ...]:
    sent = facts.count(found.requests, "request")
    ours = facts.count(found.control, "request")
    works = "so the counter works" if found.control == 1 else "so the counter cannot be trusted"
    return (
        line(bold(f"{sent} left this process"), " for the run, by that server's own count."),
        line(
            f"A control request of the drill's own, sent the same way: counted as {ours}, {works}."
        ),
    )


def _verdict(found: Drilled, how: str) -> tuple[str, Tone, Line | None]:
    """What it came to in one sentence, how loud that is, and what it means."""
    job, run = found.job, found.run
    name = facts.called(job)
    if found.control != 1:
        why = line("What the server counted proves nothing; please try again.")
        return f"Drill: nothing is proven about job {name}.", Tone.LOUD, why
    if run.state is RunState.HELD and found.requests:
        sent = facts.count(found.requests, "request")
        return f"DRILL FAILED: job {name} was held, and yet {sent} left.", Tone.LOUD, _fault()
    if run.state is RunState.HELD and run.hold_reason in BY_THE_MOVE:
        return f"Drill: job {name} would be held. 0 requests left.", Tone.GOOD, None
    if run.state is RunState.HELD:
        reason = HOLD_WORDS[run.hold_reason] if run.hold_reason else "in doubt"
        why = line("It would be held whatever the default is, so its drift could not be shown.")
        return f"Drill: job {name} would be held, for another reason: {reason}.", Tone.GOOD, why
    return _let_through(found, name, how)


def _let_through(found: Drilled, name: str, how: str) -> tuple[str, Tone, Line | None]:
    job, used = found.job, found.run.route
    if used is None:
        return f"DRILL FAILED: job {name} did not reach a verdict.", Tone.LOUD, _fault()
    if None not in (job.pins.provider, job.pins.model):
        return (
            f"Drill: job {name} would run, on what it is pinned to.",
            Tone.GOOD,
            line(
                f"It is pinned to {facts.names(job.pins)}: a moved default does not concern it, and it"
                " uses nothing else. The request that was counted was meant for that route; ",
                code(f"{how} unpin {job.id}"),
                " would make the job follow the default, guarded.",
            ),
        )
    if missing := unguarded_axes(job):
        axes = " and ".join(AXIS_WORDS[axis] for axis in missing)
        return (
            f"Drill: job {name} would NOT be held: it is UNGUARDED.",
            Tone.LOUD,
            line(
                f"Nobody consented to a {axes} for it, so it would have run on {used.name} and billed"
                " that. ",
                code(f"{how} snapshot {job.id}"),
                " binds it to what it uses now.",
            ),
        )
    if found.policy is not OnDrift.HOLD:
        kept = used.name == facts.names(consent(job))
        which = "what it consented to" if kept else "the new default"
        return (
            f"Drill: job {name} would run, on {which}: its policy lets it.",
            Tone.PLAIN,
            line(
                f"on_drift is {found.policy}, so the run would have used {used.name}. ",
                code(f"{how} edit {job.id} on_drift=hold"),
                " would have it held instead.",
            ),
        )
    return f"DRILL FAILED: job {name} would NOT be held.", Tone.LOUD, _fault()


def _fault() -> Line:
    return line(
        "This is a fault of Driftpin: the guard did not do what it promises. Until it is mended, ",
        "pin what must not be billed elsewhere, or pause it.",
    )


def _alert(found: Drilled, how: str) -> list[Block]:
    """The alert as its chat would get it, with the buttons named; here they do nothing."""
    if found.alert is None:
        return []
    asks_about = answered if found.alert.reason is HoldReason.SERVED else alerts
    shown = asks_about.alert(found.alert, {found.job.id: [found.run]}, found.requests, how)
    buttons = " ".join(f"[{button.label}]" for button in shown.buttons)
    return [
        Paragraph(line("The alert that its chat would get:")),
        Paragraph(line(bold(shown.title))),
        *shown.blocks,
        Quiet(line(f"Its buttons, which do nothing in a drill: {buttons}")),
    ]
