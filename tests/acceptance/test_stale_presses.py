"""Presses that must change nothing: late, stale, forged, foreign, expired."""

from dataclasses import replace
from datetime import timedelta

from bot.adapters.terminal.adapter import HERE
from bot.message import Button
from scheduler.job import JobState
from scheduler.route import Pins
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, BEN, DECISIONS, NO_CALL, alerted, calls
from tests.acceptance.world import World

UNKNOWN = "This button is not known or too old; nothing was done."
FORGED = ["", "x", "A" * 24, "../../etc", "'; DROP TABLE jobs; --", "ü" * 24, "\x00", "9" * 5000]


async def test_a_pressed_decision_is_final(world: World) -> None:
    alert = await alerted(world)
    await world.press(world.button("Pause", alert), by=BEN)
    for label in DECISIONS:
        told = await world.press(world.button(label, alert))
        assert told.private
        assert told.title == "Already decided: Ben paused job 1 (Brief-1). Nothing was changed."
    job = await world.job()
    assert (job.pins, job.snapshot.provider, job.state) == (Pins(), "free-lab", JobState.PAUSED)
    assert calls(world) == NO_CALL


async def test_accept_refuses_a_default_that_moved_again_meanwhile(world: World) -> None:
    await alerted(world)
    world.point_default("paid-lab", "huge")
    told = await world.press(world.button("Accept new"))
    assert "no longer paid-lab:large but paid-lab:huge" in told.title
    job = await world.job()
    assert (job.snapshot.provider, job.snapshot.model) == ("free-lab", "small")
    assert (await world.fire()).state is RunState.HELD
    assert calls(world) == NO_CALL


async def test_a_press_on_an_alert_that_a_job_joined_meanwhile_does_nothing_and_says_so(
    world: World,
) -> None:
    await world.type(ADD)
    await world.type(ADD)
    await world.type("/jobs pause 2")
    world.point_default("paid-lab", "large")
    await world.fire(1)
    about_one = world.latest
    await world.type("/jobs resume 2")
    await world.until(lambda: world.latest.title.startswith("2 jobs are held: "))
    for label in DECISIONS:
        told = await world.press(world.button(label, about_one))
        assert told.private
        assert "This alert has changed since; nothing was done." in told.title
    assert world.latest.title.startswith("2 jobs are held: ")
    assert [(await world.job(number)).revision for number in (1, 2)] == [1, 3]
    assert calls(world) == NO_CALL


async def test_a_forged_token_does_nothing(world: World) -> None:
    accept = world.button("Accept new", await alerted(world)).press
    for token in FORGED:
        told = await world.press(Button("Accept new", accept, token=token))
        assert (told.private, told.title) == (True, UNKNOWN)
    assert (await world.job()).revision == 1


async def test_a_token_does_nothing_in_another_chat(world: World) -> None:
    await alerted(world)
    told = await world.press(world.button("Accept new"), place=replace(HERE, chat="elsewhere"))
    assert (told.private, told.title) == (True, UNKNOWN)
    assert (await world.job()).revision == 1


async def test_a_token_works_in_any_thread_of_its_chat(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Pin old"), place=replace(HERE, thread="a-reply"))
    assert (await world.job()).pins == Pins("free-lab", "small")


async def test_a_token_dies_after_thirty_days(world: World) -> None:
    alert = await alerted(world)
    await world.type("/jobs edit 1 every month on the 1st at 09:00")
    world.clock.advance(timedelta(days=30))
    told = await world.press(world.button("Accept new", alert))
    assert (told.private, told.title) == (True, UNKNOWN)
    assert (await world.job()).snapshot.provider == "free-lab"


async def test_buttons_survive_a_restart_which_repeats_no_message(world: World) -> None:
    alert = await alerted(world)
    await world.restart()
    await world.settle()
    assert (world.chat.posts, world.chat.edits) == (1, 0)
    await world.press(world.button("Pin old", alert))
    assert world.latest.title == f"Decided: {DECISIONS['Pin old']}."
    assert world.chat.posts == 1


async def test_undo_dies_once_the_jobs_consent_has_changed(world: World) -> None:
    card = await world.type(ADD)
    await world.type("/jobs pin 1")
    told = await world.press(world.button("Undo", card))
    assert (told.private, told.title) == (True, UNKNOWN)
    assert (await world.job()).state is JobState.ACTIVE


async def test_the_second_press_of_a_cards_button_is_told_who_was_first(world: World) -> None:
    card = await world.type(ADD)
    await world.press(world.button("Pin", card), by=BEN)
    assert (await world.job()).pins == Pins("free-lab", "small")
    told = await world.press(world.button("Pin", card))
    assert told.private
    assert told.title == "Ben already pressed this; nothing was done again."
    assert (await world.job()).consent_revision == 2


async def test_take_snapshot_consents_only_to_the_route_its_message_spoke_of(world: World) -> None:
    world.write_config("model: {provider: groq, default: small}")
    await world.type(ADD)
    world.point_default("free-lab", "small")
    await world.fire()
    button = world.button("Take snapshot")
    world.point_default("paid-lab", "small")
    told = await world.press(button)
    assert "would no longer use free-lab:small but paid-lab:small" in told.title
    assert (await world.job()).snapshot.provider is None
    world.point_default("free-lab", "small")
    await world.press(button)
    assert (await world.job()).snapshot.provider == "free-lab"
    assert world.paid.count == 0


async def test_the_run_button_of_an_old_alert_leaves_the_fires_of_a_new_one(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Pin old"))
    old = world.button("Run the held fire now")
    await world.type("/jobs unpin 1")
    world.point_default("free-lab", "tiny")
    await world.fire()
    await world.fire()
    before = await world.app.store.history((await world.job()).id, 9)
    told = await world.press(old)
    assert told.private
    assert await world.app.store.history((await world.job()).id, 9) == before
