"""Another default for a while: jobs wait, the old default comes back by itself, and one message says so."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.message import Code, Message
from scheduler.alert import AlertId, AlertState
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, NO_CALL, calls, states
from tests.acceptance.team import ANA, BOB, BOSS, OTHER_ROOM, ROOM, VERA, team_world
from tests.acceptance.world import Chat, World, text_of

TRY = "/jobs default paid-lab:large for 2h"
HOURLY = "/jobs add every 1h name=Brief | Summarise open incidents"
TWO_HOURS = timedelta(hours=2)
BACK = (
    "The experiment with paid-lab:large is over after 2 hours: the default is free-lab:small again."
)


def config(world: World) -> str:
    return world.folder.joinpath("config.yaml").read_text()


def closings(chat: Chat) -> list[Message]:
    """The messages that close an experiment."""
    return [message for message in chat.messages.values() if "experiment" in message.title]


async def over(world: World) -> Message:
    """Let time pass until the experiment's closing message is there, the only one."""
    await world.until(lambda: bool(closings(world.chat)))
    await world.settle()
    [closing] = closings(world.chat)
    return closing


async def minutes_pass(world: World, minutes: int) -> None:
    for _ in range(minutes):
        world.clock.advance(timedelta(minutes=1))
        await world.settle()


async def test_asking_first_shows_what_it_would_hold_and_changes_nothing(world: World) -> None:
    before = config(world)
    await world.type(ADD)
    asked = await world.type(TRY)
    assert asked.title == (
        "This would move the default from free-lab:small to paid-lab:large for 2 hours, and then back."
    )
    assert "It would hold 1 job." in text_of(asked)
    assert "Or type `/jobs default paid-lab:large for 2 hours yes`" in text_of(asked)
    assert [button.label for button in asked.buttons] == ["Try it for 2 hours", "Cancel"]
    cancelled = await world.press(world.button("Cancel", asked))
    assert cancelled.title == "Cancelled: the default was not changed."
    assert cancelled.replaces
    assert config(world) == before


async def test_a_cancel_that_comes_after_the_yes_does_not_claim_that_nothing_was_changed(
    world: World,
) -> None:
    asked = await world.type(TRY)
    await world.press(world.button("Try it", asked))
    told = await world.press(world.button("Cancel", asked))
    assert told.title == "Too late to cancel: the default is paid-lab:large already."


@pytest.mark.parametrize("how", ["the button", "yes"])
async def test_jobs_are_held_meanwhile_and_run_on_the_old_default_afterwards_without_a_press(
    world: World, how: str
) -> None:
    await world.type(HOURLY)
    before = config(world)
    if how == "yes":
        begun = await world.type(f"{TRY} yes")
    else:
        begun = await world.press(world.button("Try it", await world.type(TRY)))
    assert begun.title == (
        "The default is paid-lab:large for 2 hours. 1 job will be held until somebody decides."
    )
    assert "provider: paid-lab" in config(world)
    assert (await world.fire()).state is RunState.HELD
    assert calls(world) == NO_CALL
    world.clock.advance(TWO_HOURS)
    assert (await over(world)).title == BACK
    assert config(world) == before
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert world.paid.count == 0
    alert = await world.app.store.alert(AlertId(1))
    assert alert is not None
    assert alert.state is AlertState.HEALED


async def test_the_jobs_get_one_digest_that_heals_at_the_end_and_one_message_closes_it(
    world: World,
) -> None:
    for number in (1, 2):
        await world.type(HOURLY.replace("Brief", f"Brief-{number}"))
    await world.type(f"{TRY} yes")
    await world.until(lambda: world.chat.posts == 1)
    await world.settle()
    assert world.latest.title.startswith("2 jobs will be held: the default moved from free-lab")
    assert (await world.fire()).state is RunState.HELD
    assert await states(world, 2) == [RunState.HELD]
    assert "2 fires held so far; paid calls made: 0." in text_of(world.latest)
    assert world.chat.posts == 1
    world.clock.advance(TWO_HOURS)
    assert (await over(world)).title == BACK
    await world.until(lambda: world.chat.messages["message-1"].title.startswith("Healed"))
    await world.settle()
    assert world.chat.messages["message-1"].title == (
        "Healed: the default is free-lab:small again, not paid-lab:large. Nothing was spent."
    )
    told = [message.title for message in world.chat.messages.values()]
    assert len([title for title in told if "experiment" in title or "Healed" in title]) == 2
    assert world.paid.count == 0
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert world.paid.count == 0


async def test_a_job_that_accepts_runs_on_it_and_is_held_once_it_is_over(world: World) -> None:
    await world.type(HOURLY)
    await world.type(f"{TRY} yes")
    await world.type("/jobs accept 1")
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert calls(world) == (0, 1)
    world.clock.advance(TWO_HOURS)
    assert "1 job is held by the default as it is now: `/jobs default`" in text_of(
        await over(world)
    )
    assert (await world.fire()).state is RunState.HELD
    assert world.paid.count <= 2


async def test_the_default_shows_the_experiment_that_runs_and_when_it_ends(world: World) -> None:
    await world.type(f"{TRY} yes")
    shown = await world.type("/jobs default")
    assert "An experiment of Ana: paid-lab:large instead of free-lab:small, until" in text_of(shown)
    assert "To end it now: `/jobs default back`." in text_of(shown)
    assert [button.label for button in shown.buttons] == ["End now"]


@pytest.mark.parametrize("how", ["the button", "back"])
async def test_a_person_ends_it_early(world: World, how: str) -> None:
    before = config(world)
    begun = await world.type(f"{TRY} yes")
    if how == "back":
        ended = await world.type("/jobs default back")
    else:
        ended = await world.press(world.button("End now", begun))
    assert ended.title == (
        "The default is free-lab:small again: the experiment with paid-lab:large is over."
    )
    assert config(world) == before
    closing = await over(world)
    assert closing.title == (
        "Ana ended the experiment with paid-lab:large: the default is free-lab:small again."
    )
    world.clock.advance(TWO_HOURS)
    await minutes_pass(world, 2)
    assert len(closings(world.chat)) == 1


async def test_the_button_of_an_experiment_ends_no_later_one(world: World) -> None:
    end = world.button("End now", await world.type(f"{TRY} yes"))
    await world.type("/jobs default back")
    await world.type(f"{TRY} yes")
    told = await world.press(end)
    assert told.title == "That experiment is over; another one runs; nothing was changed."
    assert "provider: paid-lab" in config(world)


async def test_without_an_experiment_there_is_nothing_to_end(world: World) -> None:
    told = await world.type("/jobs default back")
    assert told.title == "No experiment runs; nothing was changed."


async def test_a_second_one_is_told_what_runs(world: World) -> None:
    await world.type(f"{TRY} yes")
    for typed in ("/jobs default free-lab:big for 1h", "/jobs default free-lab:big for 1h yes"):
        told = await world.type(typed)
        assert told.title.startswith("An experiment of Ana with paid-lab:large runs for another ")
        assert told.title.endswith("; '/jobs default back' ends it.")
    assert "provider: paid-lab" in config(world)


async def test_its_default_can_be_kept_for_good(world: World) -> None:
    await world.type(f"{TRY} yes")
    kept = await world.type("/jobs default paid-lab:large yes")
    assert kept.title == "The default stays paid-lab:large: the experiment is over."
    world.clock.advance(TWO_HOURS)
    await minutes_pass(world, 2)
    assert "provider: paid-lab" in config(world)
    [closing] = closings(world.chat)
    assert closing.title.startswith("Ana kept paid-lab:large")


# --- somebody edits the file -----------------------------------------------------------------------


async def test_a_default_that_somebody_edits_meanwhile_stays_and_the_experiment_ends(
    world: World,
) -> None:
    await world.type(f"{TRY} yes")
    world.point_default("free-lab", "big", "# by hand\n")
    edited = config(world)
    closing = await over(world)
    assert closing.title == (
        "The experiment with paid-lab:large is over: somebody changed the default to free-lab:big"
        " meanwhile, and that was left as it is."
    )
    world.clock.advance(TWO_HOURS)
    await minutes_pass(world, 2)
    assert config(world) == edited
    assert len(closings(world.chat)) == 1


async def test_a_change_from_the_chat_ends_it_too(world: World) -> None:
    await world.type(f"{TRY} yes")
    asked = await world.type("/jobs default free-lab:big")
    assert "An experiment with paid-lab:large runs" in text_of(asked)
    await world.press(world.button("Change", asked))
    assert "changed the default to free-lab:big meanwhile" in (await over(world)).title
    assert "default: big" in config(world)


async def test_what_else_is_edited_meanwhile_outlives_it(world: World) -> None:
    await world.type(f"{TRY} yes")
    path = world.folder / "config.yaml"
    path.write_text(f"# a word of the owner\n{config(world)}")
    world.clock.advance(TWO_HOURS)
    assert (await over(world)).title == BACK
    assert config(world).startswith("# a word of the owner\n")
    assert "provider: free-lab" in config(world)


async def test_it_waits_while_the_file_is_not_whole_and_goes_back_once_it_is(world: World) -> None:
    await world.type(f"{TRY} yes")
    path, running = world.folder / "config.yaml", config(world)
    path.write_text("model: [")
    world.clock.advance(TWO_HOURS)
    await minutes_pass(world, 10)
    assert path.read_text() == "model: ["
    assert closings(world.chat) == []
    path.write_text(running)
    closing = await over(world)
    assert closing.title == BACK
    assert "minutes late." in text_of(closing)


# --- nobody is there -------------------------------------------------------------------------------


async def test_after_a_restart_it_still_ends_by_itself(world: World) -> None:
    await world.type(f"{TRY} yes")
    await world.restart()
    assert "provider: paid-lab" in config(world)
    world.clock.advance(TWO_HOURS)
    assert (await over(world)).title == BACK


async def test_one_that_nobody_was_there_to_end_is_over_before_the_first_job_runs(
    world: World,
) -> None:
    await world.type(HOURLY)
    await world.type(f"{TRY} yes")
    await world.app.stop()
    world.clock.advance(TWO_HOURS * 3)
    await world.open()
    assert "provider: free-lab" in config(world)
    closing = await over(world)
    assert closing.title == BACK
    assert "That was 4 hours late." in text_of(closing)
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert RunState.HELD not in await states(world)
    assert world.paid.count == 0


# --- a file that cannot be written -----------------------------------------------------------------


async def test_where_the_file_cannot_be_written_nothing_changes_and_the_lines_are_printed(
    world: World,
) -> None:
    before = config(world)
    in_the_way = world.folder / ".config.yaml.new"
    in_the_way.mkdir()
    told = await world.type(f"{TRY} yes")
    assert "cannot be written here" in text_of(told)
    assert told.blocks == (Code("model:\n  provider: paid-lab\n  default: large"),)
    assert config(world) == before
    assert await world.app.store.open_experiment() is None
    in_the_way.rmdir()
    await world.type(f"{TRY} yes")
    assert "provider: paid-lab" in config(world)


async def test_one_that_cannot_be_written_back_is_told_once_with_the_lines(world: World) -> None:
    begun = await world.type(f"{TRY} yes")
    (world.folder / ".config.yaml.new").mkdir()
    told = await world.press(world.button("End now", begun))
    assert "cannot be written here" in text_of(told)
    assert closings(world.chat) == []
    world.clock.advance(TWO_HOURS)
    closing = await over(world)
    assert closing.title == (
        "The experiment with paid-lab:large is over, but free-lab:small could not be put back."
    )
    assert Code("model:\n  provider: free-lab\n  default: small") in closing.blocks
    await minutes_pass(world, 3)
    assert len(closings(world.chat)) == 1


# --- who may, and who did --------------------------------------------------------------------------


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[World]:
    world, _ = team_world(tmp_path)
    async with world:
        yield world


async def test_only_admins_may_try_and_end(team: World) -> None:
    before = config(team)
    for by in (ANA, VERA):
        for typed in (TRY, f"{TRY} yes", "/jobs default back"):
            told = await team.type(typed, by=by, place=ROOM)
            assert told.title == "You may not change the default here; that takes an admin."
    assert config(team) == before
    begun = await team.type(f"{TRY} yes", by=BOSS, place=ROOM)
    for button in begun.buttons:
        await team.press(button, by=ANA, place=ROOM)
    assert "provider: paid-lab" in config(team)
    shown = await team.type("/jobs default", by=ANA, place=ROOM)
    assert "An experiment of Boss" in text_of(shown)
    assert shown.buttons == ()


async def test_it_is_closed_where_it_was_begun_and_the_audit_knows_who_and_from_where(
    team: World,
) -> None:
    await team.type(f"{TRY} yes", by=BOSS, place=ROOM)
    team.clock.advance(TWO_HOURS)
    slack = team.others["slack"]
    await team.until(lambda: bool(closings(slack)))
    assert [slack.places[key] for key, each in slack.messages.items() if each.title == BACK] == [
        ROOM
    ]
    lines = await team.app.store.audited("default")
    told = [(line.action, line.by.name, line.detail) for line in reversed(lines)]
    moved = "free-lab:small -> paid-lab:large for 2 hours, from slack:T012AB:C0ROOM"
    assert told == [
        ("begin-experiment", "Boss", moved),
        ("end-experiment", "Driftpin", f"{moved}, returned"),
    ]


async def test_a_change_for_good_is_audited_with_who_and_from_where(team: World) -> None:
    await team.type("/jobs default paid-lab:large yes", by=BOSS, place=ROOM)
    [line] = await team.app.store.audited("default")
    assert (line.action, line.by) == ("change-default", BOSS)
    assert line.detail == "free-lab:small -> paid-lab:large, from slack:T012AB:C0ROOM"


async def test_an_admin_is_shown_the_jobs_of_all_chats_with_their_chats(team: World) -> None:
    await team.type(ADD.replace("Brief", "Ours"), by=ANA, place=ROOM)
    await team.type(ADD.replace("Brief", "Theirs"), by=BOB, place=OTHER_ROOM)
    asked = await team.type("/jobs default paid-lab:large", by=BOSS, place=ROOM)
    assert asked.private
    shown = text_of(asked)
    assert "It would hold 2 jobs in 2 chats." in shown
    assert "#1 Ours, consents to free-lab:small; in slack:T012AB:#C0ROOM" in shown
    assert "#2 Theirs, consents to free-lab:small; in slack:T012AB:#C0OTHER" in shown


async def test_many_jobs_are_counted_by_chat(team: World) -> None:
    for number in range(15):
        place = ROOM if number % 3 else OTHER_ROOM
        await team.type(ADD.replace("Brief", f"Brief-{number}"), by=ANA, place=place)
    shown = text_of(await team.type("/jobs default paid-lab:large", by=BOSS, place=ROOM))
    assert "It would hold 15 jobs in 2 chats." in shown
    assert "and 3 more" in shown
    assert "By chat: 10 in slack:T012AB:#C0ROOM, 5 in slack:T012AB:#C0OTHER" in shown
