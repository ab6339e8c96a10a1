"""A drill shows the guard at work on a real job: nothing leaves, and nothing is changed."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.counting_provider import CountingProvider
from bot.wording.drills import drilled
from scheduler import judge
from scheduler.config import CoreConfig
from scheduler.drift import Moves
from scheduler.drill import Drills
from scheduler.job import Job, OnDrift
from scheduler.judge import Go
from scheduler.ports import Answer, Config, Entry, Gate, Store
from scheduler.providers.agent import ModelAgent
from scheduler.route import Resolution
from scheduler.run import HoldReason, RunState
from storage.scratch import scratch
from tests.acceptance.alerted import ADD
from tests.acceptance.team import ANA, BOB, BOSS, ROOM, team_world
from tests.acceptance.test_command_line import driftpin
from tests.acceptance.test_reference import as_imported
from tests.acceptance.world import ME, World, text_of

MOVED = "drill:simulated-paid"


def rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Everything the database holds, table by table."""
    path = world.folder / "home" / "driftpin.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        names = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: base.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}


async def admins_are_told(world: World) -> None:
    """Let a change of the settings be noticed and told, so that it is no news any more."""
    await world.until(lambda: bool(world.chat.messages))
    await world.settle()


async def drill(world: World, job: int = 1) -> str:
    """What a drill says, having changed nothing and called nobody."""
    before, calls, messages = rows(world), world.calls, list(world.chat.messages)
    said = text_of(await world.type(f"/jobs drill {job}"))
    assert rows(world) == before
    assert (world.calls, list(world.chat.messages)) == (calls, messages)
    return said


async def test_it_shows_the_run_held_the_alert_and_that_nothing_left(world: World) -> None:
    await world.type(ADD)
    said = await drill(world)
    assert said.splitlines()[0] == "Drill: job 1 (Brief) would be held. 0 requests left."
    assert "0 requests left this process for the run" in said
    assert "counted as 1 request, so the counter works" in said
    assert "provider 'free-lab' -> 'drill'" in said
    assert "#44585" in said
    assert f"Job 1 (Brief) is held: the default moved from free-lab:small to {MOVED}." in said
    assert "/jobs pin 1 free-lab:small" in said
    assert "[Pin old] [Accept new] [Run once] [Pause]" in said


async def test_its_buttons_are_named_and_not_live(world: World) -> None:
    await world.type(ADD)
    assert (await world.type("/jobs drill 1")).buttons == ()


async def test_the_error_it_shows_is_the_one_a_real_drift_would_record(world: World) -> None:
    await world.type(ADD)
    said = await drill(world)
    world.point_default("paid-lab", "large")
    error = (await world.fire()).error or ""
    real = error.replace("paid-lab", "drill").replace("large", "simulated-paid")
    assert all(line in said for line in real.splitlines())


async def let_all_through(config: Config, job: Job) -> tuple[Go, CoreConfig]:
    """A verdict without a guard: whatever resolves may be called."""
    return Go(await config.resolve(job.pins)), await config.core()


async def test_taking_the_guard_out_makes_the_drill_fail_and_still_nobody_is_called(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.type(ADD)
    monkeypatch.setattr(judge, "moves", lambda *_, **__: Moves())
    said = await drill(world)
    assert "DRILL FAILED: job 1 (Brief) would NOT be held." in said
    assert "1 request left this process for the run" in said


async def test_a_paused_job_can_be_drilled_and_stays_paused(world: World) -> None:
    await world.type(ADD)
    await world.type("/jobs pause 1")
    assert "would be held" in await drill(world)
    assert (await world.job()).state == "paused"


async def test_a_job_with_repeats_loses_none(world: World) -> None:
    await world.type(ADD.replace("name=Brief", "name=Brief repeat=1"))
    assert "would be held" in await drill(world)
    assert (await world.job()).repeat_left == 1


async def test_a_job_whose_real_fire_is_held_can_be_drilled_and_keeps_its_alert(
    world: World,
) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", "large")
    await world.fire()
    alert = world.latest
    assert "would be held" in await drill(world)
    assert world.latest == alert


async def test_of_a_job_pinned_on_both_axes_it_says_what_that_means(world: World) -> None:
    await world.type(ADD.replace("name=Brief", "name=Brief provider=free-lab model=small"))
    said = await drill(world)
    assert "would run, on what it is pinned to" in said
    assert "a moved default does not concern it" in said


async def test_a_key_of_a_pinned_provider_never_goes_to_the_witness(world: World) -> None:
    await world.type(ADD.replace("name=Brief", "name=Brief provider=paid-lab model=large"))
    agent = Recording()
    drills = Drills(world.app.config, agent, world.clock, scratch, CountingProvider)
    found = await drills.drill(await world.job())
    assert (found.run.state, found.requests, found.control) == (RunState.SUCCEEDED, 1, 1)
    assert [each.secret for each in agent.asked] == [None, None]
    assert all(each.route.endpoint.startswith("http://127.0.0.1:") for each in agent.asked)
    assert all(each.route.credential is None for each in agent.asked)
    assert found.run.route is not None
    assert found.run.route.name == "paid-lab:large"


class Recording(ModelAgent):
    """The agent of production, which remembers what it was asked to call."""

    def __init__(self) -> None:
        self.asked: list[Resolution] = []

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        self.asked.append(resolution)
        return await super().answer(
            resolution, prompt, gate=gate, timeout=timeout, max_tokens=max_tokens
        )


@pytest.mark.parametrize(
    ("pin", "drift"),
    [
        ("provider=free-lab", "model 'small' -> 'simulated-paid'"),
        ("model=small", "provider 'free-lab' -> 'drill'"),
    ],
)
async def test_a_job_pinned_on_one_axis_is_held_for_the_other(
    world: World, pin: str, drift: str
) -> None:
    await world.type(ADD.replace("name=Brief", f"name=Brief {pin}"))
    said = await drill(world)
    assert "would be held. 0 requests left." in said
    assert drift in said


async def test_of_an_unguarded_job_it_says_what_would_have_been_billed(world: World) -> None:
    await world.type(ADD)
    await as_imported(world)
    said = await drill(world)
    assert "would NOT be held: it is UNGUARDED" in said
    assert f"would have run on {MOVED}" in said
    assert "/jobs snapshot 1" in said


async def test_an_unguarded_job_under_missing_snapshot_hold_is_held_for_that(world: World) -> None:
    await world.type(ADD)
    await as_imported(world)
    world.point_default("free-lab", "small", "guard: {missing_snapshot: hold}")
    said = await drill(world)
    assert "would be held, for another reason: nobody consented to a route" in said


@pytest.mark.parametrize("where", ["a job", "the settings"])
async def test_of_a_policy_that_lets_it_pass_it_says_so_and_what_it_would_use(
    world: World, where: str
) -> None:
    await world.type(ADD)
    if where == "a job":
        job = replace(await world.job(), on_drift=OnDrift.RUN_ON_SNAPSHOT)
        assert await world.app.store.change(job, Entry(world.clock.now(), ME, "edit", "job 1"))
    else:
        world.point_default("free-lab", "small", "guard: {on_drift: run_on_snapshot}")
        await admins_are_told(world)
    said = await drill(world)
    assert "would run, on what it consented to: its policy lets it" in said
    assert "on_drift is run_on_snapshot, so the run would have used free-lab:small" in said


async def test_a_policy_that_lets_only_cheaper_routes_pass_holds_the_drill(world: World) -> None:
    await world.type(ADD)
    world.point_default("free-lab", "small", "guard: {on_drift: allow_if_not_dearer}")
    await admins_are_told(world)
    assert "would be held. 0 requests left." in await drill(world)


async def test_of_a_message_it_says_that_there_is_nothing_to_drill(world: World) -> None:
    await world.type(ADD.replace("name=Brief", "name=Brief kind=message"))
    assert "it calls no provider, so no drift can make it spend" in await drill(world)


async def test_settings_that_are_broken_hold_the_drill_as_they_hold_the_job(world: World) -> None:
    await world.type(ADD)
    world.folder.joinpath("config.yaml").write_text("model: [")
    await admins_are_told(world)
    said = await drill(world)
    assert "would be held, for another reason: the settings give it no route" in said


async def test_a_job_that_consented_to_a_provider_called_drill_is_drilled_with_another(
    world: World,
) -> None:
    await world.type(ADD)
    await as_imported(world, provider="drill", model="small")
    await world.until(lambda: world.chat.posts == 1)  # The default is not what it consented to.
    await world.settle()
    assert "provider 'drill' -> 'another-drill'" in await drill(world)


class Deaf(CountingProvider):
    """A witness that answers and does not count."""

    async def __aenter__(self) -> "Deaf":
        await super().__aenter__()
        self.calls = NeverCounting()
        return self


class NeverCounting(Counter[str]):
    def __setitem__(self, key: str, value: int) -> None:
        return


async def test_a_counter_that_does_not_count_proves_nothing(world: World) -> None:
    await world.type(ADD)
    drills = Drills(world.app.config, ModelAgent(), world.clock, scratch, Deaf)
    found = await drills.drill(await world.job())
    assert (found.run.hold_reason, found.control) == (HoldReason.DRIFT, 0)
    said = text_of(drilled(found, "/jobs"))
    assert "nothing is proven" in said
    assert "the counter cannot be trusted" in said


async def test_the_owner_and_an_admin_may_drill_and_an_operator_may_not(tmp_path: Path) -> None:
    world, _ = team_world(tmp_path)
    async with world:
        await world.type(ADD, ANA, ROOM)
        for may in (ANA, BOSS):
            assert "would be held" in text_of(await world.type("/jobs drill 1", may, ROOM))
        refused = await world.type("/jobs drill 1", BOB, ROOM)
    assert "the job's owner or an admin" in text_of(refused)


async def test_the_scratch_database_is_gone_when_the_drill_is_over(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.type(ADD)
    places = tmp_path / "scratch"
    places.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(places))
    seen = []

    @contextlib.asynccontextmanager
    async def watched(job: Job, now: datetime) -> AsyncIterator[Store]:
        async with scratch(job, now) as rows:
            seen.append(list(places.iterdir()))
            yield rows

    drills = Drills(world.app.config, ModelAgent(), world.clock, watched, CountingProvider)
    await drills.drill(await world.job())
    assert len(seen[0]) == 1
    assert list(places.iterdir()) == []


def test_driftpin_drill_works_on_the_machine_when_no_process_runs(tmp_path: Path) -> None:
    driftpin(tmp_path, "jobs", "add", "every day at 09:00", "|", "Summarise")
    done = driftpin(tmp_path, "drill", "1")
    assert "Drill: job 1 (Summarise) would be held. 0 requests left." in done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert driftpin(tmp_path, "drill", "99").returncode == 2
