"""A new job asked for question by question, for whoever types `/add` alone."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from telegram import ForceReply

from bot.adapters.telegram.answering import REPLAYED, Answers, Show, now, say, then, tried
from bot.adapters.telegram.asking_zone import created
from bot.adapters.telegram.incoming import Pressed, Typed
from bot.adapters.telegram.patience import insist
from bot.adapters.telegram.posting import Poster
from bot.adapters.telegram.queries import Query
from bot.adapters.telegram.rows import Rows
from bot.adapters.telegram.wizard_steps import (
    CANCEL,
    CREATE,
    PRESETS,
    SCHEDULE_IS,
    SIGN,
    ZONE_IS,
    Draft,
    Step,
    asked_in,
    draft_of,
    keyboard,
    question,
    read_data,
    summary,
)
from bot.adapters.telegram.writing import Markup
from bot.grammar.forms import check_field
from bot.message import AddForm
from bot.platform import Handle

LIFE = timedelta(hours=1)

NOT_YOURS = "These buttons are for whoever typed /add, or too old. Type /add to begin anew."
NOT_ASKED = "I asked somebody else, or too long ago. Type /add to begin anew."
PRESSED = "Create was pressed before; nothing was done again."
CANCELLED = "Cancelled; nothing was created."
CANCELS = "cancel"
CREATED = "Created: job {job}"

PROMPT_HINT = "Summarise open incidents"


@dataclass(frozen=True, slots=True)
class Wizard:
    """State is in the database, one draft for each person in each place."""

    rows: Callable[[], Rows]
    clock: Callable[[], datetime]
    handle: Handle
    answers: Answers

    @property
    def poster(self) -> Poster:
        return self.answers.poster

    def is_own(self, came: Pressed) -> bool:
        return came.data.startswith(SIGN)

    async def begin(self, came: Typed, form: AddForm) -> Show:
        """A new draft in place of any before, and its first question."""
        person = await self.rows().person(came.request.principal)
        draft = Draft(
            secrets.token_hex(8),
            form.zone or "UTC",
            came.message,
            came.language,
            ask_zone=person.zone is None,
        )
        await self._keep(came, draft)
        return partial(self._ask, came, draft)

    async def typed(self, came: Typed) -> Show | None:
        """What an answer to a question leads to; None for what is none.

        In private any words answer the open question, in a group only a reply to it. Whoever is asked
        can also type that they do not want to be.
        """
        if came.request.text.strip().lower() == CANCELS:
            return await self._cancelled(came)
        asked = asked_in(came.asked)
        if came.is_command or (asked is None and not came.private):
            return None
        draft = await self._draft(came)
        if draft is None:
            return partial(self.answers.line, came, NOT_ASKED) if asked else None
        if came.request.event in draft.heard:
            return partial(self._next, came, draft)
        step = asked or draft.step
        if step is Step.CONFIRM:
            return None
        return await self._answered(came, draft, step, came.text)

    async def _cancelled(self, came: Typed) -> Show | None:
        """Where nothing is asked it is a command like any other."""
        if await self._draft(came) is None:
            return None
        await self._drop(came)
        return partial(self.answers.line, came, CANCELLED)

    async def pressed(self, came: Pressed, query: Query, *, again: bool) -> Show:
        """What a button of ours leads to, for the person whose draft it belongs to."""
        draft = await self._draft(came)
        id, what, choice = read_data(came.data)
        if draft is None and again:
            words = REPLAYED.format(command=came.request.command)
            return partial(self.answers.line, came, words)
        if draft is None or draft.id != id:
            return partial(say, query, NOT_YOURS)
        if what == CANCEL:
            await self._drop(came)
            return _after(query, partial(self._rewrite, came, CANCELLED))
        if what == CREATE and draft.step is Step.CONFIRM:
            return await self._create(came, query, draft, again)
        if what == SCHEDULE_IS and choice in map(str, range(len(PRESETS))):
            chosen = PRESETS[int(choice)]
            return _after(query, await self._answered(came, draft, Step.SCHEDULE, chosen))
        if what == ZONE_IS:
            return _after(query, await self._answered(came, draft, Step.ZONE, choice))
        return partial(say, query, NOT_YOURS)

    async def _answered(self, came: Typed | Pressed, draft: Draft, step: Step, value: str) -> Show:
        zone = draft.zone or draft.configured
        problem = check_field(step, value, zone, self.clock())
        if problem is not None:
            return partial(self._ask, came, draft, step, problem)
        draft = draft.having(step, value.strip()).hearing(came.request.event)
        await self._keep(came, draft)
        return partial(self._next, came, draft)

    async def _create(self, came: Pressed, query: Query, draft: Draft, again: bool) -> Show:
        """The card of the new job; or the first question whose answer cannot be used."""
        at = now()
        form = AddForm(draft.schedule, draft.prompt, draft.zone)
        # However often and wherever Create is pressed, one draft makes one job.
        event = f"create:{draft.id}:{draft.refused}"
        asked = replace(came.request, token=None, event=event, form=form, zone=draft.zone or None)
        answer = await self.handle(asked)
        if answer is None and not again:
            return partial(say, query, PRESSED)
        if answer is None or created(answer) is not None:
            await insist(lambda: self._drop(came))
        else:
            field, problem = answer.problems[0] if answer.problems else (Step.CONFIRM, "")
            draft = draft.once_more().having(Step(field), "")
            await insist(lambda: self._keep(came, draft))
            if answer.problems:
                return _after(query, partial(self._next, came, draft, problem))
        if answer is not None and (job := created(answer)) is not None:
            words = "\n".join((*summary(draft), CREATED.format(job=job)))
            # Its buttons go with its text.
            card = partial(self.answers.pressed, came, query, replace(answer, beside=True), at)
            return then(card, partial(self._rewrite, came, words))
        if answer is not None:
            return partial(self.answers.pressed, came, query, answer, at)
        return partial(self.answers.line, came, REPLAYED.format(command=came.request.command))

    # --- what is shown -------------------------------------------------------------------------------

    async def _ask(
        self, came: Typed | Pressed, draft: Draft, step: Step | None = None, problem: str = ""
    ) -> None:
        """A question as a new message; in a group with the answer already begun, as a reply."""
        step = step or draft.step
        text = question(draft, step, private=came.private, problem=problem)
        markup: Markup = keyboard(draft, step)
        answers: int | None = None
        if not came.private:
            answers = came.message if isinstance(came, Typed) else draft.said
            if step is Step.PROMPT:
                markup = ForceReply(selective=True, input_field_placeholder=PROMPT_HINT)
        said = partial(self.poster.line, came.chat, _thread(came), text, markup, answers=answers)
        await tried(said)

    async def _next(self, came: Typed | Pressed, draft: Draft, problem: str = "") -> None:
        """The next question takes the place of the one that was answered, where it can."""
        step = draft.step
        forced = step is Step.PROMPT and not came.private
        shown = came.message if isinstance(came, Pressed) else came.replied_to
        if shown is not None and forced:
            # A message that asks for a reply has no buttons, so Cancel stays on the one before.
            words = "\n".join(summary(draft)) or CANCELLED
            await self._edit(came, shown, words, draft, step)
        if isinstance(came, Pressed) and not forced:
            words = question(draft, step, private=came.private, problem=problem)
            await self._edit(came, came.message, words, draft, step)
        else:
            await self._ask(came, draft, step, problem)

    async def _edit(
        self, came: Typed | Pressed, id: int, words: str, draft: Draft, step: Step
    ) -> None:
        at, buttons = (came.chat, _thread(came), id), keyboard(draft, step)
        await tried(partial(self.poster.reline, *at, words, buttons))

    async def _rewrite(self, came: Pressed, words: str) -> None:
        at = came.chat, _thread(came), came.message
        await tried(partial(self.poster.reline, *at, words, None))

    # --- what is kept --------------------------------------------------------------------------------

    async def _draft(self, came: Typed | Pressed) -> Draft | None:
        request = came.request
        row = await self.rows().draft(request.place, request.principal, self.clock())
        return draft_of(row) if row is not None else None

    async def _drop(self, came: Typed | Pressed) -> None:
        await self.rows().drop_draft(came.request.place, came.request.principal)

    async def _keep(self, came: Typed | Pressed, draft: Draft) -> None:
        request, expires = came.request, self.clock() + LIFE
        await self.rows().keep_draft(request.place, request.principal, draft.row(), expires)


def _thread(came: Typed | Pressed) -> int | None:
    thread = came.request.place.thread
    return int(thread) if thread else None


def _after(query: Query, show: Show) -> Show:
    """The press is answered first: what is shown waits for its chat."""
    return then(partial(say, query), show)
