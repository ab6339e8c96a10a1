"""An event of a platform has exactly one effect, and a button too: both are settled with the effect."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from scheduler.alert import Decision
from scheduler.errors import AlreadyHandled, AlreadyPressed
from scheduler.job import Job, JobState, OnDrift
from scheduler.ports import Entry, Event, Offer
from scheduler.press import Action, Press
from scheduler.route import Pins
from scheduler.service.core import Core, Wanted
from scheduler.service.handling import handling, pressing
from storage.database import Database
from storage.store import Store
from storage.tables import METADATA
from tests.fakes.clock import StoppedClock
from tests.integration.alerting import the_alert
from tests.integration.stores import (
    ANA,
    BO,
    CHAT,
    HOUR,
    NOW,
    Opener,
    a_job,
    add,
    as_port,
    entry,
    fresh,
    hold,
    manual,
)

EVENT = Event("slack", "Ev1", "first")
AGAIN = replace(EVENT, handling="again")
OFFER = Offer("00", "digest", NOW + HOUR, 5)

Act = Callable[[Entry], Awaitable[object]]
Prepare = Callable[[Store], Awaitable[Act]]
Rows = dict[str, Sequence[Any]]


async def adding(store: Store) -> Act:
    return lambda audit: store.add(a_job(), audit)


def changing(decision: Decision | None = None, **changes: Any) -> Prepare:
    async def prepare(store: Store) -> Act:
        job = await add(store)
        await hold(store, job)
        held = await fresh(store, job)
        return lambda audit: store.change(replace(held, **changes), audit, decision=decision)

    return prepare


async def deciding(store: Store) -> Act:
    jobs = [await add(store) for _ in range(2)]
    for job in jobs:
        await hold(store, job)
    alert = await the_alert(store)
    pins = Pins("openrouter", "llama:free")
    pinned = [replace(await fresh(store, job), pins=pins) for job in jobs]
    return lambda audit: store.decide(
        alert.id, alert.revision, pinned, Decision.PINNED, [audit, audit]
    )


async def running(store: Store) -> Act:
    job = await add(store)
    return lambda audit: store.plan_manual(job.id, NOW, audit)


async def running_a_held_fire(store: Store) -> Act:
    job = await add(store)
    await hold(store, job)
    return lambda audit: store.release(job.id, audit)


async def stopping(store: Store) -> Act:
    job = await add(store)
    await manual(store, job)
    return lambda audit: store.ask_stop(job.id, audit)


async def claiming(store: Store) -> Act:
    await store.offer(OFFER)
    return lambda audit: store.make_admin(OFFER, audit)


async def unclaiming(store: Store) -> Act:
    await store.offer(OFFER)
    await store.make_admin(OFFER, entry("claim", "admin", BO))
    return lambda audit: store.unmake_admin(BO, audit)


async def noting(store: Store) -> Act:
    return store.audit


PINS = Pins("openrouter", "llama:free")
VERBS: dict[str, Prepare] = {
    "add": adding,
    "edit": changing(name="another"),
    "pause": changing(Decision.PAUSED, state=JobState.PAUSED),
    "resume": changing(state=JobState.ACTIVE),
    "remove": changing(Decision.REMOVED, state=JobState.REMOVED, next_fire_time=None),
    "pin": changing(Decision.PINNED, pins=PINS),
    "unpin": changing(Decision.CHANGED, pins=Pins()),
    "accept": changing(Decision.ACCEPTED),
    "snapshot": changing(Decision.CHANGED, on_drift=OnDrift.HOLD),
    "decide": deciding,
    "run": running,
    "run-held": running_a_held_fire,
    "stop": stopping,
    "claim": claiming,
    "unclaim": unclaiming,
    "change-default": noting,
}
"""Every verb that a command or a press ends in, made ready to be called."""


@dataclass(frozen=True)
class Bench:
    """A store, the rows under it, and a second door to the same rows."""

    database: Database
    store: Store
    other: Store

    async def rows(self) -> Rows:
        """Everything that is stored."""
        tables = METADATA.sorted_tables
        return await self.database.run(
            lambda tx: {table.name: tx.all(select(table)) for table in tables}
        )

    def core(self, store: Store) -> Core:
        """What the service makes its changes with; nothing here resolves or runs anything."""
        absent = cast(Any, None)
        return Core(store, absent, absent, StoppedClock(NOW), lambda: None)


@pytest.fixture
def bench(opener: Opener) -> Bench:
    database = opener.database()
    store = Store(database)
    return Bench(database, store, opener.reopen(store))


@pytest.mark.parametrize("name", VERBS)
async def test_an_event_is_marked_with_its_effect(bench: Bench, name: str) -> None:
    act = await VERBS[name](bench.store)
    assert not await as_port(bench.store).seen("slack", "Ev1")
    await act(replace(entry(name), event=EVENT))
    assert await bench.store.seen("slack", "Ev1")
    assert (await bench.store.audited())[0].action == name


@pytest.mark.parametrize("name", VERBS)
async def test_a_transaction_that_fails_after_the_mark_leaves_neither(
    bench: Bench, name: str
) -> None:
    """The line of the audit is the last thing written, and this one cannot be."""
    act = await VERBS[name](bench.store)
    before = await bench.rows()
    unwritable = replace(entry(cast(Any, None)), event=EVENT)
    with pytest.raises(IntegrityError):
        await act(unwritable)
    assert await bench.rows() == before
    await act(replace(entry(name), event=EVENT))
    assert await bench.store.seen("slack", "Ev1")


@pytest.mark.parametrize("name", VERBS)
async def test_an_event_that_was_handled_has_no_further_effect(bench: Bench, name: str) -> None:
    act = await VERBS[name](bench.store)
    assert await bench.store.mark(AGAIN, NOW)
    before = await bench.rows()
    with pytest.raises(AlreadyHandled, match="Ev1"):
        await act(replace(entry(name), event=EVENT))
    assert await bench.rows() == before


@pytest.mark.parametrize("name", VERBS)
async def test_a_button_that_was_pressed_has_no_further_effect(bench: Bench, name: str) -> None:
    act = await VERBS[name](bench.store)
    (token,) = await bench.store.mint([Press(Action.RUN_AGAIN)], CHAT, NOW + HOUR)
    assert await bench.store.pressed(token, BO, NOW)
    before = await bench.rows()
    with pytest.raises(AlreadyPressed):
        await act(replace(entry(name), event=EVENT, button=token))
    assert await bench.rows() == before


async def test_a_button_is_pressed_by_whoever_had_the_effect(bench: Bench) -> None:
    (token,) = await bench.store.mint([Press(Action.UNDO)], CHAT, NOW + HOUR)
    await bench.store.audit(replace(entry(by=BO), button=token))
    stored = await bench.store.press(token)
    assert stored is not None
    assert (stored.pressed_by, stored.pressed_at) == (BO, NOW)


async def test_two_deliveries_at_the_same_moment_have_one_effect(bench: Bench) -> None:
    doors = [bench.store, bench.other] * 10

    async def deliver(store: Store) -> Job:
        with handling("slack", "Ev1"):
            return await store.add(a_job(), bench.core(store).entry(ANA, "add", "job"))

    outcomes = await asyncio.gather(*map(deliver, doors), return_exceptions=True)
    assert [isinstance(one, Job) for one in outcomes].count(True) == 1
    assert [isinstance(one, AlreadyHandled) for one in outcomes].count(True) == len(doors) - 1
    assert len(await bench.store.jobs()) == 1
    assert len(await bench.store.audited()) == 1


async def test_of_two_who_press_at_the_same_moment_one_has_an_effect(bench: Bench) -> None:
    (token,) = await bench.store.mint([Press(Action.RUN_AGAIN)], CHAT, NOW + HOUR)
    doors = [bench.store, bench.other] * 5

    async def press(store: Store) -> Job:
        with pressing(token):
            return await store.add(a_job(), bench.core(store).entry(ANA, "add", "job"))

    outcomes = await asyncio.gather(*map(press, doors), return_exceptions=True)
    assert [isinstance(one, AlreadyPressed) for one in outcomes].count(True) == len(doors) - 1
    assert len(await bench.store.jobs()) == 1


async def test_a_command_of_several_transactions_marks_in_its_first(bench: Bench) -> None:
    core = bench.core(bench.store)
    jobs = [await add(bench.store) for _ in range(3)]
    with handling("slack", "Ev1") as event:
        for job in jobs:
            await bench.store.plan_manual(job.id, NOW, core.entry(ANA, "run", f"job {job.id}"))
            assert await bench.store.seen("slack", "Ev1")
        assert event is not None
        assert await bench.store.mark(event, NOW)
    assert len(await bench.store.planned()) == 3


async def test_a_change_that_is_tried_again_is_still_the_same_event(bench: Bench) -> None:
    """The first try is beaten by somebody else's change, and marks nothing."""
    core = bench.core(bench.store)
    job = await add(bench.store)
    beaten: list[Job | None] = []

    async def change(found: Job) -> Wanted:
        if not beaten:
            beaten.append(await bench.other.change(replace(found, name="theirs"), entry()))
        return Wanted(replace(found, prompt="mine"))

    with handling("slack", "Ev1"):
        changed = await core.change(job.id, change, ANA, "edit")
    assert (changed.name, changed.prompt) == ("theirs", "mine")
    assert await bench.store.seen("slack", "Ev1")


async def test_a_handling_that_wrote_nothing_is_marked_by_one_of_all(bench: Bench) -> None:
    doors = [bench.store, bench.other] * 5
    events = [replace(EVENT, handling=str(number)) for number in range(len(doors))]
    marked = await asyncio.gather(
        *(door.mark(event, NOW) for door, event in zip(doors, events, strict=True))
    )
    assert marked.count(True) == 1
    assert await bench.store.mark(events[marked.index(True)], NOW)
    assert not await bench.store.mark(AGAIN, NOW)
    assert await bench.store.mark(replace(AGAIN, platform="telegram"), NOW)


async def test_without_an_event_nothing_is_marked(bench: Bench) -> None:
    core = bench.core(bench.store)
    with handling("terminal", None) as event:
        assert event is None
        await bench.store.add(a_job(), core.entry(ANA, "add", "job"))
    assert (await bench.rows())["events"] == []


def test_what_is_handled_is_known_inside_and_nowhere_else() -> None:
    absent = cast(Any, None)
    core = Core(absent, absent, absent, StoppedClock(NOW), lambda: None)
    with handling("slack", "Ev1") as event, pressing("token"):
        inside = core.entry(ANA, "add", "job")
    after = core.entry(ANA, "add", "job")
    assert (inside.event, inside.button) == (event, "token")
    assert (after.event, after.button) == (None, None)
    with handling("slack", "Ev1") as again:
        assert event is not None
        assert again is not None
        assert (again.id, again.handling == event.handling) == (event.id, False)
