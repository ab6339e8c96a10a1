"""The limits of a run, each with an outcome of its own, and the job that pauses itself."""

from pathlib import Path

from scheduler.job import JobState
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, calls, states
from tests.acceptance.test_life_of_a_run import said
from tests.acceptance.world import World, text_of
from tests.fakes.provider_behaviours import Hang, Status
from tests.fakes.provider_replies import Says


async def test_a_run_that_takes_too_long_is_in_doubt_and_says_how_long_it_had(world: World) -> None:
    world.free.behave(Hang())
    await world.type(ADD.replace("|", "timeout=1s |"))
    run = await world.fire()
    assert run.state is RunState.UNKNOWN
    assert "in the time allowed (1 s)" in (run.error or "")


async def test_an_answer_that_is_too_long_has_failed_and_its_beginning_and_cost_are_kept(
    tmp_path: Path,
) -> None:
    async with World(tmp_path, config="limits: {output_bytes: 1000}") as world:
        world.free.behave(Says(text="word " * 400))
        await world.type(ADD)
        run = await world.fire()
        assert run.state is RunState.FAILED
        assert run.output is not None
        assert len(run.output) == 1000
        assert run.usage.cost is not None
        assert "the answer has 2000 bytes" in text_of(world.latest).replace("The", "the")
        assert "word word" in text_of(await world.type("/jobs output 1"))


async def failed(world: World, times: int) -> None:
    for _ in range(times):
        assert (await world.fire()).state is RunState.FAILED


async def test_after_five_failures_in_a_row_a_job_pauses_itself_and_says_so(world: World) -> None:
    world.free.behave(Status(500, "the lab is closed"))
    await world.type(ADD)
    await failed(world, 4)
    assert said(world, "paused itself") == []
    await failed(world, 1)
    assert (await world.job()).state is JobState.PAUSED
    [told] = said(world, "paused itself")
    assert told.title == "Job 1 (Brief) paused itself: its last 5 runs came to nothing."
    assert "HTTP 500: the lab is closed" in text_of(told)
    world.free.behave(Says())
    await world.press(world.button("Resume", told))
    job = await world.job()
    assert (job.state, job.failures) == (JobState.ACTIVE, 0)
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert calls(world) == (6, 0)


async def test_a_good_run_and_holds_between_failures_start_the_count_anew(world: World) -> None:
    world.free.behave(Status(500, "the lab is closed"))
    await world.type(ADD)
    await failed(world, 4)
    world.point_default("paid-lab", "large")
    assert (await world.fire()).state is RunState.HELD
    assert (await world.job()).failures == 4
    world.point_default("free-lab", "small")
    world.free.behave(Says())
    assert (await world.fire()).state is RunState.SUCCEEDED
    world.free.behave(Status(500, "the lab is closed"))
    await failed(world, 4)
    assert (await world.job()).state is JobState.ACTIVE
    assert (await states(world))[0] is RunState.FAILED
