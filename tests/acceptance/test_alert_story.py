"""A drift alert, from the first held fire to its end, as a chat sees it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.terminal.adapter import HERE
from scheduler.job import JobId, JobState
from scheduler.route import Pins
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, BEN, DECISIONS, NO_CALL, alerted, calls, states
from tests.acceptance.world import World, text_of

# --- one message -----------------------------------------------------------------------------------


async def test_two_held_fires_make_one_message_which_is_edited(world: World) -> None:
    await alerted(world)
    await world.fire()
    assert (world.chat.posts, world.chat.edits) == (1, 1)
    assert "2 fires held so far; paid calls made: 0." in text_of(world.latest)
    assert calls(world) == NO_CALL


async def test_a_further_fire_leaves_the_buttons_of_the_first_alert_alive(world: World) -> None:
    first = await alerted(world)
    await world.fire()
    await world.press(world.button("Pin old", first))
    assert (await world.job()).pins == Pins("free-lab", "small")


async def test_thirteen_jobs_make_one_message(world: World) -> None:
    alert = await alerted(world, jobs=13)
    assert world.chat.posts == 1
    assert alert.title.startswith("13 jobs are held: ")
    for number in range(1, 14):
        assert f"#{number} Brief-{number}: " in text_of(alert)
    assert calls(world) == NO_CALL


async def test_pin_all_pins_each_job_to_its_own_consent_and_all_run(world: World) -> None:
    world.point_default("free-lab", "tiny")
    await world.type(ADD)
    world.point_default("free-lab", "small")
    await alerted(world, jobs=12)
    await world.press(world.button("Pin old (all 13)"))
    assert (await world.job(1)).pins == Pins("free-lab", "tiny")
    assert {(await world.job(number)).pins for number in range(2, 14)} == {
        Pins("free-lab", "small")
    }
    await world.press(world.button("Run 13 held fires now"))
    assert calls(world) == (13, 0)
    assert sorted(request.model for request in world.free.requests) == ["small"] * 12 + ["tiny"]
    for number in range(1, 14):
        assert await states(world, number) == [RunState.SUCCEEDED]


async def test_an_alert_about_one_thread_is_posted_in_that_thread(world: World) -> None:
    thread = replace(HERE, thread="incidents")
    await world.type(ADD, place=thread)
    await world.type(ADD, place=thread)
    world.point_default("paid-lab", "large")
    await world.fire()
    assert list(world.chat.places.values()) == [thread]


async def test_an_alert_about_two_threads_is_posted_in_the_chat_itself(world: World) -> None:
    await world.type(ADD, place=replace(HERE, thread="incidents"))
    await world.type(ADD, place=replace(HERE, thread="builds"))
    world.point_default("paid-lab", "large")
    await world.fire()
    [alert] = [name for name, sent in world.chat.messages.items() if sent.title.startswith("2 job")]
    assert world.chat.places[alert] == HERE


async def test_a_default_that_moves_on_takes_its_alert_along_and_the_old_buttons_are_dead(
    world: World,
) -> None:
    first = await alerted(world)
    world.point_default("paid-lab", "huge")
    await world.fire()
    assert world.chat.posts == 1
    assert "from free-lab:small to paid-lab:huge" in world.latest.title
    for label in DECISIONS:
        told = await world.press(world.button(label, first))
        assert told.title == (
            "The default has moved again since that message, to paid-lab:huge; nothing was done."
            " Please use the newest message."
        )
    assert (await world.job()).snapshot.model == "small"
    assert calls(world) == NO_CALL


# --- the three buttons -----------------------------------------------------------------------------


@pytest.mark.parametrize("label", DECISIONS)
async def test_a_decision_edits_the_message_which_says_who_and_keeps_no_stale_button(
    world: World, label: str
) -> None:
    await alerted(world)
    await world.press(world.button(label))
    assert world.chat.posts == 1
    assert world.latest.title == f"Decided: {DECISIONS[label]}."
    stale = {"Pin old", "Accept new", "Pause"}
    assert not stale & {button.label for button in world.latest.buttons}
    assert calls(world) == NO_CALL


async def test_pin_old_makes_the_next_fires_use_the_old_route(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Pin old"))
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert calls(world) == (1, 0)


async def test_accept_new_makes_the_next_fires_use_the_new_route(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Accept new"))
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert calls(world) == (0, 1)


async def test_pause_stops_the_fires_until_somebody_resumes_the_job(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Pause"))
    assert (await world.job()).state is JobState.PAUSED
    world.clock.advance(timedelta(days=2))
    await world.settle()
    assert await states(world) == [RunState.HELD]
    await world.type("/jobs resume 1")
    assert (await world.fire()).state is RunState.HELD
    assert world.latest.title.startswith("Job 1 (Brief-1) is held: ")
    assert calls(world) == NO_CALL


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("/jobs pin 1", DECISIONS["Pin old"]),
        ("/jobs pin 1 paid-lab:large", "Ana pinned job 1 (Brief-1) to paid-lab:large"),
        ("/jobs accept 1", DECISIONS["Accept new"]),
        ("/jobs pause 1", DECISIONS["Pause"]),
        ("/jobs remove 1", "Ana removed job 1 (Brief-1)"),
        (
            "cronjob action=update job_id=1 provider=free-lab model=small",
            DECISIONS["Pin old"],
        ),
    ],
)
async def test_a_typed_command_decides_as_a_button_does_and_edits_the_alert(
    world: World, typed: str, title: str
) -> None:
    await alerted(world)
    await world.type(typed)
    assert world.chat.posts == 1
    assert world.latest.title == f"Decided: {title}."


# --- the held fire ---------------------------------------------------------------------------------


async def test_the_held_fire_button_runs_the_latest_and_gives_up_the_older(world: World) -> None:
    await alerted(world)
    await world.fire()
    latest = await world.fire()
    await world.press(world.button("Pin old"))
    button = world.button("Run the held fire now")
    assert button.label == "Run the held fire now (gives up 2 older)"
    assert "2 older ones will be given up" in text_of(world.latest)
    told = await world.press(button)
    assert told.title == "1 held fire running now. 2 older held fires given up."
    assert await states(world) == [RunState.SUCCEEDED, RunState.MISSED, RunState.MISSED]
    [ran] = [r for r in await world.app.store.history(JobId(1), 9) if r.state is RunState.SUCCEEDED]
    assert ran.id == latest.id
    assert calls(world) == (1, 0)


async def test_the_held_fire_button_works_once_and_then_leaves_the_message(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Pin old"))
    button = world.button("Run the held fire now")
    await world.press(button)
    assert world.chat.messages["message-1"].buttons == ()
    told = await world.press(button, by=BEN)
    assert told.private
    assert told.title == (
        "No held fire waits any more; nothing was started."
        " Decided: Ana pinned job 1 (Brief-1) to free-lab:small."
    )
    assert calls(world) == (1, 0)


async def test_the_held_fire_button_leaves_paused_jobs_alone(world: World) -> None:
    await alerted(world, jobs=2)
    await world.type("/jobs pause 2")
    await world.press(world.button("Pin old"))
    await world.press(world.button("Run the held fire now"))
    assert await states(world, 1) == [RunState.SUCCEEDED]
    assert await states(world, 2) == [RunState.HELD]
    assert calls(world) == (1, 0)


async def test_an_accepted_held_fire_runs_on_the_new_route(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Accept new"))
    await world.press(world.button("Run the held fire now"))
    assert calls(world) == (0, 1)


# --- healing ---------------------------------------------------------------------------------------


async def test_a_default_that_moves_back_heals_the_alert(world: World) -> None:
    await alerted(world)
    world.point_default("free-lab", "small")
    await world.until(lambda: world.latest.title.startswith("Healed"))
    assert world.latest.title == (
        "Healed: the default is free-lab:small again, not paid-lab:large. Nothing was spent."
    )
    assert world.chat.posts == 1
    assert [button.label for button in world.latest.buttons] == ["Run the held fire now"]
    assert calls(world) == NO_CALL


async def test_a_healed_alert_has_nothing_left_to_decide(world: World) -> None:
    alert = await alerted(world)
    world.point_default("free-lab", "small")
    await world.until(lambda: world.latest.title.startswith("Healed"))
    for label in DECISIONS:
        told = await world.press(world.button(label, alert))
        assert told.title == "Nothing to decide any more: the default is back."
    assert (await world.job()).revision == 1


async def test_the_held_fire_of_a_healed_alert_runs_by_its_button(world: World) -> None:
    await alerted(world)
    world.point_default("free-lab", "small")
    await world.until(lambda: world.latest.title.startswith("Healed"))
    await world.press(world.button("Run the held fire now"))
    assert calls(world) == (1, 0)


async def test_a_heal_after_an_acceptance_does_not_say_that_nothing_was_spent(
    world: World,
) -> None:
    await alerted(world, jobs=2)
    await world.type("/jobs accept 1")
    await world.type("/jobs run 1")
    assert calls(world) == (0, 1)
    world.point_default("free-lab", "small")
    await world.until(lambda: "Healed" in world.chat.messages["message-1"].title)
    healed = world.chat.messages["message-1"]
    assert healed.title.endswith("The fires that stayed held made no call.")
    assert "Nothing was spent" not in text_of(healed)


# --- meanwhile -------------------------------------------------------------------------------------


async def test_messages_go_on_while_agent_jobs_are_held(world: World) -> None:
    await world.type("/jobs add every day at 09:00 kind=message | Stand-up in ten minutes")
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    assert (await world.fire(1)).state is RunState.SUCCEEDED
    assert await states(world, 2) == [RunState.HELD]
    said = [text_of(message) for message in world.chat.messages.values()]
    assert any("Stand-up in ten minutes" in text for text in said)
    assert calls(world) == NO_CALL


async def test_jobs_alerts_shows_an_open_alert_anew_with_working_buttons(world: World) -> None:
    assert "No alert is open" in (await world.type("/jobs alerts")).title
    await alerted(world)
    told = await world.type("/jobs alerts")
    assert told.title == "1 alert open; each follows with its buttons."
    assert world.chat.posts == 2
    await world.press(world.button("Pin old", world.chat.messages["message-2"]))
    assert (await world.job()).pins == Pins("free-lab", "small")


async def test_a_default_that_moves_back_while_driftpin_is_down_heals_at_the_next_start(
    world: World,
) -> None:
    await alerted(world)
    await world.app.stop()
    world.point_default("free-lab", "small")
    world.clock.advance(timedelta(seconds=5))
    await world.open()
    await world.until(lambda: world.latest.title.startswith("Healed"))
    assert await world.app.store.open_alerts() == []
