"""What each button means: the command it stands for, and what `access` judges before it has its effect."""

from datetime import timedelta
from typing import assert_never

from scheduler.alert import Decision
from scheduler.commands import (
    AcceptRoute,
    ChangeDefault,
    Doable,
    EndExperiment,
    LeaveRun,
    ListJobs,
    PauseJob,
    PinJob,
    RaiseCaps,
    RemoveJob,
    ResumeJob,
    RouteText,
    RunJob,
    StopJob,
    TakeSnapshot,
    TakeSnapshots,
)
from scheduler.job import Job, JobId, JobState
from scheduler.press import Action, Press
from scheduler.run import RunId

DECISIONS = {
    Action.PIN: Decision.PINNED,
    Action.ACCEPT: Decision.ACCEPTED,
    Action.PAUSE: Decision.PAUSED,
}
"""What each button of an alert decides."""

ACTIONS = {
    Action.PIN: "pin",
    Action.ACCEPT: "accept",
    Action.PAUSE: "pause",
    Action.RESUME: "resume",
    Action.RUN_HELD: "run",
    Action.RUN_AGAIN: "run",
    Action.RUN_ONCE: "run-once",
    Action.STOP: "stop",
    Action.LEAVE: "leave",
    Action.RAISE: "raise",
    Action.SNAPSHOT: "snapshot",
    Action.UNDO: "remove",
    Action.RESTORE: "resume",
    Action.CHANGE_DEFAULT: "change-default",
    Action.TRY_DEFAULT: "change-default",
    Action.END_EXPERIMENT: "change-default",
    Action.CANCEL: "change-default",
}
"""What `access` judges for each button."""

BOUND = (Action.UNDO, Action.PIN, Action.SNAPSHOT)
"""Buttons of a card: they die when the job's consent changes."""

IN_PLACE = (Action.UNDO, Action.RESTORE, Action.CHANGE_DEFAULT, Action.TRY_DEFAULT)
"""Buttons whose message would be untrue once they were pressed: the answer takes its place."""


def stale(press: Press, job: Job) -> bool:
    """Is what the button spoke of no longer so?"""
    if press.action is Action.RESTORE:
        return job.state is not JobState.REMOVED
    if press.action in (Action.ACCEPT, Action.RUN_ONCE) and press.bills is None:
        return True
    return press.action in BOUND and job.consent_revision != press.revision


def command_of(press: Press) -> Doable:
    """The command a person could have typed instead."""
    job, route = press.job or JobId(0), _typed(press)
    match press.action:
        case Action.PIN:
            return PinJob(job)
        case Action.ACCEPT:
            return AcceptRoute(job, route)
        case Action.PAUSE:
            return PauseJob(job)
        case Action.RESUME:
            return ResumeJob(job)
        case Action.RUN_HELD:
            return RunJob(job, held=True)
        case Action.RUN_AGAIN:
            return RunJob(job, again=RunId(press.revision))
        case Action.RUN_ONCE:
            return RunJob(job, once=True, route=route)
        case Action.STOP:
            return StopJob(job, RunId(press.revision))
        case Action.LEAVE:
            return LeaveRun(job, RunId(press.revision))
        case Action.RAISE:
            return RaiseCaps(job, RunId(press.revision))
        case Action.SNAPSHOT:
            return TakeSnapshot(job, route)
        case Action.SNAPSHOT_ALL:
            return TakeSnapshots(route)
        case Action.UNDO:
            return RemoveJob(job)
        case Action.RESTORE:
            return ResumeJob(job)
        case Action.PAGE:
            return ListJobs(press.revision, press.everywhere)
        case Action.CHANGE_DEFAULT if route is not None:
            return ChangeDefault(route, confirmed=True)
        case Action.TRY_DEFAULT if route is not None:
            return ChangeDefault(route, confirmed=True, length=timedelta(seconds=press.revision))
        case Action.END_EXPERIMENT:
            return EndExperiment(press.revision)
        case Action.CHANGE_DEFAULT | Action.TRY_DEFAULT | Action.CANCEL | Action.CHOOSE:
            raise AssertionError("this button has no command")
        case _:
            assert_never(press.action)


def _typed(press: Press) -> RouteText | None:
    if press.route is None:
        return None
    return RouteText(provider=press.route.provider, model=press.route.model, bills=press.bills)
