"""The question before a dear button, worded from the facts as they are when somebody presses it.

Everything is judged here as the press itself is, and nothing is done. Raises Refusal and UserError as
the press would.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.carrying import Carrier
from bot.message import Message, Request
from bot.outlook import forecasts
from bot.wording import answered, cards, defaults, pressed, questions, refusals
from scheduler.alert import Alert, Decision
from scheduler.answers import WhatIf
from scheduler.commands import AcceptRoute, ChangeDefault, Doable, RunJob
from scheduler.job import Job
from scheduler.ports import Store, TooLate
from scheduler.press import Action, Press
from scheduler.run import HoldReason
from scheduler.service import Service

DEAR = (
    Action.ACCEPT,
    Action.RUN_ONCE,
    Action.UNDO,
    Action.CHANGE_DEFAULT,
    Action.TRY_DEFAULT,
)
"""Buttons that ask before they have their effect."""


@dataclass(frozen=True, slots=True)
class Asking:
    store: Store
    service: Service
    carrier: Carrier

    async def about_all(self, alert: Alert, press: Press, mine: list[Job]) -> Message:
        """Accept new, for those jobs of an alert that are this person's to decide."""
        would = await self.service.alerts.deciding(alert, press.revision, Decision.ACCEPTED, mine)
        if isinstance(would, TooLate):
            return pressed.too_late(alert, press.route)
        return _question(await self._accepting(alert, would))

    async def _accepting(self, alert: Alert, jobs: Sequence[Job]) -> str:
        if alert.reason is HoldReason.SERVED:
            ids = {job.id for job in jobs}
            rows = [row for row in alert.undecided if row.job.id in ids]
            return answered.accepting(alert, rows)
        found = await forecasts(self.store, alert)
        foreseen = [found[job.id] for job in jobs if job.id in found]
        return questions.accepting(alert.route, jobs, foreseen)

    async def about_one(self, alert: Alert, press: Press, job: Job) -> Message:
        """A button about one job of an alert."""
        if press.action is Action.RUN_ONCE:
            _, route = await self.service.runs.once_on(job.id, seen=alert)
            return _question(questions.letting_run_once(job, route))
        would = await self.service.alerts.deciding(alert, press.revision, Decision.ACCEPTED, [job])
        if isinstance(would, TooLate):
            return pressed.too_late(alert, press.route)
        return _question(questions.accepting_one(job, alert.route))

    async def about(self, command: Doable, job: Job | None, request: Request) -> Message:
        """A button that says what a command says."""
        if isinstance(command, ChangeDefault):
            found = await self.carrier.carry_out(
                ChangeDefault(command.route, length=command.length), request
            )
            return _question(defaults.moving(found)) if isinstance(found, WhatIf) else _none()
        if job is None:
            return _none()
        if isinstance(command, RunJob):
            _, route = await self.service.runs.once_on(job.id, command.route)
            return _question(questions.letting_run_once(job, route))
        if isinstance(command, AcceptRoute):
            await self.service.consents.accepting(command)
            now = (await self.service.reading.view(job)).current
            return _question(questions.accepting_one(job, now.route)) if now else _none()
        return _question(cards.removing(job))


def _question(words: str) -> Message:
    return Message(words, private=True, asks=True)


def _none() -> Message:
    return refusals.unknown_button()
