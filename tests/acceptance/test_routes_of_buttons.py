"""A button consents to the very route its message showed, and to nothing where it showed none."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.commands import RouteText, TakeSnapshots
from scheduler.config import RouteConfig
from scheduler.job import unguarded_axes
from scheduler.route import Pins, Resolution
from scheduler.run import HoldReason, RunState
from tests.acceptance.alerted import ADD, NO_CALL, calls
from tests.acceptance.team import BOSS, ROOM, team_world
from tests.acceptance.test_import import UNGUARDED, bring
from tests.acceptance.world import ME, World, text_of
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_replies import Says

BROKEN = "model: ["


def break_settings(world: World) -> None:
    (world.folder / "config.yaml").write_text(BROKEN)


def move_address(world: World, provider: str, model: str, url: str) -> None:
    """The same two names, and another server behind them."""
    world.write_config(f"model: {{provider: {provider}, default: {model}, base_url: '{url}'}}")


# --- Take snapshot ----------------------------------------------------------------------------------


async def test_take_snapshot_of_a_card_without_a_route_shows_it_first(world: World) -> None:
    break_settings(world)
    card = await world.type(ADD)
    world.point_default("paid-lab", "large")
    told = await world.press(world.button("Take snapshot", card))
    assert "would use paid-lab:large now. Press again to consent to that." in told.title
    assert (await world.job()).snapshot.provider is None
    assert unguarded_axes(await world.job())
    await world.press(world.button("Take snapshot", told))
    assert (await world.job()).snapshot.provider == "paid-lab"
    assert calls(world) == NO_CALL


async def test_typed_it_still_consents_to_what_the_job_uses_now(world: World) -> None:
    break_settings(world)
    await world.type(ADD)
    world.point_default("free-lab", "small")
    told = await world.type("/jobs snapshot 1")
    assert "free-lab:small" in text_of(told)
    assert not unguarded_axes(await world.job())


async def test_take_snapshot_knows_another_address_behind_the_same_names(world: World) -> None:
    break_settings(world)
    await world.type(ADD)
    world.point_default("free-lab", "small")
    shown = await world.type("/jobs show 1")
    async with FakeProvider() as other:
        move_address(world, "free-lab", "small", other.url)
        told = await world.press(world.button("Take snapshot", shown))
        assert told.private
        assert "what free-lab:small bills has changed since that message" in text_of(told).lower()
        assert "/jobs show 1" in text_of(told)
        assert unguarded_axes(await world.job())
        world.point_default("free-lab", "small")
        await world.press(world.button("Take snapshot", shown))
        assert (await world.job()).snapshot.endpoint == world.free.url


async def test_take_snapshot_of_a_held_report_works_on_what_was_held(world: World) -> None:
    break_settings(world)
    await world.type(ADD)
    world.point_default("free-lab", "small")
    assert (await world.fire()).hold_reason is HoldReason.UNGUARDED
    await world.press(world.button("Take snapshot"))
    assert (await world.job()).snapshot.endpoint == world.free.url


@pytest.mark.parametrize("known", [True, False])
async def test_take_snapshot_for_all_consents_to_the_very_default_it_showed(
    tmp_path: Path, known: bool
) -> None:
    world, slack = team_world(tmp_path)
    async with world, FakeProvider() as other:
        if not known:
            world.point_default("groq", "small")
            await world.type("/jobs default")
        await bring(world, UNGUARDED, to="slack:T012AB:#C0ROOM")
        button = slack.latest.buttons[0]
        move_address(world, "free-lab", "small", other.url)
        told = await world.press(button, BOSS, ROOM)
        assert unguarded_axes(await world.job())
        if known:
            assert "bills has changed since that message" in text_of(told)
            return
        assert "would use free-lab:small (free) now" in told.title
        await world.press(told.buttons[0], BOSS, ROOM)
        assert (await world.job()).snapshot.endpoint == other.url


async def test_what_a_bulk_snapshot_was_compared_with_is_what_it_binds_to(world: World) -> None:
    await bring(world, UNGUARDED)
    config = world.app.config
    shown, moved = (await config.resolve(Pins())).route, RouteConfig("paid-lab", "large")
    under = config.resolve_under
    looked = 0

    async def moving(pins: Pins) -> Resolution:
        nonlocal looked
        looked += 1
        routes = (await config.core()).routes
        later = replace(routes, provider=moved.provider, model=moved.model)
        return await under(routes if looked == 1 else later, pins)

    async def moving_under(routes: RouteConfig, pins: Pins) -> Resolution:
        return await moving(pins)

    config.resolve, config.resolve_under = moving, moving_under  # type: ignore[method-assign]
    text = RouteText(provider=shown.provider, model=shown.model, bills=shown.billing)
    consents = world.app.service.consents
    await consents.snapshots(TakeSnapshots(text), [await world.job()], [], ME)
    job = await world.job()
    assert (job.snapshot.provider, job.snapshot.model) == ("free-lab", "small")


# --- a held fire that is still held ------------------------------------------------------------------


@pytest.mark.parametrize("label", ["Accept", "Run 1 once"])
async def test_a_button_on_a_job_knows_another_address_behind_the_same_names(
    world: World, label: str
) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    await world.fire()
    await world.type("/jobs pause 1")
    shown = await world.type("/jobs run 1")
    async with FakeProvider() as other:
        move_address(world, "paid-lab", "large", other.url)
        told = await world.press(world.button(label, shown))
        assert told.private
        assert "bills has changed since that message; nothing was done" in text_of(told)
        assert "/jobs show 1" in text_of(told)
        assert other.count == 0
    assert (await world.job()).snapshot.provider == "free-lab"
    assert calls(world) == NO_CALL


@pytest.mark.parametrize("label", ["Accept", "Run 1 once"])
async def test_a_button_on_a_job_works_while_nothing_has_changed(world: World, label: str) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    await world.fire()
    await world.type("/jobs pause 1")
    shown = await world.type("/jobs run 1")
    await world.press(world.button(label, shown))
    accepted = (await world.job()).snapshot.provider == "paid-lab"
    assert (accepted, world.paid.count) == ((True, 0) if label == "Accept" else (False, 1))


# --- what answered ----------------------------------------------------------------------------------


async def test_what_answered_a_run_that_was_let_through_is_told_and_holds_nothing(
    world: World,
) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    await world.fire()
    world.paid.behave(Says("Four incidents.", model="gpt-4o"))
    await world.press(world.button("Run once"))
    [report] = [m for m in world.chat.messages.values() if "Four incidents." in text_of(m)]
    assert "Answered otherwise: model 'large' -> 'gpt-4o'." in text_of(report)
    assert "It was let through this once" in text_of(report)
    job = await world.job()
    assert (job.answered_as, job.accepted_as, job.snapshot.provider) == ((), (), "free-lab")
    reasons = [alert.reason for alert in await world.app.store.open_alerts()]
    assert reasons == [HoldReason.DRIFT]
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.DRIFT)


@pytest.mark.parametrize("how", ["press", "/jobs accept 1", "/jobs accept 1 free-lab:small"])
async def test_what_answered_is_accepted_for_the_route_that_was_asked(
    world: World, how: str
) -> None:
    await world.type(ADD.replace(" |", " on_drift=run_on_snapshot |"))
    world.point_default("paid-lab", "large")
    world.free.behave(Says("Four incidents.", model="gpt-4o"))
    assert (await world.fire()).hold_reason is HoldReason.SERVED
    if how == "press":
        told = await world.press(world.button("Accept new"))
        assert told.title == "Done: 1 job may be answered like that from now on."
    else:
        await world.type(how)
    job = await world.job()
    assert [each.served for each in job.accepted_as] == ["gpt-4o"]
    assert (job.snapshot.provider, job.answered_as) == ("free-lab", ())
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert world.paid.count == 0


# --- pinning what a pin does not bring back -----------------------------------------------------------


async def test_a_typed_pin_brings_back_no_address_and_says_so(world: World) -> None:
    await world.type(ADD)
    async with FakeProvider() as other:
        move_address(world, "free-lab", "small", other.url)
        await world.fire()
        for text in ("/jobs pin 1", "/jobs pin 1 free-lab:small"):
            told = await world.type(text)
            assert "brings back no address, no key and no price" in text_of(told)
    assert len(await world.app.store.open_alerts()) == 1
    assert (await world.job()).pins == Pins()


async def test_what_was_decided_and_is_held_all_the_same_is_asked_anew_at_once(
    world: World,
) -> None:
    await world.type(ADD)
    async with FakeProvider() as other:
        move_address(world, "free-lab", "small", other.url)
        await world.fire()
        fired = world.clock.now()
        await world.until(lambda: world.clock.now() - fired > timedelta(seconds=15))
        before = world.clock.now()
        await world.type("/jobs pin 1 model=tiny")
        await world.until(lambda: "of free-lab:tiny changed" in world.latest.title)
        assert world.clock.now() - before < timedelta(seconds=30)
    assert len(await world.app.store.open_alerts()) == 1
