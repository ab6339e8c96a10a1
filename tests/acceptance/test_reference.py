"""The reference behaviour of the guard, a test for each of its points.

Everything is real but the clock: the resolver, the rows, the files, and the HTTP servers that count.
"""

import logging
import re
from dataclasses import replace

import pytest

from bot.grammar import parse
from scheduler import judge
from scheduler.drift import Moves
from scheduler.job import Job, JobId, JobKind, JobState
from scheduler.ports import Entry
from scheduler.route import Pins, Snapshot
from scheduler.run import HoldReason, RunState
from tests.acceptance.world import ME, World, text_of

ADD = "/jobs add every day at 09:00 | Summarise open incidents"


async def drifted(world: World, add: str = ADD, model: str = "large") -> Job:
    """A job created on the free route, after the default moved to the paid one."""
    await world.type(add)
    world.point_default("paid-lab", model)
    return await world.job()


async def as_imported(world: World, **snapshot: str | None) -> None:
    """Give job 1 the snapshot of a job that came from elsewhere."""
    job = await world.job()
    entry = Entry(world.clock.now(), ME, "import", "job 1")
    changed = replace(job, snapshot=Snapshot(**snapshot))  # type: ignore[arg-type]
    assert await world.app.store.change(changed, entry)


# --- 1 to 4: creation ---------------------------------------------------------------------------


async def test_1_an_unpinned_agent_job_snapshots_what_fire_time_would_pick(world: World) -> None:
    await world.type(ADD)
    job = await world.job()
    assert (job.snapshot.provider, job.snapshot.model) == ("free-lab", "small")
    run = await world.fire()
    assert run.route is not None
    assert (run.route.provider, run.route.model) == (job.snapshot.provider, job.snapshot.model)


async def test_1_the_consent_stores_the_whole_route_from_the_start(world: World) -> None:
    await world.type(ADD)
    snapshot = (await world.job()).snapshot
    assert snapshot.endpoint == world.free.url
    assert snapshot.api_mode == "chat_completions"
    assert snapshot.price_class == "free"
    assert snapshot.taken_at == (await world.job()).created_at


async def test_2_a_pinned_axis_has_no_snapshot(world: World) -> None:
    await world.type(ADD.replace("|", "provider=paid-lab model=large |"))
    job = await world.job()
    assert job.pins == Pins("paid-lab", "large")
    assert (job.snapshot.provider, job.snapshot.model) == (None, None)


async def test_2_a_provider_pin_alone_needs_no_default_and_still_snapshots_the_model(
    world: World,
) -> None:
    world.point_default("nobody-configured-this", "small")
    world.write_config("model: {default: small}\njobs: {provider: free-lab}")
    await world.type(ADD.replace("|", "provider=paid-lab |"))
    job = await world.job()
    assert job.pins == Pins("paid-lab", None)
    assert (job.snapshot.provider, job.snapshot.model) == (None, "small")


async def test_2_the_model_of_jobs_beats_the_model_of_the_default(world: World) -> None:
    world.point_default("free-lab", "small", "jobs: {model: fleet-model}")
    await world.type(ADD.replace("|", "provider=paid-lab |"))
    assert (await world.job()).snapshot.model == "fleet-model"


async def test_3_a_message_has_no_snapshot_and_is_never_guarded(world: World) -> None:
    await drifted(world, "/jobs add every day at 09:00 kind=message | Stand-up in ten minutes")
    assert (await world.job()).snapshot == Snapshot()
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert "Stand-up in ten minutes" in text_of(world.latest)
    assert world.calls == 0


async def test_4_a_failed_resolution_leaves_the_provider_empty_and_says_so_loudly(
    world: World,
) -> None:
    world.write_config("model: {provider: groq, default: small}")  # no key for groq here
    card = await world.type(ADD)
    job = await world.job()
    assert (job.snapshot.provider, job.snapshot.model) == (None, "small")
    assert "UNGUARDED" in card.title
    assert world.button("Take snapshot", card).token


async def test_4_creation_succeeds_while_the_settings_are_broken(world: World) -> None:
    world.folder.joinpath("config.yaml").write_text("model: [")
    card = await world.type(ADD)
    assert (await world.job()).snapshot.provider is None
    assert "UNGUARDED" in card.title


async def test_4_take_snapshot_guards_the_job(world: World) -> None:
    world.write_config("model: {provider: groq, default: small}")
    card = await world.type(ADD)
    world.point_default("free-lab", "small")
    await world.press(world.button("Take snapshot", card))
    world.point_default("paid-lab", "small")
    assert (await world.fire()).state is RunState.HELD
    assert world.calls == 0


# --- 5 to 7: fire time --------------------------------------------------------------------------


async def test_5_a_snapshot_equal_to_the_resolved_route_runs_normally(world: World) -> None:
    await world.type(ADD)
    run = await world.fire()
    assert run.state is RunState.SUCCEEDED
    assert (world.free.count, world.paid.count) == (1, 0)


async def test_6_a_moved_provider_is_held_and_no_request_leaves(world: World) -> None:
    await drifted(world, model="small")
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.DRIFT)
    assert world.calls == 0
    assert run.error is not None
    assert "unintended spend was prevented" in run.error
    assert "'free-lab' -> 'paid-lab'" in run.error
    assert "/jobs pin 1 free-lab:small" in run.error


async def test_7_a_moved_model_is_held_and_no_request_leaves(world: World) -> None:
    await world.type(ADD)
    world.point_default("free-lab", "large")
    run = await world.fire()
    assert run.state is RunState.HELD
    assert world.calls == 0
    assert run.error is not None
    assert "model 'small' -> 'large'" in run.error
    assert "provider '" not in run.error


async def test_7_both_axes_are_named_where_both_moved(world: World) -> None:
    await drifted(world)
    error = (await world.fire()).error or ""
    assert "provider 'free-lab' -> 'paid-lab'" in error
    assert "model 'small' -> 'large'" in error


async def test_a_held_run_is_an_outcome_and_logs_no_traceback(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await drifted(world)
    with caplog.at_level(logging.WARNING):
        await world.fire()
    assert caplog.records == []


async def test_without_the_guard_the_paid_call_happens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The held cases above prove something: take the comparison out, and the money is spent."""
    await drifted(world)
    monkeypatch.setattr(judge, "moves", lambda job, route, tolerance: Moves())
    run = await world.fire()
    assert run.state is RunState.SUCCEEDED
    assert world.paid.count == 1


# --- mixed: one axis pinned, the other drifted ----------------------------------------------------


async def test_a_pinned_provider_with_a_drifted_model_is_held(world: World) -> None:
    await drifted(world, ADD.replace("|", "provider=free-lab |"))
    run = await world.fire()
    assert run.state is RunState.HELD
    assert "model 'small' -> 'large'" in (run.error or "")
    assert world.calls == 0


async def test_a_pinned_model_with_a_drifted_provider_is_held(world: World) -> None:
    await drifted(world, ADD.replace("|", "model=small |"))
    run = await world.fire()
    assert run.state is RunState.HELD
    assert "provider 'free-lab' -> 'paid-lab'" in (run.error or "")
    assert world.calls == 0


# --- 8: axes without a snapshot -------------------------------------------------------------------


async def test_8_an_axis_without_a_snapshot_is_not_judged_and_the_job_runs(world: World) -> None:
    await drifted(world)
    await as_imported(world)
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert world.paid.count == 1


async def test_8_the_other_axis_is_still_judged(world: World) -> None:
    await drifted(world)
    await as_imported(world, model="small")
    run = await world.fire()
    assert run.state is RunState.HELD
    assert "provider '" not in (run.error or "")
    assert world.calls == 0


async def test_8_an_unguarded_job_is_shown_as_such_wherever_it_appears(world: World) -> None:
    await world.type(ADD)
    await as_imported(world)
    assert "UNGUARDED" in text_of(await world.type("/jobs list"))
    assert "UNGUARDED" in text_of(await world.type("/jobs show 1"))


async def test_8_the_first_report_of_an_unguarded_job_names_its_route(world: World) -> None:
    await world.type(ADD)
    await as_imported(world)
    await world.fire()
    assert "Unguarded: this job used free-lab:small" in text_of(world.latest)
    await world.press(world.button("Take snapshot"))
    assert (await world.job()).snapshot.provider == "free-lab"


async def test_8_only_the_first_report_does(world: World) -> None:
    await world.type(ADD)
    await as_imported(world)
    await world.fire()
    await world.fire()
    assert "Unguarded" not in text_of(world.latest)


async def test_8_missing_snapshot_hold_holds_it_instead(world: World) -> None:
    await world.type(ADD)
    await as_imported(world)
    world.point_default("paid-lab", "large", "guard: {missing_snapshot: hold}")
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.UNGUARDED)
    assert world.calls == 0


# --- 9: pins --------------------------------------------------------------------------------------


async def test_9_a_pinned_job_runs_whatever_the_default_does(world: World) -> None:
    await drifted(world, ADD.replace("|", "provider=free-lab model=small |"))
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert (world.free.count, world.paid.count) == (1, 0)


async def test_9_a_stale_snapshot_under_a_pin_is_never_judged(world: World) -> None:
    await drifted(world, ADD.replace("|", "provider=free-lab model=small |"))
    await as_imported(world, provider="long-gone", model="forgotten")
    assert (await world.fire()).state is RunState.SUCCEEDED


# --- 10: following the default ---------------------------------------------------------------------


async def test_10_an_unpinned_job_follows_a_default_that_a_person_accepted(world: World) -> None:
    await drifted(world)
    await world.fire()
    await world.type("/jobs accept 1")
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert world.paid.count == 1


async def test_10_unpin_takes_the_snapshot_anew_at_that_moment(world: World) -> None:
    await drifted(world, ADD.replace("|", "provider=free-lab model=small |"))
    await world.type("/jobs unpin 1")
    job = await world.job()
    assert job.pins == Pins()
    assert (job.snapshot.provider, job.snapshot.model) == ("paid-lab", "large")


async def test_10_unpin_of_one_axis_leaves_the_other_pinned(world: World) -> None:
    await drifted(world, ADD.replace("|", "provider=free-lab model=small |"))
    await world.type("/jobs unpin 1 model")
    job = await world.job()
    assert job.pins == Pins("free-lab", None)
    assert (job.snapshot.provider, job.snapshot.model) == (None, "large")


async def test_10_a_failed_snapshot_at_unpin_leaves_it_empty_and_says_so(world: World) -> None:
    await world.type(ADD.replace("|", "provider=free-lab model=small |"))
    world.write_config("model: {provider: groq, default: small}")
    answer = await world.type("/jobs unpin 1")
    assert (await world.job()).snapshot.provider is None
    assert "UNGUARDED" in answer.title


# --- 11: the recorded error ---------------------------------------------------------------------------

PINNABLE = {
    "both axes": (ADD, "paid-lab", "large"),
    "provider": (ADD, "paid-lab", "small"),
    "model": (ADD, "free-lab", "large"),
    "model under a pinned provider": (ADD.replace("|", "provider=free-lab |"), "free-lab", "large"),
    "provider under a pinned model": (ADD.replace("|", "model=small |"), "paid-lab", "large"),
}


@pytest.mark.parametrize("moved", PINNABLE)
async def test_11_the_error_says_everything_in_its_order(world: World, moved: str) -> None:
    add, provider, model = PINNABLE[moved]
    await world.type(add)
    world.point_default(provider, model)
    error = (await world.fire()).error or ""
    found = re.search(
        r"unintended spend.*' -> '.*/jobs pin 1 free-lab:small"
        r".*cronjob action=update job_id=1 provider=free-lab model=small.*#44585",
        error,
        re.DOTALL,
    )
    assert found, error


@pytest.mark.parametrize("spelling", ["/jobs pin", "cronjob"])
@pytest.mark.parametrize("moved", PINNABLE)
async def test_11_either_command_typed_verbatim_releases_the_job(
    world: World, moved: str, spelling: str
) -> None:
    add, provider, model = PINNABLE[moved]
    await world.type(add)
    world.point_default(provider, model)
    error = (await world.fire()).error or ""
    command = next(line for line in error.splitlines() if line.startswith(spelling))
    parse(command)
    await world.type(command)
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert (world.free.count, world.paid.count) == (1, 0)


@pytest.mark.parametrize("spelling", ["/jobs pin", "cronjob"])
@pytest.mark.parametrize("kept", ["provider", "model"])
async def test_11_it_also_releases_a_job_that_consented_to_one_axis_only(
    world: World, kept: str, spelling: str
) -> None:
    await world.type(ADD)
    await as_imported(world, **{kept: {"provider": "free-lab", "model": "small"}[kept]})
    world.point_default("paid-lab", "large")
    error = (await world.fire()).error or ""
    assert world.calls == 0
    await world.type(next(line for line in error.splitlines() if line.startswith(spelling)))
    assert (await world.fire()).state is RunState.SUCCEEDED


async def test_11_pin_old_by_button_does_exactly_the_same(world: World) -> None:
    await drifted(world)
    await world.fire()
    await world.press(world.button("Pin old"))
    assert (await world.job()).pins == Pins("free-lab", "small")
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert (world.free.count, world.paid.count) == (1, 0)


async def test_11_the_consented_provider_alone_pins_the_consented_model_too(world: World) -> None:
    await drifted(world)
    await world.type("/jobs pin 1 free-lab")
    assert (await world.job()).pins == Pins("free-lab", "small")


async def test_11_another_provider_alone_asks_for_a_model(world: World) -> None:
    await drifted(world)
    answer = await world.type("/jobs pin 1 paid-lab")
    assert "/jobs pin 1 paid-lab:" in answer.title
    assert (await world.job()).pins == Pins()


ONE_AXIS = [("provider=free-lab", Pins("free-lab")), ("model=small", Pins(None, "small"))]


@pytest.mark.parametrize(("axis", "pins"), ONE_AXIS)
async def test_11_one_axis_pins_are_possible_in_add_and_edit(
    world: World, axis: str, pins: Pins
) -> None:
    await world.type(ADD.replace("|", f"{axis} |"))
    await world.type(ADD)
    await world.type(f"/jobs edit 2 {axis}")
    assert (await world.job(1)).pins == (await world.job(2)).pins == pins


# --- nothing is consumed ----------------------------------------------------------------------------


async def test_a_held_one_shot_stays_pending_and_runs_once_it_may(world: World) -> None:
    await drifted(world, "/jobs add in 10m | Summarise open incidents")
    assert (await world.fire()).state is RunState.HELD
    assert (await world.job()).state is JobState.ACTIVE
    await world.type("/jobs pin 1")
    runs = await world.app.store.history(JobId(1), 5)
    assert [run.state for run in runs] == [RunState.SUCCEEDED]
    assert (await world.job()).state is JobState.FINISHED
    assert (world.free.count, world.paid.count) == (1, 0)


async def test_a_hold_uses_up_no_repeat(world: World) -> None:
    await drifted(world, ADD.replace("|", "repeat=2 |"))
    await world.fire()
    await world.fire()
    assert (await world.job()).repeat_left == 2
    await world.type("/jobs pin 1")
    await world.fire()
    assert (await world.job()).repeat_left == 1


async def test_kinds_without_an_agent_are_the_only_unguarded_kinds() -> None:
    assert [kind for kind in JobKind if not kind.guarded] == [
        JobKind.MESSAGE,
        JobKind.SCRIPT,
    ]
