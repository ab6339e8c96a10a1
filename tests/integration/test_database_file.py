"""A database in a file: one owner, private, checked, and honest when it is full or locked."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from scheduler.errors import OperatorError, StoreError
from scheduler.job import JobId
from scheduler.run import Run, RunId, RunKind, RunState
from storage.database import Database
from storage.rows import run_columns
from storage.store import Store
from storage.tables import RUNS
from storage.transaction import Tx
from tests.integration.stores import NOW, add, entry, fresh

PAGE = 4096
OWNER = """
import sys, time
from datetime import UTC, datetime
from storage.database import Database

database = Database.open(sys.argv[1], home=None, clock=lambda: datetime.now(UTC))
print("open", flush=True)
time.sleep(600)
"""


FULL = """
import resource, sys
from datetime import UTC, datetime
from scheduler.errors import OperatorError
from storage.database import Database

unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, unlimited[1]))
try:
    Database.open(sys.argv[1], home=None, clock=lambda: datetime.now(UTC))
except OperatorError as error:
    print(error)
finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "driftpin.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


def open_database(url: str) -> Database:
    return Database.open(url, home=None, clock=lambda: NOW)


async def test_every_commit_is_synced_and_foreign_keys_count(url: str) -> None:
    database = open_database(url)

    def ask(tx: Tx) -> list[object]:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas]

    assert await database.run(ask) == ["wal", 2, 1, 5000]
    database.close()


def test_the_file_is_private_to_its_owner(path: Path, url: str) -> None:
    path.touch(mode=0o644)
    path.chmod(0o644)
    database = open_database(url)
    files = [path, path.with_name("driftpin.db-wal"), path.with_name("driftpin.db.lock")]
    assert {file.stat().st_mode & 0o777 for file in files if file.exists()} == {0o600}
    database.close()


def test_a_second_owner_is_refused_and_told_who_has_it(path: Path, url: str) -> None:
    database = open_database(url)
    with pytest.raises(OperatorError) as refused:
        open_database(url)
    assert str(path) in str(refused.value)
    assert f"process {os.getpid()}" in str(refused.value)
    assert "\n" not in str(refused.value)
    database.close()
    open_database(url).close()


def test_a_lock_that_cannot_be_taken_is_told_in_one_line(path: Path, url: str) -> None:
    path.with_name("driftpin.db.lock").mkdir()
    with pytest.raises(OperatorError, match="cannot be locked"):
        open_database(url)


def test_an_owner_that_was_killed_leaves_no_lock_behind(url: str) -> None:
    command = [sys.executable, "-c", OWNER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "open\n"
        with pytest.raises(OperatorError, match=f"process {owner.pid}"):
            open_database(url)
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    open_database(url).close()


async def test_a_damaged_file_is_refused_before_anything_is_written(path: Path, url: str) -> None:
    database = open_database(url)
    for _ in range(50):
        await add(Store(database), prompt="x" * 1000)
    database.close()
    broken = damage(path)
    with pytest.raises(OperatorError, match="is damaged") as refused:
        open_database(url)
    assert "\n" not in str(refused.value)
    assert contents(path) == broken


def test_a_file_that_is_no_database_is_refused(path: Path, url: str) -> None:
    path.write_text("jobs:\n  - every day\n" * 100)
    with pytest.raises(OperatorError, match=r"is damaged .*restore a backup"):
        open_database(url)
    path.unlink()
    open_database(url).close()


def test_a_folder_that_cannot_be_made_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="cannot be opened for writing"):
        open_database(f"sqlite:///{tmp_path}/file/driftpin.db")


def test_a_disk_too_full_to_start_on_is_told_in_one_line(path: Path, url: str) -> None:
    command = [sys.executable, "-c", FULL, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said in (
        f"{path} cannot be used: database or disk is full\n",
        f"{path} cannot be used: disk I/O error\n",
    )


async def test_a_commit_that_fails_is_raised_and_leaves_nothing_behind(url: str) -> None:
    database = open_database(url)

    def doomed(tx: Tx) -> None:
        tx.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        tx.insert(RUNS, **run_columns(Run(RunId(0), JobId(99), NOW, RunKind.MANUAL, RunState.HELD)))

    with pytest.raises(IntegrityError):
        await database.run(doomed)
    assert await Store(database).held([JobId(99)]) == {}
    assert (await add(Store(database))).id == 1
    database.close()


async def test_a_full_database_says_so_and_recovers(url: str) -> None:
    database = open_database(url)
    store = Store(database)
    job = await add(store)
    pages = await database.run(lambda tx: pragma(tx, "page_count"))
    await database.run(lambda tx: pragma(tx, f"max_page_count = {pages + 2}"))
    with pytest.raises(StoreError, match="database or disk is full"):
        await add(store, prompt="x" * 100_000)
    assert await store.jobs() == [job]
    await database.run(lambda tx: pragma(tx, "max_page_count = 1000000"))
    assert (await add(store, prompt="x" * 100_000)).id == 2
    database.close()


async def test_a_full_database_fails_everybody_who_shared_the_commit(url: str) -> None:
    database = open_database(url)
    store = Store(database)
    pages = await database.run(lambda tx: pragma(tx, "page_count"))
    await database.run(lambda tx: pragma(tx, f"max_page_count = {pages + 2}"))
    outcomes = await asyncio.gather(
        *(add(store, prompt="x" * size) for size in (10, 100_000, 10)), return_exceptions=True
    )
    stored = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert stored == await store.jobs()
    assert {type(one) for one in outcomes if one not in stored} == {StoreError}
    database.close()


async def test_a_locked_database_says_so_and_recovers(path: Path, url: str) -> None:
    database = open_database(url)
    store = Store(database)
    job = await add(store)
    await database.run(lambda tx: pragma(tx, "busy_timeout = 1"))
    intruder = sqlite3.connect(path, isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="database is locked"):
        await store.change(job, entry())
    intruder.execute("ROLLBACK")
    intruder.close()
    assert await store.change(job, entry()) is not None
    assert (await fresh(store, job)).revision == 2
    database.close()


def damage(path: Path) -> bytes:
    """Write nonsense over four pages in the middle of a file; what it holds now."""
    whole = contents(path)
    middle = len(whole) // 2 // PAGE * PAGE
    path.write_bytes(whole[:middle] + b"\xa5" * 4 * PAGE + whole[middle + 4 * PAGE :])
    return contents(path)


def contents(path: Path) -> bytes:
    return path.read_bytes()


def pragma(tx: Tx, said: str) -> int:
    return int(tx.connection.exec_driver_sql(f"PRAGMA {said}").scalar_one())
