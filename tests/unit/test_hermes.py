"""hermes-agent's jobs, read axis by axis: what comes over, what is left out, and what is said of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.hermes import MOST_BYTES, Into, LeftOut, Ready, Why, read_jobs
from bot.hermes.places import owner_named, place_named
from scheduler.errors import UserError
from scheduler.job import JobState, Place, Principal, unguarded_axes
from scheduler.route import Pins, Snapshot
from scheduler.schedule import Cron, Interval, Once

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = Principal("terminal", "local", "me", name="Ana")
TERMINAL = Place("terminal", "local", "terminal")
INTO = Into(NOW, ZoneInfo("UTC"), ME, providers=("free-lab", "paid-lab"))
FILE = Path(__file__).parents[1] / "data/hermes_jobs.json"

BASE: dict[str, Any] = {
    "id": "abc123",
    "name": "Digest",
    "prompt": "Summarise the night",
    "schedule": {"kind": "cron", "expr": "0 9 * * *", "display": "0 9 * * *"},
}


def read(into: Into = INTO, **changes: Any) -> Ready | LeftOut:
    """One job of a file, with some of its fields changed; `...` takes a field away."""
    record = {key: value for key, value in {**BASE, **changes}.items() if value is not ...}
    [found] = read_jobs(json.dumps({"jobs": [record]}).encode(), "jobs.json", into)
    return found


def ready(into: Into = INTO, **changes: Any) -> Ready:
    found = read(into, **changes)
    assert isinstance(found, Ready), found
    return found


def left_out(**changes: Any) -> tuple[Why, str]:
    found = read(**changes)
    assert isinstance(found, LeftOut), found
    return found.why, found.field


# --- the file as a whole -----------------------------------------------------------------------


def test_every_entry_of_a_realistic_file_is_accounted_for_with_its_line() -> None:
    lines = FILE.read_text().splitlines()
    found = read_jobs(FILE.read_bytes(), FILE.name, INTO)
    assert [type(each) for each in found].count(Ready) == 12
    assert [each.why for each in found if isinstance(each, LeftOut)].count(Why.UNSUPPORTED) == 3
    assert len(found) == 22
    assert all(lines[each.line - 1].strip()[:1] in '{"' for each in found)
    assert [each.line for each in found] == sorted({each.line for each in found})


def test_a_file_cut_anywhere_is_refused_whole_and_never_half_read() -> None:
    content = FILE.read_bytes().rstrip()
    for end in range(0, len(content), 97):
        with pytest.raises(UserError, match="nothing was imported"):
            read_jobs(content[:end], "jobs.json", INTO)


def test_a_broken_file_names_line_and_column() -> None:
    with pytest.raises(UserError, match=r"jobs\.json is not whole \(line 2, column 3"):
        read_jobs(b'{"jobs": [\n  oops\n]}', "jobs.json", INTO)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{}", "it has no 'jobs'"),
        (b'"jobs"', "it has no 'jobs'"),
        (b'{"jobs": 7}', "neither a list nor a map"),
        (b"\xff\xfe", "not UTF-8"),
        (b"", "ends in the middle"),
        (b"[" * 100_000, "nobody wrote by hand"),
        (b" " * (MOST_BYTES + 1), "more than 32 MB"),
    ],
)
def test_what_is_no_cron_file_is_refused_in_one_line(content: bytes, says: str) -> None:
    with pytest.raises(UserError, match=says) as refused:
        read_jobs(content, "jobs.json", INTO)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([BASE]),
        json.dumps({"jobs": {"abc123": {**BASE, "id": None}}}),
        json.dumps({"updated_at": "x", "jobs": [BASE], "version": 2}),
        "\ufeff" + json.dumps({"jobs": [BASE]}),
        json.dumps({"jobs": [BASE]}).replace("the night", "the\tnight"),
    ],
    ids=["a bare list", "a map by id", "keys around", "a byte order mark", "a bare tab"],
)
def test_the_shapes_hermes_reads_are_read(text: str) -> None:
    [found] = read_jobs(text.encode(), "jobs.json", INTO)
    assert isinstance(found, Ready)
    assert found.key == "abc123"


def test_a_file_without_jobs_holds_none() -> None:
    assert read_jobs(b'{"jobs": []}', "jobs.json", INTO) == []


def test_a_file_of_thousands_is_read() -> None:
    jobs = [{**BASE, "id": f"job-{number}"} for number in range(5000)]
    found = read_jobs(json.dumps({"jobs": jobs}, indent=1).encode(), "jobs.json", INTO)
    assert sum(isinstance(each, Ready) for each in found) == 5000


def test_an_id_that_stands_twice_comes_over_once() -> None:
    found = read_jobs(json.dumps([BASE, {**BASE, "name": "Other"}]).encode(), "jobs.json", INTO)
    assert [type(each) for each in found] == [Ready, LeftOut]
    assert isinstance(found[1], LeftOut)
    assert found[1].field == "id"


# --- schedules, repeats, states ------------------------------------------------------------------


def test_a_cron_expression_comes_over_in_the_zone_it_was_read_in() -> None:
    into = Into(NOW, ZoneInfo("Europe/Oslo"), ME)
    job = ready(into, schedule={"kind": "cron", "expr": "30 7 * * MON-FRI"}).job
    assert (job.schedule, job.zone) == (Cron("30 7 * * 1-5"), "Europe/Oslo")
    assert job.next_fire_time == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def test_an_interval_goes_on_in_step_with_its_next_run_there() -> None:
    due = "2026-11-23T12:40:00+00:00"
    job = ready(schedule={"kind": "interval", "minutes": 120}, next_run_at=due).job
    assert job.schedule == Interval(timedelta(hours=2))
    assert job.next_fire_time == datetime.fromisoformat(due)


def test_an_interval_whose_next_run_has_passed_keeps_its_step() -> None:
    due = "2026-11-23T09:10:00+00:00"
    job = ready(schedule={"kind": "interval", "minutes": 120}, next_run_at=due).job
    assert job.next_fire_time == datetime(2026, 11, 23, 13, 10, tzinfo=UTC)


def test_a_one_shot_keeps_its_moment() -> None:
    job = ready(schedule={"kind": "once", "run_at": "2026-12-01T09:00:00+01:00"}).job
    assert job.schedule == Once(datetime(2026, 12, 1, 8, tzinfo=UTC))
    assert job.next_fire_time == datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("repeat", "left"),
    [
        (..., None),
        (None, None),
        ({"times": None, "completed": 7}, None),
        ({"times": 10, "completed": 4}, 6),
        ({"times": 3}, 3),
        ({"times": 0, "completed": 0}, None),
    ],
)
def test_of_a_repeat_count_what_is_completed_is_subtracted(repeat: Any, left: int | None) -> None:
    assert ready(repeat=repeat).job.repeat_left == left


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "completed"},
        {"repeat": {"times": 3, "completed": 3}},
        {"schedule": {"kind": "once", "run_at": "2026-11-01T09:00:00+00:00"}},
    ],
)
def test_what_is_over_there_does_not_begin_again_here(changes: dict[str, Any]) -> None:
    assert left_out(**changes)[0] is Why.OVER


@pytest.mark.parametrize(
    "changes",
    [{"enabled": False}, {"state": "paused"}, {"paused_at": "2026-11-02T10:00:00+00:00"}],
)
def test_a_disabled_job_arrives_paused(changes: dict[str, Any]) -> None:
    assert ready(**changes).job.state is JobState.PAUSED


@pytest.mark.parametrize("changes", [{}, {"enabled": True}, {"state": "error"}])
def test_any_other_job_arrives_active(changes: dict[str, Any]) -> None:
    assert ready(**changes).job.state is JobState.ACTIVE


# --- axis by axis --------------------------------------------------------------------------------


def test_a_snapshot_stays_a_snapshot_with_the_moment_it_was_taken() -> None:
    job = ready(
        provider_snapshot="Free-Lab",
        model_snapshot="small",
        created_at="2026-10-05T08:14:22+00:00",
    ).job
    taken = datetime(2026, 10, 5, 8, 14, 22, tzinfo=UTC)
    assert (job.pins, job.snapshot) == (Pins(), Snapshot("free-lab", "small", taken_at=taken))
    assert unguarded_axes(job) == ()


def test_pins_stay_pins() -> None:
    job = ready(provider="paid-lab", model="large").job
    assert (job.pins, job.snapshot) == (Pins("paid-lab", "large"), Snapshot())


def test_a_stale_snapshot_under_a_pin_is_kept_out_of_use_and_named() -> None:
    found = ready(provider="paid-lab", provider_snapshot="old-lab", model_snapshot="small")
    assert (found.job.pins, found.job.snapshot.provider) == (Pins("paid-lab"), None)
    assert found.job.snapshot.model == "small"
    assert any("stale snapshot of its provider ('old-lab')" in note for note in found.notes)


@pytest.mark.parametrize("absent", [..., None, "", "  "])
def test_an_absent_or_empty_snapshot_means_an_axis_without_one(absent: Any) -> None:
    job = ready(provider_snapshot=absent, model_snapshot="small").job
    assert unguarded_axes(job) == ("provider",)
    assert unguarded_axes(ready(provider_snapshot=absent, model_snapshot=absent).job) == (
        "provider",
        "model",
    )


def test_a_pin_to_a_provider_nobody_configured_here_is_told() -> None:
    assert "provider 'nous' is not configured here" in " ".join(ready(provider="nous").notes)


# --- what does not come over ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"no_agent": True, "script": "disk.sh"}, "no_agent"),
        ({"script": "numbers.py"}, "script"),
        ({"monitor_script": "watch.py"}, "monitor_script"),
        ({"monitor_url": "http://192.0.2.1/"}, "monitor_url"),
        ({"base_url": "http://192.0.2.7:8000/v1"}, "base_url"),
        ({"provider": "auto"}, "provider"),
        ({"prompt": "", "skills": ["wiki"]}, "skills"),
    ],
)
def test_what_would_be_something_else_here_is_left_there(
    changes: dict[str, Any], field: str
) -> None:
    assert left_out(**changes) == (Why.UNSUPPORTED, field)


def test_a_key_in_an_address_is_not_shown() -> None:
    found = read(base_url="https://user:hunter2@llm.example/v1?key=hunter2")
    assert isinstance(found, LeftOut)
    assert "llm.example" in found.what
    assert "hunter2" not in found.what


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ...}, "id"),
        ({"id": " "}, "id"),
        ({"id": True}, "id"),
        ({"prompt": ...}, "prompt"),
        ({"prompt": ["a"]}, "prompt"),
        ({"schedule": ...}, "schedule"),
        ({"schedule": "every 2h"}, "schedule"),
        ({"schedule": {"kind": "lunar"}}, "schedule.kind"),
        ({"schedule": {"kind": "cron"}}, "schedule.expr"),
        ({"schedule": {"kind": "cron", "expr": "0 9 31 2 *"}}, "schedule.expr"),
        ({"schedule": {"kind": "cron", "expr": "0 9 * * * 30"}}, "schedule.expr"),
        ({"schedule": {"kind": "interval", "minutes": 0}}, "schedule.minutes"),
        ({"schedule": {"kind": "interval", "minutes": True}}, "schedule.minutes"),
        ({"schedule": {"kind": "interval", "minutes": 10**12}}, "schedule.minutes"),
        ({"schedule": {"kind": "once", "run_at": "soon"}}, "schedule.run_at"),
        ({"schedule": {"kind": "once", "run_at": "0001-01-01T00:00:00+14:00"}}, "schedule.run_at"),
        ({"repeat": 3}, "repeat"),
        ({"repeat": {"times": "often"}}, "repeat.times"),
        ({"repeat": {"times": 3, "completed": -1}}, "repeat.completed"),
        ({"provider": 7}, "provider"),
        ({"provider": "custom:my-lab"}, "provider"),
        ({"provider_snapshot": "a provider"}, "provider_snapshot"),
        ({"model": 'say "hi" | there'}, "model"),
        ({"model_snapshot": ["small"]}, "model_snapshot"),
        ({"deliver": 7}, "deliver"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(changes: dict[str, Any], field: str) -> None:
    assert left_out(**changes) == (Why.UNREADABLE, field)


@pytest.mark.parametrize("entry", [None, 7, "job", ["job"]])
def test_an_entry_that_is_no_job_is_named(entry: Any) -> None:
    [found] = read_jobs(json.dumps([entry]).encode(), "jobs.json", INTO)
    assert isinstance(found, LeftOut)
    assert found.why is Why.UNREADABLE


def test_unknown_keys_and_unused_features_are_listed_and_never_dropped_silently() -> None:
    found = ready(x_team="docs", pinned=True, skills=["wiki"], workdir="/srv", enabled_toolsets=[])
    assert found.notes == (
        "left behind: skills, workdir",
        "unknown keys left behind: pinned, x_team",
    )


def test_what_hermes_notes_about_runs_is_no_loss() -> None:
    assert ready(last_status="ok", failure_streak=0, fire_claim=None, last_error="x").notes == ()


def test_a_cron_job_that_was_read_in_another_zone_there_is_told() -> None:
    assert "see --tz" in " ".join(ready(next_run_at="2026-11-24T09:00:00+01:00").notes)
    assert ready(next_run_at="2026-11-24T09:00:00+00:00").notes == ()


# --- where its messages go -----------------------------------------------------------------------

TELEGRAM = {"platform": "telegram", "chat_id": "-100123", "thread_id": "17"}
SLACK = {"platform": "slack", "chat_id": "C0ROOM", "thread_id": "1700000000.1"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, TERMINAL),
        ({"origin": TELEGRAM}, Place("telegram", "-100123", "-100123", "17")),
        ({"origin": {"platform": "telegram", "chat_id": 42}}, Place("telegram", "42", "42")),
        ({"origin": SLACK}, Place("slack", "T012AB", "C0ROOM", "1700000000.1")),
        ({"origin": {"platform": "discord", "chat_id": "9"}}, TERMINAL),
        ({"origin": {"platform": "telegram", "chat_id": "someone"}}, TERMINAL),
        ({"deliver": "local", "origin": TELEGRAM}, TERMINAL),
        ({"deliver": "telegram:-100999:3"}, Place("telegram", "-100999", "-100999", "3")),
        ({"deliver": "slack:C0OTHER"}, Place("slack", "T012AB", "C0OTHER")),
        (
            {"deliver": "origin,telegram:5", "origin": TELEGRAM},
            Place("telegram", "-100123", "-100123", "17"),
        ),
        ({"deliver": "telegram"}, TERMINAL),
        ({"deliver": ["telegram:5"]}, Place("telegram", "5", "5")),
    ],
)
def test_its_origin_or_target_decides_where_it_goes(changes: dict[str, Any], place: Place) -> None:
    into = Into(NOW, ZoneInfo("UTC"), ME, workspace="T012AB")
    assert ready(into, **changes).job.place == place


def test_a_slack_origin_of_no_known_workspace_comes_to_the_terminal_and_says_so() -> None:
    found = ready(origin=SLACK)
    assert found.job.place == TERMINAL
    assert "--to slack:T…:#C0ROOM" in " ".join(found.notes)


def test_with_a_target_every_job_goes_there() -> None:
    there = place_named("slack:T012AB:#C3")
    assert ready(Into(NOW, ZoneInfo("UTC"), ME, to=there), origin=TELEGRAM).job.place == there


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("terminal", TERMINAL),
        ("telegram:-100123", Place("telegram", "-100123", "-100123")),
        ("telegram:-100123:17", Place("telegram", "-100123", "-100123", "17")),
        ("slack:T1:#C3", Place("slack", "T1", "C3")),
        ("slack:T1:C3", Place("slack", "T1", "C3")),
    ],
)
def test_a_chat_is_named_as_in_the_settings(word: str, place: Place) -> None:
    assert place_named(word) == place


@pytest.mark.parametrize("word", ["", "slack", "slack:T1", "telegram:me", "discord:1:2", "a:b:c:d"])
def test_what_names_no_chat_is_refused(word: str) -> None:
    with pytest.raises(UserError, match="is no chat"):
        place_named(word)


def test_an_owner_is_named_as_in_the_access_lists() -> None:
    assert owner_named("slack:T1:U2") == Principal("slack", "T1", "U2")
    assert owner_named("telegram:42") == Principal("telegram", "telegram", "42")
    with pytest.raises(UserError, match="is no person"):
        owner_named("somebody")
