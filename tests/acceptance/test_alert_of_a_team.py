"""An alert in a channel of several people: who may decide what, and many presses at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.message import Message, Request
from scheduler.job import Principal
from scheduler.route import Pins
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, NO_CALL, calls, states
from tests.acceptance.team import ANA, BOB, BOSS, ROOM, STRANGER, VERA, team_world
from tests.acceptance.world import Chat, World

Team = tuple[World, Chat]


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    world, slack = team_world(tmp_path)
    async with world:
        yield world, slack


async def alerted(team: Team, *owners: Principal) -> Message:
    """The alert in the channel about a job of each of these people."""
    world, slack = team
    for owner in owners:
        await world.type(ADD, by=owner, place=ROOM)
    world.point_default("paid-lab", "large")
    await world.fire()
    return slack.latest


async def test_an_alert_goes_to_the_channel_its_jobs_came_from_and_nowhere_else(team: Team) -> None:
    world, slack = team
    await alerted(team, ANA, BOB)
    assert list(slack.places.values()) == [ROOM]
    assert slack.latest.title.startswith("2 jobs are held: ")
    assert world.chat.posts == 0


async def test_accept_all_accepts_for_ones_own_jobs_and_names_the_owners_of_the_rest(
    team: Team,
) -> None:
    world, slack = team
    alert = await alerted(team, ANA, BOB, BOB)
    told = await world.press(world.button("Accept new (all 3)", alert), by=ANA, place=ROOM)
    assert told.private
    assert told.title == "Done: 1 job now on the new default; 2 belong to Bob."
    assert (await world.job(1)).snapshot.provider == "paid-lab"
    assert {(await world.job(number)).snapshot.provider for number in (2, 3)} == {"free-lab"}
    assert slack.latest.title.startswith("2 jobs are held: ")
    rest = world.button("Accept new (all 2)", slack.latest)
    await world.press(rest, by=BOB, place=ROOM)
    assert slack.latest.title == (
        "Decided: Ana accepted paid-lab:large (paid) for 1 job;"
        " Bob accepted paid-lab:large (paid) for 2 jobs."
    )


async def test_one_job_left_to_its_owner_belongs_to_them(team: Team) -> None:
    world, _ = team
    alert = await alerted(team, ANA, BOB)
    told = await world.press(world.button("Accept new", alert), by=ANA, place=ROOM)
    assert told.title == "Done: 1 job now on the new default; 1 belongs to Bob."


async def test_an_operator_may_pin_and_pause_what_others_own(team: Team) -> None:
    world, slack = team
    alert = await alerted(team, ANA, BOB)
    await world.press(world.button("Pin old (all 2)", alert), by=ANA, place=ROOM)
    assert slack.latest.title == "Decided: Ana pinned 2 jobs."
    assert {(await world.job(number)).pins for number in (1, 2)} == {Pins("free-lab", "small")}


async def test_an_operator_may_accept_nothing_for_others(team: Team) -> None:
    world, slack = team
    alert = await alerted(team, ANA)
    told = await world.press(world.button("Accept new", alert), by=BOB, place=ROOM)
    assert told.private
    assert told.title == (
        "You may not accept a new route for these jobs here; that takes the job's owner or an admin."
    )
    assert slack.latest == alert
    assert (await world.job()).snapshot.provider == "free-lab"


async def test_an_admin_accepts_for_all(team: Team) -> None:
    world, slack = team
    alert = await alerted(team, ANA, BOB)
    await world.press(world.button("Accept new (all 2)", alert), by=BOSS, place=ROOM)
    assert slack.latest.title == "Decided: Boss accepted paid-lab:large (paid) for 2 jobs."


@pytest.mark.parametrize("by", [VERA, STRANGER], ids=lambda by: by.name)
async def test_neither_a_viewer_nor_a_stranger_decides_anything(team: Team, by: Principal) -> None:
    world, slack = team
    alert = await alerted(team, ANA)
    for label in ("Pin old", "Accept new", "Pause"):
        told = await world.press(world.button(label, alert), by=by, place=ROOM)
        assert told.private
        assert told.title.startswith("You may not ")
    assert slack.latest == alert
    assert (await world.job()).revision == 1
    assert calls(world) == NO_CALL


async def test_of_fifty_presses_at_once_one_has_an_effect_and_49_get_a_private_notice(
    team: Team,
) -> None:
    world, slack = team
    alert = await alerted(team, ANA, BOB)
    crowd = [Principal("slack", "T012AB", f"U0{n}{n}", name=f"P{n}") for n in range(1, 6)]
    labels = ["Pin old", "Pause"]
    presses = [
        Request(crowd[n % 5], ROOM, token=world.button(labels[n % 2], alert).token)
        for n in range(50)
    ]
    told = await asyncio.gather(*(world.app.dispatcher.handle(press) for press in presses))
    await world.settle()
    titles = [answer.title for answer in told if answer is not None and answer.private]
    assert len(titles) == 50
    assert sum(title.startswith("Done: 2 jobs ") for title in titles) == 1
    assert sum(title.startswith("Already decided: ") for title in titles) == 49
    for number in (1, 2):
        entries = await world.app.store.audited(f"job {number}")
        assert [entry.action for entry in entries if entry.action != "add"] in (
            ["pinned"],
            ["paused"],
        )
    assert (slack.posts, slack.edits) == (1, 1)
    assert calls(world) == NO_CALL


async def test_of_fifty_presses_on_the_held_fire_one_runs_it(team: Team) -> None:
    world, slack = team
    alert = await alerted(team, ANA)
    await world.press(world.button("Pin old", alert), by=ANA, place=ROOM)
    run = world.button("Run the held fire now", slack.latest)
    presses = [Request((ANA, BOB)[n % 2], ROOM, token=run.token) for n in range(50)]
    told = await asyncio.gather(*(world.app.dispatcher.handle(press) for press in presses))
    await world.settle()
    assert sum(answer is not None and answer.title.startswith("1 held") for answer in told) == 1
    # Everybody sees that it runs, and can stop it; the notices of the others are theirs alone.
    assert sum(answer is not None and answer.private for answer in told) == 49
    assert await states(world) == [RunState.SUCCEEDED]
    assert calls(world) == (1, 0)
