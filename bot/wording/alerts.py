"""Drift alerts: what happened, what it would have cost, that nothing was spent, and what each button does."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bot.grammar import spell
from bot.grammar.sentences import sentence
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
    Tone,
    bold,
    line,
)
from bot.wording import facts, prices
from scheduler.alert import MOVED, Alert, AlertJob, AlertState, Decision
from scheduler.answers import Decisions, Released, StillHeld
from scheduler.commands import AcceptRoute, PinJob, RouteText
from scheduler.drift import consent
from scheduler.job import Job, JobId
from scheduler.money import Forecast
from scheduler.press import Action, Press, RouteNames
from scheduler.route import AXIS_WORDS, NAMES, Axis, Pins, PriceClass, Route
from scheduler.run import HoldReason, Run

CHOSEN = 5
"""Jobs on one page behind Choose: with four buttons each, what a platform shows at once."""

LISTED = 20
"""Jobs named one by one in an alert; the others are counted."""

Waiting = Mapping[JobId, Sequence[Run]]


def alert(
    found: Alert,
    waiting: Waiting,
    calls: int,
    how: str,
    forecasts: Mapping[JobId, Forecast] = MappingProxyType({}),
    ran: Sequence[Run] = (),
) -> Message:
    """The alert as it stands: open, decided, or healed.

    `waiting` are the held runs by job, `calls` the requests of theirs that ever passed the gate, and
    `forecasts` say how the jobs would go on; `ran` are runs that somebody let use the new route.
    """
    match found.state:
        case AlertState.OPEN:
            foreseen = [forecasts[row.job.id] for row in found.undecided if row.job.id in forecasts]
            return _open(found, waiting, calls, how, foreseen, ran)
        case AlertState.DECIDED:
            by_people = any(row.decided_by for row in found.jobs)
            word = "Decided" if by_people else "Over"
            return _closed(found, waiting, f"{word}: {_summary(found)}.", ran)
        case AlertState.HEALED:
            return _closed(found, waiting, _healed(found, ran), ran)


def _open(
    found: Alert,
    waiting: Waiting,
    calls: int,
    how: str,
    foreseen: Sequence[Forecast],
    ran: Sequence[Run],
) -> Message:
    rows = found.undecided
    blocks: list[Block] = [
        Paragraph(_verdict(found, rows, calls, foreseen)),
        *_cost(found, rows, foreseen),
        Paragraph(_so_far(rows, waiting, calls, ran)),
        Bullets(tuple(_row(row) for row in rows[:LISTED])),
    ]
    if len(rows) > LISTED:
        blocks.append(Paragraph(line(f"and {len(rows) - LISTED} more, behind Choose")))
    blocks += _let_through(found, ran)
    if decided := [row for row in found.jobs if row.decision is not None]:
        blocks.append(Bullets(tuple(_decided(row, found.route) for row in decided[:LISTED])))
    blocks.append(Fields(_choices(found, rows)))
    waits = "Until somebody decides, every fire is held; after that the latest one can still run."
    if _pinnable(rows):
        blocks.append(Paragraph(line(f"{waits} Pin old without its button:")))
        lines = [pin_line(row.job, how) for row in rows[:LISTED] if row.pinnable]
    else:
        blocks.append(Paragraph(line(f"{waits} Accept new without its button:")))
        lines = [spell(AcceptRoute(row.job.id), how) for row in rows[:LISTED]]
    blocks.append(Code("\n".join(lines)))
    fires = sum(len(waiting.get(row.job.id, ())) for row in rows)
    title = _title(found, rows, calls, fires, ran)
    return Message(title, tuple(blocks), _buttons(found, rows, foreseen), Tone.LOUD)


def _title(
    found: Alert, rows: Sequence[AlertJob], calls: int, fires: int, ran: Sequence[Run]
) -> str:
    """The whole story in one sentence: for many it is all they see of the message."""
    one = len(rows) == 1
    who = f"Job {facts.called(rows[0].job)}" if one else f"{len(rows)} jobs"
    held = f"{who} {'is' if one else 'are'}" if fires else f"{who} will be"
    spent = f"{facts.count(calls, 'call')} had been made." if calls else "Nothing was spent."
    if ran and not calls:
        spent = f"{facts.count(len(ran), 'run')} let through by hand, nothing else spent."
    if found.reason is HoldReason.IDENTITY:
        return f"{held} held: {_changed(rows)} of {found.route.name} changed. {spent}"
    old = _one_consent(rows)
    moved = f"from {old} to {found.route.name}" if old else f"to {found.route.name}"
    return f"{held} held: the default moved {moved}. {spent}"


def _let_through(found: Alert, ran: Sequence[Run]) -> tuple[Bullets, ...]:
    """The runs that somebody let use a new route, and what became of them."""
    lines = []
    for run in ran:
        row = found.row(run.job_id)
        if row is None or run.authorised is None:
            continue
        by, route = run.authorised.by, run.authorised.route
        words = f"{by} let #{row.job.id} {row.job.name} run once on {_priced(route)}"
        over = str(run.state) if run.finished_at else "on its way"
        lines.append(line(f"{words}, ", Moment(run.authorised.at, row.job.zone), f": {over}"))
    return (Bullets(tuple(lines[-LISTED:])),) if lines else ()


def _changed(rows: Sequence[AlertJob]) -> str:
    """What of an unmoved route changed: "the address and the key variable"."""
    axes = [axis for axis in Axis if any(axis is each.axis for row in rows for each in row.drifts)]
    return " and ".join(f"the {AXIS_WORDS[axis]}" for axis in axes)


def _pinnable(rows: Sequence[AlertJob]) -> bool:
    """Whether a pin brings back for any of these jobs what moved."""
    return any(row.pinnable for row in rows)


def _one_consent(rows: Sequence[AlertJob]) -> str | None:
    """What all these jobs consented to, None where they differ."""
    old = {facts.names(consent(row.job)) for row in rows}
    return old.pop() if len(old) == 1 else None


def _one_price(rows: Sequence[AlertJob]) -> PriceClass | None:
    """The price class all these jobs consented to, None where it differs or nobody knows it."""
    classes = {row.job.snapshot.price_class for row in rows}
    return classes.pop() if len(classes) == 1 else None


def _verdict(
    found: Alert, rows: Sequence[AlertJob], calls: int, foreseen: Sequence[Forecast]
) -> Line:
    before, after = _one_price(rows), found.route.price_class
    if before is after:
        ratio = _ratio(rows, found.route, foreseen)
        said = line("It stays ", bold(prices.PRICE_WORDS[after]), f", {ratio}" if ratio else "")
    elif before:
        said = line(
            "Was ", bold(prices.PRICE_WORDS[before]), ", now ", bold(prices.PRICE_WORDS[after])
        )
    else:
        said = line("The new default: ", bold(prices.PRICE_WORDS[after]))
    prevented = after.spends and not calls
    return line(*said, "; unintended spend was prevented." if prevented else ".")


def _cost(
    found: Alert, rows: Sequence[AlertJob], foreseen: Sequence[Forecast]
) -> tuple[Paragraph, ...]:
    """What the new route costs: for a million tokens, a run and a month."""
    route = found.route
    told = [prices.figures(route)]
    if len(foreseen) == len(rows):
        told.append(prices.spent(route, foreseen))
    parts = [part for part in told if part]
    if not parts:
        return ()
    basis = f" ({prices.basis(foreseen[0])})" if len(rows) == len(foreseen) == 1 else ""
    return (Paragraph(line(f"{route.name}: {', '.join(parts)}{basis}.")),)


def _ratio(rows: Sequence[AlertJob], route: Route, foreseen: Sequence[Forecast]) -> str:
    """How much dearer it is, where all these jobs consented to one price."""
    kept = {(row.job.snapshot.price_class, row.job.snapshot.price) for row in rows}
    if len(kept) != 1 or not foreseen:
        return ""
    return prices.compared(kept.pop(), route, foreseen[0].habit)


def _so_far(rows: Sequence[AlertJob], waiting: Waiting, calls: int, ran: Sequence[Run]) -> Line:
    fires = sum(len(waiting.get(row.job.id, ())) for row in rows)
    which = " by them" if ran else ""
    said = f"{facts.count(fires, 'fire')} held so far; paid calls made{which}: "
    return line(said, bold(str(calls)), ".")


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


def _choices(found: Alert, rows: Sequence[AlertJob]) -> tuple[tuple[str, Line], ...]:
    """What each button does."""
    it, them = ("the job", "it") if len(rows) == 1 else ("each job", "them")
    old, before = _one_consent(rows), _one_price(rows)
    kept = old or "what it consented to"
    price = f" ({prices.PRICE_WORDS[before]})" if old and before else ""
    as_it_is = ", as it is now" if found.reason is HoldReason.IDENTITY else ""
    pin = (("Pin old", line(f"{it} keeps using {kept}{price}, whatever the default does")),)
    return (
        *(pin if _pinnable(rows) else ()),
        ("Accept new", line(f"{it} uses {_priced(found.route)} from now on{as_it_is}")),
        (
            ("Run once", line(f"one run on {_priced(found.route)}; after it the job is held again"))
            if len(rows) == 1
            else ("Choose", line("decide job by job, or let one of them run once"))
        ),
        ("Pause", line(f"no more runs until somebody resumes {them}")),
    )


def _priced(route: Route, cost: str = "") -> str:
    more = f", {cost}" if cost else ""
    return f"{route.name} ({prices.PRICE_WORDS[route.price_class]}{more})"


def _buttons(
    found: Alert, rows: Sequence[AlertJob], foreseen: Sequence[Forecast] = ()
) -> tuple[Button, ...]:
    every = "" if len(rows) == 1 else f" (all {len(rows)})"
    route = RouteNames.of(found.route)
    question = accepting(found.route, [row.job for row in rows], foreseen)

    def press(action: Action) -> Press:
        return Press(action, alert=found.id, revision=found.revision, route=route)

    pin = (Button(f"Pin old{every}", press(Action.PIN), primary=True),)
    return (
        *(pin if _pinnable(rows) else ()),
        Button(f"Accept new{every}", press(Action.ACCEPT), confirm=Confirm(question, "Accept")),
        (
            _once_button(found, rows[0], "Run once", listed=False)
            if len(rows) == 1
            else Button("Choose", Press(Action.CHOOSE, alert=found.id))
        ),
        Button(f"Pause{every}", press(Action.PAUSE)),
    )


def accepting(route: Route, jobs: Sequence[Job], foreseen: Sequence[Forecast] = ()) -> str:
    """What is asked before these jobs use a new route from now on."""
    cost = prices.spent(route, foreseen) if len(foreseen) == len(jobs) else ""
    return f"From now on {facts.count(len(jobs), 'job')} will use {_priced(route, cost)}. Accept?"


def accepting_one(job: Job, route: Route) -> str:
    """The same where one job was chosen among others."""
    return f"From now on job {facts.called(job)} will use {_priced(route)}. Accept?"


def letting_run_once(job: Job, route: Route) -> str:
    """What is asked before one run uses the route that holds its job."""
    return (
        f"Job {facts.called(job)} runs once on {_priced(route)}; after that it is held as before."
        " Run it?"
    )


def _one_press(found: Alert, row: AlertJob, action: Action, *, listed: bool) -> Press:
    """A press about one job of an alert; a list of them is shown again after it."""
    route = RouteNames.of(found.route)
    return Press(action, row.job.id, found.id, found.revision, route, everywhere=listed)


def _once_button(found: Alert, row: AlertJob, label: str, *, listed: bool) -> Button:
    question = letting_run_once(row.job, found.route)
    press = _one_press(found, row, Action.RUN_ONCE, listed=listed)
    return Button(label, press, confirm=Confirm(question, "Run once"))


def choose(found: Alert, page: int, said: str = "") -> Message:
    """What is undecided, job by job; `said` is what the press before has done."""
    rows = found.undecided if found.state is AlertState.OPEN else ()
    before = f"{said} " if said else ""
    if not rows:
        return Message(f"{before}Nothing is left to choose.")
    pages = math.ceil(len(rows) / CHOSEN)
    page = min(max(1, page), pages)
    shown = rows[(page - 1) * CHOSEN : page * CHOSEN]
    where = f", page {page} of {pages}" if pages > 1 else ""
    beside = (("Previous", page - 1), ("Next", page + 1))
    turns = tuple(
        Button(label, Press(Action.CHOOSE, alert=found.id, revision=number))
        for label, number in beside
        if 1 <= number <= pages
    )
    return Message(
        f"{before}Choose for {facts.count(len(rows), 'job')}{where}.",
        (
            Paragraph(line("The new route: ", _priced(found.route), ".")),
            Bullets(tuple(_row(row) for row in shown)),
        ),
        (*(button for row in shown for button in _choosing(found, row, listed=True)), *turns),
    )


def page_of(found: Alert, job_id: JobId | None) -> int:
    """The page that shows a job, or what stands now where it stood."""
    before = sum(row.job.id < (job_id or 0) for row in found.undecided)
    return before // CHOSEN + 1


def _choosing(found: Alert, row: AlertJob, *, listed: bool) -> tuple[Button, ...]:
    """The buttons about one job."""
    number = row.job.id
    question = accepting_one(row.job, found.route)
    pin = Button(f"Pin {number}", _one_press(found, row, Action.PIN, listed=listed), primary=True)
    accept = _one_press(found, row, Action.ACCEPT, listed=listed)
    once = _once_button(found, row, f"Run {number} once", listed=listed)
    return (
        *((pin,) if row.pinnable or found.reason is HoldReason.SERVED else ()),
        Button(f"Accept {number}", accept, confirm=Confirm(question, "Accept")),
        *((once,) if found.reason in MOVED else ()),
        Button(f"Pause {number}", _one_press(found, row, Action.PAUSE, listed=listed)),
    )


def still_held(found: StillHeld) -> Message:
    """A held fire that would only be held again, with the buttons that decide."""
    title = sentence(str(found.why))
    row = found.alert.row(found.job.id) if found.alert else None
    if found.alert is not None and row is not None:
        return Message(title, buttons=_choosing(found.alert, row, listed=True))
    job, route = found.job, RouteNames.of(found.route)
    question = accepting_one(job, found.route)
    once = letting_run_once(job, found.route)
    pin = Press(Action.PIN, job.id, revision=job.consent_revision)
    pinnable = all(drift.axis in NAMES for drift in found.drifts)
    bills = found.route.billing
    accept = Press(Action.ACCEPT, job.id, route=route, bills=bills)
    return Message(
        title,
        buttons=(
            *((Button(f"Pin {job.id}", pin, primary=True),) if pinnable else ()),
            Button(f"Accept {job.id}", accept, confirm=Confirm(question, "Accept")),
            Button(
                f"Run {job.id} once",
                Press(Action.RUN_ONCE, job.id, route=route, bills=bills),
                confirm=Confirm(once, "Run once"),
            ),
        ),
    )


def _healed(found: Alert, ran: Sequence[Run]) -> str:
    if found.reason is HoldReason.IDENTITY:
        return f"Healed: what {found.route.name} bills is as it was consented to again."
    old = _one_consent(found.undecided)
    back = f"the default is {old} again" if old else "the default moved back"
    accepted = any(row.decision is Decision.ACCEPTED for row in found.jobs)
    spent = "Nothing was spent."
    if ran:
        spent = f"Nothing was spent but by {facts.count(len(ran), 'run')} let through by hand."
    if accepted:
        # What was accepted has run on the new default meanwhile; only of the others is it certain.
        spent = "The fires that stayed held made no call."
    return f"Healed: {back}, not {found.route.name}. {spent}"


def _closed(found: Alert, waiting: Waiting, title: str, ran: Sequence[Run]) -> Message:
    ready = [row for row in found.may_run if waiting.get(row.job.id)]
    blocks: list[Block] = [*_let_through(found, ran)]
    if decided := [row for row in found.jobs if row.decision is not None]:
        blocks.append(Bullets(tuple(_decided(row, found.route) for row in decided[:LISTED])))
    if not ready:
        return Message(title, tuple(blocks), tone=Tone.GOOD)
    older = sum(len(waiting[row.job.id]) for row in ready) - len(ready)
    blocks.append(Paragraph(_waits(ready, waiting, older)))
    run = Press(Action.RUN_HELD, alert=found.id, revision=found.revision)
    label = "Run the held fire now" if len(ready) == 1 else f"Run {len(ready)} held fires now"
    label += f" (gives up {older} older)" if older else ""
    return Message(title, tuple(blocks), (Button(label, run, primary=True),), Tone.GOOD)


def _waits(ready: Sequence[AlertJob], waiting: Waiting, older: int) -> Line:
    if len(ready) == 1:
        job = ready[0].job
        latest = waiting[job.id][-1]
        parts: list[str | Moment] = [
            "The held fire of ",
            Moment(latest.fire_time, job.zone),
            " can run now",
        ]
        if latest.usage.requests:
            parts.append(", which is one more call")
    else:
        parts = [f"The latest held fire of {len(ready)} jobs can run now"]
    parts.append(f"; {facts.count(older, 'older one')} will be given up." if older else ".")
    return line(*parts)


def _decided(row: AlertJob, route: Route) -> Line:
    parts: list[str | Moment] = [_decision(row, route, f"#{row.job.id} {row.job.name}")]
    if row.decided_at:
        parts += [", ", Moment(row.decided_at, row.job.zone)]
    return line(*parts)


def _decision(row: AlertJob, route: Route, job: str) -> str:
    """Who decided what about one job."""
    who = row.decided_by or "somebody"
    match row.decision:
        case Decision.PINNED:
            return f"{who} pinned {job} to {facts.names(consent(row.job))}"
        case Decision.ACCEPTED:
            return f"{who} accepted {_accepted(row, route)} for {job}"
        case Decision.CHANGED if row.decided_by is None:
            return f"the default moved again, and there is a new alert about {job}"
        case Decision.HEALED:
            return f"nothing holds {job} any more"
        case _:
            return f"{who} {row.decision} {job}"


def _accepted(row: AlertJob, route: Route) -> str:
    """What a person accepted: another route, or what answered on the route they had."""
    if row.job.accepted_as and consent(row.job) == Pins(route.provider, route.model):
        return f"what answers for {route.name}"
    return _priced(route)


def _summary(found: Alert) -> str:
    """Who decided what, in one sentence."""
    if len(found.jobs) == 1:
        [row] = found.jobs
        return _decision(row, found.route, f"job {facts.called(row.job)}")
    said = Counter((row.decided_by, row.decision) for row in found.jobs if row.decision is not None)
    return "; ".join(_several(*who, number, found.route) for who, number in said.items())


def _several(by: str | None, decision: Decision, number: int, route: Route) -> str:
    jobs = facts.count(number, "job")
    match decision:
        case Decision.ACCEPTED:
            return f"{by or 'somebody'} accepted {_priced(route)} for {jobs}"
        case Decision.CHANGED if by is None:
            return f"the default moved again, and there is a new alert about {jobs}"
        case Decision.HEALED:
            return f"nothing holds {jobs} any more"
        case _:
            return f"{by or 'somebody'} {decision} {jobs}"


def elsewhere(*, anew: bool = False) -> Message:
    """What becomes of an alert's message once the alert is about jobs of several threads, or once
    somebody had it posted anew."""
    if anew:
        return Message("This alert has moved: its newest message, further down, has the buttons.")
    return Message("Decide in the chat itself: the alert there is about jobs of several threads.")


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
    return Message(f"Already decided: {_summary(found)}. Nothing was changed.", private=True)


ACK_WORDS = {
    Decision.PINNED: "pinned to the route consented to",
    Decision.ACCEPTED: "now on the new default",
    Decision.PAUSED: "paused",
}


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
    owners = Counter(job.owner.name or job.owner.key for job in left)
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


def released(found: Released, alert: Alert) -> Message:
    """The held fires that a press set free, and why others wait on."""
    left = tuple(Paragraph(line(sentence(str(error)))) for error in found.left)
    if not found.started and left:
        return Message("Nothing was started, and nothing was given up.", left, private=True)
    if not found.started:
        decided = f" Decided: {_summary(alert)}." if alert.state is AlertState.DECIDED else ""
        return Message(f"No held fire waits any more; nothing was started.{decided}", private=True)
    older = sum(run.skipped for run in found.started)
    given_up = f" {facts.count(older, 'older held fire')} given up." if older else ""
    fires = facts.count(len(found.started), "held fire")
    return Message(f"{fires} running now.{given_up}", left, private=True)
