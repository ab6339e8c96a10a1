"""Stop, the button and the command; what is left in doubt; what is tried again and what is not."""

import asyncio
from dataclasses import replace

from bot.adapters.terminal.adapter import HERE
from bot.message import Message, Request
from scheduler.job import JobState
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, alerted, calls, states
from tests.acceptance.test_life_of_a_run import calling, latest_run
from tests.acceptance.world import ME, World, text_of
from tests.fakes.provider_behaviours import Drop, Hang, Status
from tests.fakes.provider_replies import Says

BEN = replace(ME, person="ben", name="Ben")
RETRY = ADD.replace("|", "retry=2 |")


# --- the button ------------------------------------------------------------------------------------


async def test_the_answer_of_run_stops_the_run_it_began_within_a_second(world: World) -> None:
    world.free.behave(Hang())
    await world.type(ADD)
    started = await world.ask(Request(ME, HERE, "/jobs run 1"))
    await world.free.wait_for(1)
    before = asyncio.get_running_loop().time()
    told = await world.ask(Request(ME, HERE, token=world.button("Stop", started).token))
    await world.free.wait_for_hang_ups(1)
    assert asyncio.get_running_loop().time() - before < 1
    assert "1 request had left and may have been billed." in told.title
    await world.settle()
    assert await states(world) == [RunState.UNKNOWN]
    assert calls(world) == (1, 0)


async def pressed(world: World, label: str, message: Message | None = None) -> Message:
    """The answer to a press, while what it began goes on."""
    button = world.button(label, message)
    return await world.ask(Request(ME, HERE, token=button.token))


async def test_the_answer_to_the_held_fire_of_an_alert_stops_it(world: World) -> None:
    alert = await alerted(world)
    await world.press(world.button("Pin old", alert))
    world.free.behave(Hang())
    started = await pressed(world, "Run the held fire now")
    assert (started.private, labels(started)) == (False, ["Stop"])
    await world.free.wait_for(1)
    told = await pressed(world, "Stop", started)
    await world.free.wait_for_hang_ups(1)
    assert "1 request had left and may have been billed." in told.title
    await world.settle()
    assert await states(world) == [RunState.UNKNOWN]


async def test_of_several_held_fires_one_is_stopped_and_the_other_keeps_its_button(
    world: World,
) -> None:
    alert = await alerted(world, jobs=2)
    await world.press(world.button("Pin old", alert))
    world.free.behave(Hang())
    started = await pressed(world, "Run 2 held fires now")
    assert labels(started) == ["Stop 1", "Stop 2"]
    await world.free.wait_for(2)
    told = await pressed(world, "Stop 2", started)
    assert told.beside
    assert "Job 2 (Brief-2) is stopped" in told.title
    await world.free.wait_for_hang_ups(1)
    assert (await latest_run(world)).state is RunState.CALLING
    world.free.release()
    await world.settle()
    assert await states(world, 2) == [RunState.UNKNOWN]
    assert await states(world, 1) == [RunState.SUCCEEDED]


async def test_a_crowd_of_held_fires_has_no_wall_of_buttons(world: World) -> None:
    alert = await alerted(world, jobs=6)
    await world.press(world.button("Pin old", alert))
    started = await world.press(world.button("Run 6 held fires now"))
    assert labels(started) == []
    assert "/jobs stop 1" in text_of(started)


async def test_a_run_that_was_let_through_once_has_its_stop_wherever_it_was_asked_for(
    world: World,
) -> None:
    alert = await alerted(world, jobs=2)
    world.paid.behave(Hang())
    listed = await pressed(world, "Choose", alert)
    again = await pressed(world, "Run 1 once", listed)
    assert labels(again)[0] == "Stop 1"
    assert labels(again)[1:] == labels(listed)
    typed = await world.ask(Request(ME, HERE, "/jobs run 2 once"))
    assert labels(typed) == ["Stop"]
    await world.paid.wait_for(2)
    await pressed(world, "Stop 1", again)
    await pressed(world, "Stop", typed)
    await world.paid.wait_for_hang_ups(2)
    await world.settle()
    assert await states(world, 1) == await states(world, 2) == [RunState.UNKNOWN]


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


async def test_the_button_stops_its_own_run_and_none_after_it(world: World) -> None:
    await world.type(ADD)
    started = await world.type("/jobs run 1")
    assert await states(world) == [RunState.SUCCEEDED]
    world.free.behave(Hang())
    await world.ask(Request(ME, HERE, "/jobs run 1"))
    await world.free.wait_for(2)
    told = await world.ask(Request(ME, HERE, token=world.button("Stop", started).token))
    assert told.title == "That run of job 1 (Brief) is over: succeeded. Nothing was changed."
    assert (await latest_run(world)).state is RunState.CALLING
    world.free.release()
    await world.settle()


async def test_a_running_job_shows_the_button(world: World) -> None:
    await calling(world)
    for command in ("/jobs show 1", "/jobs history 1"):
        shown = await world.ask(Request(ME, HERE, command))
        assert "Stop" in [button.label for button in shown.buttons]
    assert "; RUNNING;" in text_of(await world.ask(Request(ME, HERE, "/jobs list")))
    await world.type("/jobs stop 1")
    assert "RUNNING" not in text_of(await world.type("/jobs list"))
    shown = await world.type("/jobs show 1")
    assert "Stop" not in [button.label for button in shown.buttons]


async def test_of_two_who_stop_a_run_the_first_is_kept(world: World) -> None:
    await calling(world)
    first, second = await asyncio.gather(
        world.ask(Request(ME, HERE, "/jobs stop 1")),
        world.ask(Request(BEN, HERE, "/jobs stop 1")),
    )
    assert "is stopped: its call is cut off" in first.title
    assert "being stopped already, by Ana" in second.title or "not running" in second.title
    await world.settle()
    assert (await latest_run(world)).error == "stopped by Ana during the call"


async def test_stopping_a_finished_run_changes_nothing(world: World) -> None:
    await world.type(ADD)
    await world.type("/jobs run 1")
    before = await latest_run(world)
    assert "not running; nothing was stopped" in (await world.type("/jobs stop 1")).title
    assert await latest_run(world) == before


async def test_pausing_a_running_job_asks_whether_to_stop_the_run_too(world: World) -> None:
    await calling(world)
    paused = await world.ask(Request(ME, HERE, "/jobs pause 1"))
    assert "Its run goes on to its end, unless you stop it too" in text_of(paused)
    assert (await latest_run(world)).state is RunState.CALLING
    await world.press(world.button("Stop the run too", paused))
    await world.free.wait_for_hang_ups(1)
    assert await states(world) == [RunState.UNKNOWN]
    assert (await world.job()).state is JobState.PAUSED


async def test_pausing_a_job_at_rest_asks_nothing(world: World) -> None:
    await world.type(ADD)
    assert (await world.type("/jobs pause 1")).buttons == ()


# --- in doubt --------------------------------------------------------------------------------------


async def in_doubt(world: World) -> None:
    world.free.behave(Drop())
    await world.type(ADD)
    await world.fire()


async def test_leave_it_decides_and_run_again_is_too_late(world: World) -> None:
    await in_doubt(world)
    report = world.latest
    told = await world.press(world.button("Leave it", report))
    assert told.title == "Job 1 (Brief): the run of unknown outcome is left as it is."
    late = await world.press(world.button("Run again", report), by=BEN)
    assert "that run of job 1 was left as it is by Ana already" in late.title.lower() or (
        "was left as it is by Ana already" in late.title
    )
    assert calls(world) == (1, 0)
    assert "left as it is by Ana" in text_of(await world.type("/jobs history 1"))


async def test_run_again_decides_and_leave_it_is_too_late(world: World) -> None:
    await in_doubt(world)
    report = world.latest
    world.free.behave(Says())
    await world.press(world.button("Run again", report))
    late = await world.press(world.button("Leave it", report), by=BEN)
    assert "was run again by Ana already" in late.title
    assert await states(world) == [RunState.SUCCEEDED, RunState.UNKNOWN]
    assert calls(world) == (2, 0)


async def test_a_list_and_a_card_show_what_waits_for_a_decision_until_it_is_made(
    world: World,
) -> None:
    await in_doubt(world)
    world.free.behave(Says())
    await world.fire()
    assert "IN DOUBT since" in text_of(await world.type("/jobs list"))
    card = " ".join(text_of(await world.type("/jobs show 1")).split())
    assert "`/jobs leave 1` leaves it as it is, `/jobs run 1` starts a new one" in card
    await world.type("/jobs leave 1")
    assert "IN DOUBT" not in text_of(await world.type("/jobs list"))
    assert "/jobs leave" not in text_of(await world.type("/jobs show 1"))


async def test_leave_can_be_typed_once(world: World) -> None:
    await in_doubt(world)
    assert "is left as it is" in (await world.type("/jobs leave 1")).title
    told = await world.type("/jobs leave 1")
    assert "has no run of unknown outcome that waits for a decision" in told.title


# --- again -----------------------------------------------------------------------------------------


async def test_a_busy_provider_is_not_asked_again_unless_the_job_says_so(world: World) -> None:
    world.free.behave(Status(429, "slow down"))
    await world.type(ADD)
    run = await world.fire()
    assert (run.state, run.error) == (RunState.FAILED, "HTTP 429: slow down")
    assert calls(world) == (1, 0)


async def test_retry_asks_again_so_often_and_no_more(world: World) -> None:
    world.free.behave(Status(503, "back soon"))
    await world.type(RETRY)
    run = await world.fire()
    assert (run.state, run.attempt, run.usage.requests) == (RunState.FAILED, 3, 3)
    assert calls(world) == (3, 0)
    assert await world.app.store.calls([run.id]) == 3


async def test_a_retry_that_is_answered_is_a_success_and_uses_one_repeat(world: World) -> None:
    world.free.behave(Status(503, "back soon"), Says())
    await world.type(RETRY.replace("retry", "repeat=1 retry"))
    run = await world.fire()
    assert (run.state, run.attempt) == (RunState.SUCCEEDED, 2)
    assert "attempt 2" in text_of(world.latest)
    job = await world.job()
    assert (job.repeat_left, job.state) == (0, JobState.FINISHED)


async def test_a_refusal_that_will_not_pass_is_not_tried_again(world: World) -> None:
    world.free.behave(Status(400, "no such thing"))
    await world.type(RETRY)
    assert (await world.fire()).state is RunState.FAILED
    assert calls(world) == (1, 0)


async def test_a_lost_answer_is_not_tried_again_whatever_the_job_says(world: World) -> None:
    world.free.behave(Drop())
    await world.type(RETRY)
    assert (await world.fire()).state is RunState.UNKNOWN
    assert calls(world) == (1, 0)


async def test_what_never_left_is_tried_again_and_judged_anew(world: World) -> None:
    await world.type(ADD)
    await world.free.close()
    run = await world.fire()
    assert (run.state, run.attempt, run.usage.requests) == (RunState.FAILED, 3, 0)
    assert await world.app.store.calls([run.id]) == 3
