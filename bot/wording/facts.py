"""Small facts in words: routes, prices, schedules, and how a job is guarded."""

from zoneinfo import ZoneInfo

from bot.message import Line, Moment, bold, code, line
from scheduler.answers import JobView
from scheduler.drift import Drift, consent
from scheduler.job import Job, JobState, unguarded_axes
from scheduler.route import AXIS_WORDS, Axis, Pins, PriceClass
from scheduler.schedule.words import schedule_words

PRICE_WORDS = {
    PriceClass.LOCAL: "local, no charge",
    PriceClass.FREE: "free",
    PriceClass.PAID: "paid",
    PriceClass.UNKNOWN: "price unknown, so it counts as paid",
}


def count(number: int, noun: str) -> str:
    """A number and its noun: "1 run", "3 runs"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


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
    if view.current is None:
        return line("cannot be told now: ", view.problem or "unknown")
    now = view.current.route
    auto = " (chosen by auto)" if view.current.auto else ""
    return line(code(now.name), f"{auto}, {PRICE_WORDS[now.price_class]}")


def guard(job: Job) -> Line:
    """Which axes are pinned, which follow the default, and from which snapshot."""
    if not job.kind.guarded:
        return line("not needed: it calls no provider")
    missing = unguarded_axes(job)
    if len(missing) == 2:
        return line(
            bold("UNGUARDED"), ": nobody consented to any route; it follows the default anywhere"
        )
    if not missing and job.pins == Pins():
        return line(f"follows the default while it is {names(consent(job))}; held when that moves")
    if None not in (job.pins.provider, job.pins.model):
        return line(f"pinned to {names(job.pins)}, whatever the default does")
    parts = [axis_words(job, Axis.PROVIDER), axis_words(job, Axis.MODEL)]
    return (
        line("; ".join(parts))
        if not missing
        else line(bold("UNGUARDED"), " in part: " + "; ".join(parts))
    )


def axis_words(job: Job, axis: Axis) -> str:
    word = AXIS_WORDS[axis]
    if pin := getattr(job.pins, axis):
        return f"{word} pinned to {pin}"
    if snapshot := getattr(job.snapshot, axis):
        return f"{word} follows the default while it is {snapshot}"
    return f"{word} follows the default anywhere (no snapshot)"


def marks(view: JobView) -> list[str]:
    """What a list says of a job beside its name: held, paused, pinned, unguarded."""
    job = view.job
    found = []
    if view.held:
        found.append(f"HELD ({count(len(view.held), 'fire')})")
    if job.state is not JobState.ACTIVE:
        found.append(str(job.state))
    if job.pins != Pins():
        found.append(f"pinned to {names(job.pins)}")
    if unguarded_axes(job):
        found.append("UNGUARDED")
    elif job.kind.guarded and job.pins == Pins():
        found.append(f"follows {names(consent(job))}")
    if not job.kind.guarded:
        found.append("message")
    return found
