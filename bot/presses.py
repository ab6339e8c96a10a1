"""A pressed button: bound to one alert or job and one revision, opaque, and the first press wins."""

from dataclasses import replace

from bot.alert_presses import AlertPresses
from bot.asking import DEAR, Asking
from bot.carrying import Carrier
from bot.desk import Desk
from bot.doors import Doors
from bot.meanings import ACTIONS, IN_PLACE, command_of, stale
from bot.message import Message, Request
from bot.wording import answers, cards, experiments, imports, refusals
from scheduler.answers import Unchanged
from scheduler.errors import AlreadyPressed
from scheduler.job import Job
from scheduler.press import Action, Press, RouteNames, StoredPress
from scheduler.service.handling import pressing


class Presses:
    """Carries out buttons: what they mean is stored with their token, never taken from the chat."""

    def __init__(self, desk: Desk, doors: Doors, carrier: Carrier) -> None:
        self._desk = desk
        self._doors = doors
        self._carrier = carrier
        self._asking = Asking(desk.store, desk.service, carrier)
        self._alerts = AlertPresses(desk, doors, self._asking)

    async def press(self, request: Request) -> Message:
        """What the presser is told; of a press that asks first, the question, and nothing is done."""
        stored = await self._desk.store.press(request.token or "")
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
            return await self._alerts.press(press, press.alert, request)
        return await self._on_job(stored, request)

    async def _page(self, press: Press, request: Request) -> Message:
        """Another page in the place of this one; it changes nothing, so anybody may turn it again."""
        answer = await self._carrier.carry_out(command_of(press), request)
        return replace(answers.answer(answer, request.command), replaces=True)

    async def _cancel(self, press: Press, request: Request) -> Message:
        """The question goes away, and its buttons with it; unless it was said yes to already."""
        self._doors.need(request, ACTIONS[Action.CANCEL])
        found = (await self._desk.service.defaults.show()).resolution
        if found is not None and RouteNames.of(found.route) == press.route:
            return experiments.too_late_to_cancel(press.route)
        return experiments.cancelled()

    async def _snapshots(self, press: Press, request: Request) -> Message:
        """Each who presses guards the jobs that are theirs to decide about, so nobody is too late."""
        if press.bills is None:
            self._doors.need(request, "snapshot-all")
            default = (await self._desk.service.defaults.show()).resolution
            return imports.look_first(default.route if default else None)
        answer = await self._carrier.carry_out(command_of(press), request)
        return answers.answer(answer, request.command)

    def _here(self, stored: StoredPress, request: Request) -> bool:
        """Buttons live in the chat they were posted in, and not for ever."""
        in_chat = stored.place.whole_chat == request.place.whole_chat
        return in_chat and self._desk.clock.now() < stored.expires_at

    async def _on_job(self, stored: StoredPress, request: Request) -> Message:
        """A button that says what a command says, once, and only while the consent it spoke of stands."""
        press = stored.press
        job: Job | None = None
        if press.job is not None:
            job = await self._doors.job(request, ACTIONS[press.action], press.job)
            if stored.pressed_by is None and stale(press, job):
                return refusals.unknown_button()
        else:
            self._doors.need(request, ACTIONS[press.action])
        if stored.pressed_by is not None:
            return _used(stored)
        if press.action is Action.SNAPSHOT and job is not None and press.bills is None:
            return cards.look_first(await self._desk.service.reading.view(job))
        if request.asking:
            return await self._asking.about(command_of(press), job, request)
        try:
            with pressing(stored.token):
                answer = await self._carrier.carry_out(command_of(press), request)
        except AlreadyPressed:
            return _used(await self._desk.store.press(stored.token))
        if isinstance(answer, Unchanged):
            by, now = request.principal, self._desk.clock.now()
            # Somebody may have pressed it meanwhile, and that is why there is nothing left to do.
            if not await self._desk.store.pressed(stored.token, by, now):
                return _used(await self._desk.store.press(stored.token))
        # What a card offered is gone with the job, and back with it.
        told = press.action in IN_PLACE and not isinstance(answer, Unchanged)
        beside = press.action is Action.STOP and press.everywhere
        return replace(answers.answer(answer, request.command), replaces=told, beside=beside)


def _used(stored: StoredPress | None) -> Message:
    by = stored.pressed_by if stored else None
    return refusals.used_button(by.called if by else "Somebody")
