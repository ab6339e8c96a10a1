"""Jobs in the store."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Select, String, literal, update

from scheduler.job import JobId, JobKind, JobState, OnDrift, OnMissed, Place
from scheduler.price import LongPrice, PriceCard, PriceSource
from scheduler.route import ApiMode, Credential, CredentialKind, Pins, PriceClass, Snapshot
from scheduler.run import RunState
from scheduler.schedule import Cron, Once
from storage.jobs import _DUE, _NEXT_DUE
from storage.store import Store
from storage.tables import JOBS
from storage.transaction import Tx
from tests.integration.stores import (
    ANA,
    CHAT,
    HOUR,
    LAPSED,
    NOW,
    OTHER,
    OTHER_CHAT,
    OTHER_THREAD,
    THREAD,
    Opener,
    a_job,
    add,
    add_one_shot,
    entry,
    fresh,
    manual,
    plan,
    plan_and_claim,
    rerun,
)

SECOND = timedelta(seconds=1)


async def test_a_stored_job_comes_back_as_it_was(store: Store) -> None:
    whole = a_job(
        kind=JobKind.MESSAGE,
        prompt="Tea — ☕",
        schedule=Cron("0 9 * * 1-5"),
        pins=Pins("openrouter", "llama:free"),
        snapshot=Snapshot(
            endpoint="https://x/v1",
            api_mode=ApiMode.RESPONSES,
            credential=Credential(CredentialKind.VARIABLE, "KEY"),
            price_class=PriceClass.PAID,
            fingerprint="0a1b",
            price=PriceCard(
                PriceSource.LIST,
                Decimal("0.59"),
                Decimal("0.79"),
                matched="x",
                tiered=True,
                request=Decimal("0.012"),
                long=LongPrice(200_000, Decimal("1.18"), Decimal("1.58")),
            ),
            taken_at=NOW,
        ),
        free_only=True,
        on_drift=OnDrift.HOLD,
        on_missed=OnMissed.RUN_ONCE,
        repeat_left=3,
        until=NOW + 24 * HOUR,
        timeout=timedelta(seconds=90, microseconds=1),
        unguarded_told=True,
    )
    added = await store.add(whole, entry("add", "job"))
    assert await store.job(added.id) == replace(whole, id=added.id)
    assert (await fresh(store, added)).owner.name == "Ana"


async def test_job_numbers_are_one_sequence_and_revisions_begin_with_one(store: Store) -> None:
    first = await add(store, revision=9, consent_revision=9)
    second = await add(store, place=OTHER_CHAT)
    assert (first.id, second.id) == (1, 2)
    assert (first.revision, first.consent_revision) == (1, 1)


async def test_the_audit_of_a_new_job_names_its_number(store: Store) -> None:
    job = await add(store)
    (line,) = await store.audited(f"job {job.id}")
    assert (line.action, line.by.name) == ("add", "Ana")


@pytest.mark.parametrize("number", [0, -1, 7, 2**31, 10**30])
async def test_a_number_no_job_has_finds_nothing(store: Store, number: int) -> None:
    assert await store.job(JobId(number)) is None
    assert await store.change(a_job(id=JobId(number)), entry()) is None


async def test_the_jobs_of_a_chat_are_those_of_all_its_threads(store: Store) -> None:
    here = [await add(store, place=place) for place in (CHAT, THREAD, OTHER_THREAD)]
    await add(store, place=OTHER_CHAT)
    assert await store.jobs(THREAD) == here
    assert len(await store.jobs()) == 4


async def test_removed_jobs_are_not_listed_but_still_found(store: Store) -> None:
    job = await add(store)
    await store.change(replace(job, state=JobState.REMOVED), entry("remove"))
    assert await store.jobs() == []
    assert (await fresh(store, job)).state is JobState.REMOVED


async def test_changing_a_paused_job_leaves_its_manual_run_planned(store: Store) -> None:
    job = await add(store)
    paused = await store.change(replace(job, state=JobState.PAUSED), entry("pause"))
    assert paused is not None
    run = await manual(store, job)
    await store.change(replace(paused, name="News"), entry())
    assert (await rerun(store, run)).state is RunState.PLANNED


async def test_due_jobs_are_active_and_the_longest_due_comes_first(store: Store) -> None:
    late = await add(store, next_fire_time=NOW - HOUR)
    later = await add(store, next_fire_time=NOW)
    await add(store, next_fire_time=NOW + SECOND)
    await add(store, next_fire_time=None)
    await add(store, next_fire_time=NOW - HOUR, state=JobState.PAUSED)
    longest = await add(store, next_fire_time=NOW - 2 * HOUR)
    assert await store.due(NOW, 10) == [longest, late, later]
    assert await store.due(NOW, 2) == [longest, late]


async def test_the_next_due_moment_is_that_of_the_earliest_active_job(store: Store) -> None:
    assert await store.next_due() is None
    await add(store, next_fire_time=NOW - HOUR, state=JobState.PAUSED)
    await add(store, next_fire_time=None)
    await add(store, next_fire_time=NOW + HOUR)
    await add(store, next_fire_time=NOW + SECOND)
    assert await store.next_due() == NOW + SECOND


async def test_due_jobs_are_found_through_their_index(opener: Opener) -> None:
    plans = await opener.database().run(lambda tx: [explained(tx, _DUE), explained(tx, _NEXT_DUE)])
    for how in plans:
        assert "ix_jobs_due" in how
        assert "TEMP B-TREE" not in how


def explained(tx: Tx, statement: Select[Any]) -> str:
    """How the database means to answer; so few rows PostgreSQL would rather read one by one."""
    if tx.connection.dialect.name == "postgresql":
        tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        verb = "EXPLAIN"
    else:
        verb = "EXPLAIN QUERY PLAN"
    asked = (
        statement.limit(500)
        .params(now=NOW, unreadable=[1])
        .compile(tx.connection, compile_kwargs={"literal_binds": True})
    )
    return str(tx.connection.exec_driver_sql(f"{verb} {asked}").all())


async def test_a_job_that_cannot_be_read_does_not_keep_the_others(
    opener: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    database = opener.database()
    store = Store(database)
    broken, whole = [await add(store) for _ in range(2)]
    spoil = update(JOBS).where(JOBS.c.id == broken.id).values(schedule=literal("no", String))
    await database.run(lambda tx: tx.do(spoil))
    for _ in range(2):
        assert await store.due(NOW, 500) == [whole]
        assert await store.jobs() == [whole]
        assert await store.jobs(CHAT) == [whole]
    await plan(store, whole)
    assert await store.next_due() == NOW + HOUR
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert told.startswith(f"job {broken.id} cannot be read")


async def test_a_run_of_a_job_that_cannot_be_read_does_not_keep_others_from_being_taken_up(
    opener: Opener,
) -> None:
    database = opener.database()
    store = Store(database)
    broken, whole = [await plan_and_claim(store, await add(store), LAPSED) for _ in range(2)]
    spoil = update(JOBS).where(JOBS.c.id == broken.job_id).values(schedule=literal("no", String))
    await database.run(lambda tx: tx.do(spoil))
    assert [run.id for run in await store.reap(OTHER, alone=False)] == [whole.id]


async def test_text_no_database_can_keep_is_left_out(store: Store) -> None:
    job = await add(store, prompt="a\x00b\ud800c", place=Place("x", "\x00", "c\x00"))
    again = await fresh(store, job)
    assert again.prompt == "abc"
    assert again.place == Place("x", "", "c")


async def test_once_is_kept_with_its_moment(store: Store) -> None:
    job = await add_one_shot(store)
    assert (await fresh(store, job)).schedule == Once(NOW)
    assert (await fresh(store, job)).owner == ANA
