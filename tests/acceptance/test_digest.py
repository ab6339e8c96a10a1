"""One message for a change of the default, before the first job fires: the digest of a chat."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.terminal.adapter import HERE
from bot.message import Message
from scheduler.route import Pins
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, BEN, NO_CALL, calls, states
from tests.acceptance.world import World, text_of


async def jobs(world: World, number: int) -> None:
    for each in range(1, number + 1):
        await world.type(ADD.replace("Brief", f"Brief-{each}"))


async def told(world: World, begins: str) -> Message:
    """The message the chat gets, once so many seconds have passed."""
    await world.until(lambda: any(begins in each.title for each in world.chat.messages.values()))
    await world.settle()
    return next(each for each in world.chat.messages.values() if begins in each.title)


async def digest(world: World, number: int = 2) -> Message:
    """What the chat is told of a default that has moved, before any job fired."""
    await jobs(world, number)
    world.point_default("paid-lab", "large")
    return await told(world, "will be held")


async def test_a_moved_default_is_told_before_the_first_job_fires(world: World) -> None:
    before = world.clock.now()
    message = await digest(world)
    assert message.title == (
        "2 jobs will be held: the default moved from free-lab:small to paid-lab:large."
        " Nothing was spent."
    )
    assert world.clock.now() - before < timedelta(minutes=1)
    said = text_of(message)
    assert "Was free, now paid; unintended spend was prevented." in said
    assert "0 fires held so far; paid calls made: 0." in said
    assert said.count("next fire") == 2
    labels = [button.label for button in message.buttons]
    assert labels == ["Pin old (all 2)", "Accept new (all 2)", "Choose", "Pause (all 2)"]
    assert (await states(world), world.chat.posts, calls(world)) == ([], 1, NO_CALL)


async def test_held_fires_edit_the_digest(world: World) -> None:
    await digest(world)
    await world.fire()
    assert world.chat.posts == 1
    assert "2 fires held so far; paid calls made: 0." in text_of(world.latest)
    assert world.latest.title.startswith("2 jobs are held: ")
    assert calls(world) == NO_CALL


async def test_pin_all_before_any_fire_lets_every_job_run_as_before(world: World) -> None:
    message = await digest(world, 13)
    await world.press(world.button("Pin old (all 13)", message))
    await world.fire()
    assert world.chat.messages["message-1"].title == "Decided: Ana pinned 13 jobs."
    assert calls(world) == (13, 0)


async def test_a_default_that_moves_back_closes_the_digest_and_nothing_was_spent(
    world: World,
) -> None:
    await digest(world)
    world.point_default("free-lab", "small")
    healed = await told(world, "Healed")
    assert healed.title == (
        "Healed: the default is free-lab:small again, not paid-lab:large. Nothing was spent."
    )
    assert (healed.buttons, world.chat.posts) == ((), 1)


async def test_a_default_that_is_put_right_within_five_seconds_is_nobodys_business(
    world: World,
) -> None:
    await jobs(world, 1)
    world.point_default("paid-lab", "large")
    for _ in range(4):
        world.clock.advance(timedelta(seconds=1))
        await asyncio.sleep(0.05)
    world.point_default("free-lab", "small")
    for _ in range(20):
        world.clock.advance(timedelta(seconds=1))
        await asyncio.sleep(0.02)
    await world.settle()
    assert world.chat.posts == 0


async def test_a_third_default_edits_the_digest_and_kills_its_buttons(world: World) -> None:
    first = await digest(world)
    world.point_default("paid-lab", "huge")
    now = await told(world, "paid-lab:huge")
    said = await world.press(world.button("Accept new", first))
    assert said.title.startswith("The default has moved again since that message, to paid-lab:huge")
    assert world.chat.posts == 1
    await world.press(world.button("Accept new", now))
    assert {(await world.job(number)).snapshot.model for number in (1, 2)} == {"huge"}


async def test_a_change_while_driftpin_was_down_is_told_at_the_next_start_and_once(
    world: World,
) -> None:
    await jobs(world, 2)
    await world.app.stop()
    world.point_default("paid-lab", "large")
    world.clock.advance(timedelta(seconds=5))
    await world.open()
    await told(world, "2 jobs will be held")
    await world.restart()
    for _ in range(15):
        world.clock.advance(timedelta(seconds=1))
        await asyncio.sleep(0.02)
    await world.settle()
    assert (world.chat.posts, world.chat.edits) == (1, 0)


async def test_34_jobs_in_three_chats_make_three_messages(world: World) -> None:
    places = [HERE, replace(HERE, chat="second"), replace(HERE, chat="third")]
    for number in range(34):
        await world.type(ADD.replace("Brief", f"Brief-{number}"), place=places[number % 3])
    world.point_default("paid-lab", "large")
    await world.until(lambda: world.chat.posts == 3)
    await world.settle()
    titles = sorted(message.title[:21] for message in world.chat.messages.values())
    assert titles == ["11 jobs will be held:", "11 jobs will be held:", "12 jobs will be held:"]
    assert (world.chat.posts, world.chat.edits) == (3, 0)
    for name, message in list(world.chat.messages.items()):
        await world.press(world.button("Pin old", message), place=world.chat.places[name])
    await world.fire()
    assert calls(world) == (34, 0)


async def test_what_moved_and_what_is_billed_otherwise_is_one_message(world: World) -> None:
    await world.type(ADD)
    await world.type("/jobs add every day at 09:00 name=Pinned provider=paid-lab model=large | Hi")
    world.point_default("paid-lab", "large")
    config = world.folder / "config.yaml"
    elsewhere = world.paid.url.replace("127.0.0.1", "localhost")
    config.write_text(config.read_text().replace(world.paid.url, elsewhere))
    message = await told(world, "2 jobs will be held")
    said = text_of(message)
    assert "provider 'free-lab' -> 'paid-lab'" in said
    assert "http://localhost:" in said
    assert world.chat.posts == 1
    ready = await world.press(world.button("Pin old", message))
    assert ready.title == (
        "Done: 1 job pinned to the route consented to; still held: job 2 (a pin brings back no"
        " address, no key and no price)."
    )


async def test_two_routes_of_one_name_are_two_messages_and_each_can_be_accepted(
    world: World,
) -> None:
    await world.type(ADD)
    await world.type("/jobs add every day at 09:00 name=Own provider=paid-lab | Hi")
    elsewhere = world.paid.url.replace("127.0.0.1", "localhost")
    world.write_config(f"model: {{provider: paid-lab, default: large, base_url: '{elsewhere}'}}")
    await world.until(lambda: world.chat.posts == 2)
    await world.settle()
    for message in list(world.chat.messages.values()):
        assert message.title.startswith("Job ")
        done = await world.press(world.button("Accept new", message))
        assert done.title.startswith("Done: 1 job")
    assert {(await world.job(number)).snapshot.model for number in (1, 2)} == {"large"}
    assert (await world.job(1)).snapshot.endpoint != (await world.job(2)).snapshot.endpoint
    assert world.chat.posts == 2


async def test_all_is_one_decision_about_every_open_alert_and_names_what_it_could_not_help(
    world: World,
) -> None:
    await world.type("/jobs add every day at 09:00 name=Own provider=paid-lab model=large | Hi")
    await world.type(ADD)
    here = world.paid.url.replace("127.0.0.1", "localhost")
    world.write_config(f"model: {{provider: paid-lab, default: large, base_url: '{here}'}}")
    config = world.folder / "config.yaml"
    config.write_text(
        config.read_text().replace(f"base_url: '{world.paid.url}'", f"base_url: '{here}/v2'")
    )
    await world.until(lambda: world.chat.posts == 2)
    await world.settle()
    answer = await world.type("/jobs pin all")
    assert answer.title.startswith("Done: 1 job pinned to the route consented to; ")
    assert "job 1 (a pin brings back no address, no key and no price)" in answer.title
    assert (await world.job(2)).pins == Pins("free-lab", "small")
    assert len(await world.app.store.open_alerts()) == 1


# --- Choose ----------------------------------------------------------------------------------------


async def test_choose_shows_a_row_a_job_with_its_own_buttons_and_turns_its_pages(
    world: World,
) -> None:
    message = await digest(world, 7)
    first = await world.press(world.button("Choose", message))
    assert first.title == "Choose for 7 jobs, page 1 of 2."
    assert not first.replaces
    assert [button.label for button in first.buttons[:5]] == [
        "Pin 1",
        "Accept 1",
        "Run 1 once",
        "Pause 1",
        "Pin 2",
    ]
    second = await world.press(world.button("Next", first))
    assert second.replaces
    assert [button.label for button in second.buttons][-1] == "Previous"
    assert "#7 Brief-7" in text_of(second)


async def test_choosing_for_one_job_leaves_the_others_and_shows_the_list_again(
    world: World,
) -> None:
    message = await digest(world, 3)
    chosen = await world.press(world.button("Choose", message))
    after = await world.press(world.button("Pin 2", chosen))
    assert after.replaces
    assert after.title == ("Done: 1 job pinned to the route consented to. Choose for 2 jobs.")
    assert (await world.job(2)).pins == Pins("free-lab", "small")
    after = await world.press(world.button("Accept 1", after))
    last = await world.press(world.button("Pause 3", after))
    assert last.title == "Done: 1 job paused. Nothing is left to choose."
    assert (await world.job(1)).snapshot.provider == "paid-lab"
    assert world.chat.messages["message-1"].title.startswith("Decided: ")
    assert world.chat.posts == 1


async def test_a_choice_from_an_old_list_changes_nothing_and_shows_the_list_as_it_is(
    world: World,
) -> None:
    message = await digest(world, 3)
    chosen = await world.press(world.button("Choose", message))
    await world.press(world.button("Pin 2", chosen))
    again = await world.press(world.button("Pause 1", chosen), by=BEN)
    assert again.title.startswith("This alert has changed since; nothing was done.")
    assert (await world.job(1)).state == "active"


# --- typed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "summary"),
    [
        ("/jobs pin all", "Ana pinned 2 jobs"),
        ("/jobs accept all", "Ana accepted paid-lab:large (paid) for 2 jobs"),
        ("/jobs pause all", "Ana paused 2 jobs"),
    ],
)
async def test_a_typed_decision_about_all_edits_the_digest(
    world: World, typed: str, summary: str
) -> None:
    await digest(world)
    answer = await world.type(typed)
    assert answer.title.startswith("Done: 2 jobs ")
    assert world.latest.title == f"Decided: {summary}."
    assert world.chat.posts == 1


async def test_without_an_alert_there_is_nothing_to_decide_about_all(world: World) -> None:
    await jobs(world, 1)
    answer = await world.type("/jobs pin all")
    assert answer.title.startswith("No alert is open here; ")


# --- what nobody asks about ------------------------------------------------------------------------


async def test_an_alert_that_is_posted_anew_leaves_a_pointer_where_it_was(world: World) -> None:
    first = await digest(world)
    await world.type("/jobs alerts")
    assert world.chat.messages["message-1"] == Message(
        "This alert has moved: its newest message, further down, has the buttons."
    )
    newest = world.chat.messages["message-2"]
    assert newest.title == first.title
    await world.press(world.button("Pin old", newest))
    assert world.chat.messages["message-2"].title == "Decided: Ana pinned 2 jobs."


async def test_alerts_names_held_fires_that_no_alert_asks_about(world: World) -> None:
    await digest(world, 1)
    await world.fire()
    await world.type("/jobs pause 1")
    answer = await world.type("/jobs alerts")
    assert answer.title == ("No alert is open, but 1 job has a held fire that no alert asks about.")
    assert "#1 Brief-1" in text_of(answer)
    assert "/jobs run 1" in text_of(answer)


async def test_a_job_that_is_resumed_while_the_default_is_moved_is_asked_about_again(
    world: World,
) -> None:
    await digest(world, 1)
    await world.fire()
    await world.type("/jobs pause 1")
    await world.type("/jobs resume 1")
    await told(world, "is held")
    [alert] = await world.app.store.open_alerts()
    assert [row.job.id for row in alert.undecided] == [1]


async def test_what_was_accepted_is_asked_about_again_when_the_default_moves_on(
    world: World,
) -> None:
    await digest(world, 1)
    await world.fire()
    await world.press(world.button("Accept new"))
    world.point_default("paid-lab", "huge")
    await told(world, "paid-lab:huge")
    assert world.chat.posts == 2
    assert await states(world) == [RunState.HELD]


async def test_a_held_fire_that_would_be_held_again_comes_with_the_buttons_that_decide(
    world: World,
) -> None:
    await digest(world, 1)
    await world.fire()
    answer = await world.type("/jobs run 1")
    assert "would be held again" in answer.title
    assert [button.label for button in answer.buttons] == [
        "Pin 1",
        "Accept 1",
        "Run 1 once",
        "Pause 1",
    ]
    await world.press(world.button("Pin 1", answer))
    assert (await world.job()).pins == Pins("free-lab", "small")
    await world.type("/jobs run 1")
    assert calls(world) == (1, 0)


async def test_a_paused_job_whose_fire_is_held_gets_the_buttons_too(world: World) -> None:
    await digest(world, 1)
    await world.fire()
    await world.type("/jobs pause 1")
    answer = await world.type("/jobs run 1")
    labels = [button.label for button in answer.buttons]
    assert labels == ["Pin 1", "Accept 1", "Run 1 once"]
    await world.press(world.button("Run 1 once", answer))
    assert calls(world) == (0, 1)
