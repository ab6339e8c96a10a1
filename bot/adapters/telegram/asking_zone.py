"""Whoever created a job and never told where their clock stands is asked it, once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.adapters.telegram.answering import Answers, Show, tried
from bot.adapters.telegram.entities import part
from bot.adapters.telegram.incoming import Pressed, Typed
from bot.adapters.telegram.marked import Marked
from bot.adapters.telegram.queries import Query
from bot.adapters.telegram.rows import Rows
from bot.adapters.telegram.zones import likely
from bot.grammar.forms import check_field
from bot.message import Message
from bot.remembering import Remembered
from scheduler.press import Action

SIGN = "w:q:"
ASKED_AGAIN = 30 * 24 * 3600.0
"""Seconds until somebody who did not answer is asked again."""

QUESTION = (
    "Where does your clock stand? Press it, or type {command} tz Europe/Oslo."
    " Job {job} runs by {zone} until you change it: {command} edit {job} tz=Europe/Oslo"
)
NOT_YOURS = "I asked somebody else this."
NOTED = "Your new jobs run by {zone}."
STILL = " Job {job} still runs by {before}; {command} edit {job} tz={zone} changes it."


@dataclass(frozen=True, slots=True)
class ZoneQuestion:
    """`configured` gives the zone of this Driftpin, which counts for people who never said."""

    rows: Callable[[], Rows]
    clock: Callable[[], datetime]
    configured: Callable[[], str]
    answers: Answers
    asked: Remembered[bool] = field(default_factory=Remembered)

    def is_own(self, came: Pressed) -> bool:
        return came.data.startswith(SIGN)

    async def after(self, came: Typed, answer: Message) -> Show | None:
        """The question, where this answer is the card of a new job of somebody to be asked."""
        created = (b.press.job for b in answer.buttons if b.press.action is Action.UNDO)
        job, who = next(created, None), came.request.principal
        if job is None or "tz=" in came.text or self.asked.get(who.person):
            return None
        if (await self.rows().person(who)).zone is not None:
            return None
        self.asked.put(who.person, True, ASKED_AGAIN)
        return partial(self._ask, came, int(job))

    async def pressed(self, came: Pressed, query: Query) -> Show:
        """Keep the zone of whoever was asked; nobody else's press does anything."""
        person, _, rest = came.data.removeprefix(SIGN).partition(":")
        job, _, zone = rest.partition(":")
        who = came.request.principal
        if person != who.person or check_field("zone", zone, "UTC", self.clock()):
            return partial(_refused, query)
        await self.rows().set_zone(who, zone)
        return partial(self._noted, came, query, job, zone)

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
            self.answers.poster.say,
            came.chat,
            int(thread) if thread else None,
            part(Marked(QUESTION.format(job=job, zone=zone, command=came.request.command))),
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
        said = part(Marked(words))
        await tried(partial(self.answers.poster.rewrite, came.chat, came.message, said, None))


async def _refused(query: Query) -> None:
    await query.say(NOT_YOURS)
