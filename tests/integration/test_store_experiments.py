"""Experiments in the rows: one open at a time, each step once, and one message at the end."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from scheduler.experiment import Ending, Experiment, ExperimentId, ExperimentState
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Store as Port
from scheduler.press import RouteNames
from storage.store import Store
from tests.integration.stores import ANA, BO, CHAT, HOUR, NOW, THREAD, Opener, entry

MEANT = Experiment(
    ExperimentId(0),
    RouteNames("auto", "a"),
    RouteNames("paid", "b"),
    THREAD,
    ANA,
    "/etc/config.yaml 7",
    NOW,
    NOW + HOUR,
    NOW,
)


def closing(experiment: Experiment) -> Owed:
    return Owed(
        OwedKind.EXPERIMENT, experiment.place, {"experiment": int(experiment.id), "holds": 0}
    )


async def meant(store: Port) -> Experiment:
    found = await store.intend(MEANT)
    assert found is not None
    return found


async def test_what_was_meant_is_read_back(store: Store) -> None:
    found = await meant(store)
    assert found == replace(MEANT, id=found.id)
    assert await store.open_experiment() == found == await store.experiment(found.id)


async def test_of_two_at_once_one_is_open(store: Store) -> None:
    both = await asyncio.gather(store.intend(MEANT), store.intend(MEANT))
    assert sum(found is not None for found in both) == 1


async def test_one_that_is_dismissed_was_never_there(store: Store) -> None:
    found = await meant(store)
    await store.dismiss(found.id)
    assert await store.experiment(found.id) is None
    await meant(store)


async def test_only_one_that_did_not_begin_is_dismissed(store: Store) -> None:
    found = await meant(store)
    assert await store.begun(found.id, entry("begin-experiment"))
    await store.dismiss(found.id)
    assert await store.open_experiment() is not None


async def test_each_step_is_made_once_and_in_order(store: Store) -> None:
    found = await meant(store)
    assert not await store.returning(found.id, BO, NOW)
    assert await store.begun(found.id, entry("begin-experiment"))
    assert not await store.begun(found.id, entry("begin-experiment"))
    assert await store.returning(found.id, BO, NOW + HOUR)
    assert not await store.returning(found.id, BO, NOW + HOUR)
    now = await store.open_experiment()
    assert now is not None
    assert (now.state, now.ended_by, now.since) == (ExperimentState.RETURNING, BO, NOW + HOUR)
    assert await store.not_returning(found.id, NOW + timedelta(minutes=1))
    now = await store.open_experiment()
    assert now is not None
    assert (now.state, now.ended_by) == (ExperimentState.RUNNING, None)
    assert [line.action for line in await store.audited()] == ["begin-experiment"]


async def test_its_end_is_told_once_however_many_end_it(store: Store) -> None:
    found = await meant(store)
    await store.begun(found.id, entry("begin-experiment"))
    ends = [
        store.over(found.id, Ending.RETURNED, entry("end-experiment"), closing(found), ended_by=BO)
        for _ in range(3)
    ]
    assert sorted(await asyncio.gather(*ends)) == [False, False, True]
    assert await store.open_experiment() is None
    over = await store.experiment(found.id)
    assert over is not None
    assert (over.state, over.ending, over.ended_by) == (
        ExperimentState.OVER,
        Ending.RETURNED,
        BO,
    )
    ready = await store.ready(NOW + HOUR, ["slack"])
    assert [each.owed for each in ready] == [closing(found)]
    await meant(store)


async def test_it_goes_along_when_its_chat_gets_another_id(store: Store) -> None:
    found = await meant(store)
    await store.chat_moved(CHAT, replace(CHAT, chat="C2"))
    now = await store.experiment(found.id)
    assert now is not None
    assert (now.place.chat, now.place.thread) == ("C2", THREAD.thread)


async def test_of_two_processes_one_may_open_it(opener: Opener) -> None:
    if not opener.many:
        return
    both = [opener.open(), opener.open()]
    found = await asyncio.gather(*(store.intend(MEANT) for store in both))
    assert sum(each is not None for each in found) == 1
