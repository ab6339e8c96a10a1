"""Who is let in, and what those are told who are not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.message import Request
from scheduler.job import JobState, Place, Principal
from scheduler.route import Pins
from tests.acceptance.alerted import ADD, NO_CALL, calls
from tests.acceptance.team import ANA, BOB, BOSS, OTHER_ROOM, ROOM, STRANGER, VERA, team_world
from tests.acceptance.world import World, text_of

ABOUT_A_JOB = [
    "show {}",
    "history {}",
    "output {}",
    "edit {} name=Mine",
    "pause {}",
    "resume {}",
    "run {}",
    "stop {}",
    "remove {}",
    "pin {}",
    "pin {} paid-lab:large",
    "unpin {}",
    "accept {}",
    "accept {} paid-lab:large",
    "snapshot {}",
    "cronjob action=update job_id={} provider=paid-lab model=large",
]
ANYTHING = [
    *(typed.format(1) for typed in ABOUT_A_JOB),
    "help",
    "list",
    "list all",
    "alerts",
    "default",
    "",
    ADD,
]


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[World]:
    """Job 1 is Ana's, in the room."""
    world, _ = team_world(tmp_path)
    async with world:
        await world.type(ADD, by=ANA, place=ROOM)
        yield world


async def test_a_stranger_is_told_their_principal_privately_and_nothing_else(team: World) -> None:
    for typed in ANYTHING:
        told = await team.type(typed, by=STRANGER, place=ROOM)
        assert told.private
        assert text_of(told) == (
            "You may not use this Driftpin yet."
            " An admin can add you under access: in config.yaml, as\n`slack:T0ELSE:U0ELSE`"
        )
    assert len(await team.app.store.jobs()) == 1
    assert (await team.job()).revision == 1


async def test_what_a_stranger_is_told_admits_them_once_an_admin_has_added_it(team: World) -> None:
    path = team.folder / "config.yaml"
    path.write_text(path.read_text().replace("viewers: [", 'viewers: ["slack:T0ELSE:U0ELSE", '))
    told = await team.type("/jobs default", by=STRANGER, place=ROOM)
    await team.until(lambda: "T0ELSE" in str(team.app.config.last_good_settings().access))
    assert told.title.startswith("You may not use this Driftpin yet.")
    assert "1 job here" in text_of(await team.type("/jobs list", by=STRANGER, place=ROOM))


@pytest.mark.parametrize(
    ("by", "place"),
    [(BOB, OTHER_ROOM), (VERA, OTHER_ROOM), (BOB, replace(OTHER_ROOM, thread="1.2"))],
    ids=["an operator elsewhere", "a viewer elsewhere", "an operator in a thread elsewhere"],
)
async def test_a_job_one_may_not_see_answers_exactly_like_an_unknown_one(
    team: World, by: Principal, place: Place
) -> None:
    for typed in ABOUT_A_JOB:
        hidden = await team.type(typed.format(1), by=by, place=place)
        unknown = await team.type(typed.format(8), by=by, place=place)
        assert text_of(hidden).replace("1", "8") == text_of(unknown)
        assert hidden.private
        assert unknown.private
    assert (await team.job()).revision == 1
    assert "There are no jobs here yet." in text_of(await team.type("list", by=by, place=place))


async def test_a_viewer_may_look_and_touch_nothing(team: World) -> None:
    for typed in ABOUT_A_JOB:
        told = await team.type(typed.format(1), by=VERA, place=ROOM)
        looks = typed.split()[0] in ("show", "history", "output")
        assert told.title.startswith("You may not ") is not looks
        assert looks or told.private
    told = await team.type(ADD, by=VERA, place=ROOM)
    assert told.title == "You may not add jobs here; that takes an operator of this chat."
    assert len(await team.app.store.jobs()) == 1
    assert (await team.job()).revision == 1
    assert calls(team) == NO_CALL


async def test_an_operator_may_not_change_what_another_consented_to(team: World) -> None:
    for typed in ("accept 1", "unpin 1", "snapshot 1", "edit 1 name=Mine", "remove 1"):
        told = await team.type(typed, by=BOB, place=ROOM)
        assert told.private
        assert told.title.endswith("here; that takes the job's owner or an admin.")
    assert (await team.job()).revision == 1


async def test_an_operator_pins_to_what_was_consented_to_and_to_nothing_else(team: World) -> None:
    for route in ("paid-lab:large", "provider=paid-lab model=large", "paid-lab:small"):
        told = await team.type(f"pin 1 {route}", by=BOB, place=ROOM)
        assert told.title.endswith("here; that takes the job's owner or an admin.")
    assert (await team.job()).revision == 1
    await team.type("pin 1 free-lab:small", by=BOB, place=ROOM)
    assert (await team.job()).pins == Pins("free-lab", "small")


async def test_an_owner_reaches_their_job_from_another_chat(team: World) -> None:
    await team.type("/jobs pause 1", by=ANA, place=OTHER_ROOM)
    assert (await team.job()).state is JobState.PAUSED


async def test_only_an_admin_lists_the_jobs_of_every_chat(team: World) -> None:
    told = await team.type("/jobs list all", by=ANA, place=ROOM)
    assert told.title == "You may not list the jobs of every chat here; that takes an admin."
    listed = await team.type("/jobs list all", by=BOSS, place=OTHER_ROOM)
    assert listed.title == "1 job everywhere"


async def test_a_removed_job_answers_like_an_unknown_one_where_it_could_not_be_seen(
    team: World,
) -> None:
    await team.type("/jobs remove 1", by=ANA, place=ROOM)
    for typed in ABOUT_A_JOB:
        gone = await team.type(typed.format(1), by=BOB, place=OTHER_ROOM)
        unknown = await team.type(typed.format(8), by=BOB, place=OTHER_ROOM)
        assert text_of(gone).replace("1", "8") == text_of(unknown)


async def test_a_removed_job_is_brought_back_by_nobody_but_its_owner_and_admins(
    team: World,
) -> None:
    await team.type("/jobs remove 1", by=ANA, place=ROOM)
    told = await team.type("resume 1", by=BOB, place=ROOM)
    assert (
        told.title == "You may not bring back job 1 here; that takes the job's owner or an admin."
    )
    assert "Removed by Ana" in text_of(await team.type("show 1", by=VERA, place=ROOM))
    assert "is back" in text_of(await team.type("resume 1", by=ANA, place=ROOM))


async def test_an_operator_who_types_too_fast_is_told_to_wait(tmp_path: Path) -> None:
    world, _ = team_world(tmp_path)
    async with world:
        world.point_default("free-lab", "small")
        text = (world.folder / "config.yaml").read_text()
        (world.folder / "config.yaml").write_text(text.replace("minute: 1000", "minute: 2"))
        await world.type("/jobs default", by=BOSS, place=ROOM)
        handle = world.app.dispatcher.handle
        told = [await handle(Request(ANA, ROOM, "/jobs list")) for _ in range(3)]
        assert told[2] is not None
        assert told[2].title == "More than 2 commands in a minute; wait a little."
