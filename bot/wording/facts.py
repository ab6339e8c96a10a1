"""Small facts in words: routes, prices, schedules, and how a job is guarded."""

from zoneinfo import ZoneInfo

from bot.message import Line, Moment, bold, code, line
from bot.wording.prices import PER_MILLION, PRICE_WORDS, basis, class_and_figures, spent
from scheduler.answers import JobView
from scheduler.drift import Drift, consent
from scheduler.errors import in_brief
from scheduler.job import Job, JobState, OnDrift, unguarded_axes
from scheduler.price import per_million
from scheduler.route import AXIS_WORDS, Axis, Pins
from scheduler.run import HoldReason
from scheduler.schedule.words import schedule_words

BY_ITS_ROUTE = (HoldReason.DRIFT, HoldReason.IDENTITY, HoldReason.FREE_ONLY)
"""Holds that are about the very route a job would use now."""

_ANYWHERE = "follows the default anywhere (no snapshot)"
_HELD_UNTIL = "it is held until somebody consents"
_POLICY = {
    OnDrift.HOLD: "held when that moves",
    OnDrift.RUN_ON_SNAPSHOT: "runs on that when the default moves",
    OnDrift.ALLOW_IF_NOT_DEARER: "when that moves, follows what is not dearer, and is held otherwise",
}
"""What becomes of a job when the default moves."""


def count(number: int, noun: str) -> str:
    """A number and its noun: "1 run", "3 runs"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def noun(number: int, word: str) -> str:
    """A noun alone, as it stands after a number."""
    return word if number == 1 else f"{word}s"


def called(job: Job) -> str:
    """How a job is named in running text."""
    return f"{job.id} ({job.name})"


def names(pins: Pins) -> str:
    """A route by what is known of it."""
    if pins.provider and pins.model:
        return f"{pins.provider}:{pins.model}"
    return pins.provider or (f"model {pins.model}" if pins.model else "nothing")


def drift_words(drift: Drift) -> str:
    return f"{AXIS_WORDS[drift.axis]} '{drift.consented}' -> '{drift.resolved}'"


def when(job: Job) -> Line:
    words = [schedule_words(job.schedule, ZoneInfo(job.zone)), f" ({job.zone})"]
    if job.repeat_left is not None:
        words.append(f", {count(job.repeat_left, 'time')} more")
    if job.until is not None:
        return line(*words, ", until ", Moment(job.until, job.zone))
    return line(*words)


def next_fires(view: JobView) -> Line:
    """The next fire times, or why there is none."""
    if not view.fires:
        return line(_no_fire(view))
    parts: list[str | Moment] = []
    for fire in view.fires:
        parts += [", " if parts else "", Moment(fire, view.job.zone)]
    return line(*parts)


def _no_fire(view: JobView) -> str:
    match view.job.state:
        case JobState.PAUSED:
            return "none while it is paused"
        case JobState.ACTIVE if view.held:
            return "its fire is held, and waits for a decision"
        case JobState.ACTIVE:
            return "none; its run is on the way"
        case _:
            return f"none: {view.job.state}"


def route(view: JobView) -> Line:
    """What the next run would bill, and how that was chosen."""
    if view.instead is not None:
        now = code(view.current.route.name) if view.current else "a route that cannot be called"
        used = view.instead
        priced = class_and_figures(used)
        return line(code(used.name), f", {priced}; its snapshot, while the default is ", now)
    if view.current is None:
        return line("cannot be told now: ", in_brief(view.problem or "unknown"))
    resolved = view.current.route
    auto = " (chosen by auto)" if view.current.auto else ""
    told = f"{auto}, {class_and_figures(resolved)}"
    if view.would_hold in BY_ITS_ROUTE:
        return line("would use ", code(resolved.name), f"{told}, so it {is_held(view)}")
    return line(code(resolved.name), told)


def is_held(view: JobView) -> str:
    return "is held" if view.held else "would be held"


def cost(view: JobView) -> Line | None:
    """About how much the job will cost; None where nothing is charged, or nobody knows."""
    route = view.instead or (view.current.route if view.current else None)
    if route is None or view.forecast is None:
        return None
    told = spent(route, [view.forecast])
    would = "would be " if view.would_hold else ""
    return line(f"{would}{told} ({basis(view.forecast)})") if told else None


def guard(job: Job, policy: OnDrift | None = None, *, held: bool = False) -> Line:
    """Which axes are pinned, which follow the default, from which snapshot, and what a move does;
    `held` where an axis without a snapshot holds the job. Without a `policy` the job's own word counts."""
    follows = _POLICY[policy or job.on_drift or OnDrift.HOLD]
    held = held or job.snapshot.unseen
    if not job.kind.guarded:
        return line("not needed: it calls no provider")
    only = "; free and local routes only" if job.free_only else ""
    missing = unguarded_axes(job)
    if len(missing) == 2:
        return line(
            bold("UNGUARDED"),
            ": nobody consented to any route; "
            + (_HELD_UNTIL if held else f"it follows the default anywhere{only}"),
        )
    if not missing and job.pins == Pins():
        return line(f"follows the default while it is {names(consent(job))}; {follows}{only}")
    if None not in (job.pins.provider, job.pins.model):
        return line(f"pinned to {names(job.pins)}, whatever the default does{only}")
    parts = "; ".join((axis_words(job, Axis.PROVIDER), axis_words(job, Axis.MODEL)))
    if missing and held:
        parts = parts.replace(_ANYWHERE, f"has no snapshot; {_HELD_UNTIL}")
    if missing:
        return line(bold("UNGUARDED"), f" in part: {parts}{only}")
    return line(f"{parts}; {follows}{only}")


def snapshot(job: Job) -> Line | None:
    """What a person consented to beside the names, and when; None where nothing is recorded."""
    kept = job.snapshot
    parts: list[str] = []
    if kept.endpoint:
        parts.append(f"address {kept.endpoint}")
    if kept.credential is not None:
        key = str(kept.credential)
        parts.append(f"key variable {key}" if kept.credential.name else key)
    if kept.price_class is not None:
        card = kept.price
        known = f" ({per_million(card, PER_MILLION)})" if card and card.known else ""
        parts.append(f"{PRICE_WORDS[kept.price_class]}{known}")
    if not parts:
        return None
    told = ", ".join((names(consent(job)), *parts))
    if kept.taken_at is None:
        return line(told)
    return line(f"{told}; since ", Moment(kept.taken_at, job.zone))


def axis_words(job: Job, axis: Axis) -> str:
    word = AXIS_WORDS[axis]
    if pin := getattr(job.pins, axis):
        return f"{word} pinned to {pin}"
    if snapshot := getattr(job.snapshot, axis):
        return f"{word} follows the default while it is {snapshot}"
    return f"{word} {_ANYWHERE}"


def marks(view: JobView) -> list[Line]:
    """What a list says of a job beside its name: running, in doubt, held, paused, pinned, unguarded."""
    job = view.job
    found: list[Line] = []
    if view.running:
        found.append(line("RUNNING"))
    if view.doubt:
        found.append(line("IN DOUBT since ", Moment(view.doubt.fire_time, job.zone)))
    if view.held:
        since = Moment(view.held[0].fire_time, job.zone)
        found.append(line("HELD since ", since, f" ({count(len(view.held), 'fire')})"))
    if job.state is not JobState.ACTIVE:
        found.append(line(str(job.state)))
    if not job.kind.guarded:
        return [*found, line(job.kind.value)]
    missing = unguarded_axes(job)
    if job.pins != Pins():
        found.append(line(f"pinned to {names(job.pins)}"))
    follows = Pins(
        None if job.pins.provider else job.snapshot.provider,
        None if job.pins.model else job.snapshot.model,
    )
    if follows != Pins():
        found.append(line(f"follows {names(follows)}"))
    if missing:
        found.append(line("UNGUARDED" if len(missing) == 2 else f"UNGUARDED {missing[0]}"))
    return found
