"""Spells a command the way a person would type it; the grammar reads it back."""

import re
from typing import assert_never

from bot.grammar.typed import QUOTES
from scheduler.alert import Decision
from scheduler.commands import (
    AcceptRoute,
    AddJob,
    AskAdd,
    ChangeDefault,
    Claim,
    Command,
    CostOfJob,
    DecideAll,
    DrillJob,
    EditJob,
    EndExperiment,
    HaltAll,
    Help,
    History,
    LeaveRun,
    ListAlerts,
    ListJobs,
    Options,
    Output,
    OwnZone,
    PauseJob,
    PinJob,
    RaiseCaps,
    ReadAudit,
    RemoveJob,
    ResumeJob,
    RouteText,
    RunJob,
    ShowCosts,
    ShowDefault,
    ShowJob,
    StopJob,
    TakeSnapshot,
    TakeSnapshots,
    Unclaim,
    Unhalt,
    UnpinJob,
)
from scheduler.job import JobId
from scheduler.schedule.spans import span_words

_BARE = re.compile(r"[\w.:/@+#,~\[\]-]+", re.ASCII)
_TO_ESCAPE = re.compile(rf"([{''.join(QUOTES)}\\])")

_VERBS = {Decision.PINNED: "pin", Decision.ACCEPTED: "accept", Decision.PAUSED: "pause"}


def spell(command: Command, how: str = "/jobs") -> str:
    """The text that means this command.

    A route of which both parts are known is spelled in one word, `provider:model`.
    """
    return f"{how} {_said(command)}".strip()


def spell_cronjob(job_id: JobId, provider: str | None, model: str | None) -> str:
    """The second form of a pin, for people who come from hermes-agent."""
    return f"cronjob action=update job_id={job_id} {_parts(provider, model)}".rstrip()


def _said(command: Command) -> str:
    match command:
        case AddJob(schedule, prompt, options):
            return f"add {_words(schedule, _spelled(options))} | {prompt}"
        case EditJob(job, schedule, prompt, options):
            bar = None if prompt is None else f"| {prompt}"
            return f"edit {_words(str(job), schedule, _spelled(options), bar)}"
        case ListJobs(page, everywhere):
            return _words("list", "all" if everywhere else None, str(page) if page > 1 else None)
        case ListAlerts():
            return "alerts"
        case ShowCosts(everywhere):
            return "cost all" if everywhere else "cost"
        case ShowDefault():
            return "default"
        case TakeSnapshots():
            return "snapshot all"
        case ChangeDefault(route, confirmed, length):
            lasting = None if length is None else f"for {span_words(length)}"
            return _words("default", _route(route), lasting, "yes" if confirmed else None)
        case EndExperiment():
            return "default back"
        case OwnZone(zone):
            return _words("tz", zone)
        case ReadAudit(about, page):
            which = None if about is None else str(about)
            return _words("audit", which, f"page {page}" if page > 1 else None)
        case AskAdd():
            return "add"
        case Claim(code):
            return f"claim {code}"
        case Unclaim(admin):
            return f"unclaim {admin}"
        case HaltAll(reason):
            return _words("halt", reason or None)
        case Unhalt():
            return "unhalt"
        case Help(topic):
            return _words("help", topic)
        case PinJob(job, route):
            return _words("pin", str(job), _route(route))
        case AcceptRoute(job, route):
            return _words("accept", str(job), _route(route))
        case UnpinJob(job, provider, model):
            axis = None if provider and model else "provider" if provider else "model"
            return _words("unpin", str(job), axis)
        case RunJob(job, held, once, route):
            word = "once" if once else "held" if held else None
            return _words("run", str(job), word, _route(route))
        case DecideAll(decision):
            return f"{_VERBS[decision]} all"
        case _:
            return _about_a_job(command)


def _about_a_job(
    command: (
        ShowJob
        | PauseJob
        | ResumeJob
        | StopJob
        | LeaveRun
        | RaiseCaps
        | RemoveJob
        | TakeSnapshot
        | DrillJob
        | History
        | Output
        | CostOfJob
    ),
) -> str:
    match command:
        case ShowJob(job):
            return f"show {job}"
        case PauseJob(job):
            return f"pause {job}"
        case ResumeJob(job):
            return f"resume {job}"
        case StopJob(job):
            return f"stop {job}"
        case LeaveRun(job):
            return f"leave {job}"
        case RaiseCaps(job):
            return f"raise {job}"
        case RemoveJob(job):
            return f"remove {job}"
        case TakeSnapshot(job):
            return f"snapshot {job}"
        case DrillJob(job):
            return f"drill {job}"
        case History(job):
            return f"history {job}"
        case Output(job):
            return f"output {job}"
        case CostOfJob(job):
            return f"cost {job}"
        case _:
            assert_never(command)


def _route(route: RouteText | None) -> str | None:
    if route is None or route.whole is not None:
        return route.whole if route else None
    if route.provider and route.model:
        return f"{route.provider}:{route.model}"
    return _parts(route.provider, route.model)


def _parts(provider: str | None, model: str | None) -> str:
    return _words(
        *(f"{key}={value}" for key, value in (("provider", provider), ("model", model)) if value)
    )


def _spelled(options: Options) -> str | None:
    values = {
        "name": options.name,
        "tz": options.zone,
        "provider": options.provider,
        "model": options.model,
        "kind": options.kind,
        "on_drift": options.on_drift,
        "free_only": None if options.free_only is None else ("no", "yes")[options.free_only],
        "on_missed": options.on_missed,
        "repeat": options.repeat,
        "retry": options.retry,
        "max_usd": options.max_usd,
        "until": options.until,
        "timeout": options.timeout,
    }
    pairs = (f"{key}={_value(str(value))}" for key, value in values.items() if value is not None)
    return _words(*pairs) or None


def _value(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    escaped = _TO_ESCAPE.sub(r"\\\1", value)
    return f'"{escaped}"'


def _words(*words: str | None) -> str:
    return " ".join(word for word in words if word)
