"""The way out, on real rows: what becomes of a message when the chat or the database refuses."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.terminal.render import Look, render
from bot.message import Message
from bot.notifier import Notifier
from bot.platform import Handle, Platform
from bot.sending import REPEAT
from bot.settings import Settings
from scheduler.errors import SendError, StoreError
from scheduler.job import Place
from scheduler.outbox import DeliveryId, Owed, OwedKind
from scheduler.press import Press
from storage.database import Database
from storage.store import Store
from tests.fakes.clock import StoppedClock
from tests.integration.alerting import held_jobs, the_alert
from tests.integration.stores import CHAT, THREAD, hold

OTHER = Place("slack", "T1", "C2")
DIRECT = Place("slack", "T1", "U1")
ADMIN = Place("slack", "T1", "C0ADMIN")
MINUTE = timedelta(minutes=1)


class FullAtTimes(Store):
    """A store whose database is full at the next uses of a verb."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.full = defaultdict[str, int](int)
        self.looks = 0

    async def next_ready(self, platforms: Sequence[str]) -> datetime | None:
        self.looks += 1
        return await super().next_ready(platforms)

    async def mint(self, presses: Sequence[Press], place: Place, expires: datetime) -> list[str]:
        self._maybe("mint")
        return await super().mint(presses, place, expires)

    async def sending(self, delivery_id: DeliveryId) -> Owed | None:
        self._maybe("sending")
        return await super().sending(delivery_id)

    async def sent(self, delivery_id: DeliveryId, message: str) -> None:
        self._maybe("sent")
        await super().sent(delivery_id, message)

    def _maybe(self, verb: str) -> None:
        if self.full[verb]:
            self.full[verb] -= 1
            raise StoreError("the database is full")


class Slack(Platform):
    """A platform that refuses as it is told, and hangs where it is told."""

    name = "slack"

    def __init__(self) -> None:
        self.refusals = list[Exception]()
        self.shut = set[Place]()
        self.slow = defaultdict[Place, asyncio.Event](open_door)
        self.tried = 0
        self._moved = asyncio.Event()
        self.shown = list[tuple[Place, Message, str | None]]()

    @property
    def places(self) -> list[Place]:
        return [place for place, _, _ in self.shown]

    @property
    def edits(self) -> list[str | None]:
        return [edit for _, _, edit in self.shown]

    @property
    def repeats(self) -> list[bool]:
        return [REPEAT in render(message, Look(width=10_000)) for _, message, _ in self.shown]

    async def start(self, handle: Handle) -> None: ...

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        self.tried += 1
        self._moved.set()
        await self.slow[place].wait()
        if place in self.shut:
            raise SendError("is_archived", permanent=True)
        if self.refusals:
            raise self.refusals.pop(0)
        self.shown.append((place, message, edit))
        self._moved.set()
        return edit or f"m{len(self.shown)}"

    async def stop(self) -> None: ...

    async def until(self, happened: Callable[[], bool]) -> None:
        while not happened():
            self._moved.clear()
            await self._moved.wait()


def open_door() -> asyncio.Event:
    door = asyncio.Event()
    door.set()
    return door


class Out:
    """A notifier between a real database and a chat."""

    def __init__(self, folder: Path) -> None:
        self.clock = StoppedClock()
        self.database = Database.open(
            f"sqlite:///{folder / 'driftpin.db'}", home=None, clock=self.clock.now
        )
        self.store = FullAtTimes(self.database)
        self.slack = Slack()
        self.admin: str | None = "slack:T1:#C0ADMIN"
        self.notifier = Notifier(
            self.store,
            self.clock,
            {"slack": self.slack},
            lambda: replace(Settings(), admin_chat=self.admin),
            frozenset,
        )

    async def after(self, *waits: timedelta) -> None:
        """Deliver now, and after each of these waits."""
        await self._delivered()
        for wait in waits:
            self.clock.advance(wait)
            await self._delivered()

    async def killed(self) -> None:
        """A life that begins to send the next message and ends before it says how that went."""
        (delivery,) = await self.store.ready(self.clock.now(), ["slack"])
        await self.store.sending(delivery.id)
        await self.store.interrupted(["slack"])

    async def _delivered(self) -> None:
        delivering = asyncio.create_task(self.notifier.deliver())
        async with asyncio.timeout(20):
            while not delivering.done():
                await asyncio.wait([delivering], timeout=0.02)
                if not delivering.done():
                    self.clock.advance(timedelta(seconds=1))
        delivering.result()


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Out]:
    made = Out(tmp_path)
    yield made
    made.database.close()


def notice(text: str, place: Place) -> Owed:
    return Owed(OwedKind.NOTICE, place, {"text": text})


# --- errors of ours --------------------------------------------------------------------------------


async def test_an_alert_outlives_a_day_of_refusals_and_a_full_database(out: Out) -> None:
    await held_jobs(out.store, 1)
    out.slack.refusals = [SendError("503") for _ in range(9)]
    await out.after(*[5 * MINUTE] * 8)
    out.store.full["mint"] = 7
    await out.after(*[5 * MINUTE] * 9)
    assert (out.slack.places, out.slack.repeats) == ([THREAD], [False])


async def test_evidence_is_written_down_when_the_database_is_back_and_nothing_is_repeated(
    out: Out,
) -> None:
    await held_jobs(out.store, 1)
    out.store.full["sent"] = 3
    await out.after(MINUTE, MINUTE)
    assert out.slack.places == [THREAD]
    assert (await the_alert(out.store)).message == "m1"


async def test_a_message_that_could_not_be_begun_is_sent_later(out: Out) -> None:
    await held_jobs(out.store, 1)
    out.store.full["sending"] = 1
    await out.after(MINUTE)
    assert (out.slack.places, out.slack.repeats) == ([THREAD], [False])


async def test_a_database_that_can_only_be_read_is_not_asked_over_and_over(out: Out) -> None:
    await held_jobs(out.store, 1)
    out.store.full["sending"] = 1_000
    running = asyncio.create_task(out.notifier.run())
    await turns(500)
    assert out.store.full["sending"] == 999
    assert out.store.looks <= 3
    out.store.full["sending"] = 0
    out.clock.advance(MINUTE)
    await out.slack.until(lambda: out.slack.places == [THREAD])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def turns(number: int) -> None:
    """Let the loop turn, with time for the writer's thread between the turns."""
    for _ in range(number):
        await asyncio.sleep(0.001)


async def test_a_message_whose_platform_broke_is_repeated_and_says_so(out: Out) -> None:
    await held_jobs(out.store, 1)
    out.slack.refusals = [ConnectionResetError("boom")]
    await out.after(MINUTE)
    assert (out.slack.tried, out.slack.repeats) == (2, [True])


async def test_a_platform_that_asks_for_no_wait_at_all_is_left_alone_for_a_second(
    out: Out,
) -> None:
    await held_jobs(out.store, 1)
    out.slack.refusals = [SendError("429", retry_after=0) for _ in range(3)]
    await out.notifier.deliver()
    assert out.slack.tried == 1


# --- the chain -------------------------------------------------------------------------------------


async def test_an_alert_goes_to_thread_channel_owner_and_admins_in_turn(out: Out) -> None:
    await held_jobs(out.store, 1)
    for refuses, reached in [(THREAD, CHAT), (CHAT, DIRECT), (DIRECT, ADMIN)]:
        out.slack.shut.add(refuses)
        await held_jobs(out.store, 1)
        await out.after()
        assert out.slack.places[-1] == reached
        assert (await the_alert(out.store)).hangs == reached


async def test_a_message_of_a_fallback_is_posted_and_edited_there_from_then_on(out: Out) -> None:
    (job,) = await held_jobs(out.store, 1)
    await out.after()
    out.slack.shut = {THREAD, CHAT}
    await hold(out.store, job)
    await out.after()
    await hold(out.store, job)
    await out.after()
    assert out.slack.places == [THREAD, DIRECT, DIRECT]
    assert out.slack.edits == [None, None, "m2"]
    assert out.slack.tried == 5


async def test_an_alert_that_reached_nobody_is_tried_until_somebody_is_there(out: Out) -> None:
    await held_jobs(out.store, 1)
    out.slack.shut = {THREAD, CHAT, DIRECT, ADMIN}
    await out.after(*[5 * MINUTE] * 3)
    assert (out.slack.places, out.slack.tried) == ([], 7)
    out.slack.shut = {THREAD}
    await out.after(5 * MINUTE)
    assert out.slack.places == [ADMIN]


async def test_an_alert_that_reaches_nobody_holds_up_no_other_message(out: Out) -> None:
    await held_jobs(out.store, 1)
    out.slack.shut = {THREAD, CHAT, DIRECT, ADMIN}
    await out.after()
    out.slack.shut = set()
    await out.store.owe(notice("hello", ADMIN))
    await out.after()
    assert out.slack.places == [ADMIN]


async def test_a_notice_that_reaches_nobody_is_given_up(out: Out) -> None:
    await out.store.owe(notice("hello", ADMIN))
    out.slack.shut = {ADMIN}
    await out.after(MINUTE, MINUTE)
    assert out.slack.tried == 1
    assert await out.store.next_ready(["slack"]) is None


# --- doubt -----------------------------------------------------------------------------------------


async def test_an_open_alert_cut_off_twice_is_sent_five_minutes_later_as_a_repeat(
    out: Out,
) -> None:
    await held_jobs(out.store, 1)
    await out.killed()
    await out.killed()
    await out.after(4 * MINUTE)
    assert out.slack.places == []
    await out.after(MINUTE)
    assert (out.slack.places, out.slack.repeats) == ([THREAD], [True])


async def test_an_alert_in_doubt_is_sent_ever_more_rarely(out: Out) -> None:
    await held_jobs(out.store, 1)
    out.slack.refusals = [SendError("timed out", ambiguous=True) for _ in range(99)]
    await out.after(*[MINUTE] * 60)
    assert out.slack.tried == 5


async def test_news_about_an_alert_that_rests_in_doubt_is_told_at_once(out: Out) -> None:
    (job,) = await held_jobs(out.store, 1)
    await out.killed()
    await out.killed()
    await hold(out.store, job)
    await out.after(10 * MINUTE)
    assert (out.slack.places, out.slack.repeats) == ([THREAD], [True])


async def test_an_alert_that_rests_in_doubt_holds_up_no_other_message(out: Out) -> None:
    await held_jobs(out.store, 1)
    await out.killed()
    await out.killed()
    await out.store.owe(notice("hello", CHAT))
    await out.after()
    assert out.slack.places == [CHAT]


# --- many chats ------------------------------------------------------------------------------------


async def test_a_slow_chat_holds_up_no_other_chat(out: Out) -> None:
    out.slack.slow[CHAT].clear()
    for text in ("one", "two", "three"):
        await out.store.owe(notice(text, CHAT))
        await out.store.owe(notice(text, OTHER))
    delivering = asyncio.create_task(out.notifier.deliver())
    async with asyncio.timeout(20):
        await out.slack.until(lambda: len(out.slack.shown) == 3)
    assert out.slack.places == [OTHER] * 3
    assert out.notifier.busy
    out.slack.slow[CHAT].set()
    await delivering
    assert [message.title for _, message, _ in out.slack.shown[3:]] == ["one", "two", "three"]
    assert not out.notifier.busy


async def test_a_message_owed_while_a_chat_is_slow_is_sent_meanwhile(out: Out) -> None:
    out.slack.slow[CHAT].clear()
    await out.store.owe(notice("one", CHAT))
    running = asyncio.create_task(out.notifier.run())
    async with asyncio.timeout(20):
        await out.slack.until(lambda: out.slack.tried == 1)
        await out.store.owe(notice("two", OTHER))
        out.notifier.wake()
        await out.slack.until(lambda: bool(out.slack.shown))
    assert out.slack.places == [OTHER]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not out.notifier.busy


# --- what leaves ------------------------------------------------------------------------------------


async def test_what_leaves_rings_nobody(out: Out) -> None:
    await out.store.owe(notice("<!channel> @everyone, look", CHAT))
    await out.after()
    ((_, message, _),) = out.slack.shown
    assert message.title == "\u2039!channel\u203a \uff20everyone, look"
