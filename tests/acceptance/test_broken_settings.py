"""Settings that cannot be used: what may cost something is held, the rest goes on, and people are told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.message import Bullets, Message, Tone
from scheduler.job import unguarded_axes
from scheduler.run import HoldReason, RunState
from tests.acceptance.world import World, text_of

ADD = "/jobs add every day at 09:00 | Summarise open incidents"
PAID = ADD.replace("|", "provider=paid-lab model=large |")
MESSAGE = "/jobs add every day at 09:00 kind=message | Stand-up in ten minutes"
MISTAKE = "access: {admins: [ana]}\nlimits: {min_interval: 5}"


def config_of(world: World) -> Path:
    return world.folder / "config.yaml"


def cut_short(world: World) -> None:
    content = config_of(world).read_bytes()
    config_of(world).write_bytes(content[: len(content) // 2])


def invalid(world: World) -> None:
    world.point_default("paid-lab", "large", MISTAKE)


def gone(world: World) -> None:
    config_of(world).unlink()


def unreadable(world: World) -> None:
    gone(world)
    config_of(world).mkdir()


def broken_env(world: World) -> None:
    (world.folder / ".env").write_text("= '\n")


WAYS = [cut_short, invalid, gone, unreadable, broken_env]


def mend(world: World, provider: str = "free-lab", model: str = "small") -> None:
    if config_of(world).is_dir():
        config_of(world).rmdir()
    (world.folder / ".env").unlink(missing_ok=True)
    world.point_default(provider, model)


async def notices(world: World, words: str) -> list[Message]:
    """What the admins were told that has these words, once it was told."""
    await world.until(lambda: any(words in each.title for each in world.chat.messages.values()))
    return [each for each in world.chat.messages.values() if words in each.title]


# --- what is held, and what goes on ---------------------------------------------------------------


@pytest.mark.parametrize("break_it", WAYS)
async def test_paid_jobs_are_held_and_unpaid_ones_go_on(
    world: World, break_it: Callable[[World], None]
) -> None:
    for add in (ADD, PAID, MESSAGE):
        await world.type(add)
    break_it(world)
    runs = [await world.fire(job) for job in (1, 2, 3)]
    assert [run.state for run in runs] == [
        RunState.SUCCEEDED,
        RunState.HELD,
        RunState.SUCCEEDED,
    ]
    assert runs[1].hold_reason is HoldReason.CONFIG
    assert {request.model for request in world.free.requests} == {"small"}
    assert world.paid.count == 0
    assert runs[0].route is not None
    assert runs[0].route.name == "free-lab:small"
    assert len(await notices(world, "The settings cannot be used")) == 1

    mend(world)
    [healed] = await notices(world, "The settings are whole again")
    assert healed.tone is Tone.GOOD
    await world.type("/jobs run 2")
    assert world.paid.count == 1


async def test_a_free_job_whose_consent_is_not_the_last_good_route_is_held(world: World) -> None:
    await world.type(ADD)
    world.point_default("free-lab", "other")
    assert (await world.fire()).hold_reason is HoldReason.DRIFT
    cut_short(world)
    assert (await world.fire()).hold_reason is HoldReason.CONFIG
    assert world.calls == 0


async def test_a_route_of_unknown_price_is_held(world: World) -> None:
    world.write_config("model: {provider: elsewhere, default: small}")
    config = config_of(world)
    config.write_text(
        config.read_text()
        + "  elsewhere: {base_url: 'http://elsewhere.example/v1', key_env: null}\n"
    )
    await world.type(ADD)
    assert (await world.job()).snapshot.price_class == "unknown"
    cut_short(world)
    assert (await world.fire()).hold_reason is HoldReason.CONFIG


async def test_a_route_that_lost_its_credential_is_held_and_told_and_so_is_its_return(
    world: World,
) -> None:
    world.point_default("free-lab", "small")
    config = config_of(world)
    keyed = config.read_text() + (
        f"  keyed: {{base_url: '{world.paid.url}', key_env: KEYED, billing: paid}}\n"
    )
    config.write_text(keyed.replace("provider: free-lab", "provider: keyed"))
    env = world.folder / ".env"
    env.write_text("KEYED=canary-of-the-keyed-lab\n")
    await world.type(ADD)
    await world.type(ADD.replace("|", "provider=free-lab model=small |"))
    env.unlink()
    run = await world.fire()
    assert run.hold_reason is HoldReason.CREDENTIAL
    assert (await world.fire(2)).state is RunState.SUCCEEDED
    assert len(await notices(world, "KEYED is not set any more")) == 1
    env.write_text("KEYED=canary-of-the-keyed-lab\n")
    assert (await notices(world, "KEYED is set again"))[0].tone is Tone.GOOD
    assert world.paid.count == 0
    await world.type("/jobs run 1")
    assert world.paid.count == 1


# --- a job that a person made never runs on a route nobody saw ------------------------------------


async def test_a_job_made_while_the_settings_are_broken_never_runs_on_what_they_become(
    world: World,
) -> None:
    invalid(world)
    card = await world.type(ADD)
    assert "UNGUARDED" in card.title
    assert "held until somebody consents" in text_of(card)
    assert "anywhere" not in text_of(card)
    mend(world, "paid-lab", "large")
    await world.type("/jobs run 1")
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.UNGUARDED)
    assert world.calls == 0
    await world.type("/jobs snapshot 1")
    await world.type("/jobs run 1")
    assert world.paid.count == 1


async def test_neither_does_one_made_on_a_default_without_its_key(world: World) -> None:
    world.write_config("model: {provider: groq, default: small}")
    await world.type(ADD)
    mend(world, "paid-lab", "small")
    assert (await world.fire()).hold_reason is HoldReason.UNGUARDED
    assert world.calls == 0


async def test_neither_does_one_made_where_no_provider_is_set_whatever_its_policy(
    world: World,
) -> None:
    world.write_config("model: {default: small}")
    await world.type(ADD.replace("|", "on_drift=allow_if_not_dearer |"))
    mend(world, "free-lab", "other")
    assert (await world.fire()).hold_reason is HoldReason.UNGUARDED
    assert world.calls == 0


async def test_neither_does_one_that_was_unpinned_while_the_settings_are_broken(
    world: World,
) -> None:
    await world.type(PAID)
    cut_short(world)
    answer = await world.type("/jobs unpin 1")
    assert "UNGUARDED" in answer.title
    mend(world, "paid-lab", "other")
    assert (await world.fire()).hold_reason is HoldReason.UNGUARDED
    assert world.calls == 0


async def test_to_pin_one_of_its_names_leaves_the_other_held(world: World) -> None:
    invalid(world)
    await world.type(ADD)
    await world.type("/jobs edit 1 provider=paid-lab")
    mend(world)
    assert unguarded_axes(await world.job())
    assert (await world.fire()).hold_reason is HoldReason.UNGUARDED
    await world.type("/jobs edit 1 model=large")
    await world.type("/jobs run 1")
    assert world.paid.requests[0].model == "large"


async def test_a_pin_made_while_the_settings_are_broken_is_bound_to_the_last_good_entry(
    world: World,
) -> None:
    cut_short(world)
    await world.type(PAID)
    assert (await world.job()).snapshot.endpoint == world.paid.url
    mend(world)
    config = config_of(world)
    config.write_text(config.read_text().replace(world.paid.url, world.free.url))
    assert (await world.fire()).hold_reason is HoldReason.IDENTITY
    assert world.calls == 0


async def test_a_pin_on_a_provider_without_its_key_is_bound_to_its_entry(world: World) -> None:
    config = config_of(world)
    config.write_text(config.read_text().replace("PAID_LAB_KEY", "ANOTHER_KEY"))
    await world.type(PAID)
    assert (await world.job()).snapshot.endpoint == world.paid.url
    (world.folder / ".env").write_text("ANOTHER_KEY=canary\n")
    config.write_text(config.read_text().replace(world.paid.url, world.free.url))
    assert (await world.fire()).hold_reason is HoldReason.IDENTITY
    assert world.calls == 0


async def test_nobody_consents_to_anything_while_the_settings_are_broken(world: World) -> None:
    invalid(world)
    card = await world.type(ADD)
    for answer in (
        await world.type("/jobs snapshot 1"),
        await world.type("/jobs snapshot all"),
        await world.type("/jobs accept 1"),
        await world.press(world.button("Take snapshot", card)),
    ):
        assert "to consent to now: config.yaml: " in text_of(answer)
    assert unguarded_axes(await world.job())


async def test_undo_of_such_a_job_leaves_nothing_to_run(world: World) -> None:
    invalid(world)
    card = await world.type(ADD)
    await world.press(world.button("Undo", card))
    mend(world, "paid-lab", "large")
    await world.type("/jobs run 1")
    assert world.calls == 0


# --- what the admins are told ---------------------------------------------------------------------


async def test_each_fault_has_a_line_of_its_own_and_another_fault_is_told_anew(
    world: World,
) -> None:
    invalid(world)
    [told] = await notices(world, "The settings cannot be used")
    assert told.tone is Tone.LOUD
    [bullets] = told.blocks
    assert isinstance(bullets, Bullets)
    assert len(bullets.lines) == 2
    world.point_default("free-lab", "small", "guard: {on_drift: hodl}")
    await world.until(lambda: "hodl" in text_of(world.latest))
    assert "access.admins" not in text_of(world.latest)


async def test_the_healing_says_when_the_default_has_moved_meanwhile(world: World) -> None:
    invalid(world)
    await notices(world, "The settings cannot be used")
    mend(world, "paid-lab", "large")
    [healed] = await notices(world, "The settings are whole again")
    assert healed.tone is not Tone.LOUD
    assert "The default moved meanwhile: free-lab:small -> paid-lab:large" in healed.title


async def test_what_became_wider_meanwhile_is_told_as_well(world: World) -> None:
    invalid(world)
    await notices(world, "The settings cannot be used")
    world.point_default("free-lab", "small", "limits: {min_interval: 1m}")
    [wider] = await notices(world, "A guard or a limit became wider")
    assert "limits.min_interval: 5m -> 1m" in text_of(wider)


async def test_a_restart_with_broken_settings_holds_and_goes_on_in_the_same_way(
    world: World,
) -> None:
    await world.type(ADD)
    await world.type(PAID)
    invalid(world)
    await world.restart()
    assert len(world.app.config.at_start) == 2
    assert (await world.fire(1)).state is RunState.SUCCEEDED
    assert (await world.fire(2)).hold_reason is HoldReason.CONFIG
    assert {request.model for request in world.free.requests} == {"small"}
    assert world.paid.count == 0
