"""Jobs as cards and lists."""

from decimal import Decimal

from bot.message import (
    Block,
    Bullets,
    Button,
    Code,
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
from bot.wording import facts, halts
from bot.wording.histories import outcome
from bot.wording.long import turns
from bot.wording.runs import HOLD_WORDS, snapshot_button, stop_button
from scheduler.answers import JobView, Listed
from scheduler.budget import cap_words
from scheduler.dollars import dollars
from scheduler.drift import consent
from scheduler.errors import in_brief
from scheduler.held import REFERENCE
from scheduler.job import Job, JobId, JobKind, unguarded_axes
from scheduler.press import Action, Press
from scheduler.route import AXIS_WORDS, Pins
from scheduler.run import HoldReason, Run

TOLD = (HoldReason.FREE_ONLY, HoldReason.UNGUARDED, HoldReason.SERVED)
"""Why a run would be held, where no drift and no missing route says so already."""


def added(view: JobView, how: str, twin: JobId | None = None) -> Message:
    """The creation card: what was understood, and how the job is guarded.

    `twin` is a job of the same chat that does the same at the same times.
    """
    job = view.job
    unguarded = unguarded_axes(job)
    title = f"Job {job.id} is scheduled: {job.name}"
    blocks: list[Block] = [*_halted(view, how), Fields(rows(view))]
    if unguarded:
        axes = " and ".join(AXIS_WORDS[axis] for axis in unguarded)
        title = f"Job {job.id} is scheduled, but UNGUARDED: {job.name}"
        why = (view.problem or "").splitlines()
        told = f" ({why[0]})" if len(why) == 1 else ""
        said = f"no snapshot of its {axes} could be taken{told}."
        waits = " It is held until somebody consents to a route: "
        command = code(f"{how} snapshot {job.id}")
        blocks += [Bullets(tuple(line(each) for each in why))] if len(why) > 1 else []
        blocks.append(Paragraph(line(bold("Unguarded: "), said, waits, command)))
    if twin is not None:
        blocks.append(Paragraph(line(f"Job {twin} has the same schedule and prompt.")))
    tone = Tone.LOUD if unguarded else Tone.GOOD
    return Message(title, tuple(blocks), _card_buttons(view), tone)


def _card_buttons(view: JobView) -> tuple[Button, ...]:
    job = view.job
    undo = _undo_button(job)
    if unguarded_axes(job):
        return (_snapshot_button(view), undo)
    if job.kind is JobKind.AGENT and job.pins == Pins():
        pin = Press(Action.PIN, job=job.id, revision=job.consent_revision)
        return (Button(f"Pin {facts.names(consent(job))}", pin), undo)
    return (undo,)


def _undo_button(job: Job) -> Button:
    press = Press(Action.UNDO, job=job.id, revision=job.consent_revision)
    return Button("Undo", press, confirm=Confirm(removing(job), "Remove"))


def removing(job: Job) -> str:
    """What is asked before a job is removed."""
    return f"Remove job {facts.called(job)}? Nothing of it will run."


def _snapshot_button(view: JobView) -> Button:
    return snapshot_button(view.job, view.current.route if view.current else None)


def look_first(view: JobView) -> Message:
    """What a press on Take snapshot is told, where its message showed no route: that of now."""
    said = f"There is no route to consent to now: {in_brief(view.problem or 'it is not known')}."
    if view.current is not None:
        who, name = facts.called(view.job), view.current.route.name
        said = f"Job {who} would use {name} now. Press again to consent to that."
    return Message(f"{said} Nothing was changed.", (Fields(rows(view)),), (_snapshot_button(view),))


def shown(view: JobView, how: str) -> Message:
    """Everything about one job."""
    job = view.job
    more: list[tuple[str, Line]] = []
    if job.kind is not JobKind.SCRIPT:
        more.append(("Prompt", line(job.prompt)))
    if job.kind.guarded and (snapshot := facts.snapshot(job)) is not None:
        more.insert(0, ("Consent", snapshot))
    if view.held:
        more.append(("Held", _held_fires(view, how)))
    if view.doubt:
        more.append(("In doubt", _in_doubt(view.doubt, job, how)))
    if view.last:
        more.append(("Last run", outcome(view.last, job)))
    more.append(("Owner", line(job.owner.called)))
    blocks: list[Block] = [*_halted(view, how), Fields((*rows(view), *more))]
    # What held it once and holds it no more would contradict the rest.
    if view.held and view.held[-1].error and view.would_hold == view.held[-1].hold_reason:
        blocks.append(Code(_without_reference(view.held[-1].error)))
    buttons = (_snapshot_button(view),) if unguarded_axes(job) else ()
    if view.running:
        buttons = (*buttons, stop_button(view.running))
    return Message(f"Job {job.id}: {job.name}", tuple(blocks), buttons)


def _halted(view: JobView, how: str) -> tuple[Block, ...]:
    return (halts.in_force(view.halt, how),) if view.halt else ()


def _in_doubt(run: Run, job: Job, how: str) -> Line:
    """A run of unknown outcome waits for somebody; it is not repeated by itself."""
    again, leave = code(f"{how} run {job.id}"), code(f"{how} leave {job.id}")
    due = ("the run of ", Moment(run.fire_time, job.zone))
    return line(*due, ": ", leave, " leaves it as it is, ", again, " starts a new one")


def _held_fires(view: JobView, how: str) -> Line:
    """How many fires wait since when; and what runs one, where nothing holds it any more."""
    fires = facts.count(len(view.held), "fire")
    since = (f"{fires} since ", Moment(view.held[0].fire_time, view.job.zone))
    if view.would_hold is not None or view.capped is not None or view.halt is not None:
        return line(*since)
    return line(*since, "; nothing holds the job now: ", code(f"{how} run {view.job.id}"))


def _without_reference(error: str) -> str:
    """An error as a person reads it: the number in its last line is for searching alone."""
    return error.removesuffix(f"\n{REFERENCE}")


def rows(view: JobView) -> tuple[tuple[str, Line], ...]:
    """The facts of a card, in the order people ask for them."""
    job = view.job
    found: list[tuple[str, Line]] = [("When", facts.when(job)), ("Next", facts.next_fires(view))]
    if job.kind.guarded:
        found.append(("Route", facts.route(view)))
        if (cost := facts.cost(view)) is not None:
            found.append(("Cost", cost))
        if view.drifts:
            words = "; ".join(facts.drift_words(drift) for drift in view.drifts)
            found.append(("Drift", line(bold(f"{facts.is_held(view)}: "), words)))
        elif view.would_hold in TOLD:
            why = HOLD_WORDS[view.would_hold]
            found.append(("Why", line(bold(f"{facts.is_held(view)}: "), why)))
        elif view.capped is not None:
            why = cap_words(job, view.capped)
            found.append(("Why", line(bold(f"{facts.is_held(view)}: "), why)))
    if job.kind is JobKind.SCRIPT:
        found.append(("Script", line(job.prompt)))
    unguarded = view.would_hold is HoldReason.UNGUARDED
    found.append(("Guard", facts.guard(job, view.policy, held=unguarded)))
    if job.retry:
        times = facts.count(job.retry, "more attempt")
        found.append(("Retry", line(f"up to {times} when the provider is busy or broken")))
    if job.max_usd is not None:
        found.append(("At most", line(_at_most(job.max_usd, view.per_run_usd))))
    return tuple(found)


def _at_most(own: Decimal, of_all: Decimal | None) -> str:
    """What a run may cost: the lower of what the job says and what the settings do."""
    if of_all is None or own <= of_all:
        return f"{dollars(own)} a run (max_usd)"
    return f"{dollars(of_all)} a run (spend.per_run_usd, less than its max_usd of {dollars(own)})"


def listed(answer: Listed, how: str) -> Message:
    """One page of jobs, one line each; above them the halt, where one is in force."""
    blocks: list[Block] = [halts.in_force(answer.halt, how)] if answer.halt else []
    if not answer.total:
        example = f"{how} add every weekday at 09:00 | Summarise open incidents"
        blocks.append(Paragraph(line("Try: ", code(example))))
        return Message("There are no jobs here yet.", tuple(blocks))
    where = "everywhere" if answer.everywhere else "here"
    title = f"{facts.count(answer.total, 'job')} {where}"
    if answer.pages > 1:
        title += f", page {answer.page} of {answer.pages}"
    blocks.append(Bullets(tuple(row(view) for view in answer.views)))
    if answer.page < answer.pages:
        every = " all" if answer.everywhere else ""
        following = f"{how} list{every} {answer.page + 1}"
        blocks.append(Quiet(line("More: ", code(following))))
    return Message(title, tuple(blocks), _page_buttons(answer))


def _page_buttons(answer: Listed) -> tuple[Button, ...]:
    def press(page: int) -> Press:
        return Press(Action.PAGE, revision=page, everywhere=answer.everywhere)

    return turns(answer.page, answer.pages, press)


def row(view: JobView) -> Line:
    """One job of a list."""
    job = view.job
    parts: list[str | Moment] = [f" {job.name}: "]
    schedule = facts.when(job)
    found = [*parts, *schedule]
    if view.fires:
        found += ["; next ", Moment(view.fires[0], job.zone)]
    for mark in facts.marks(view):
        found += ["; ", *mark]
    return line(bold(f"#{job.id}"), *found)
