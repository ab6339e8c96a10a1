"""The life of a run, seen from the chat: how it may end, and what is said about it."""

import asyncio
from datetime import timedelta

from bot.adapters.terminal.adapter import HERE
from bot.message import Message, Request
from scheduler.job import JobId, JobState
from scheduler.run import HoldReason, Run, RunState
from tests.acceptance.alerted import ADD, NO_CALL, alerted, calls, states
from tests.acceptance.world import ME, World, text_of
from tests.fakes.provider_behaviours import Drop, Hang, Status
from tests.fakes.provider_replies import Says

OFTEN = "/jobs add every 2h name=Brief | Summarise open incidents"


async def latest_run(world: World, job: int = 1) -> Run:
    return (await world.app.store.history(JobId(job), 1))[0]


async def calling(world: World) -> None:
    """Job 1 on its way, hanging inside its call."""
    world.free.behave(Hang())
    await world.type(ADD)
    await world.ask(Request(ME, HERE, "/jobs run 1"))
    await world.free.wait_for(1)


def said(world: World, words: str) -> list[Message]:
    return [message for message in world.chat.messages.values() if words in text_of(message)]


# --- how a call may end ----------------------------------------------------------------------------


async def test_an_answer_is_reported_with_a_receipt(world: World) -> None:
    await world.type(ADD)
    run = await world.fire()
    assert (run.state, run.usage.requests) == (RunState.SUCCEEDED, 1)
    assert "All quiet." in text_of(world.latest)
    assert "free-lab:small, free, about $0.00, estimated, 11 tokens in, 7 out" in text_of(
        world.latest
    )


async def test_a_refused_call_has_failed_in_the_providers_own_words(world: World) -> None:
    world.free.behave(Status(500, "the lab is closed today"))
    await world.type(ADD)
    assert (await world.fire()).state is RunState.FAILED
    assert world.latest.title == "Job 1 (Brief) failed."
    assert "HTTP 500: the lab is closed today" in text_of(world.latest)
    assert calls(world) == (1, 0)


async def test_a_refused_connection_has_failed_and_bills_nobody(world: World) -> None:
    await world.type(ADD)
    await world.free.close()
    run = await world.fire()
    assert (run.state, run.usage.requests) == (RunState.FAILED, 0)
    assert "could not be reached" in text_of(world.latest)
    assert "billed" not in text_of(world.latest)


async def test_a_call_without_an_answer_in_time_is_unknown_and_never_repeated(world: World) -> None:
    world.free.behave(Hang())
    await world.type(ADD.replace("|", "timeout=1s |"))
    run = await world.fire()
    assert (run.state, run.usage.requests) == (RunState.UNKNOWN, 1)
    assert "may have been billed" in world.latest.title
    assert "It is not repeated by itself." in text_of(world.latest)
    assert calls(world) == (1, 0)


async def test_run_again_is_a_new_run_and_works_once(world: World) -> None:
    world.free.behave(Drop())
    await world.type(ADD)
    assert (await world.fire()).state is RunState.UNKNOWN
    again = world.button("Run again")
    await world.press(again)
    assert await states(world) == [RunState.UNKNOWN, RunState.UNKNOWN]
    assert calls(world) == (2, 0)
    assert (await world.press(again)).title == "Ana already pressed this; nothing was done again."
    assert calls(world) == (2, 0)


# --- stop ------------------------------------------------------------------------------------------


async def test_stop_ends_a_hanging_call_at_once_and_says_so(world: World) -> None:
    await calling(world)
    told = await world.type("/jobs stop 1")
    await world.free.wait_for_hang_ups(1)
    assert told.title == (
        "Job 1 (Brief) is stopped: its call is cut off."
        " 1 request had left and may have been billed."
    )
    assert await states(world) == [RunState.UNKNOWN]
    assert "has an unknown outcome: it may have been billed." in world.latest.title
    assert "Stopped by Ana during the call." in text_of(world.latest)
    assert [button.label for button in world.latest.buttons] == ["Run again", "Leave it"]
    assert calls(world) == (1, 0)


async def test_stop_of_a_job_that_does_not_run_stops_nothing(world: World) -> None:
    await world.type(ADD)
    told = await world.type("/jobs stop 1")
    assert told.title == "Job 1 (Brief) is not running; nothing was stopped."


async def test_a_running_job_is_not_run_a_second_time(world: World) -> None:
    await calling(world)
    told = await world.ask(Request(ME, HERE, "/jobs run 1"))
    assert "Job 1 is already running" in told.title
    assert "/jobs stop 1" in told.title
    world.free.release()
    await world.settle()
    assert await states(world) == [RunState.SUCCEEDED]
    assert calls(world) == (1, 0)


async def test_a_job_that_is_asked_to_run_five_times_at_once_runs_once(world: World) -> None:
    await world.type(ADD)
    asked = (world.ask(Request(ME, HERE, "/jobs run 1")) for _ in range(5))
    told = [answer.title for answer in await asyncio.gather(*asked)]
    assert sum("is already running" in title for title in told) == 4
    await world.settle()
    assert await states(world) == [RunState.SUCCEEDED]
    assert calls(world) == (1, 0)


async def test_the_only_fire_of_a_job_waits_for_a_run_asked_for_before(world: World) -> None:
    await world.type("/jobs add in 10m timeout=24h | Summarise open incidents")
    world.free.behave(Hang())
    await world.ask(Request(ME, HERE, "/jobs run 1"))
    await world.free.wait_for(1)
    world.clock.move_to((await world.job()).next_fire_time or world.clock.now())
    await world.app.ticker.tick()
    assert await states(world) == [RunState.PLANNED, RunState.CALLING]
    assert calls(world) == (1, 0)
    world.free.behave(Says())
    world.free.release()
    await world.settle()
    assert await states(world) == [RunState.SUCCEEDED, RunState.SUCCEEDED]
    assert (await world.job()).state is JobState.FINISHED
    assert calls(world) == (2, 0)


async def test_a_fire_during_a_run_is_skipped(world: World) -> None:
    await world.type(OFTEN.replace("|", "timeout=24h |"))
    world.free.behave(Hang())
    await world.ask(Request(ME, HERE, "/jobs run 1"))
    await world.free.wait_for(1)
    due = (await world.job()).next_fire_time
    assert due is not None
    world.clock.move_to(due)
    await world.app.ticker.tick()
    world.free.release()
    await world.settle()
    assert await states(world) == [RunState.OVERLAPPED, RunState.SUCCEEDED]
    assert calls(world) == (1, 0)


# --- absence, ends -----------------------------------------------------------------------------------


async def test_fires_missed_in_a_long_absence_are_listed_once_and_skipped(world: World) -> None:
    await world.type(OFTEN)
    await world.app.stop()
    world.clock.advance(timedelta(hours=11))
    await world.open()
    await world.settle()
    assert world.chat.posts == 1
    assert world.latest.title == "Job 1 (Brief) missed 5 fires while Driftpin could not run."
    assert "They are not made up for" in text_of(world.latest)
    assert await states(world) == [RunState.MISSED]
    assert calls(world) == NO_CALL
    assert (await world.fire()).state is RunState.SUCCEEDED


async def test_on_missed_run_once_runs_a_single_late_run(world: World) -> None:
    await world.type(OFTEN.replace("|", "on_missed=run_once |"))
    await world.app.stop()
    world.clock.advance(timedelta(hours=11))
    await world.open()
    await world.settle()
    assert await states(world) == [RunState.SUCCEEDED]
    [listed] = said(world, "missed 4 fires")
    assert "One late run makes up for all that was missed." in text_of(listed)
    assert calls(world) == (1, 0)


async def test_a_late_run_of_a_drifted_job_is_held_like_any_other(world: World) -> None:
    await world.type(OFTEN.replace("|", "on_missed=run_once |"))
    await world.app.stop()
    world.point_default("paid-lab", "large")
    world.clock.advance(timedelta(hours=11))
    await world.open()
    await world.settle()
    assert await states(world) == [RunState.HELD]
    assert calls(world) == NO_CALL


async def test_repeat_ends_a_job_after_so_many_runs(world: World) -> None:
    await world.type(ADD.replace("|", "repeat=2 |"))
    await world.fire()
    await world.fire()
    job = await world.job()
    assert (job.state, job.next_fire_time) == (JobState.FINISHED, None)
    assert calls(world) == (2, 0)
    assert "has used up its repeats" in (await world.type("/jobs run 1")).title


async def test_until_ends_a_job_with_its_last_fire(world: World) -> None:
    await world.type(ADD.replace("|", "until=2026-11-25 |"))
    await world.fire()
    await world.fire()
    assert (await world.job()).state is JobState.FINISHED
    assert calls(world) == (2, 0)


async def test_a_message_is_posted_as_it_is_and_calls_nobody(world: World) -> None:
    await world.type("/jobs add in 10m kind=message name=Tea | The *kettle* is on")
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert text_of(world.latest) == "Tea\n\nThe kettle is on"
    assert (await world.job()).state is JobState.FINISHED
    assert calls(world) == NO_CALL


# --- held for another reason than a drift --------------------------------------------------------------


async def test_a_missing_credential_holds_and_run_releases_once_it_is_there(world: World) -> None:
    config = world.folder / "config.yaml"
    entry = f"{{base_url: '{world.paid.url}', api_mode: chat_completions, key_env: KEYED_LAB_KEY}}"
    config.write_text(f"{config.read_text()}  keyed-lab: {entry}\n")
    await world.type(ADD.replace("|", "provider=keyed-lab model=small |"))
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.CREDENTIAL)
    assert world.latest.title == "Job 1 (Brief) is held: a credential is missing. No call was made."
    assert "KEYED_LAB_KEY is not set" in text_of(world.latest)
    assert calls(world) == NO_CALL
    world.folder.joinpath(".env").write_text("KEYED_LAB_KEY=a-key-of-the-lab\n")
    told = await world.type("/jobs run 1")
    assert told.title == "The held fire of job 1 (Brief) runs now."
    assert await states(world) == [RunState.SUCCEEDED]
    [request] = world.paid.requests
    assert request.headers["Authorization"] == "Bearer a-key-of-the-lab"


async def test_a_missing_credential_is_reported_once_however_many_fires_it_holds(
    world: World,
) -> None:
    await world.type(ADD.replace("|", "provider=groq model=small |"))
    await world.fire()
    await world.fire()
    assert await states(world) == [RunState.HELD, RunState.HELD]
    assert len(said(world, "GROQ_API_KEY is not set")) == 1


async def test_broken_settings_hold_what_may_cost_something_and_messages_go_on(
    world: World,
) -> None:
    world.point_default("paid-lab", "large")
    await world.type(ADD)
    await world.type("/jobs add every day at 09:00 kind=message name=Tea | The kettle is on")
    world.folder.joinpath("config.yaml").write_text("model: [")
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.CONFIG)
    assert await states(world, 2) == [RunState.SUCCEEDED]
    assert len(said(world, "Job 1 (Brief) is held: ")) == 1
    assert calls(world) == NO_CALL


async def test_admins_are_told_once_that_the_settings_broke_and_once_that_they_healed(
    world: World,
) -> None:
    world.point_default("paid-lab", "large")
    await world.type(ADD)
    world.folder.joinpath("config.yaml").write_text("model: [")
    await world.until(lambda: bool(said(world, "The settings cannot be used")))
    await world.fire()
    world.folder.joinpath("config.yaml").write_text("model: [[")
    await world.fire()
    assert len(said(world, "The settings cannot be used")) == 1
    world.point_default("paid-lab", "large")
    await world.until(lambda: bool(said(world, "The settings are whole again")))
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert len(said(world, "The settings")) == 2
    assert calls(world) == (0, 1)


async def test_a_loosened_limit_is_told_to_the_admins(world: World) -> None:
    world.point_default("free-lab", "small", "limits: {jobs_per_chat: 51}")
    await world.until(lambda: bool(said(world, "limits.jobs_per_chat: 50 -> 51")))
    assert world.latest.title.startswith("A guard or a limit became wider")


async def test_a_run_stopped_before_its_call_says_that_no_call_was_made(world: World) -> None:
    await alerted(world)
    await world.press(world.button("Pause"))
    assert (await latest_run(world)).state is RunState.HELD
    await world.type("/jobs remove 1")
    run = await latest_run(world)
    assert (run.state, run.error) == (RunState.CANCELLED, "the job was removed by Ana")
    assert calls(world) == NO_CALL


async def test_a_held_fire_that_would_be_held_again_is_not_run_and_gives_up_nothing(
    world: World,
) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    await world.fire()
    await world.fire()
    told = await world.type("/jobs run 1")
    assert told.title == (
        "The held fire of job 1 would be held again, the default is still paid-lab:large;"
        " '/jobs pin 1' or '/jobs accept 1' decides first."
    )
    runs = await world.app.store.history(JobId(1), 9)
    assert [run.state for run in runs] == [RunState.HELD, RunState.HELD]


async def test_a_default_is_not_moved_to_where_it_is(world: World) -> None:
    told = await world.type("/jobs default free-lab:small yes")
    assert told.title == "The default is free-lab:small already; nothing was changed."
