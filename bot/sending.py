"""One owed message gets its words, goes to its chat, and leaves evidence."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import count

from bot.admins import admin_place
from bot.fallback import next_place
from bot.message import Message, Quiet, line
from bot.owed import Matter, View, matter, word
from bot.platform import Platform
from bot.sanitiser import sanitise
from bot.settings import Settings
from scheduler.errors import SendError, StoreError
from scheduler.job import Place
from scheduler.outbox import Delivery, DeliveryId, Owed, OwedKind
from scheduler.ports import Clock, Store

log = logging.getLogger(__name__)

BUTTON_LIFE = timedelta(days=30)
SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=45)
"""A chat that is back gets what it is owed within a minute."""

NOBODY_THERE = timedelta(minutes=5)
"""A question that reached nobody is asked again after this."""

LONGEST_ASKED = timedelta(days=1)
"""However long a platform asks us to wait."""

TRIES = 6
"""An error of ours is tried again so often; a message is not given up for one bad moment."""

MOVED = "moved"
"""The fact of an owed message that says why it is not where it belongs."""

REPEAT = "This may be a repeat: the first sending was not confirmed."


class Sender:
    """Sends one message at a time of any chat; it does not know why it is owed.

    `reached` is called with the name of each step, for the crash tests.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, Platform],
        settings: Callable[[], Settings],
        hidden: Callable[[], frozenset[str]],
        reached: Callable[[str], None],
        view: View,
    ) -> None:
        self._view = view
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._settings = settings
        self._hidden = hidden
        self._reached = reached
        self._our_errors: Counter[DeliveryId] = Counter()

    async def deliver(self, delivery: Delivery) -> None:
        """Try once, and write down what became of it. Raises StoreError when nothing was begun."""
        owed = await self._store.sending(delivery.id)
        if owed is None:
            return
        delivery = replace(delivery, owed=owed)
        try:
            worded = await word(
                self._store, self._view, delivery.owed, self._command(delivery.owed.place)
            )
            if worded is None:
                await self._record(
                    lambda: self._store.dead(delivery.id, "what it was about is gone")
                )
                return
            evidence = await self._send(delivery, *worded)
        except SendError as error:
            refused = error
        except StoreError as error:
            log.warning("delivery %s waits for the database: %s", delivery.id, error)
            refused = SendError(str(error))
        except Exception:
            log.exception("delivery %s failed in an error of ours", delivery.id)
            self._our_errors[delivery.id] += 1
            last = self._our_errors[delivery.id] >= TRIES
            refused = SendError("an error of ours; see the log", permanent=last)
        else:
            await self._record(lambda: self._store.sent(delivery.id, evidence))
            del self._our_errors[delivery.id]
            return
        await self._record(lambda: self._not_sent(delivery, refused))

    def _command(self, place: Place) -> str:
        return self._platforms[place.platform].command(place)

    async def _send(self, delivery: Delivery, message: Message, edit: str | None) -> str:
        platform = self._platforms[delivery.owed.place.platform]
        if moved := delivery.owed.facts.get(MOVED):
            message = _with(message, str(moved))
        if delivery.doubts and edit is None:
            message = _with(message, REPEAT)
        clean = sanitise(message, self._hidden())
        presses = [button.press for button in clean.buttons]
        expires = self._clock.now() + BUTTON_LIFE
        tokens = await self._store.mint(presses, delivery.owed.place, expires) if presses else []
        self._reached("before-send")
        ready = clean.with_tokens(tokens)
        try:
            evidence = await platform.send(delivery.owed.place, ready, edit=edit)
        except SendError:
            raise
        except Exception as error:
            log.exception("delivery %s: the platform broke while sending", delivery.id)
            raise SendError("the platform broke; see the log", ambiguous=True) from error
        self._reached("after-send")
        return evidence

    async def _not_sent(self, delivery: Delivery, error: SendError) -> None:
        """Try again later, once more if the chat may have it, or somewhere else if it never will."""
        if error.permanent:
            await self._elsewhere(delivery, error)
        elif error.ambiguous and delivery.doubts:
            await self._store.unknown(delivery.id, str(error))
        else:
            due = self._clock.now() + wait(delivery.attempts, error.retry_after)
            await self._store.again(delivery.id, due, str(error), doubtful=error.ambiguous)

    async def _elsewhere(self, delivery: Delivery, error: SendError) -> None:
        """The next place in the chain; a question that reached nobody is asked again."""
        owed = delivery.owed
        about = await self._matter(owed)
        refused = (*owed.tried, owed.place)
        admin = admin_place(self._settings().admin_chat, list(self._platforms))
        if owed.kind is OwedKind.ANSWER:  # It concerns nobody but whoever asked.
            admin = None
        place = None
        if owed.kind is not OwedKind.ELSEWHERE:  # A pointer is of use where it hangs, or nowhere.
            place = next_place(refused, about.home, about.owner, admin, self._platforms)
        if place is None:
            log.error("delivery %s reached nobody: %s", delivery.id, error)
            if about.unanswered:
                due = self._clock.now() + NOBODY_THERE
                await self._store.aside(delivery.id, due, str(error))
                return
        await self._store.dead(delivery.id, str(error), instead=_moved(owed, place, refused, error))
        del self._our_errors[delivery.id]

    async def _matter(self, owed: Owed) -> Matter:
        """Where the message belongs; of facts that cannot be read, no more than where it was going."""
        try:
            return await matter(self._store, owed)
        except StoreError:
            raise
        except Exception:
            log.exception("what an owed message is about cannot be read")
            return Matter(owed.place, unanswered=owed.kind is OwedKind.ALERT)

    async def give_back(self, delivery: Delivery) -> None:
        """Put back what was begun and never recorded, to be tried once more as doubtful."""
        due = self._clock.now() + SHORTEST_WAIT
        await self._store.again(delivery.id, due, "an error of ours; see the log", doubtful=True)

    async def _record(self, write: Callable[[], Awaitable[None]]) -> None:
        """What the chat has must not be forgotten because the database is away for a moment."""
        for failures in count():
            try:
                await write()
            except StoreError as error:
                log.warning("what became of a delivery cannot be written yet: %s", error)
            else:
                return
            await self._clock.sleep_until(self._clock.now() + wait(failures, None), asyncio.Event())


def wait(attempts: int, asked: float | None) -> timedelta:
    """How long a chat rests after a refusal: what its platform asked for (in seconds), else longer each time."""
    if asked is None:
        return min(timedelta(seconds=2 ** min(attempts, 9)), LONGEST_WAIT)
    longest = LONGEST_ASKED.total_seconds()
    return timedelta(seconds=min(max(SHORTEST_WAIT.total_seconds(), asked), longest))


def _moved(
    owed: Owed, place: Place | None, refused: tuple[Place, ...], error: SendError
) -> Owed | None:
    """The same message for another place, where it says why it is not at home."""
    if place is None:
        return None
    why = error.remedy or owed.facts.get(MOVED)
    facts = {**owed.facts, MOVED: why} if why else owed.facts
    return replace(owed, place=place, tried=refused, facts=facts)


def _with(message: Message, words: str) -> Message:
    return replace(message, blocks=(*message.blocks, Quiet(line(words))))
