"""Whoever created a job and never told where their clock stands is asked it, once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.adapters.telegram.answering import Answers, Show, tried
from bot.adapters.telegram.incoming import Pressed, Typed
from bot.adapters.telegram.queries import Query
from bot.adapters.telegram.rows import PLATFORM, Rows
from bot.adapters.telegram.zones import likely
from bot.grammar import parse
from bot.grammar.forms import check_field
from bot.message import Message
from bot.platform import Handle
from scheduler.commands import AddJob
from scheduler.errors import StoreError, UserError
from scheduler.job import Place, Principal
from scheduler.press import Action

log = logging.getLogger(__name__)

SIGN = "w:q:"
ASKED = Place(PLATFORM, "", "asked for the zone")
"""Not a place: under this name the database knows, as a draft of theirs, who was asked."""

FOR_GOOD = timedelta(days=36_500)

QUESTION = "Where does your clock stand? Job {job} runs by {zone} until you change it."
NOT_YOURS = "I asked somebody else this."
NOTED = "Your new jobs run by {zone}."
STILL = " Job {job} still runs by {before}; {command} edit {job} tz={zone} changes it."


@dataclass(frozen=True, slots=True)
class ZoneQuestion:
    """`configured` gives the zone of this Driftpin, which counts for people who never said."""

    rows: Callable[[], Rows]
    handle: Handle
    clock: Callable[[], datetime]
    configured: Callable[[], str]
    answers: Answers

    def is_own(self, came: Pressed) -> bool:
        return came.data.startswith(SIGN)

    async def ask_after(self, came: Typed, answer: Message) -> None:
        """Ask, where this answer is the card of a new job of somebody who was never asked.

        Raises nothing: the job is there, and whoever cannot be asked now is asked another time.
        """
        job = created(answer)
        if job is None or _names_zone(came):
            return
        try:
            if await self._is_first_time(came.request.principal):
                await self._ask(came, job)
        except StoreError as error:
            log.warning("nobody is asked for their zone now: %s", error)

    async def _is_first_time(self, who: Principal) -> bool:
        rows, now = self.rows(), self.clock()
        if (await rows.person(who)).zone is not None:
            return False
        if await rows.draft(ASKED, who, now) is not None:
            return False
        await rows.keep_draft(ASKED, who, {"asked": now.isoformat()}, now + FOR_GOOD)
        return True

    async def pressed(self, came: Pressed, query: Query, at: float) -> Show:
        """Keep the zone of whoever was asked; nobody else's press does anything.

        It is a request like any other, so that it takes whoever may use this Driftpin at all.
        """
        person, _, rest = came.data.removeprefix(SIGN).partition(":")
        job, _, zone = rest.partition(":")
        who = came.request.principal
        wrong = check_field("zone", zone, "UTC", self.clock()) or not job.isdecimal()
        if wrong or person != who.person:
            return partial(_refused, query)
        answer = await self.handle(replace(came.request, token=None, text="help", zone=zone))
        if (await self.rows().person(who)).zone == zone:
            return partial(self._noted, came, query, job, zone)
        if answer is None:
            return partial(_refused, query)
        return partial(self.answers.pressed, came, query, answer, at)

    async def _ask(self, came: Typed, job: int) -> None:
        zone, who = self.configured(), came.request.principal.person
        zones = likely(zone, came.language)
        buttons = [
            InlineKeyboardButton(
                f"Keep {each}" if each == zone else each, callback_data=f"{SIGN}{who}:{job}:{each}"
            )
            for each in zones
        ]
        rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
        thread = came.request.place.thread
        said = partial(
            self.answers.poster.line,
            came.chat,
            int(thread) if thread else None,
            QUESTION.format(job=job, zone=zone),
            InlineKeyboardMarkup(rows),
            answers=None if came.private else came.message,
        )
        await tried(said)

    async def _noted(self, came: Pressed, query: Query, job: str, zone: str) -> None:
        await query.say()
        before, command = self.configured(), came.request.command
        words = NOTED.format(zone=zone)
        if zone != before:
            words += STILL.format(job=job, before=before, command=command, zone=zone)
        thread = came.request.place.thread
        at = came.chat, int(thread) if thread else None, came.message
        await tried(partial(self.answers.poster.reline, *at, words, None))


def created(answer: Message) -> int | None:
    """The job whose creation this answers; None for any other answer."""
    jobs = (b.press.job for b in answer.buttons if b.press.action is Action.UNDO)
    job = next(jobs, None)
    return None if job is None else int(job)


def _names_zone(came: Typed) -> bool:
    """Did they say in this very line where its clock stands?"""
    try:
        command = parse(came.request.text, came.request.command)
    except UserError:
        return False
    return isinstance(command, AddJob) and command.options.zone is not None


async def _refused(query: Query) -> None:
    await query.say(NOT_YOURS)
