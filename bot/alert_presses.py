"""Buttons of alerts: about all that a person may decide, about one job, or to run what was held."""

from dataclasses import replace

from bot.asking import Asking
from bot.desk import Desk
from bot.doors import Doors
from bot.meanings import ACTIONS, DECISIONS
from bot.message import Message, Request
from bot.remembering import Remembered
from bot.wording import answers, choosing, pressed, refusals
from scheduler.alert import Alert, AlertId, AlertState
from scheduler.job import JobId
from scheduler.outbox import Facts, Owed, OwedKind
from scheduler.ports import TooLate
from scheduler.press import Action, Press
from scheduler.run import Run

MENDED = 3600.0
"""Seconds in which a copy of an alert is mended once, however often its buttons are pressed."""


class AlertPresses:
    def __init__(self, desk: Desk, doors: Doors, asking: Asking) -> None:
        self._desk = desk
        self._doors = doors
        self._asking = asking
        self._mended: Remembered[bool] = Remembered()

    async def press(self, press: Press, alert_id: AlertId, request: Request) -> Message:
        alert = await self._desk.store.alert(alert_id)
        if alert is None:
            return refusals.unknown_button()
        answer = await self._pressed_on(alert, press, request)
        await self._mend_copy(alert_id, request)
        return answer

    async def _mend_copy(self, alert_id: AlertId, request: Request) -> None:
        """A message whose arrival was never confirmed, and so was repeated, shows what is decided too."""
        message, alert = request.message, await self._desk.store.alert(alert_id)
        if alert is None or alert.state is AlertState.OPEN:
            return
        if None in (message, alert.message) or message == alert.message:
            return
        copy = f"{alert_id} {message}"
        if self._mended.get(copy) is None:
            self._mended.put(copy, True, MENDED)
            facts: Facts = {"message": message, "alert": int(alert_id)}
            await self._desk.store.owe(Owed(OwedKind.ELSEWHERE, request.place, facts))

    async def _pressed_on(self, alert: Alert, press: Press, request: Request) -> Message:
        if press.action is Action.CHOOSE:
            self._doors.need(request, "alerts")
            chosen = choosing.choose(alert, press.revision)
            return replace(chosen, replaces=press.revision > 0, beside=press.revision == 0)
        if press.action is Action.RUN_HELD:
            return await self._run_held(alert, press.revision, request)
        if press.action is Action.RUN_ONCE or press.job is not None:
            return await self._on_one(alert, press, request)
        decision, action = DECISIONS[press.action], ACTIONS[press.action]
        mine = [row.job for row in alert.undecided if self._doors.may(request, action, row.job)]
        if alert.undecided and not mine:
            raise self._doors.refusal(action, "these jobs")
        if request.asking:
            return await self._asking.about_all(alert, press, mine)
        decided = await self._desk.service.alerts.decide(
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
        by, run = request.principal, None
        if press.action is Action.RUN_ONCE:
            started = await self._desk.service.runs.once(row.job.id, by, seen=alert)
            if isinstance(started, TooLate):
                return self._chosen(started.alert, press, pressed.too_late(started.alert).title)
            answer = answers.answer(started, request.command)
            if not press.everywhere:
                return replace(answer, beside=True)
            said, run = answer.title, started.run
        else:
            decision = DECISIONS[press.action]
            decided = await self._desk.service.alerts.decide(
                alert, press.revision, decision, [row.job], by
            )
            if isinstance(decided, TooLate):
                return self._chosen(decided.alert, press, pressed.too_late(decided.alert).title)
            said = pressed.decided(decision, decided.jobs, (), alert.reason).title
        now = await self._desk.store.alert(alert.id)
        return self._chosen(now or alert, press, said, run)

    def _chosen(self, alert: Alert, press: Press, said: str, run: Run | None = None) -> Message:
        """What a press about one job came to: above what is left to choose, or to the presser alone."""
        if not press.everywhere:
            return Message(said, private=True)
        page = choosing.page_of(alert, press.job)
        return replace(choosing.choose(alert, page, said, run), replaces=True)

    async def _run_held(self, alert: Alert, revision: int, request: Request) -> Message:
        if alert.revision != revision:
            return pressed.too_late(alert)
        elsewhere = await self._undecided()
        free = [row.job for row in alert.may_run if row.job.id not in elsewhere]
        mine = [job.id for job in free if self._doors.may(request, "run", job)]
        if free and not mine:
            raise self._doors.refusal("run", "these jobs")
        released = await self._desk.service.runs.run_held(alert.id, mine, request.principal)
        return pressed.released(released, alert, request.command)

    async def _undecided(self) -> set[JobId]:
        """Jobs that another alert holds: their latest held fire is not this one's to run."""
        found = await self._desk.store.open_alerts()
        return {row.job.id for alert in found for row in alert.undecided}
