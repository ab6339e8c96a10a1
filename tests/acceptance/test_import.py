"""hermes-agent's jobs come over as they are, once, and the guard holds them as it holds any other."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.control import Control, ask_import, machine_user, socket_path
from bot.hermes import Asked
from bot.message import Message
from scheduler.job import Job, JobState, Place, unguarded_axes
from scheduler.press import Action
from scheduler.route import Pins
from scheduler.run import HoldReason, RunState
from tests.acceptance.team import ANA, BOB, BOSS, ROOM, VERA, team_world
from tests.acceptance.test_command_line import driftpin
from tests.acceptance.test_drill import rows
from tests.acceptance.world import World, text_of

FILE = Path(__file__).parents[1] / "data/hermes_jobs.json"

DAILY: dict[str, Any] = {
    "id": "abc123",
    "name": "Digest",
    "prompt": "Summarise the night",
    "schedule": {"kind": "cron", "expr": "0 9 * * *", "display": "0 9 * * *"},
    "provider_snapshot": "free-lab",
    "model_snapshot": "small",
}
UNGUARDED = {**DAILY, "provider_snapshot": None, "model_snapshot": None}


async def bring(world: World, *jobs: dict[str, Any], **options: Any) -> Message:
    content = json.dumps({"jobs": jobs}).encode() if jobs else FILE.read_bytes()
    asked = Asked(content, "jobs.json", **options)
    message = await world.app.importer.bring_in(asked, machine_user())
    await world.settle()
    return message


async def jobs_of(world: World) -> list[Job]:
    return await world.app.store.jobs()


async def test_a_realistic_file_comes_over_and_is_told_line_by_line(world: World) -> None:
    said = text_of(await bring(world))
    assert "12 jobs imported from jobs.json." in said
    assert "line 3: Morning digest (a1b2c3d4e5f6) as job 1: every weekday at 09:00 (UTC)" in said
    assert "line 228: Older than the guard (f6a1b2c3d4e5) as job 6" in said
    assert "UNGUARDED: nobody consented to any route" in said
    assert "line 490: Disk check (5f0a1b2c3d4e): no_agent: it runs a script" in said
    assert "line 773: Six fields (bad0cron0000): schedule.expr" in said
    assert (
        "22 entries: 12 imported (3 UNGUARDED, 1 paused), 0 here already, 3 not imported,"
        " 1 over already, 6 could not be read." in said
    )
    assert "driftpin jobs snapshot all" in said
    assert len(await jobs_of(world)) == 12


async def test_doing_it_twice_changes_nothing(world: World) -> None:
    await bring(world)
    before = rows(world)
    said = text_of(await bring(world))
    assert rows(world) == before
    assert "0 jobs imported" in said
    assert "12 here already" in said


async def test_a_job_that_was_removed_here_does_not_come_back(world: World) -> None:
    await bring(world, DAILY)
    await world.type("/jobs remove 1")
    assert "(abc123) is job 1" in text_of(await bring(world, DAILY))
    assert await jobs_of(world) == []


async def test_a_dry_run_prints_the_same_and_changes_nothing(world: World) -> None:
    before = rows(world)
    dry = text_of(await bring(world, dry_run=True)).splitlines()
    assert rows(world) == before
    real = text_of(await bring(world)).splitlines()
    assert "nothing was changed" in dry[0]
    for number in range(12, 0, -1):
        real = [line.replace(f" as job {number}:", ":") for line in real]
    assert dry[1:] == real[1:]


@pytest.mark.parametrize(
    "content", [b"", b"{", FILE.read_bytes()[:3000], b'{"jobs": 7}'], ids=range(4)
)
async def test_a_file_that_is_not_whole_changes_nothing(world: World, content: bytes) -> None:
    before = rows(world)
    message = await world.app.importer.bring_in(Asked(content, "jobs.json"), machine_user())
    assert message.private
    assert rows(world) == before


@pytest.mark.parametrize(
    "options", [{"to": "nowhere"}, {"owner": "somebody"}, {"zone": "Mars/Olympus"}]
)
async def test_a_wrong_option_is_refused_and_changes_nothing(
    world: World, options: dict[str, str]
) -> None:
    assert (await bring(world, DAILY, **options)).private
    assert await jobs_of(world) == []


async def test_an_imported_job_runs_while_the_default_is_what_its_snapshot_says(
    world: World,
) -> None:
    await bring(world, DAILY)
    run = await world.fire()
    assert (run.state, world.free.count, world.paid.count) == (RunState.SUCCEEDED, 1, 0)


async def test_the_guard_holds_an_imported_job_whose_snapshot_has_drifted(world: World) -> None:
    said = text_of(await bring(world, {**DAILY, "provider_snapshot": "old-lab"}))
    assert "drifted, its next fire will be held: provider 'old-lab' -> 'free-lab'" in said
    run = await world.fire()
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.DRIFT)
    assert "provider 'old-lab' -> 'free-lab'" in (run.error or "")
    assert world.calls == 0
    await world.press(world.button("Accept new"))
    await world.press(world.button("Run the held fire now"))
    assert world.free.count == 1


async def test_an_imported_job_is_held_when_the_default_moves_later(world: World) -> None:
    await bring(world, DAILY)
    world.point_default("paid-lab", "large")
    assert (await world.fire()).state is RunState.HELD
    assert world.calls == 0


async def test_an_imported_pin_runs_whatever_the_default_does(world: World) -> None:
    stale = {"provider": "free-lab", "model": "small", "provider_snapshot": "old-lab"}
    await bring(world, {**DAILY, **stale})
    assert (await world.job()).pins == Pins("free-lab", "small")
    world.point_default("paid-lab", "large")
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert (world.free.count, world.paid.count) == (1, 0)


async def test_an_imported_job_without_snapshot_runs_and_its_report_says_unguarded(
    world: World,
) -> None:
    await bring(world, UNGUARDED)
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert "Unguarded" in text_of(world.latest)


async def test_a_repeat_count_goes_on_where_it_stood(world: World) -> None:
    await bring(world, {**DAILY, "repeat": {"times": 3, "completed": 2}})
    await world.fire()
    assert (await world.job()).state is JobState.FINISHED


async def test_a_disabled_job_arrives_paused_and_does_not_fire(world: World) -> None:
    await bring(world, {**DAILY, "enabled": False})
    assert (await world.job()).state is JobState.PAUSED


async def test_the_audit_names_who_brought_what_from_where(world: World) -> None:
    await bring(world, DAILY)
    [entry] = await world.app.store.audited("job 1")
    assert (entry.action, entry.detail) == ("import", "hermes abc123")


async def test_limits_of_chats_do_not_bind_whoever_moves_house(world: World) -> None:
    often = {"kind": "interval", "minutes": 1}
    many = [{**DAILY, "id": f"job-{number}", "schedule": often} for number in range(120)]
    assert "120 jobs imported" in text_of(await bring(world, *many))


async def test_a_file_of_thousands_comes_over_in_one_go(world: World) -> None:
    many = [{**DAILY, "id": f"job-{number}"} for number in range(2000)]
    assert "2000 jobs imported" in text_of(await bring(world, *many))
    assert len(await jobs_of(world)) == 2000


# --- chats ---------------------------------------------------------------------------------------


async def test_a_chat_that_gets_jobs_hears_of_it_with_one_button_for_all(tmp_path: Path) -> None:
    world, slack = team_world(tmp_path)
    async with world:
        await bring(
            world,
            UNGUARDED,
            {**UNGUARDED, "id": "b"},
            {**DAILY, "id": "c"},
            to="slack:T012AB:#C0ROOM",
        )
        said = slack.latest
        assert slack.posts == 1
        assert "3 jobs came over from hermes-agent" in said.title
        assert "2 of them are UNGUARDED" in text_of(said)
        assert "free-lab:small" in text_of(said)
        pressed = await world.press(said.buttons[0], BOSS, ROOM)
        assert "2 jobs are guarded now" in text_of(pressed)
        assert [unguarded_axes(job) for job in await jobs_of(world)] == [(), (), ()]


async def test_the_button_consents_to_the_default_it_showed_and_to_no_other(tmp_path: Path) -> None:
    world, slack = team_world(tmp_path)
    async with world:
        await bring(world, UNGUARDED, to="slack:T012AB:#C0ROOM")
        button = slack.latest.buttons[0]
        assert button.press.action is Action.SNAPSHOT_ALL
        world.point_default("paid-lab", "large")
        refused = await world.press(button, BOSS, ROOM)
        assert "no longer free-lab:small but paid-lab:large" in text_of(refused)
        assert unguarded_axes(await world.job())


async def test_each_person_guards_what_is_theirs_and_is_told_of_the_rest(tmp_path: Path) -> None:
    world, slack = team_world(tmp_path)
    async with world:
        await bring(world, UNGUARDED, to="slack:T012AB:#C0ROOM", owner="slack:T012AB:U0ANA")
        button = slack.latest.buttons[0]
        await bring(
            world, {**UNGUARDED, "id": "b"}, to="slack:T012AB:#C0ROOM", owner="slack:T012AB:U0BOB"
        )
        assert "an operator of this chat" in text_of(await world.press(button, VERA, ROOM))
        mine = text_of(await world.press(button, ANA, ROOM))
        assert "1 job is guarded now" in mine
        assert "1 unguarded job left" in mine
        assert "1 job is guarded now" in text_of(await world.press(button, BOB, ROOM))
        assert "Nothing to do" in text_of(await world.type("/jobs snapshot all", ANA, ROOM))


async def test_an_operator_who_owns_none_of_them_is_refused(tmp_path: Path) -> None:
    world, _ = team_world(tmp_path)
    async with world:
        await bring(world, UNGUARDED, to="slack:T012AB:#C0ROOM", owner="slack:T012AB:U0ANA")
        refused = await world.type("/jobs snapshot all", BOB, ROOM)
        assert "the job's owner or an admin" in text_of(refused)
        assert unguarded_axes(await world.job())


async def test_an_origin_in_slack_is_of_the_workspace_that_the_settings_name(
    tmp_path: Path,
) -> None:
    world, _ = team_world(tmp_path)
    world._config = (world._config or "").replace('"slack:T0GUEST:*"', "")
    origin = {"platform": "slack", "chat_id": "C0ROOM", "thread_id": "1700000000.1"}
    async with world:
        await bring(world, {**DAILY, "origin": origin})
        assert (await world.job()).place == Place("slack", "T012AB", "C0ROOM", "1700000000.1")


async def test_typed_in_the_terminal_it_guards_what_came_there(world: World) -> None:
    await bring(world, UNGUARDED)
    assert "1 job is guarded now" in text_of(await world.type("/jobs snapshot all"))
    job = await world.job()
    assert (job.snapshot.provider, job.snapshot.model) == ("free-lab", "small")


# --- on the machine ------------------------------------------------------------------------------


async def test_the_running_process_brings_a_file_over_the_control_socket(world: World) -> None:
    path = socket_path(world.folder / "home")
    control = Control(world.app.dispatcher.handle, path, world.app.importer.bring_in)
    assert await ask_import(path, Asked(b"", "x"), width=80, colour=False) is None
    await control.start()
    asked = Asked(FILE.read_bytes(), "jobs.json", zone="Europe/Oslo", to="terminal")
    answer = await ask_import(path, asked, width=200, colour=False)
    refused = await ask_import(path, Asked(b"{", "jobs.json"), width=200, colour=False)
    await control.stop()
    assert answer is not None
    assert "12 jobs imported from jobs.json." in answer.text
    assert (await world.job()).zone == "Europe/Oslo"
    assert refused is not None
    assert refused.refused


def test_driftpin_import_brings_a_file_over_when_no_process_runs(tmp_path: Path) -> None:
    dry = driftpin(tmp_path, "import", "hermes", str(FILE), "--dry-run")
    assert "12 jobs would be imported, and nothing was changed" in dry.stdout
    done = driftpin(tmp_path, "import", "hermes", str(FILE), "--to", "terminal")
    assert (done.returncode, done.stderr) == (0, "")
    assert "12 jobs imported from hermes_jobs.json." in done.stdout
    again = driftpin(tmp_path, "import", "hermes", str(FILE))
    assert "12 here already" in again.stdout
    assert "12 jobs here" in driftpin(tmp_path, "jobs", "list").stdout


def test_a_file_that_is_not_there_or_not_whole_ends_with_exit_code_2(tmp_path: Path) -> None:
    missing = driftpin(tmp_path, "import", "hermes", "nowhere.json")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "nowhere.json cannot be read" in missing.stderr
    tmp_path.joinpath("cut.json").write_bytes(FILE.read_bytes()[:2000])
    cut = driftpin(tmp_path, "import", "hermes", "cut.json")
    assert cut.returncode == 2
    assert "nothing was imported" in " ".join(cut.stdout.split())
