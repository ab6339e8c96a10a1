"""A row that nobody can read stops nobody else."""

import sqlite3
from contextlib import closing

from bot.adapters.terminal.adapter import HERE
from scheduler.outbox import Owed, OwedKind
from scheduler.route import Pins
from scheduler.run import RunState
from tests.acceptance.alerted import ADD
from tests.acceptance.world import World, text_of


def spoil(world: World, change: str) -> None:
    """Change job 1 behind the store's back, to something no version of ours writes."""
    with closing(sqlite3.connect(world.folder / "home" / "driftpin.db")) as rows:
        rows.execute(f"UPDATE jobs SET {change} WHERE id = 1")
        rows.commit()


async def test_a_job_in_a_zone_that_is_gone_is_left_out_and_the_others_fire(world: World) -> None:
    await world.type(ADD)
    await world.type(ADD)
    spoil(world, "zone = 'Mars/Olympus'")
    assert (await world.fire(2)).state is RunState.SUCCEEDED
    assert "1 job here" in text_of(await world.type("/jobs list"))


async def test_a_message_that_cannot_be_worded_does_not_keep_the_next_one(world: World) -> None:
    await world.type(ADD)
    run = await world.fire()
    spoil(world, "schedule = 'cron 61 * * * *'")
    store = world.app.store
    await store.owe(Owed(OwedKind.REPORT, HERE, {"run": int(run.id), "first_unguarded": False}))
    await store.owe(Owed(OwedKind.NOTICE, HERE, {"text": "The next one."}))
    await world.until(lambda: world.latest.title == "The next one.")


async def test_an_alert_with_a_job_nobody_can_read_still_asks_about_the_others(
    world: World,
) -> None:
    await world.type(ADD)
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    await world.fire()
    spoil(world, "schedule = 'cron 61 * * * *'")
    assert "1 alert open" in text_of(await world.type("/jobs alerts"))
    await world.type("/jobs pin 2")
    assert (await world.job(2)).pins == Pins("free-lab", "small")
    assert (await world.fire(2)).state is RunState.SUCCEEDED
