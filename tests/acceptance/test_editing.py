"""Editing a job: what it decides about an alert, what it binds to, and how a finished job goes on."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from scheduler.alert import AlertState
from scheduler.job import JobState
from scheduler.route import Pins, Resolution
from scheduler.run import RunState
from tests.acceptance.alerted import ADD, NO_CALL, alerted, calls, states
from tests.acceptance.world import World, text_of

HASHED = "accounts/me/models/x#accounts/me/deployments/y"


# --- pins and the alert ---------------------------------------------------------------------------


async def test_a_pin_that_leaves_one_axis_drifting_leaves_the_alert_open(world: World) -> None:
    await alerted(world)
    await world.type("/jobs edit 1 model=small")
    (alert,) = await world.app.store.open_alerts()
    assert [row.decision for row in alert.jobs] == [None]
    assert (await world.fire()).state is RunState.HELD
    assert "'small' -> 'large'" not in text_of(world.latest)
    assert calls(world) == NO_CALL


async def test_the_pin_of_the_last_drifting_axis_decides_the_alert(world: World) -> None:
    await alerted(world)
    opened = await world.app.store.open_alerts()
    await world.type("/jobs edit 1 model=small")
    await world.type("/jobs edit 1 provider=free-lab")
    alert = await world.app.store.alert(opened[0].id)
    assert alert is not None
    assert alert.state is AlertState.DECIDED
    assert "Ana pinned job 1 (Brief-1) to free-lab:small" in text_of(world.latest)
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert calls(world) == (1, 0)


async def test_the_pin_of_the_one_axis_that_drifts_decides_the_alert(world: World) -> None:
    await world.type(ADD)
    world.point_default("free-lab", "large")
    await world.fire()
    await world.type("/jobs edit 1 model=small")
    assert await world.app.store.open_alerts() == []
    assert (await world.fire()).state is RunState.SUCCEEDED


async def test_an_edited_pin_lets_a_held_one_shot_run_at_once(world: World) -> None:
    await world.type("/jobs add in 45m | Summarise open incidents")
    world.point_default("paid-lab", "large")
    await world.fire()
    await world.type("/jobs edit 1 provider=free-lab model=small")
    assert await states(world) == [RunState.SUCCEEDED]
    assert calls(world) == (1, 0)


@pytest.mark.parametrize("line", [3, 4])
async def test_a_model_with_a_hash_is_pinned_by_the_command_its_alert_prints(
    world: World, line: int
) -> None:
    world.write_config(f"model: {{provider: free-lab, default: '{HASHED}'}}")
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    error = (await world.fire()).error
    assert error is not None
    await world.type(error.splitlines()[line])
    assert (await world.job()).pins == Pins("free-lab", HASHED)
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert calls(world) == (1, 0)


# --- what a pin binds to --------------------------------------------------------------------------


async def test_another_provider_takes_endpoint_and_credential_from_its_own_entry(
    world: World,
) -> None:
    await world.type(ADD)
    await world.type("/jobs edit 1 provider=paid-lab model=large")
    edited = (await world.job()).snapshot
    assert (edited.endpoint, str(edited.credential)) == (world.paid.url, "PAID_LAB_KEY")
    assert edited.price_class == "paid"
    await world.type(ADD)
    await world.type("/jobs pin 2 paid-lab:large")
    pinned = (await world.job(2)).snapshot
    assert edited == replace(pinned, taken_at=edited.taken_at)


async def test_another_provider_alone_keeps_the_model_that_was_consented_to(world: World) -> None:
    await world.type(ADD)
    world.point_default("free-lab", "large")
    await world.type("/jobs edit 1 provider=paid-lab")
    job = await world.job()
    assert (job.pins, job.snapshot.model) == (Pins("paid-lab"), "small")
    assert job.snapshot.endpoint == world.paid.url


async def test_the_consented_provider_keeps_the_consented_endpoint(world: World) -> None:
    await world.type(ADD)
    before = (await world.job()).snapshot
    world.point_default("paid-lab", "large")
    await world.type("/jobs edit 1 provider=free-lab")
    assert (await world.job()).snapshot == replace(before, provider=None)


# --- finished jobs --------------------------------------------------------------------------------


async def finished(world: World, schedule: str) -> None:
    await world.type(f"/jobs add {schedule} | Summarise open incidents")
    await world.fire()
    assert (await world.job()).state is JobState.FINISHED


async def test_new_repeats_let_a_finished_job_go_on(world: World) -> None:
    await finished(world, "every day at 09:00 repeat=1")
    await world.type("/jobs edit 1 repeat=2")
    job = await world.job()
    assert (job.state, job.repeat_left) == (JobState.ACTIVE, 2)
    assert job.next_fire_time is not None
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert (await world.job()).state is JobState.FINISHED


async def test_repeats_without_a_fire_say_what_to_type(world: World) -> None:
    await finished(world, "in 45m repeat=1")
    said = text_of(await world.type("/jobs edit 1 repeat=3"))
    assert said == "Job 1 has no fire left; '/jobs edit 1 in 45m repeat=3' gives it a new time."
    assert (await world.job()).state is JobState.FINISHED
    await world.type("/jobs edit 1 in 45m repeat=3")
    assert (await world.fire()).state is RunState.SUCCEEDED


async def test_a_schedule_without_repeats_says_what_to_type(world: World) -> None:
    await finished(world, "every day at 09:00 repeat=1")
    said = text_of(await world.type("/jobs edit 1 every day at 10:00"))
    assert said == "Job 1 has used up its runs; add repeat=3 to the line for three more."
    assert (await world.job()).state is JobState.FINISHED
    await world.type("/jobs edit 1 every day at 10:00 repeat=3")
    job = await world.job()
    assert (job.state, job.repeat_left) == (JobState.ACTIVE, 3)


async def test_another_name_leaves_a_finished_job_finished(world: World) -> None:
    await finished(world, "in 45m")
    await world.type("/jobs edit 1 name=Old")
    job = await world.job()
    assert (job.name, job.state) == ("Old", JobState.FINISHED)


# --- creation while the lookup is broken ----------------------------------------------------------


def breaking_once(real: Callable[[Pins], Awaitable[Resolution]]) -> Callable[..., object]:
    """A resolver that fails at its first call as no error of ours does."""
    errors: list[Exception] = [OSError(24, "Too many open files")]

    async def resolve(pins: Pins) -> Resolution:
        if errors:
            raise errors.pop()
        return await real(pins)

    return resolve


async def test_whatever_fails_at_creation_leaves_an_unguarded_job_with_its_model(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = world.app.config
    monkeypatch.setattr(config, "resolve", breaking_once(config.resolve))
    with caplog.at_level(logging.ERROR, "scheduler.snapshots"):
        card = await world.type(ADD)
    job = await world.job()
    assert (job.snapshot.provider, job.snapshot.model) == (None, "small")
    assert "unguarded" in text_of(card).lower()
    assert [button.label for button in card.buttons][:1] == ["Take snapshot"]
    assert [record.exc_info is not None for record in caplog.records] == [True]
