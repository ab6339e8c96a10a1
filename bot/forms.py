"""A job asked for field by field: the empty form, and the filled one."""

from bot.carrying import Carrier
from bot.desk import Desk
from bot.doors import Doors
from bot.grammar import read_form, sentence
from bot.message import AddForm, Message, Request
from bot.wording import answers, forms
from scheduler.commands import AddJob
from scheduler.errors import UserError


class Forms:
    """Asks with a form, and carries a filled one out exactly as `add` is."""

    def __init__(self, desk: Desk, doors: Doors, carrier: Carrier) -> None:
        self._desk = desk
        self._doors = doors
        self._carrier = carrier

    async def ask(self, request: Request) -> Message:
        """What `add` alone is answered with; raises Refusal."""
        self._doors.need(request, "add")
        return forms.asked(await self._zone(request), request.command)

    async def filled(self, form: AddForm, request: Request) -> Message:
        """The card of the new job, or all that is wrong with the form; raises Refusal."""
        self._doors.need(request, "add")
        limits = self._desk.settings().core.limits
        read = read_form(form, await self._zone(request), self._desk.clock.now(), limits)
        if not isinstance(read, AddJob):
            return forms.problems(read)
        try:
            answer = await self._carrier.carry_out(read, request)
        except UserError as error:
            # Zone and prompt were judged by the same rules before; the schedule is asked for first.
            return forms.problems((("schedule", sentence(str(error))),))
        return answers.answer(answer, request.command)

    async def _zone(self, request: Request) -> str:
        """The zone a job of this person gets unless it names one."""
        person = await self._desk.store.person(request.principal)
        return person.zone or self._desk.settings().core.timezone
