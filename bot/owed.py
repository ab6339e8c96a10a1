"""An owed message is a row of facts; here it gets its words, from the facts as they are at this moment."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.message import Bullets, Message, Moment, Tone, line
from bot.outlook import forecasts
from bot.owing_answers import asker, said
from bot.wording import alerts, answered, cards, experiments, halts, imports, late, runs, spending
from scheduler.alert import Alert, AlertId, AlertState
from scheduler.answers import JobView
from scheduler.caps import Cap
from scheduler.experiment import ExperimentId
from scheduler.job import Job, JobId, Place, Principal
from scheduler.outbox import Facts, Owed, OwedKind
from scheduler.ports import Store
from scheduler.press import RouteNames
from scheduler.run import HoldReason, RunId
from scheduler.spend import Reached


@dataclass(frozen=True, slots=True)
class Matter:
    """Where a message belongs, whose it is, and whether it is a question nobody has answered yet."""

    home: Place
    owner: Principal | None = None
    unanswered: bool = False


View = Callable[[Job], Awaitable[JobView]]
"""Everything about a job, as it stands now."""


async def word(store: Store, view: View, owed: Owed, how: str) -> tuple[Message, str | None] | None:
    """The message that is owed, and the platform's id of the message it replaces, if any.

    None when the fact it was about no longer exists.
    """
    facts = owed.facts
    match owed.kind:
        case OwedKind.REPORT:
            message = await _report(store, facts, how)
        case OwedKind.ALERT:
            return await _alert(store, owed, how)
        case OwedKind.ELSEWHERE:
            return await _left_behind(store, owed, how), str(facts["message"])
        case OwedKind.MISSED:
            message = await _missed(store, facts, how)
        case OwedKind.IMPORTED:
            message = _imported(facts, how)
        case OwedKind.EXPERIMENT:
            message = await _experiment(store, facts, how)
        case OwedKind.PAUSED:
            message = await _paused(store, facts, how)
        case OwedKind.SPENDING:
            message = await _spending(store, facts, how)
        case OwedKind.UNHALTED:
            message = halts.told(str(facts["by"]), str(facts["missed"]), str(facts["waiting"]), how)
        case OwedKind.NOTICE:
            message = _notice(facts)
        case OwedKind.ANSWER:
            message = await _answer(store, view, facts, how)
    return (message, None) if message else None


async def _report(store: Store, facts: Facts, how: str) -> Message | None:
    run = await store.run(RunId(_number(facts, "run")))
    job = await store.job(run.job_id) if run else None
    if run is None or job is None:
        return None
    served, changed = facts.get("served"), facts.get("changed")
    said = runs.report(
        job,
        run,
        how,
        first_unguarded=facts.get("first_unguarded") is True,
        served=None if served is None else str(served),
    )
    return runs.noting(said, str(changed)) if changed else said


def _notice(facts: Facts) -> Message:
    lines = tuple(line(each) for each in str(facts.get("lines") or "").splitlines())
    tone = Tone(str(facts.get("tone") or Tone.LOUD))
    return Message(str(facts["text"]), (Bullets(lines),) if lines else (), tone=tone)


def _imported(facts: Facts, how: str) -> Message:
    provider, model = facts.get("provider"), facts.get("model")
    default = RouteNames(str(provider), str(model)) if provider and model else None
    by = str(facts["by"])
    number, unguarded = _number(facts, "jobs"), _number(facts, "unguarded")
    bills = str(facts["bills"]) if facts.get("bills") else None
    return imports.arrived(number, unguarded, by, default, how, bills)


async def _experiment(store: Store, facts: Facts, how: str) -> Message | None:
    found = await store.experiment(ExperimentId(_number(facts, "experiment")))
    return None if found is None else experiments.over(found, _number(facts, "holds"), how)


async def _spending(store: Store, facts: Facts, how: str) -> Message | None:
    job = await store.job(JobId(_number(facts, "job")))
    most, spent, asked = (Decimal(str(facts[each])) for each in ("most", "spent", "asked"))
    near = Reached(Cap(str(facts["cap"])), most, spent, asked, str(facts["day"]))
    return None if job is None else spending.warning(job, near, how)


async def matter(store: Store, owed: Owed) -> Matter:
    """What the message is about, as it stands now."""
    facts = owed.facts
    match owed.kind:
        case OwedKind.REPORT:
            run = await store.run(RunId(_number(facts, "run")))
            return _of_job(await store.job(run.job_id) if run else None, owed)
        case OwedKind.MISSED | OwedKind.PAUSED:
            return _of_job(await store.job(JobId(_number(facts, "job"))), owed)
        case OwedKind.ALERT:
            found = await store.alert(AlertId(_number(facts, "alert")))
            return _of_alert(found, owed)
        case OwedKind.ANSWER:
            return Matter(owed.place, asker(owed))
        case OwedKind.EXPERIMENT:
            begun = await store.experiment(ExperimentId(_number(facts, "experiment")))
            return Matter(begun.place, begun.by) if begun else Matter(owed.place)
        case (
            OwedKind.IMPORTED
            | OwedKind.UNHALTED
            | OwedKind.SPENDING
            | OwedKind.NOTICE
            | OwedKind.ELSEWHERE
        ):
            return Matter(owed.place)


def _of_job(job: Job | None, owed: Owed) -> Matter:
    return Matter(owed.place) if job is None else Matter(job.place, job.owner)


def _of_alert(found: Alert | None, owed: Owed) -> Matter:
    if found is None:
        return Matter(owed.place)
    rows = found.undecided or found.jobs
    owner = rows[0].job.owner if rows else None
    return Matter(found.place, owner, unanswered=found.state is AlertState.OPEN)


async def _alert(store: Store, owed: Owed, how: str) -> tuple[Message, str | None] | None:
    found = await store.alert(AlertId(_number(owed.facts, "alert")))
    if found is None:
        return None
    waiting = await store.held([row.job.id for row in found.jobs])
    calls = await store.calls([run.id for runs in waiting.values() for run in runs])
    edit = found.message if found.hangs == owed.place and not owed.facts.get("anew") else None
    if _is_about_an_answer(found):
        return answered.alert(found, waiting, calls, how), edit
    foreseen = await forecasts(store, found)
    ran = await store.let_through([row.job.id for row in found.jobs], found.opened_at)
    return alerts.alert(found, waiting, calls, how, foreseen, ran), edit


async def _left_behind(store: Store, owed: Owed, how: str) -> Message:
    """What stands in a message that is the alert's no more: nothing can be decided with it."""
    if "alert" not in owed.facts:
        return alerts.elsewhere(anew=bool(owed.facts.get("anew")))
    worded = await _alert(store, owed, how)
    return replace(worded[0], buttons=()) if worded else alerts.elsewhere()


async def _answer(store: Store, view: View, facts: Facts, how: str) -> Message | None:
    if "job" not in facts:
        return late.answer(said(facts))
    job = await store.job(JobId(_number(facts, "job")))
    return late.answer(cards.added(await view(job), how)) if job else None


def _is_about_an_answer(found: Alert) -> bool:
    return found.reason is HoldReason.SERVED and found.state is AlertState.OPEN


async def _missed(store: Store, facts: Facts, how: str) -> Message | None:
    job = await store.job(JobId(_number(facts, "job")))
    if job is None:
        return None
    first, last = (
        Moment(datetime.fromisoformat(str(facts[key])), job.zone) for key in ("first", "last")
    )
    return runs.missed(job, _number(facts, "count"), first, last, how)


async def _paused(store: Store, facts: Facts, how: str) -> Message | None:
    job = await store.job(JobId(_number(facts, "job")))
    run = await store.run(RunId(_number(facts, "run")))
    if job is None or run is None:
        return None
    return runs.paused_itself(job, run, _number(facts, "failures"), how)


def _number(facts: Facts, key: str) -> int:
    value = facts[key]
    if not isinstance(value, int):
        raise TypeError(f"{key} of an owed message is a number, not {value!r}")
    return value
