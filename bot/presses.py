"""A pressed button: bound to one alert or job and one revision, opaque, and the first press wins."""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from bot.asking import DEAR, Asking
from bot.carrying import Carrier
from bot.doors import Doors
from bot.message import Message, Request
from bot.remembering import Remembered
from bot.wording import answers, cards, choosing, experiments, imports, pressed, refusals
from scheduler.alert import Alert, AlertId, AlertState, Decision
from scheduler.answers import Unchanged
from scheduler.commands import (
    AcceptRoute,
    ChangeDefault,
    Doable,
    EndExperiment,
    LeaveRun,
    ListJobs,
    PauseJob,
    PinJob,
    RemoveJob,
    ResumeJob,
    RouteText,
    RunJob,
    StopJob,
    TakeSnapshot,
    TakeSnapshots,
)
from scheduler.errors import AlreadyPressed
from scheduler.job import Job, JobId, JobState
from scheduler.outbox import Facts, Owed, OwedKind
from scheduler.ports import Clock, Store, TooLate
from scheduler.press import Action, Press, RouteNames, StoredPress
from scheduler.run import RunId
from scheduler.service import Service
from scheduler.service.handling import pressing

DECISIONS = {
    Action.PIN: (Decision.PINNED, "pin"),
    Action.ACCEPT: (Decision.ACCEPTED, "accept"),
    Action.PAUSE: (Decision.PAUSED, "pause"),
}


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


MENDED = 3600.0
"""Seconds in which a copy of an alert is mended once, however often its buttons are pressed."""
IN_PLACE = (Action.UNDO, Action.RESTORE, Action.CHANGE_DEFAULT, Action.TRY_DEFAULT)
"""Buttons whose message would be untrue once they were pressed: the answer takes its place."""


class Presses:
    """Carries out buttons: what they mean is stored with their token, never taken from the chat."""

    def __init__(
        self, store: Store, service: Service, doors: Doors, carrier: Carrier, clock: Clock
    ) -> None:
        self._store = store
        self._service = service
        self._doors = doors
        self._carrier = carrier
        self._clock = clock
        self._mended: Remembered[bool] = Remembered()
        self._asking = Asking(store, service, carrier)

    async def press(self, request: Request) -> Message:
        """What the presser is told; of a press that asks first, the question, and nothing is done."""
        stored = await self._store.press(request.token or "")
        if stored is None or not self._here(stored, request):
            return refusals.unknown_button()
        press = stored.press
        if request.asking and press.action not in DEAR:
            return refusals.unknown_button()
        if press.action is Action.PAGE:
            return await self._page(press, request)
        if press.action is Action.CANCEL:
            return await self._cancel(press, request)
        if press.action is Action.SNAPSHOT_ALL:
            return await self._snapshots(press, request)
        if press.alert is not None:
            return await self._on_alert(press, press.alert, request)
        return await self._on_job(stored, request)

    async def _page(self, press: Press, request: Request) -> Message:
        """Another page in the place of this one; it changes nothing, so anybody may turn it again."""
        answer = await self._carrier.carry_out(command_of(press), request)
        return replace(answers.answer(answer, request.command), replaces=True)

    async def _cancel(self, press: Press, request: Request) -> Message:
        """The question goes away, and its buttons with it; unless it was said yes to already."""
        self._doors.need(request, ACTIONS[Action.CANCEL])
        found = (await self._service.defaults.show()).resolution
        if found is not None and RouteNames.of(found.route) == press.route:
            return experiments.too_late_to_cancel(press.route)
        return experiments.cancelled()

    async def _snapshots(self, press: Press, request: Request) -> Message:
        """Each who presses guards the jobs that are theirs to decide about, so nobody is too late."""
        if press.bills is None:
            self._doors.need(request, "snapshot-all")
            default = (await self._service.defaults.show()).resolution
            return imports.look_first(default.route if default else None)
        answer = await self._carrier.carry_out(command_of(press), request)
        return answers.answer(answer, request.command)

    def _here(self, stored: StoredPress, request: Request) -> bool:
        """Buttons live in the chat they were posted in, and not for ever."""
        in_chat = stored.place.whole_chat == request.place.whole_chat
        return in_chat and self._clock.now() < stored.expires_at

    async def _on_alert(self, press: Press, alert_id: AlertId, request: Request) -> Message:
        alert = await self._store.alert(alert_id)
        if alert is None:
            return refusals.unknown_button()
        answer = await self._pressed_on(alert, press, request)
        await self._mend_copy(alert_id, request)
        return answer

    async def _mend_copy(self, alert_id: AlertId, request: Request) -> None:
        """A message whose arrival was never confirmed, and so was repeated, shows what is decided too."""
        message, alert = request.message, await self._store.alert(alert_id)
        if alert is None or alert.state is AlertState.OPEN:
            return
        if None in (message, alert.message) or message == alert.message:
            return
        copy = f"{alert_id} {message}"
        if self._mended.get(copy) is None:
            self._mended.put(copy, True, MENDED)
            facts: Facts = {"message": message, "alert": int(alert_id)}
            await self._store.owe(Owed(OwedKind.ELSEWHERE, request.place, facts))

    async def _pressed_on(self, alert: Alert, press: Press, request: Request) -> Message:
        if press.action is Action.CHOOSE:
            self._doors.need(request, "alerts")
            chosen = choosing.choose(alert, press.revision)
            return replace(chosen, replaces=press.revision > 0, beside=press.revision == 0)
        if press.action is Action.RUN_HELD:
            return await self._run_held(alert, press.revision, request)
        if press.action is Action.RUN_ONCE or press.job is not None:
            return await self._on_one(alert, press, request)
        decision, action = DECISIONS[press.action]
        mine = [row.job for row in alert.undecided if self._doors.may(request, action, row.job)]
        if alert.undecided and not mine:
            raise self._doors.refusal(action, "these jobs")
        if request.asking:
            return await self._asking.about_all(alert, press, mine)
        decided = await self._service.alerts.decide(
            alert, press.revision, decision, mine, request.principal
        )
        if isinstance(decided, TooLate):
            return pressed.too_late(decided.alert, press.route)
        return pressed.decided(decision, decided.jobs, decided.left, alert.reason, decided.unfit)

    async def _on_one(self, alert: Alert, press: Press, request: Request) -> Message:
        """A button about one job of an alert: in the list behind Choose, or under an answer."""
        row = alert.row(press.job or JobId(0))
        if row is None:
            return refusals.unknown_button()
        action = ACTIONS[press.action]
        if not self._doors.may(request, action, row.job):
            raise self._doors.refusal(action, f"job {row.job.id}")
        if alert.revision != press.revision or alert.state is not AlertState.OPEN:
            return self._chosen(alert, press, pressed.too_late(alert, press.route).title)
        if request.asking:
            return await self._asking.about_one(alert, press, row.job)
        by = request.principal
        if press.action is Action.RUN_ONCE:
            started = await self._service.runs.once(row.job.id, by, seen=alert)
            if isinstance(started, TooLate):
                return self._chosen(started.alert, press, pressed.too_late(started.alert).title)
            said = answers.answer(started, request.command).title
        else:
            decision, _ = DECISIONS[press.action]
            decided = await self._service.alerts.decide(
                alert, press.revision, decision, [row.job], by
            )
            if isinstance(decided, TooLate):
                return self._chosen(decided.alert, press, pressed.too_late(decided.alert).title)
            said = pressed.decided(decision, decided.jobs, (), alert.reason).title
        now = await self._store.alert(alert.id)
        return self._chosen(now or alert, press, said)

    def _chosen(self, alert: Alert, press: Press, said: str) -> Message:
        """What a press about one job came to: above what is left to choose, or to the presser alone."""
        if not press.everywhere:
            return Message(said, private=True)
        return replace(
            choosing.choose(alert, choosing.page_of(alert, press.job), said), replaces=True
        )

    async def _run_held(self, alert: Alert, revision: int, request: Request) -> Message:
        if alert.revision != revision:
            return pressed.too_late(alert)
        elsewhere = await self._undecided()
        free = [row.job for row in alert.may_run if row.job.id not in elsewhere]
        mine = [job.id for job in free if self._doors.may(request, "run", job)]
        if free and not mine:
            raise self._doors.refusal("run", "these jobs")
        released = await self._service.runs.run_held(alert.id, mine, request.principal)
        return pressed.released(released, alert)

    async def _undecided(self) -> set[JobId]:
        """Jobs that another alert holds: their latest held fire is not this one's to run."""
        found = await self._store.open_alerts()
        return {row.job.id for alert in found for row in alert.undecided}

    async def _on_job(self, stored: StoredPress, request: Request) -> Message:
        """A button that says what a command says, once, and only while the consent it spoke of stands."""
        press = stored.press
        job: Job | None = None
        if press.job is not None:
            job = await self._doors.job(request, ACTIONS[press.action], press.job)
            if stored.pressed_by is None and _stale(press, job):
                return refusals.unknown_button()
        else:
            self._doors.need(request, ACTIONS[press.action])
        if stored.pressed_by is not None:
            return _used(stored)
        if press.action is Action.SNAPSHOT and job is not None and press.bills is None:
            return cards.look_first(await self._service.reading.view(job))
        if request.asking:
            return await self._asking.about(command_of(press), job, request)
        try:
            with pressing(stored.token):
                answer = await self._carrier.carry_out(command_of(press), request)
        except AlreadyPressed:
            return _used(await self._store.press(stored.token))
        if isinstance(answer, Unchanged):
            by, now = request.principal, self._clock.now()
            # Somebody may have pressed it meanwhile, and that is why there is nothing left to do.
            if not await self._store.pressed(stored.token, by, now):
                return _used(await self._store.press(stored.token))
        # What a card offered is gone with the job, and back with it.
        told = press.action in IN_PLACE and not isinstance(answer, Unchanged)
        return replace(answers.answer(answer, request.command), replaces=told)


def _stale(press: Press, job: Job) -> bool:
    """Is what the button spoke of no longer so?"""
    if press.action is Action.RESTORE:
        return job.state is not JobState.REMOVED
    if press.action in (Action.ACCEPT, Action.RUN_ONCE) and press.bills is None:
        return True
    return press.action in BOUND and job.consent_revision != press.revision


def _used(stored: StoredPress | None) -> Message:
    by = stored.pressed_by if stored else None
    return refusals.used_button((by.name or by.key) if by else "Somebody")


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
