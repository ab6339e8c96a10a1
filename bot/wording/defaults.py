"""The default: what it is, what a change of it would hold and cost, and that it was changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from bot.message import (
    Block,
    Bullets,
    Button,
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
from bot.wording import facts, prices
from bot.wording.long import NAMED, dozen
from scheduler.answers import Default, DefaultChanged, WhatIf
from scheduler.drift import consent
from scheduler.experiment import Experiment
from scheduler.job import Job, JobId, Place
from scheduler.money import Forecast
from scheduler.press import Action, Press
from scheduler.route import Route
from scheduler.schedule.spans import span_words


def shown(found: Default, how: str) -> Message:
    """The default as it is, the experiment that runs, and the jobs that are held."""
    experiment, buttons = _experiment(found, how)
    if found.resolution is None:
        return Message(
            "The default names no route that can be called; what may cost something is held.",
            (
                *(Paragraph(line(each)) for each in (found.problem or "").splitlines()),
                *experiment,
            ),
            buttons,
            Tone.LOUD,
        )
    route = found.resolution.route
    auto = " (auto)" if found.resolution.auto else ""
    blocks: list[Block] = [
        Paragraph(
            line(
                bold(route.name),
                f"{auto}, {prices.class_and_figures(route)}; chosen by {found.resolution.chosen_by}.",
            )
        ),
        *experiment,
    ]
    if found.holds:
        blocks.append(Paragraph(line(f"It holds {facts.count(len(found.holds), 'job')}:")))
        blocks += _discreetly(found.holds, found.here, jobs_by_name)
    return Message(f"The default is {route.name}.", tuple(blocks), buttons, private=found.private)


def _experiment(found: Default, how: str) -> tuple[tuple[Block, ...], tuple[Button, ...]]:
    running = found.experiment
    if running is None:
        return (), ()
    who = running.by.called
    said = Paragraph(
        line(
            bold("An experiment"),
            f" of {who}: {running.new} instead of {running.old}, until ",
            Moment(running.ends_at, found.zone),
            "; then the old default comes back by itself.",
        )
    )
    if not found.may_end:
        return (said,), ()
    return (said, Quiet(ways_out(running, how))), (end_now(running),)


def ways_out(running: Experiment, how: str) -> Line:
    """The commands that end an experiment before its time."""
    back, keep = code(f"{how} default back"), code(f"{how} default {running.new} yes")
    return line("To end it now: ", back, ". To keep its default for good: ", keep)


def end_now(running: Experiment) -> Button:
    return Button("End now", Press(Action.END_EXPERIMENT, revision=int(running.id)))


def what_if(found: WhatIf, how: str) -> Message:
    """What another default would hold, and cost; nothing is changed yet."""
    old = found.old.route.name if found.old else "a default that cannot be resolved"
    words = f"It would hold {_how_many(found.holds)}"
    words += (
        f"; {facts.count(found.follows, 'other job')} would follow it." if found.follows else "."
    )
    blocks: list[Block] = [Paragraph(line(f"Nothing is changed yet. {words}"))]
    if found.running is not None:
        instead = f"{found.running.old} would not come back by itself"
        blocks.append(
            Paragraph(
                line(bold("An experiment"), f" with {found.running.new} runs: {instead} then.")
            )
        )
    blocks.append(Paragraph(_price_of_change(found)))
    if found.holds:
        blocks += _discreetly(
            found.holds,
            found.here,
            lambda named: _jobs_and_chats(named, found.route, found.forecasts),
        )
        if len(found.holds) > NAMED and found.here is None:
            blocks.append(_by_chat(found.holds))
    lasting = _lasting(found)
    command = code(f"{how} default {found.new}{lasting} yes")
    then = ", and then back" if lasting else ""
    return Message(
        f"This would move the default from {old} to {found.new}{lasting}{then}.",
        (*blocks, Quiet(line("Or type ", command))),
        (_do_it(found, lasting), Button("Cancel", Press(Action.CANCEL, route=found.new))),
        private=found.private,
    )


def _discreetly(
    jobs: Sequence[Job], here: Place | None, naming: Callable[[Sequence[Job]], Block]
) -> tuple[Block, ...]:
    """Jobs by name; of other chats only how many, where all of this chat reads along."""
    named = [job for job in jobs if here in (None, job.place.whole_chat)]
    listed = (naming(named),) if named else ()
    if len(named) == len(jobs):
        return listed
    others = facts.count(len(jobs) - len(named), "job")
    said = f"{others} of other chats, not named here: everybody in this chat reads along."
    return (*listed, Quiet(line(said)))


def moving(found: WhatIf) -> str:
    """What is asked before the default moves."""
    price = f" ({prices.PRICE_WORDS[found.route.price_class]})" if found.route else ""
    moved = f"Move the default to {found.new}{price}{_lasting(found)} for every job and chat?"
    return moved + held_by_it(found.holds)


def _lasting(found: WhatIf) -> str:
    return "" if found.length is None else f" for {span_words(found.length)}"


def _do_it(found: WhatIf, lasting: str) -> Button:
    question = moving(found)
    if found.length is None:
        press = Press(Action.CHANGE_DEFAULT, route=found.new)
        return Button("Change", press, primary=True, confirm=Confirm(question, "Change"))
    seconds = int(found.length.total_seconds())
    press = Press(Action.TRY_DEFAULT, route=found.new, revision=seconds)
    return Button(f"Try it{lasting}", press, primary=True, confirm=Confirm(question, "Try it"))


def _price_of_change(found: WhatIf) -> Line:
    """Class before and after, in figures, and what the jobs it would hold would cost on it."""
    if found.route is None:
        return line("It would resolve to no route that can be called now.")
    before = found.old.route if found.old else None
    said = f"Now {prices.class_and_figures(found.route)}"
    if before is not None:
        said = f"Was {prices.class_and_figures(before)}; would be {prices.class_and_figures(found.route)}"
    forecasts = [found.forecasts[job.id] for job in found.holds if job.id in found.forecasts]
    if before is not None and forecasts:
        kept = (before.price_class, before.price)
        if ratio := prices.compared(kept, found.route, forecasts[0].habit):
            said += f", {ratio}"
    cost = prices.spent(found.route, forecasts) if forecasts else ""
    whose = "they" if len(forecasts) == len(found.holds) else f"the first {len(forecasts)} of them"
    return line(f"{said}.", f" If {whose} accept it: {cost}." if cost else "")


def changed(found: DefaultChanged) -> Message:
    old = found.old.route.name if found.old else "?"
    title = f"The default moved from {old} to {found.new}.{held_by_it(found.holds)}"
    return Message(title, tone=Tone.LOUD)


def held_by_it(jobs: Sequence[Job]) -> str:
    """What a change does to the jobs that consented to another default, as a further sentence."""
    if not jobs:
        return ""
    return f" {facts.count(len(jobs), 'job')} will be held until somebody decides."


def _how_many(jobs: Sequence[Job]) -> str:
    if not jobs:
        return "no job"
    chats = len({job.place.whole_chat for job in jobs})
    many = facts.count(len(jobs), "job")
    return many if chats == 1 else f"{many} in {chats} chats"


def _jobs_and_chats(
    jobs: Sequence[Job], route: Route | None, forecasts: Mapping[JobId, Forecast]
) -> Bullets:
    """Each job with the chat it belongs to, and what it would cost on this route (of one job that
    is said already)."""
    told = []
    for job in jobs:
        known = len(jobs) > 1 and job.id in forecasts
        cost = prices.spent(route, [forecasts[job.id]]) if route and known else ""
        told.append((*_named(job), *line(f"; in {_chat(job.place)}{'; ' if cost else ''}{cost}")))
    return dozen(told)


def _by_chat(jobs: Sequence[Job]) -> Quiet:
    """How many jobs of each chat, those with the most first."""
    counted = Counter(_chat(job.place) for job in jobs).most_common()
    said = ", ".join(f"{many} in {chat}" for chat, many in counted[:NAMED])
    more = f", and {len(counted) - NAMED} more chats" if len(counted) > NAMED else ""
    return Quiet(line(f"By chat: {said}{more}"))


def _chat(place: Place) -> str:
    """A chat by the name that config.yaml would give it."""
    match place.platform:
        case "terminal":
            return "the terminal"
        case "telegram":
            return f"telegram:{place.chat}"
        case platform:
            return f"{platform}:{place.workspace}:#{place.chat}"


def jobs_by_name(jobs: Sequence[Job]) -> Bullets:
    """Jobs with what they consent to; the first dozen, and how many more."""
    return dozen(map(_named, jobs))


def _named(job: Job) -> Line:
    return line(bold(f"#{job.id}"), f" {job.name}, consents to {facts.names(consent(job))}")
