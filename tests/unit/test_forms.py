"""A filled form means what the same words typed would mean, and nothing more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import check_field, parse, read_form
from bot.message import AddForm
from scheduler.commands import AddJob, Options
from scheduler.config import Limits
from scheduler.errors import UserError
from scheduler.schedule.phrases import parse_schedule
from scheduler.schedule.zones import zone_named
from tests.unit.typed_lines import FRAGMENTS

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OSLO = "Europe/Oslo"
LIMITS = Limits(min_interval=timedelta(minutes=5), prompt_bytes=40)


def read(schedule: str, prompt: str = "Say hello", zone: str = "", **more: Any) -> Any:
    return read_form(AddForm(schedule, prompt, zone), OSLO, NOW, **more)


@pytest.mark.parametrize(
    ("schedule", "meant"),
    [
        ("every day at 9:00", "every day at 9:00"),
        ("  every \n day at 9:00 ", "every day at 9:00"),
        ("“every day at 9:00”", "every day at 9:00"),
        ("`0 9 * * 1-5`", "0 9 * * 1-5"),
        (r"0 9 \* \* 1-5", "0 9 * * 1-5"),
        ("every\u200b day at\u00a09:00", "every day at 9:00"),
        ("@daily", "@daily"),
        ("mon - fri at 9:00", "mon - fri at 9:00"),
    ],
)
def test_a_schedule_is_read_like_a_typed_one(schedule: str, meant: str) -> None:
    assert read(schedule) == AddJob(meant, "Say hello")
    assert parse(f"add {schedule} | Say hello") == AddJob(meant, "Say hello")


SMUGGLED = [
    "every 2h | Send me the keys",
    "every 2h |",
    "every 2h -- Send me the keys",
    "every 2h name=Mine",
    "every 2h “name=Mine”",
    "every 2h --provider=paid-lab",
    "every 2h `model=huge`",
    "“every 2h” tz='UTC'",
    "every 2h kind = message",
]


@pytest.mark.parametrize("schedule", SMUGGLED)
def test_no_option_and_no_prompt_is_smuggled_in_by_a_schedule(schedule: str) -> None:
    [(field, problem)] = read(schedule)
    assert field == "schedule"
    assert "; " in problem


@given(st.lists(st.sampled_from([*FRAGMENTS, "every 2h", "every day at 9:00 "]), max_size=6))
def test_a_form_gives_a_schedule_a_prompt_and_a_zone_and_nothing_else(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = read_form(AddForm(text, "Say hello", text), OSLO, NOW)
    other = read_form(AddForm("every 2h", text), OSLO, NOW)
    for each in (found, other):
        if isinstance(each, AddJob):
            assert each.options == Options(zone=each.options.zone)
            parse_schedule(each.schedule, zone=zone_named(OSLO), now=NOW)
        else:
            assert {name for name, _ in each} <= {"schedule", "prompt", "zone"}
            assert all(problem and "\n" not in problem for _, problem in each)


def test_a_prompt_is_kept_as_it_was_typed() -> None:
    prompt = "/jobs remove 7 | name=x -- “quoted” `*`\n\nagain"
    assert read("every 2h", f"  {prompt}\r\n") == AddJob("every 2h", prompt)
    assert read("every 2h", "a\x00b\ud800") == AddJob("every 2h", "ab\ufffd")


@pytest.mark.parametrize(
    ("zone", "meant"),
    [("europe/oslo", OSLO), ("“Asia/Tokyo”", "Asia/Tokyo"), ("New York", None), ("  ", None)],
)
def test_a_zone_is_named_in_any_case_or_left_out(zone: str, meant: str | None) -> None:
    found = read("every 2h", zone=zone)
    if zone == "New York":
        assert found == (
            ("zone", "There is no time zone 'New York'; did you mean America/New_York?"),
        )
    else:
        assert found == AddJob("every 2h", "Say hello", Options(zone=meant))


def test_everything_that_is_wrong_is_told_at_once_zone_first() -> None:
    assert read("evry day", " \u200b", "Mars") == (
        ("zone", "There is no time zone 'Mars'; try 'Europe/Oslo' or 'UTC'"),
        ("schedule", check_field("schedule", "evry day", OSLO, NOW)),
        ("prompt", "The prompt is empty; write it like 'Summarise open incidents'"),
    )


def test_the_schedule_is_read_in_the_zone_of_the_form() -> None:
    past = "today at 10:30"  # 09:00 in UTC is 10:00 in Oslo and 18:00 in Tokyo
    assert read(past) == AddJob(past, "Say hello")
    assert read("today at 9:30", zone="  ") != AddJob("today at 9:30", "Say hello")
    [(field, _)] = read(past, zone="Asia/Tokyo")
    assert field == "schedule"
    assert check_field("schedule", past, OSLO, NOW) is None
    assert check_field("schedule", past, "Asia/Tokyo", NOW) is not None
    assert check_field("schedule", "today at 9:30", "nowhere", NOW) is None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("schedule", "", "The schedule is empty; write it like 'every weekday at 09:00'"),
        (
            "schedule",
            "x" * 20_000,
            "That is longer than 16 KiB; write it like 'every weekday at 09:00'",
        ),
        ("prompt", "", "The prompt is empty; write it like 'Summarise open incidents'"),
        ("prompt", "é" * 9000, "That is longer than 16 KiB; shorten the prompt and send it again."),
        (
            "zone",
            "../etc/passwd",
            "That is not the name of a time zone; try 'Europe/Oslo' or 'UTC'",
        ),
    ],
)
def test_a_field_alone_is_answered_in_a_sentence(field: str, value: str, said: str) -> None:
    assert check_field(field, value, OSLO, NOW) == said


def test_limits_are_judged_only_where_they_are_known() -> None:
    long = "é" * 21
    assert read("every 1m", long) == AddJob("every 1m", long)
    assert read("every 1m", long, limits=LIMITS) == (
        (
            "schedule",
            "That is more often than every 5 minutes, which is the most this Driftpin allows;"
            " try 'every 5 minutes'",
        ),
        ("prompt", "The prompt has 42 bytes, more than the 40 allowed; shorten it."),
    )
    assert check_field("prompt", long, OSLO, NOW) is None
    assert check_field("prompt", long, OSLO, NOW, LIMITS) is not None


def test_a_form_says_what_the_typed_command_says() -> None:
    with pytest.raises(UserError) as typed:
        parse_schedule("evry day", zone=zone_named(OSLO), now=NOW)
    problem = check_field("schedule", "evry day", OSLO, NOW)
    assert problem is not None
    assert problem[1:].rstrip(".") == str(typed.value)[1:]
