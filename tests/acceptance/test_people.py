"""Where a person's clock stands, what people did, and what is for whoever asked alone."""

from dataclasses import replace

import pytest

from bot.adapters.terminal.adapter import HERE
from bot.message import Request
from tests.acceptance.alerted import ADD, BEN
from tests.acceptance.world import ME, World, text_of


async def test_a_zone_that_is_told_is_the_one_of_new_jobs(world: World) -> None:
    await world.type(ADD)
    told = text_of(await world.type("/jobs tz europe/paris"))
    assert told.startswith("Your clock stands at Europe/Paris now: your new jobs run by it.")
    assert "1 job of yours keeps its:" in told
    assert "#1 Brief: UTC" in told
    assert "`/jobs edit 1 tz=Europe/Paris`" in told
    await world.type(ADD)
    assert [(await world.job(number)).zone for number in (1, 2)] == ["UTC", "Europe/Paris"]
    assert "Your clock stands at Europe/Paris:" in text_of(await world.type("/jobs tz"))


async def test_a_zone_nobody_told_is_the_configured_one(world: World) -> None:
    told = await world.type("/jobs tz")
    assert told.title == "You never said where your clock stands; your new jobs run by UTC."
    assert "`/jobs tz Europe/Oslo`" in text_of(told)


async def test_a_zone_that_does_not_exist_changes_nothing(world: World) -> None:
    told = await world.type("/jobs tz New York")
    assert told.title == "There is no time zone 'New York'; did you mean America/New_York?"
    assert told.refused
    assert (await world.app.store.person(ME)).zone is None


async def test_a_zone_the_platform_tells_is_changed_there(world: World) -> None:
    asked = Request(ME, HERE, "/jobs tz Europe/Paris", zone="Europe/Oslo")
    told = await world.ask(asked)
    assert told.title.startswith(
        "Your zone is the one of your profile, Europe/Oslo; change it there"
    )
    assert (await world.app.store.person(ME)).zone == "Europe/Oslo"


async def test_the_audit_tells_who_did_what_when_and_from_where(world: World) -> None:
    await world.type(ADD)
    await world.type("/jobs pause 1", by=BEN)
    told = await world.type("/jobs audit")
    first, second = text_of(told).splitlines()[1:3]
    assert first.endswith(": Ben (terminal:local:ben): pause job 1")
    assert second.endswith(": Ana (terminal:local:me): add job 1 (Brief)")
    assert "2026" in first or ":" in first
    assert told.private


async def test_the_audit_of_one_job_is_about_that_job(world: World) -> None:
    await world.type(ADD)
    await world.type(ADD)
    told = text_of(await world.type("/jobs audit 2"))
    assert "add job 2" in told
    assert "job 1" not in told
    assert text_of(await world.type("/jobs audit 9")) == "The audit has nothing about job 9."


async def test_a_long_audit_has_pages(world: World) -> None:
    await world.type(ADD)
    for _ in range(6):
        await world.type("/jobs pause 1")
        await world.type("/jobs resume 1")
    first = text_of(await world.type("/jobs audit 1"))
    assert first.count("\n- ") == 10
    assert "`/jobs audit 1 page 2`" in first
    second = text_of(await world.type("/jobs audit 1 page 2"))
    assert second.count("\n- ") == 3
    assert "page 3" not in second
    told = await world.type("/jobs audit 1 page 3")
    assert told.title == "There is no page 3 of that; '/jobs audit' shows the latest."


async def test_nobody_but_an_admin_reads_the_audit(world: World) -> None:
    ana = replace(ME, platform="slack", workspace="T012AB", person="U0ANA")
    room = replace(HERE, platform="slack", workspace="T012AB", chat="C0OPS")
    world.point_default("free-lab", "small", "access: {operators: ['slack:T012AB:*']}")
    await world.until(lambda: bool(world.app.config.last_good_settings().access.operators))
    told = await world.type("/jobs audit", by=ana, place=room)
    assert told.title == "You may not read the audit here; that takes an admin."


@pytest.mark.parametrize("typed", ["help", "help pin", "help options", "tz", "audit"])
async def test_what_only_the_asker_asked_for_is_private_and_no_refusal(
    world: World, typed: str
) -> None:
    told = await world.type(f"/jobs {typed}")
    assert told.private
    assert not told.refused


@pytest.mark.parametrize("typed", ["list", "default", "alerts"])
async def test_what_everybody_here_shares_is_for_everybody(world: World, typed: str) -> None:
    assert not (await world.type(f"/jobs {typed}")).private
