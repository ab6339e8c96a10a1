"""Drift alerts: what happened, what it would have cost, that nothing was spent, and what each button does."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.grammar import spell
from bot.message import (
    Block,
    Bullets,
    Button,
    Code,
    Fields,
    Line,
    Message,
    Moment,
    Paragraph,
    Tone,
    bold,
    line,
)
from bot.wording import buttons, decisions, facts, held_jobs, prices, questions
from bot.wording.held_jobs import LISTED, Waiting
from scheduler.alert import Alert, AlertJob, AlertState, Decision
from scheduler.commands import AcceptRoute
from scheduler.job import JobId
from scheduler.money import Forecast
from scheduler.press import Action, Press
from scheduler.route import AXIS_WORDS, Axis, Route
from scheduler.run import HoldReason, Run


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
            return _closed(found, waiting, f"{word}: {decisions.summary(found)}.", ran)
        case AlertState.HEALED:
            return _closed(found, waiting, _healed(found, ran), ran)


def elsewhere(*, anew: bool = False) -> Message:
    """What becomes of an alert's message once the alert is about jobs of several threads, or once
    somebody had it posted anew."""
    if anew:
        return Message("This alert has moved: its newest message, further down, has the buttons.")
    return Message("Decide in the chat itself: the alert there is about jobs of several threads.")


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
        Bullets(tuple(held_jobs.drifted(row) for row in rows[:LISTED])),
    ]
    if len(rows) > LISTED:
        blocks.append(Paragraph(line(f"and {len(rows) - LISTED} more, behind Choose")))
    blocks += [*decisions.let_through(found, ran), *decisions.made(found)]
    blocks.append(Fields(_choices(found, rows)))
    waits = "Until somebody decides, every fire is held; after that the latest one can still run."
    if held_jobs.pinnable(rows):
        blocks.append(Paragraph(line(f"{waits} Pin old without its button:")))
        lines = [held_jobs.pin_line(row.job, how) for row in rows[:LISTED] if row.pinnable]
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
    old = held_jobs.one_consent(rows)
    moved = f"from {old} to {found.route.name}" if old else f"to {found.route.name}"
    return f"{held} held: the default moved {moved}. {spent}"


def _changed(rows: Sequence[AlertJob]) -> str:
    """What of an unmoved route changed: "the address and the key variable"."""
    axes = [axis for axis in Axis if any(axis is each.axis for row in rows for each in row.drifts)]
    return " and ".join(f"the {AXIS_WORDS[axis]}" for axis in axes)


def _verdict(
    found: Alert, rows: Sequence[AlertJob], calls: int, foreseen: Sequence[Forecast]
) -> Line:
    before, after = held_jobs.one_price(rows), found.route.price_class
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


def _choices(found: Alert, rows: Sequence[AlertJob]) -> tuple[tuple[str, Line], ...]:
    """What each button does."""
    it, them = ("the job", "it") if len(rows) == 1 else ("each job", "them")
    old, before = held_jobs.one_consent(rows), held_jobs.one_price(rows)
    kept = old or "what it consented to"
    price = f" ({prices.PRICE_WORDS[before]})" if old and before else ""
    as_it_is = ", as it is now" if found.reason is HoldReason.IDENTITY else ""
    pin = (("Pin old", line(f"{it} keeps using {kept}{price}, whatever the default does")),)
    return (
        *(pin if held_jobs.pinnable(rows) else ()),
        ("Accept new", line(f"{it} uses {prices.priced(found.route)} from now on{as_it_is}")),
        (
            (
                "Run once",
                line(f"one run on {prices.priced(found.route)}; after it the job is held again"),
            )
            if len(rows) == 1
            else ("Choose", line("decide job by job, or let one of them run once"))
        ),
        ("Pause", line(f"no more runs until somebody resumes {them}")),
    )


def _buttons(
    found: Alert, rows: Sequence[AlertJob], foreseen: Sequence[Forecast]
) -> tuple[Button, ...]:
    question = questions.accepting(found.route, [row.job for row in rows], foreseen)
    pin, accept, pause = buttons.about_all(found, rows, question)
    if len(rows) == 1:
        more = buttons.once(found, rows[0], "Run once", listed=False)
    else:
        more = Button("Choose", Press(Action.CHOOSE, alert=found.id))
    return (*((pin,) if held_jobs.pinnable(rows) else ()), accept, more, pause)


def _healed(found: Alert, ran: Sequence[Run]) -> str:
    if found.reason is HoldReason.IDENTITY:
        return f"Healed: what {found.route.name} bills is as it was consented to again."
    old = held_jobs.one_consent(found.undecided)
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
    blocks: list[Block] = [*decisions.let_through(found, ran), *decisions.made(found)]
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
