"""A job asked for field by field: the form, what is wrong with it, and the same card at the end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.terminal.adapter import HERE
from bot.message import AddForm, Message, Request
from scheduler.job import Place, Principal
from tests.acceptance.team import ANA, ROOM, VERA, team_world
from tests.acceptance.world import ME, World, text_of

USAGE = (
    "Add needs a schedule and a prompt;"
    " type '/jobs add every weekday at 09:00 | Summarise open incidents'"
)
GOOD = AddForm("every day at 09:00", "Summarise open incidents")


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[World]:
    world, _ = team_world(tmp_path)
    async with world:
        yield world


async def fill(world: World, form: AddForm, by: Principal = ME, place: Place = HERE) -> Message:
    answer = await world.ask(Request(by, place, form=form))
    await world.settle()
    return answer


@pytest.mark.parametrize("typed", ["/jobs add", "new", "/add"])
async def test_add_alone_asks_with_a_form_and_says_what_to_type(world: World, typed: str) -> None:
    told = await world.type(typed)
    assert (told.private, told.title, text_of(told)) == (True, USAGE, USAGE)
    assert told.form == AddForm(zone="UTC")
    assert await world.app.store.jobs() == []


async def test_the_form_names_the_zone_of_the_person_else_the_configured_one(world: World) -> None:
    world.point_default("free-lab", "small", "timezone: Asia/Tokyo")
    await world.restart()
    assert (await world.type("/jobs add")).form == AddForm(zone="Asia/Tokyo")
    await world.ask(Request(ME, HERE, "list", zone="Europe/Oslo"))
    assert (await world.type("/jobs add")).form == AddForm(zone="Europe/Oslo")


async def test_a_filled_form_is_answered_with_the_card_of_add(world: World) -> None:
    typed = await world.type(f"/jobs add {GOOD.schedule} | {GOOD.prompt}")
    filled = await fill(world, GOOD)
    twin = "Job 1 has the same schedule and prompt.\n"
    assert text_of(filled).replace("Job 2", "Job 1").replace(twin, "") == text_of(typed)
    assert [button.label for button in filled.buttons] == [button.label for button in typed.buttons]
    assert not filled.private
    one, two = await world.job(1), await world.job(2)
    assert (two.schedule, two.prompt, two.zone, two.snapshot.provider) == (
        *(one.schedule, one.prompt, one.zone),
        "free-lab",
    )


async def test_the_zone_of_the_form_is_the_jobs(world: World) -> None:
    await fill(world, AddForm("every day at 09:00", "Say hello", "europe/oslo"))
    assert (await world.job()).zone == "Europe/Oslo"


async def test_every_wrong_field_is_told_at_once_and_nothing_is_stored(world: World) -> None:
    told = await fill(world, AddForm("every 1m", "x" * 9000, "Mars"))
    assert told.private
    assert told.title == "Nothing is scheduled yet: 3 fields of the form cannot be used."
    assert dict(told.problems) == {
        "zone": "There is no time zone 'Mars'; try 'Europe/Oslo' or 'UTC'",
        "schedule": (
            "That is more often than every 5 minutes, which is the most this Driftpin allows;"
            " try 'every 5 minutes'"
        ),
        "prompt": "The prompt has 9000 bytes, more than the 8192 allowed; shorten it.",
    }
    assert all(problem in text_of(told) for _, problem in told.problems)
    assert await world.app.store.jobs() == []


async def test_a_bar_in_a_field_is_no_way_to_set_an_option(world: World) -> None:
    told = await fill(world, AddForm("every day at 09:00 provider=paid-lab model=large", "Hello"))
    assert [field for field, _ in told.problems] == ["schedule"]
    told = await fill(world, AddForm("every day at 09:00", "provider=paid-lab | Hello"))
    assert (await world.job()).prompt == "provider=paid-lab | Hello"
    assert (await world.job()).pins.provider is None


async def test_what_only_the_service_refuses_comes_back_as_a_problem_too(world: World) -> None:
    world.point_default("free-lab", "small", "limits: {jobs_per_chat: 1}")
    await world.restart()
    await fill(world, GOOD)
    told = await fill(world, GOOD)
    assert told.problems == (
        ("schedule", "This chat already has 1 jobs; remove one that is not needed."),
    )
    assert told.title == "Nothing is scheduled yet: 1 field of the form cannot be used."
    assert len(await world.app.store.jobs()) == 1


async def test_a_form_is_authorised_like_add(team: World) -> None:
    for request in (Request(VERA, ROOM, "/jobs add"), Request(VERA, ROOM, form=AddForm())):
        told = await team.ask(request)
        assert (told.private, told.form, told.problems) == (True, None, ())
        assert told.title == "You may not add jobs here; that takes an operator of this chat."
    await fill(team, GOOD, by=ANA, place=ROOM)
    assert ((await team.job()).owner, (await team.job()).place) == (ANA, ROOM)


async def test_a_form_that_is_sent_twice_makes_one_job(world: World) -> None:
    request = Request(ME, HERE, form=GOOD, event="view-1")
    assert await world.app.dispatcher.handle(request) is not None
    assert await world.app.dispatcher.handle(request) is None
    assert len(await world.app.store.jobs()) == 1


async def test_the_zone_a_platform_knows_is_kept_before_the_command_is_carried_out(
    world: World,
) -> None:
    line = "/jobs add every day at 09:00 | Say hello"
    await world.ask(Request(ME, HERE, line, zone="europe/oslo"))
    assert (await world.job()).zone == "Europe/Oslo"
    for unknown in (None, "", "Mars/Olympus", "../etc"):
        await world.ask(Request(ME, HERE, line, zone=unknown))
    assert (await world.app.store.person(ME)).zone == "Europe/Oslo"
    assert (await world.job(5)).zone == "Europe/Oslo"
    await world.ask(Request(ME, HERE, line, zone="Asia/Tokyo"))
    assert (await world.job(6)).zone == "Asia/Tokyo"
    assert (await world.job(1)).zone == "Europe/Oslo"
