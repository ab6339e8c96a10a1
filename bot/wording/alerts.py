"""Drift alerts: what happened, what it would have cost, that nothing was spent, and what each button does."""

from collections.abc import Mapping, Sequence

from bot.grammar import spell
from bot.message import (
    Block,
    Bullets,
    Button,
    Code,
    Confirm,
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
from bot.wording import facts
from scheduler.alert import Alert, AlertJob, AlertState, Decision
from scheduler.answers import Started
from scheduler.commands import PinJob, RouteText
from scheduler.drift import consent
from scheduler.job import Job, JobId
from scheduler.press import Action, Press, RouteNames
from scheduler.run import Run

LISTED = 20
"""Jobs named one by one in an alert; the others are counted."""

DECISION_WORDS = {
    Decision.PINNED: "pinned",
    Decision.ACCEPTED: "accepted the new default for",
    Decision.PAUSED: "paused",
    Decision.REMOVED: "removed",
    Decision.CHANGED: "changed",
}

Waiting = Mapping[JobId, Sequence[Run]]


def alert(found: Alert, waiting: Waiting, how: str) -> Message:
    """The alert as it stands: open, decided, or healed. `waiting` are the held runs by job."""
    match found.state:
        case AlertState.OPEN:
            return _open(found, waiting, how)
        case AlertState.DECIDED:
            return _closed(found, waiting, f"Decided: {_summary(found)}.", how)
        case AlertState.HEALED:
            title = f"Healed: the default is back from {found.route.name}. Nothing was spent."
            return _closed(found, waiting, title, how)


def _open(found: Alert, waiting: Waiting, how: str) -> Message:
    rows = found.undecided
    blocks: list[Block] = [
        Paragraph(_verdict(found, rows)),
        Paragraph(_so_far(rows, waiting)),
        Bullets(tuple(_row(row) for row in rows[:LISTED])),
    ]
    if len(rows) > LISTED:
        blocks.append(Paragraph(line(f"and {len(rows) - LISTED} more: ", code(f"{how} list"))))
    if decided := [row for row in found.jobs if row.decision is not None]:
        blocks.append(Bullets(tuple(_decided(row) for row in decided[:LISTED])))
    blocks.append(Code("\n".join(pin_line(row.job, how) for row in rows[:LISTED])))
    blocks.append(Quiet(_legend(found, rows)))
    return Message(_title(found, rows), tuple(blocks), _buttons(found, rows), Tone.LOUD)


def _title(found: Alert, rows: Sequence[AlertJob]) -> str:
    old = {facts.names(consent(row.job)) for row in rows}
    moved = f"{old.pop()} -> {found.route.name}" if len(old) == 1 else f"to {found.route.name}"
    jobs = f"job {facts.called(rows[0].job)}" if len(rows) == 1 else f"{len(rows)} jobs"
    return f"Held: {jobs}. The default moved {moved}, and unintended spend was prevented."


def _verdict(found: Alert, rows: Sequence[AlertJob]) -> Line:
    now = facts.PRICE_WORDS[found.route.price_class]
    classes = [row.job.snapshot.price_class for row in rows]
    before = classes[0]
    if before is None or len(set(classes)) > 1:
        return line("The new default is ", bold(now), ".")
    return line("Was ", bold(facts.PRICE_WORDS[before]), ", now ", bold(now), ".")


def _so_far(rows: Sequence[AlertJob], waiting: Waiting) -> Line:
    runs = [run for row in rows for run in waiting.get(row.job.id, ())]
    calls = sum(run.usage.requests for run in runs)
    return line(
        f"{facts.count(len(runs), 'run')} held so far; paid calls made: ", bold(str(calls)), "."
    )


def _row(row: AlertJob) -> Line:
    words = ", ".join(facts.drift_words(drift) for drift in row.drifts)
    parts: list[str | Moment] = [f" {row.job.name}: {words}"]
    if row.job.next_fire_time:
        parts += ["; next fire ", Moment(row.job.next_fire_time, row.job.zone)]
    return line(bold(f"#{row.job.id}"), *parts)


def pin_line(job: Job, how: str) -> str:
    """The command that does what the Pin button does."""
    old = consent(job)
    return spell(PinJob(job.id, RouteText(provider=old.provider, model=old.model)), how)


def _legend(found: Alert, rows: Sequence[AlertJob]) -> Line:
    it = "the job" if len(rows) == 1 else "each job"
    return line(
        f"Pin old binds {it} to what it consented to. Accept new consents to {found.route.name}"
        f" ({facts.PRICE_WORDS[found.route.price_class]}). Pause stops {it} until resumed."
        " Until somebody decides, every fire is held."
    )


def _buttons(found: Alert, rows: Sequence[AlertJob]) -> tuple[Button, ...]:
    every = "" if len(rows) == 1 else f" (all {len(rows)})"
    route = RouteNames(found.route.provider, found.route.model)
    price = facts.PRICE_WORDS[found.route.price_class]
    question = f"From now on {facts.count(len(rows), 'job')} will use {route} ({price}). Accept?"

    def press(action: Action) -> Press:
        return Press(action, alert=found.id, revision=found.revision, route=route)

    return (
        Button(f"Pin old{every}", press(Action.PIN), primary=True),
        Button(f"Accept new{every}", press(Action.ACCEPT), confirm=Confirm(question, "Accept")),
        Button(f"Pause{every}", press(Action.PAUSE)),
    )


def _closed(found: Alert, waiting: Waiting, title: str, how: str) -> Message:
    rows = [row for row in found.jobs if row.decision is not Decision.REMOVED]
    ready = [row for row in rows if waiting.get(row.job.id) and row.decision is not Decision.PAUSED]
    blocks: list[Block] = []
    if decided := [row for row in found.jobs if row.decision is not None]:
        blocks.append(Bullets(tuple(_decided(row) for row in decided[:LISTED])))
    if not ready:
        return Message(title, tuple(blocks), tone=Tone.GOOD)
    fires = sum(len(waiting[row.job.id]) for row in ready)
    blocks.append(Paragraph(_waits(ready, waiting, fires)))
    run = Press(Action.RUN_HELD, alert=found.id, revision=found.revision)
    label = "Run the held fire now" if len(ready) == 1 else f"Run {len(ready)} held fires now"
    return Message(title, tuple(blocks), (Button(label, run, primary=True),), Tone.GOOD)


def _waits(ready: Sequence[AlertJob], waiting: Waiting, fires: int) -> Line:
    older = fires - len(ready)
    if len(ready) == 1:
        job = ready[0].job
        latest = waiting[job.id][-1]
        parts: list[str | Moment] = [
            "The held fire of ",
            Moment(latest.fire_time, job.zone),
            " can run now",
        ]
    else:
        parts = [f"The latest held fire of {len(ready)} jobs can run now"]
    parts.append(f"; {facts.count(older, 'older one')} will be given up." if older else ".")
    return line(*parts)


def _decided(row: AlertJob) -> Line:
    who = row.decided_by or "somebody"
    word = DECISION_WORDS[row.decision or Decision.CHANGED]
    parts: list[str | Moment] = [f"{who} {word} ", f"#{row.job.id} {row.job.name}"]
    if row.decision is Decision.PINNED:
        parts.append(f" to {facts.names(consent(row.job))}")
    if row.decided_at:
        parts += [", ", Moment(row.decided_at, row.job.zone)]
    return line(*parts)


def _summary(found: Alert) -> str:
    """Who decided what, in one sentence."""
    said: dict[tuple[str, Decision], int] = {}
    for row in found.jobs:
        if row.decision is not None:
            key = (row.decided_by or "somebody", row.decision)
            said[key] = said.get(key, 0) + 1
    return ", ".join(
        f"{who} {DECISION_WORDS[decision]} {facts.count(number, 'job')}"
        for (who, decision), number in said.items()
    )


def too_late(found: Alert) -> Message:
    """A press that came after the decision, or on a message that has changed since."""
    if found.state is AlertState.OPEN:
        return Message(
            "This alert has changed since; nothing was done. Please use its newest message.",
            private=True,
        )
    if found.state is AlertState.HEALED:
        return Message("Nothing to decide any more: the default is back.", private=True)
    return Message(f"Already decided: {_summary(found)}. Nothing was changed.", private=True)


def decided(decision: Decision, jobs: Sequence[Job], left: Sequence[Job]) -> Message:
    """What the presser is told: what the press did, and what it left to others."""
    did = f"{facts.count(len(jobs), 'job')} {ACK_WORDS[decision]}"
    owners: dict[str, int] = {}
    for job in left:
        who = job.owner.name or job.owner.key
        owners[who] = owners.get(who, 0) + 1
    rest = "".join(f"; {number} belong to {who}" for who, number in owners.items())
    return Message(f"Done: {did}{rest}.", private=True)


ACK_WORDS = {
    Decision.PINNED: "pinned to what was consented to",
    Decision.ACCEPTED: "now on the new default",
    Decision.PAUSED: "paused",
    Decision.REMOVED: "removed",
    Decision.CHANGED: "changed",
}


def started(runs: Sequence[Started]) -> Message:
    """The held fires that a press set free."""
    if not runs:
        return Message("No held fire waits any more; nothing was started.", private=True)
    older = sum(run.skipped for run in runs)
    given_up = f" {facts.count(older, 'older held fire')} given up." if older else ""
    return Message(f"{facts.count(len(runs), 'held fire')} running now.{given_up}", private=True)
