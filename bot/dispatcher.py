"""The one way in: known event? allowed? parse, carry out, word the answer."""

import logging
import secrets
from dataclasses import replace
from datetime import timedelta

from bot.admission import Admission
from bot.carrying import Carrier
from bot.claims import Claims
from bot.desk import Desk
from bot.doors import Doors, Refusal
from bot.forms import Forms
from bot.grammar import parse
from bot.message import Message, Request
from bot.pace import Pace
from bot.presses import Presses
from bot.wording import answers, refusals
from bot.wording.help import help_on
from scheduler.answers import Alerts
from scheduler.commands import AskAdd, Claim, Doable, Help, Unclaim
from scheduler.errors import (
    AlreadyHandled,
    ConfigError,
    DriftpinError,
    ScheduleError,
    StoreError,
    UserError,
)
from scheduler.outbox import Owed, OwedKind
from scheduler.press import Action
from scheduler.schedule.zones import zone_named
from scheduler.service.handling import handling

log = logging.getLogger(__name__)

BUTTON_LIFE = timedelta(days=30)
QUESTION_LIFE = timedelta(minutes=15)
"""What a change would do is soon no longer what was shown."""

PASSING = (Action.CHANGE_DEFAULT, Action.TRY_DEFAULT)


class Dispatcher:
    """Handles every request of every platform."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pace = Pace()
        self.claims = Claims(desk.store, desk.clock, lambda: desk.settings().access)
        self._doors = Doors(desk.store, self.claims.access)
        self._admission = Admission(self.claims, self._doors)
        self._carrier = Carrier(desk.service, self._doors)
        self._forms = Forms(desk, self._doors, self._carrier)
        self._presses = Presses(desk, self._doors, self._carrier)

    async def handle(self, request: Request) -> Message | None:
        """The answer to a request; None for an event that was handled before.

        Raises StoreError for a request that is kept and had no effect: it is handed in again.
        """
        if request.asking:
            # It has no effect, so it may come again: the press that has one is another event.
            request = replace(request, event=None)
        platform = request.principal.platform
        try:
            if request.event is not None and await self._desk.store.seen(platform, request.event):
                return None
            with handling(platform, request.event) as event:
                answer = await self._answer(request)
                if event is not None and not await self._desk.store.mark(
                    event, self._desk.clock.now()
                ):
                    return None
            return await self._ready(answer, request)
        except AlreadyHandled:
            return None
        except Exception as error:
            lost = isinstance(error, StoreError) and request.kept
            if lost and not await self._is_marked(request):
                raise
            incident = secrets.token_hex(4)
            log.exception("incident %s", incident)
            return refusals.broken(incident)
        finally:
            self._desk.told()

    async def _is_marked(self, request: Request) -> bool:
        """Had the event an effect? False where the database does not say: whoever asks again learns it."""
        try:
            return request.event is not None and await self._desk.store.seen(
                request.principal.platform, request.event
            )
        except StoreError:
            return False

    async def _answer(self, request: Request) -> Message:
        try:
            await self.claims.refresh()
            await self._admission.admit(request)
            if not self._in_pace(request):
                return refusals.too_fast(self._desk.settings().core.limits.commands_per_minute)
            await self._learn_zone(request)
            if request.token is not None:
                return await self._presses.press(request)
            if request.form is not None:
                return await self._forms.filled(request.form, request)
            return await self._command(request)
        except Refusal as refusal:
            return refusal.message
        except UserError as error:
            return refusals.mistake(error, request.command)
        except ConfigError as error:
            return refusals.settings_broken(error)
        except (AlreadyHandled, StoreError):
            raise
        except DriftpinError as error:
            return refusals.mistake(UserError(str(error)), request.command)

    async def _command(self, request: Request) -> Message:
        command = parse(request.text, request.command)
        match command:
            case Help(topic):
                return help_on(topic, request.command)
            case AskAdd():
                return await self._forms.ask(request)
            case Claim():
                return await self._admission.claim(command, request)
            case Unclaim(admin):
                return await self._admission.unclaim(admin, request)
            case _:
                return await self._carried_out(command, request)

    async def _carried_out(self, command: Doable, request: Request) -> Message:
        answer = await self._carrier.carry_out(command, request)
        if isinstance(answer, Alerts):
            for alert in answer.alerts:
                facts = {"alert": int(alert.id), "anew": True}
                await self._desk.store.owe(Owed(OwedKind.ALERT, alert.place, facts))
        return answers.answer(answer, request.command)

    async def _learn_zone(self, request: Request) -> None:
        """Keep the zone a platform knows of a person; one that does not exist is no news."""
        if request.zone is None or not self._doors.admits(request):
            return
        try:
            zone = zone_named(request.zone).key
        except ScheduleError:
            return
        if (await self._desk.store.person(request.principal)).zone != zone:
            await self._desk.store.set_zone(request.principal, zone)

    def _in_pace(self, request: Request) -> bool:
        if self._doors.is_admin(request):
            return True
        limit = self._desk.settings().core.limits.commands_per_minute
        return self._pace.allows(request.principal, self._desk.clock.now(), limit)

    async def _ready(self, message: Message, request: Request) -> Message:
        """Sanitised, and with its buttons minted."""
        clean = self._desk.clean(message)
        if not clean.buttons:
            return clean
        presses = [button.press for button in clean.buttons]
        passing = any(press.action in PASSING for press in presses)
        expires = self._desk.clock.now() + (QUESTION_LIFE if passing else BUTTON_LIFE)
        return clean.with_tokens(await self._desk.store.mint(presses, request.place, expires))
