"""The database: opened whole or not at all, and every verb on it is one transaction."""

import asyncio
import threading
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, text

from scheduler.errors import OperatorError, StoreError
from storage.database import Database
from storage.locks import lock_job
from storage.store import Store
from storage.tables import EVENTS
from storage.transaction import Tx
from tests.fakes.postgres import PostgresServer
from tests.integration.stores import NOW, Opener, add, entry, fresh


class Stall:
    """Work that begins, and goes on only when it is told to."""

    def __init__(self, event: str) -> None:
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self._event = event

    def __call__(self, tx: Tx) -> None:
        note(tx, f"{self._event}, begun")
        self.begun.set()
        assert self.go_on.wait(30)
        note(tx, f"{self._event}, ended")

    async def until_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 30)


def note(tx: Tx, event: str) -> None:
    tx.insert_if_new(EVENTS, platform="test", event=event, handling="", at=NOW)


def fail(tx: Tx) -> None:
    note(tx, "failing")
    raise LookupError("no such thing")


def repeat(tx: Tx) -> None:
    """What no constraint allows: the same key twice."""
    for _ in range(2):
        tx.do(EVENTS.insert(), platform="test", event="twice", at=NOW)


async def noted(database: Database) -> list[str]:
    return await database.run(lambda tx: sorted(row.event for row in tx.all(select(EVENTS))))


async def test_work_whose_caller_is_cancelled_is_finished_whole(opener: Opener) -> None:
    database = opener.database()
    stall = Stall("work")
    caller = asyncio.create_task(database.run(stall))
    await stall.until_begun()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    stall.go_on.set()
    database.close()
    assert await noted(opener.database()) == ["work, begun", "work, ended"]


async def test_work_that_fails_after_its_caller_was_cancelled_is_undone_whole(
    opener: Opener,
) -> None:
    database = opener.database()
    stall = Stall("work")

    def work(tx: Tx) -> None:
        stall(tx)
        fail(tx)

    caller = asyncio.create_task(database.run(work))
    await stall.until_begun()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    stall.go_on.set()
    database.close()
    assert await noted(opener.database()) == []


async def test_work_that_raises_leaves_nothing_behind(opener: Opener) -> None:
    database = opener.database()
    with pytest.raises(LookupError):
        await database.run(fail)
    assert await noted(database) == []


async def test_verbs_that_share_a_commit_fail_one_by_one(opener: Opener) -> None:
    database = opener.database()
    stall = Stall("first")
    first = asyncio.create_task(database.run(stall))
    await stall.until_begun()
    others = [
        asyncio.create_task(database.run(lambda tx: note(tx, "good"))),
        asyncio.create_task(database.run(fail)),
        asyncio.create_task(database.run(lambda tx: note(tx, "better"))),
        asyncio.create_task(database.run(repeat)),
    ]
    await asyncio.sleep(0)
    stall.go_on.set()
    outcomes = await asyncio.gather(first, *others, return_exceptions=True)
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert kinds == ["NoneType", "NoneType", "LookupError", "NoneType", "IntegrityError"]
    assert await noted(database) == ["better", "first, begun", "first, ended", "good"]


async def test_what_was_asked_for_is_finished_before_the_database_closes(opener: Opener) -> None:
    database = opener.database()
    asked = [
        asyncio.create_task(database.run(partial(note, event=str(number)))) for number in range(5)
    ]
    await asyncio.sleep(0)
    database.close()
    await asyncio.gather(*asked)
    database.close()
    with pytest.raises(StoreError, match="closed"):
        await noted(database)
    assert len(await noted(opener.database())) == 5


async def test_rows_outlive_the_process(opener: Opener) -> None:
    database = opener.database()
    job = await add(Store(database))
    database.close()
    assert await fresh(opener.open(), job) == job


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://x/y", "not in mysql"),
        ("just words", "not an address"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("", "DATABASE_URL is empty"),
        ("postgresql://me:hidden@/x?host=/nowhere", "cannot be reached"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_in_one_line(url: str, complaint: str) -> None:
    with pytest.raises(OperatorError, match=complaint) as refused:
        Database.open(url, home=None, clock=lambda: NOW)
    assert "\n" not in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_no_address_means_a_file_in_the_data_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    Database.open("", home=home, clock=lambda: NOW).close()
    assert (home / "driftpin.db").exists()
    assert home.stat().st_mode & 0o777 == 0o700


# --- PostgreSQL -----------------------------------------------------------------------------------


async def test_transactions_that_wait_for_each_other_in_a_circle_are_tried_again(
    postgres_server: PostgresServer,
) -> None:
    opener = Opener(postgres_server.new_database())
    database = opener.database()
    store = Store(database)
    one, two = await add(store), await add(store)
    both_hold_one = threading.Barrier(2)
    tries: list[int] = []

    def crossing(first: int, second: int, tx: Tx) -> None:
        tries.append(first)
        lock_job(tx, first)
        if len(tries) <= 2:
            both_hold_one.wait(30)
        lock_job(tx, second)
        note(tx, f"{first} then {second}")

    await asyncio.gather(
        database.run(lambda tx: crossing(one.id, two.id, tx)),
        database.run(lambda tx: crossing(two.id, one.id, tx)),
    )
    assert len(tries) > 2
    assert await noted(database) == ["1 then 2", "2 then 1"]
    opener.close()


async def test_a_crashed_postgresql_costs_the_verb_and_not_the_service(
    postgres_server: PostgresServer,
) -> None:
    opener = Opener(postgres_server.new_database())
    store = opener.open()
    job = await add(store)
    postgres_server.stop("immediate")
    try:
        with pytest.raises(StoreError, match="the database refused") as refused:
            await store.change(job, entry())
        assert "\n" not in str(refused.value)
    finally:
        postgres_server.start()
    assert await store.change(job, entry()) is not None
    opener.close()


async def test_a_connection_cut_in_the_middle_of_a_transaction_undoes_it(
    postgres_server: PostgresServer,
) -> None:
    opener = Opener(postgres_server.new_database())
    database = opener.database()

    def cut(tx: Tx) -> None:
        note(tx, "lost")
        tx.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StoreError):
        await database.run(cut)
    assert await noted(database) == []
    opener.close()
