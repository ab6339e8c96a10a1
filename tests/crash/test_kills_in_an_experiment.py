"""A default for a while survives a crash at any step: the old one comes back, and that is told once."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from tests.crash.house import House, killed
from tests.crash.lives import Life
from tests.crash.talking import add, settled

TRY = "/jobs default other-lab:large for 2h yes"
BEGUN = r"The default is other-lab:large for 2 hours\."
BACK = r"the default is lab:small again"
NEVER = r"did not begin"


def config(house: House) -> str:
    return (house.folder / "config.yaml").read_text()


def hours_pass(house: House) -> None:
    """Move the end of every experiment into the past, while nobody lives here."""
    with sqlite3.connect(house.folder / "driftpin.db") as rows:
        ended = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        rows.execute("UPDATE experiments SET ends_at = ?", (ended,))
    rows.close()


async def life_until(house: House, pattern: str) -> Life:
    life = house.chat()
    await life.until(pattern)
    await settled(life)
    await life.leave()
    return life


async def quiet_life(house: House) -> Life:
    life = house.chat()
    await settled(life)
    await life.leave()
    return life


async def test_one_killed_in_the_middle_is_ended_by_a_later_process_before_any_job_runs(
    house: House,
) -> None:
    before = config(house)
    life = house.chat()
    await add(life, 1, house.witness.new_prompt())
    life.type(TRY)
    await life.until(r"The default is other-lab:large for 2 hours\. 1 job will be held")
    life.kill()
    await killed(life)
    hours_pass(house)
    after = house.chat()
    await after.until(BACK)
    after.type("/jobs run 1")
    await after.until(r"All quiet\.")
    await after.leave()
    assert config(house) == before
    assert await house.outcomes(1) == ["succeeded"]
    assert [after.count(BACK), (await quiet_life(house)).count(BACK)] == [1, 0]


async def test_one_that_was_only_meant_never_began(house: House) -> None:
    before = config(house)
    dying = house.chat(crash_at="experiment-meant")
    dying.type(TRY)
    await killed(dying)
    after = await life_until(house, NEVER)
    assert config(house) == before
    assert [after.count(NEVER), (await quiet_life(house)).count(NEVER)] == [1, 0]


async def test_one_whose_file_was_written_goes_on_and_ends(house: House) -> None:
    before = config(house)
    dying = house.chat(crash_at="experiment-written")
    dying.type(TRY)
    await killed(dying)
    assert config(house) != before
    asking = house.chat()
    asking.type("/jobs default")
    await asking.until(r"An experiment of [^:]*: other-lab:large instead of lab:small")
    await asking.leave()
    hours_pass(house)
    after = await life_until(house, BACK)
    assert config(house) == before
    assert [after.count(BACK), (await quiet_life(house)).count(BACK)] == [1, 0]


@pytest.mark.parametrize("point", ["experiment-returning", "experiment-returned"])
async def test_one_that_was_being_ended_is_ended(house: House, point: str) -> None:
    before = config(house)
    dying = house.chat(crash_at=point)
    dying.type(TRY)
    await dying.until(BEGUN)
    dying.type("/jobs default back")
    await killed(dying)
    after = await life_until(house, BACK)
    assert config(house) == before
    assert [after.count(BACK), (await quiet_life(house)).count(BACK)] == [1, 0]
