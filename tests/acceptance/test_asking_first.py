"""A dear button, pressed first, is judged as its press is: its question comes, or why not, and no effect."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.terminal.adapter import HERE
from bot.message import Button, Message, Request
from scheduler.job import JobState, Place, Principal
from tests.acceptance.alerted import ADD, BEN, NO_CALL, alerted, calls
from tests.acceptance.answering import ADD as ADD_ROUTED
from tests.acceptance.answering import ASKED, AnsweringWorld
from tests.acceptance.team import ANA, BOB, ROOM, team_world
from tests.acceptance.world import ME, Chat, World
from tests.fakes.provider_replies import Says

Team = tuple[World, Chat]


async def asks(
    world: World, button: Button, by: Principal = ME, place: Place = HERE, event: str | None = None
) -> Message:
    request = Request(by, place, token=button.token, asking=True, event=event)
    answer = await world.ask(request)
    await world.settle()
    return answer


def question(button: Button) -> str:
    assert button.confirm is not None
    return button.confirm.question


async def is_asked(world: World, button: Button, event: str | None = None) -> None:
    """Whoever may press this button is asked what its message asks, however often."""
    for _ in range(2):
        asked = await asks(world, button, event=event)
        assert (asked.title, asked.asks, asked.private) == (question(button), True, True)


async def test_accept_and_run_once_of_an_alert_ask_with_the_price_and_change_nothing(
    world: World,
) -> None:
    alert = await alerted(world)
    before = await world.job()
    for label in ("Accept new", "Run once"):
        await is_asked(world, world.button(label, alert), event="the same event")
    assert "paid-lab:large (paid" in question(world.button("Accept new", alert))
    assert await world.job() == before
    assert world.latest == alert
    assert calls(world) == NO_CALL
    request = Request(
        ME, HERE, token=world.button("Accept new", alert).token, event="the same event"
    )
    assert (await world.ask(request)).title.startswith("Done: 1 job")


async def test_each_job_behind_choose_asks_for_itself(world: World) -> None:
    alert = await alerted(world, 2)
    chosen = await world.press(world.button("Choose", alert))
    for label in ("Accept 1", "Run 2 once"):
        await is_asked(world, world.button(label, chosen))
    assert world.latest == alert


async def test_a_card_and_a_change_of_the_default_ask_too(world: World) -> None:
    card = await world.type(ADD)
    await is_asked(world, world.button("Undo", card))
    for command, label in (("", "Change"), (" for 2h", "Try it")):
        what_if = await world.type(f"/jobs default paid-lab:large{command}")
        await is_asked(world, world.button(label, what_if))
    assert (await world.job()).state is JobState.ACTIVE
    assert "free-lab:small" in (await world.type("/jobs default")).title


async def test_a_job_that_no_alert_asks_about_asks_with_its_own_buttons(world: World) -> None:
    await alerted(world)
    await world.type("/jobs pause 1")
    answer = await world.type("/jobs run 1")
    for label in ("Accept 1", "Run 1 once"):
        await is_asked(world, world.button(label, answer))
    assert (await world.job()).state is JobState.PAUSED
    assert calls(world) == NO_CALL
    world.point_default("paid-lab", "huge")
    for label in ("Accept 1", "Run 1 once"):
        told = await asks(world, world.button(label, answer))
        assert (told.private, told.asks) == (True, False)
        assert "paid-lab:huge" in told.title


async def test_an_alert_about_an_answer_asks_in_its_own_words(tmp_path: Path) -> None:
    async with AnsweringWorld(tmp_path) as world:
        world.point_default("router", ASKED)
        await world.type(ADD_ROUTED)
        world.free.behave(Says("Four incidents.", model="gpt-4o", cost=0.0004))
        await world.fire()
        await is_asked(world, world.button("Accept new"))


@pytest.mark.parametrize("label", ["Accept new", "Run once"])
async def test_a_decided_alert_asks_nothing(world: World, label: str) -> None:
    alert = await alerted(world)
    await world.press(world.button("Pause", alert), by=BEN)
    told = await asks(world, world.button(label, alert))
    assert (told.private, told.asks) == (True, False)
    assert told.title == "Already decided: Ben paused job 1 (Brief-1). Nothing was changed."


@pytest.mark.parametrize("label", ["Accept new", "Run once"])
async def test_a_default_that_moved_again_meanwhile_asks_nothing(world: World, label: str) -> None:
    alert = await alerted(world)
    world.point_default("paid-lab", "huge")
    told = await asks(world, world.button(label, alert))
    assert (told.private, told.asks) == (True, False)
    assert "paid-lab:huge" in told.title


async def test_a_card_of_a_job_that_was_removed_or_is_about_another_consent_asks_nothing(
    world: World,
) -> None:
    undo = world.button("Undo", await world.type(ADD))
    await world.type("/jobs pin 1")
    told = await asks(world, undo)
    assert told.title == "This button is not known or too old; nothing was done."
    await world.type("/jobs remove 1")
    told = await asks(world, undo)
    assert (told.private, told.asks) == (True, False)


async def test_a_button_that_asks_nothing_has_no_effect_when_it_is_asked(world: World) -> None:
    alert = await alerted(world)
    for label in ("Pin old", "Pause"):
        told = await asks(world, world.button(label, alert))
        assert told.title == "This button is not known or too old; nothing was done."
    assert world.latest == alert


# --- of several people -----------------------------------------------------------------------------


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    world, slack = team_world(tmp_path)
    async with world:
        yield world, slack


async def test_whoever_may_not_accept_is_not_asked_and_others_are_about_their_own_jobs(
    team: Team,
) -> None:
    world, slack = team
    card = await world.type(ADD, by=ANA, place=ROOM)
    world.point_default("paid-lab", "large")
    await world.fire()
    accept = world.button("Accept new", slack.latest)
    for button in (accept, world.button("Undo", card)):
        told = await asks(world, button, BOB, ROOM)
        assert told.title.startswith("You may not ")
        assert (told.private, told.asks) == (True, False)
    assert (await asks(world, accept, ANA, ROOM)).title == question(accept)


async def test_of_an_alert_about_jobs_of_several_people_each_is_asked_about_their_own(
    team: Team,
) -> None:
    world, slack = team
    for owner in (ANA, BOB, BOB):
        await world.type(ADD, by=owner, place=ROOM)
    world.point_default("paid-lab", "large")
    await world.fire()
    accept = world.button("Accept new (all 3)", slack.latest)
    for who, jobs in ((ANA, "1 job"), (BOB, "2 jobs")):
        told = await asks(world, accept, who, ROOM)
        assert told.title.startswith(f"From now on {jobs} will use paid-lab:large (paid")
