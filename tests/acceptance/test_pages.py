"""A list of several pages is turned in place, by anybody who may list."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.message import Message
from tests.acceptance.team import ANA, BOB, BOSS, OTHER_ROOM, ROOM, STRANGER, VERA, team_world
from tests.acceptance.world import World, text_of


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[World]:
    """Twenty-one jobs of Ana's in the room, and one in another."""
    world, _ = team_world(tmp_path)
    async with world:
        for number in range(1, 22):
            line = f"add every day at 09:00 name=Job-{number} | Say hello"
            await world.type(line, by=ANA, place=ROOM)
        await world.type("add every day at 09:00 | Elsewhere", by=ANA, place=OTHER_ROOM)
        yield world


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


async def test_pages_are_turned_forward_and_back_in_place(team: World) -> None:
    first = await team.type("list", by=ANA, place=ROOM)
    assert (first.title, labels(first), first.replaces) == (
        *("21 jobs here, page 1 of 3", ["Next"]),
        False,
    )
    second = await team.press(team.button("Next", first), by=ANA, place=ROOM)
    assert (second.title, labels(second), second.replaces, second.private) == (
        *("21 jobs here, page 2 of 3", ["Previous", "Next"]),
        *(True, False),
    )
    assert "Job-11" in text_of(second)
    third = await team.press(team.button("Next", second), by=ANA, place=ROOM)
    assert (third.title, labels(third)) == ("21 jobs here, page 3 of 3", ["Previous"])
    back = await team.press(team.button("Previous", third), by=ANA, place=ROOM)
    assert text_of(back) == text_of(second)


async def test_a_list_of_one_page_has_no_buttons(team: World) -> None:
    assert labels(await team.type("list", by=ANA, place=OTHER_ROOM)) == []


async def test_a_page_is_turned_any_number_of_times_by_anybody_who_may_list(team: World) -> None:
    following = team.button("Next", await team.type("list", by=ANA, place=ROOM))
    for person in (ANA, ANA, BOB, VERA, BOSS):
        told = await team.press(following, by=person, place=ROOM)
        assert told.title == "21 jobs here, page 2 of 3"
    told = await team.press(following, by=STRANGER, place=ROOM)
    assert told.title.startswith("You may not use this Driftpin yet.")
    assert told.private
    assert not told.replaces


async def test_only_an_admin_turns_the_list_of_every_chat(team: World) -> None:
    listed = await team.type("list all", by=BOSS, place=ROOM)
    assert listed.title == "22 jobs everywhere, page 1 of 3"
    following = team.button("Next", listed)
    told = await team.press(following, by=ANA, place=ROOM)
    assert told.title == "You may not list the jobs of every chat here; that takes an admin."
    assert (told.private, told.replaces) == (True, False)
    second = await team.press(following, by=BOSS, place=ROOM)
    assert second.title == "22 jobs everywhere, page 2 of 3"
    back = await team.press(team.button("Previous", second), by=BOSS, place=ROOM)
    assert back.title == "22 jobs everywhere, page 1 of 3"


async def test_a_page_that_is_gone_says_which_is_the_last(team: World) -> None:
    here = await team.type("list 2", by=ANA, place=ROOM)
    everywhere = await team.type("list all 2", by=BOSS, place=ROOM)
    for number in range(1, 13):
        await team.type(f"remove {number}", by=ANA, place=ROOM)
    for listed, last in ((here, "/jobs list 1"), (everywhere, "/jobs list all 1")):
        told = await team.press(team.button("Next", listed), by=BOSS, place=ROOM)
        assert told.title == f"There is no page 3; the last one is '{last}'"
        assert not told.replaces


async def test_a_page_is_not_turned_from_another_chat(team: World) -> None:
    following = team.button("Next", await team.type("list", by=ANA, place=ROOM))
    told = await team.press(following, by=ANA, place=OTHER_ROOM)
    assert told.title == "This button is not known or too old; nothing was done."
