"""Changing the default from the chat: what it would hold first, then the file, then nothing else."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.message import Request
from scheduler.job import Principal
from scheduler.run import RunState
from scheduler.service.experiments import LEASE, LEASE_LIFE
from tests.acceptance.alerted import ADD, NO_CALL, calls
from tests.acceptance.team import ANA, BOB, BOSS, OTHER_ROOM, ROOM, VERA, team_world
from tests.acceptance.world import World, text_of

PAID = "/jobs default paid-lab:large"


def config(world: World) -> str:
    return world.folder.joinpath("config.yaml").read_text()


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[World]:
    world, _ = team_world(tmp_path)
    async with world:
        yield world


async def test_default_shows_the_route_its_price_class_and_who_chose_it(world: World) -> None:
    shown = text_of(await world.type("/jobs default"))
    assert "The default is free-lab:small." in shown
    assert "free-lab:small, free; chosen by model.provider in config.yaml." in shown


async def test_default_names_the_jobs_it_holds(world: World) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    shown = text_of(await world.type("/jobs default"))
    assert "It holds 1 job:\n- #1 Brief, consents to free-lab:small" in shown


async def test_asking_about_another_default_changes_nothing_and_names_what_it_would_hold(
    world: World,
) -> None:
    before = config(world)
    await world.type(ADD)
    await world.type(ADD.replace("name=Brief", "name=Pinned provider=free-lab model=small"))
    answer = await world.type(PAID)
    assert answer.title == "This would move the default from free-lab:small to paid-lab:large."
    assert "Nothing is changed yet. It would hold 1 job." in text_of(answer)
    assert "#1 Brief, consents to free-lab:small" in text_of(answer)
    assert "Pinned" not in text_of(answer)
    assert [button.label for button in answer.buttons] == ["Change", "Cancel"]
    assert config(world) == before
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert calls(world) == (2, 0)


@pytest.mark.parametrize("how", ["the button", "yes"])
async def test_a_change_edits_the_file_keeps_its_comments_and_holds_the_jobs(
    world: World, how: str
) -> None:
    world.point_default("free-lab", "small", "# ask Ana before you touch this\n")
    await world.type(ADD)
    before = config(world)
    if how == "yes":
        answer = await world.type(f"{PAID} yes")
    else:
        answer = await world.press(world.button("Change", await world.type(PAID)))
    assert answer.title == (
        "The default moved from free-lab:small to paid-lab:large."
        " 1 job will be held until somebody decides."
    )
    after = before.replace("provider: free-lab", "provider: paid-lab").replace("small", "large")
    assert config(world) == after
    assert "# ask Ana before you touch this" in after
    assert (await world.fire()).state is RunState.HELD
    assert calls(world) == NO_CALL


async def test_the_change_button_works_once(world: World) -> None:
    change = world.button("Change", await world.type(PAID))
    await world.press(change)
    await world.type("/jobs default free-lab:small yes")
    told = await world.press(change)
    assert told.title == "Ana already pressed this; nothing was done again."
    assert "provider: free-lab" in config(world)


async def test_the_change_button_dies_within_minutes(world: World) -> None:
    before = config(world)
    change = world.button("Change", await world.type(PAID))
    world.clock.advance(timedelta(minutes=16))
    told = await world.press(change)
    assert told.title == "This button is not known or too old; nothing was done."
    assert config(world) == before


async def test_a_refused_change_leaves_its_button_good(world: World) -> None:
    change = world.button("Change", await world.type(PAID))
    world.folder.joinpath("config.yaml").write_text("model: [")
    assert "is not whole at the moment" in (await world.press(change)).title
    world.point_default("free-lab", "small")
    assert "moved from free-lab:small to paid-lab:large" in (await world.press(change)).title


async def test_where_jobs_follow_another_setting_a_change_offers_nothing(world: World) -> None:
    await world.type(ADD)
    world.point_default("free-lab", "small", "jobs: {provider: free-lab, model: small}")
    told = await world.type(PAID)
    assert "jobs follow jobs.provider and jobs.model" in told.title.lower()
    assert told.buttons == ()


async def test_default_names_no_job_that_a_person_may_not_see(team: World) -> None:
    await team.type(ADD, by=ANA, place=ROOM)
    team.point_default("paid-lab", "large")
    assert "Brief" in text_of(await team.type("/jobs default", by=ANA, place=ROOM))
    shown = text_of(await team.type("/jobs default", by=BOB, place=OTHER_ROOM))
    assert "paid-lab:large" in shown
    assert "Brief" not in shown


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (
            "/jobs default paid-lob:large",
            "There is no provider 'paid-lob'; did you mean paid-lab?",
        ),
        (
            "/jobs default nowhere:large yes",
            "There is no provider 'nowhere'; known: anthropic, deepseek, demo, free-lab, gemini,"
            " groq, lmstudio, ollama, openai, openrouter, paid-lab, xai; a model of that name is typed"
            " model=nowhere:large.",
        ),
    ],
)
async def test_an_unknown_provider_is_answered_with_candidates(
    world: World, typed: str, answer: str
) -> None:
    before = config(world)
    assert (await world.type(typed)).title == answer
    assert config(world) == before


async def test_a_default_needs_a_provider_and_a_model(world: World) -> None:
    for typed in ("/jobs default paid-lab yes", "/jobs default large yes"):
        told = await world.type(typed)
        assert told.title.startswith("A default has a provider and a model; type ")
    assert "provider: free-lab" in config(world)


@pytest.mark.parametrize("by", [ANA, VERA], ids=["an operator", "a viewer"])
async def test_only_admins_may_even_ask(team: World, by: Principal) -> None:
    before = config(team)
    for typed in (PAID, f"{PAID} yes"):
        told = await team.type(typed, by=by, place=ROOM)
        assert told.private
        assert told.title == "You may not change the default here; that takes an admin."
    assert config(team) == before


async def test_the_change_button_of_an_admin_is_no_use_to_others(team: World) -> None:
    change = team.button("Change", await team.type(PAID, by=BOSS, place=ROOM))
    told = await team.press(change, by=ANA, place=ROOM)
    assert told.title == "You may not change the default here; that takes an admin."
    assert "provider: free-lab" in config(team)
    await team.press(change, by=BOSS, place=ROOM)
    assert "provider: paid-lab" in config(team)


# --- who else reads it ----------------------------------------------------------------------------


async def ours_and_theirs(team: World) -> None:
    await team.type(ADD.replace("Brief", "Ours"), by=ANA, place=ROOM)
    await team.type(ADD.replace("Brief", "Theirs"), by=BOB, place=OTHER_ROOM)


async def test_the_default_is_shown_to_an_admin_alone_where_it_holds_jobs_of_other_chats(
    team: World,
) -> None:
    await ours_and_theirs(team)
    team.point_default("paid-lab", "large")
    shown = await team.type("/jobs default", by=BOSS, place=ROOM)
    assert "#2 Theirs" in text_of(shown)
    assert shown.private
    shown = await team.type("/jobs default", by=ANA, place=ROOM)
    assert ("Theirs" in text_of(shown), shown.private) == (False, False)


@pytest.mark.parametrize("asks", ["the default", "a change"])
async def test_where_a_whole_chat_reads_along_jobs_of_others_are_counted_and_not_named(
    team: World, asks: str
) -> None:
    await ours_and_theirs(team)
    if asks == "the default":
        team.point_default("paid-lab", "large")
    typed = "/jobs default" if asks == "the default" else PAID
    answer = await team.ask(Request(BOSS, ROOM, typed, overheard=True))
    said = text_of(answer)
    assert "#1 Ours" in said
    assert "Theirs" not in said
    assert "C0OTHER" not in said
    assert "1 job of other chats, not named here: everybody in this chat reads along." in said
    assert not answer.private


async def test_a_change_waits_while_an_experiment_is_begun_or_ended(world: World) -> None:
    store, before = world.app.store, config(world)
    await store.hold_lease(LEASE, "another process", LEASE_LIFE)
    told = await world.type(f"{PAID} yes")
    assert told.title == "An experiment is being begun or ended at this very moment; try again."
    assert config(world) == before
    await store.end_lease(LEASE, "another process")
    assert "moved from" in (await world.type(f"{PAID} yes")).title
