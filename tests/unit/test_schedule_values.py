"""A schedule is stored, loaded, counted and put into words without changing its meaning."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import ScheduleError
from scheduler.schedule import (
    Cron,
    Interval,
    Once,
    Schedule,
    dump,
    fires,
    load,
    next_fire,
    smallest_gap,
)
from scheduler.schedule.words import schedule_words
from scheduler.schedule.zones import zone_named

OSLO = ZoneInfo("Europe/Oslo")
NOW = datetime(2026, 11, 20, 10, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

WORDS = [
    (Cron("0 9 * * 1-5"), "every weekday at 09:00"),
    (Cron("0 10 * * 0,6"), "every weekend at 10:00"),
    (Cron("30 18 * * 1,4"), "every Monday and Thursday at 18:30"),
    (Cron("0 9 * * 0,3"), "every Wednesday and Sunday at 09:00"),
    (Cron("0 9,17 * * *"), "every day at 09:00 and 17:00"),
    (Cron("0 9 1-31 * 1"), "every day at 09:00"),
    (Cron("* * * * *"), "every minute"),
    (Cron("*/15 * * * *"), "every 15 minutes on the clock"),
    (Cron("15 * * * *"), "every hour at :15"),
    (Cron("5-59/15 * * * *"), "every hour at :05, :20, :35 and :50"),
    (Cron("*/7 * * * *"), "every hour at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56"),
    (Cron("15 */2 * * *"), "at :15 in every 2nd hour"),
    (Cron("0 9-17 * * 1-5"), "every hour from 09:00 to 17:00, every weekday"),
    (Cron("*/15 9-17 * * *"), "every 15 minutes from 09:00 to 17:45"),
    (Cron("* 9 * * *"), "every minute from 09:00 to 09:59"),
    (Cron("*/10 9,12,15 * * *"), "every 10 minutes in the hours 9, 12 and 15"),
    (Cron("0-29 9-17 * * *"), "at minutes 0 to 29 every hour from 09:00 to 17:29"),
    (Cron("0 8 1 * *"), "every month on the 1st at 08:00"),
    (Cron("0 8 1,2,3,15,22 * *"), "every month on the 1st to 3rd, 15th and 22nd at 08:00"),
    (Cron("0 8 24 12 *"), "every year on 24 December at 08:00"),
    (Cron("0 8 1 1,7 *"), "on the 1st of the month in January and July at 08:00"),
    (Cron("0 8 * 6-8 *"), "every day in June, July and August at 08:00"),
    (Cron("0 8 13 * 5"), "every Friday and also on the 13th of the month at 08:00"),
    (Cron("0 8 */15 * 1"), "every Monday that is the 1st, 16th and 31st of the month at 08:00"),
    (Interval(timedelta(minutes=30)), "every 30 minutes"),
    (Interval(timedelta(hours=1)), "every hour"),
    (Interval(timedelta(minutes=90)), "every 1 hour 30 minutes"),
    (Interval(timedelta(days=1)), "every 24 hours"),
    (Interval(timedelta(weeks=1)), "every 7 days"),
    (Once(datetime(2026, 12, 1, 8, tzinfo=UTC)), "once on Tue 1 Dec 2026 at 09:00"),
]

GAPS = [
    (Cron("* * * * *"), MINUTE),
    (Cron("0,59 0,4,8,9 * * *"), MINUTE),
    (Cron("0,4,8,12,16,20,24,28,32,36,40,44,48,52,56,59 0,2,4,6,7 * * *"), MINUTE),
    (Cron("30 2,3 * * *"), timedelta(hours=1)),
    (Cron("0 0,23 * * *"), timedelta(hours=1)),
    (Cron("0 0,23 1 * *"), timedelta(hours=23)),
    (Cron("0 9 * * *"), timedelta(days=1)),
    (Cron("0 9 * * 1"), timedelta(days=7)),
    (Cron("0 9 1 * *"), timedelta(days=28)),
    (Cron("0 9 29 2 *"), timedelta(days=1461)),
    (Interval(timedelta(seconds=90)), timedelta(seconds=90)),
    (Once(NOW), None),
]


@pytest.mark.parametrize(("schedule", "words"), WORDS)
def test_a_schedule_is_said_in_the_words_beside_it(schedule: Schedule, words: str) -> None:
    assert schedule_words(schedule, OSLO) == words


@pytest.mark.parametrize(("schedule", "gap"), GAPS)
def test_the_smallest_gap_is_the_shortest_time_between_two_fires(
    schedule: Schedule, gap: timedelta | None
) -> None:
    assert smallest_gap(schedule, OSLO, now=NOW) == gap


@given(
    st.builds(Interval, st.integers(1, 366 * 86400).map(lambda n: timedelta(seconds=n)))
    | st.builds(Once, st.datetimes(timezones=st.just(UTC)))
)
def test_what_is_stored_is_loaded_unchanged(schedule: Schedule) -> None:
    assert load(dump(schedule)) == schedule


def test_a_moment_is_stored_in_utc() -> None:
    at = datetime(2026, 12, 1, 9, tzinfo=OSLO)
    assert dump(Once(at)) == "once 2026-12-01T08:00:00+00:00"


@pytest.mark.parametrize(
    "stored",
    [
        *("", "cron", "cron x", "cron 0 9 31 2 *", "every", "every 0", "every -5", "every x"),
        *("once", "once 2026-12-01T08:00:00", "daily 9", "every " + "9" * 40),
    ],
)
def test_what_was_never_stored_is_not_loaded(stored: str) -> None:
    with pytest.raises(ScheduleError):
        load(stored)


def test_an_interval_counts_elapsed_time_from_its_anchor_across_a_clock_change() -> None:
    anchor = datetime(2026, 10, 24, 22, tzinfo=UTC)
    found = fires(
        Interval(timedelta(hours=1)),
        OSLO,
        after=anchor,
        until=anchor + 6 * timedelta(hours=1),
        anchor=anchor,
    )
    assert found == [anchor + n * timedelta(hours=1) for n in range(1, 7)]


def test_an_interval_never_fires_at_its_anchor_or_before() -> None:
    interval = Interval(timedelta(minutes=30))
    early = NOW - timedelta(days=3)
    assert next_fire(interval, OSLO, early, anchor=NOW) == NOW + 30 * MINUTE
    assert next_fire(interval, OSLO, NOW, anchor=NOW) == NOW + 30 * MINUTE
    assert next_fire(interval, OSLO, NOW + 30 * MINUTE, anchor=NOW) == NOW + 60 * MINUTE
    assert next_fire(interval, OSLO, NOW + 31 * MINUTE, anchor=NOW) == NOW + 60 * MINUTE


def test_a_moment_fires_once_and_then_never() -> None:
    once = Once(NOW)
    assert next_fire(once, OSLO, NOW - MINUTE, anchor=NOW) == NOW
    assert next_fire(once, OSLO, NOW, anchor=NOW) is None


def test_fires_are_listed_after_the_start_and_up_to_the_end() -> None:
    nine = datetime(2026, 11, 20, 9, tzinfo=UTC)
    found = fires(Cron("0 * * * *"), OSLO, after=nine, until=nine + 120 * MINUTE, anchor=nine)
    assert found == [nine + 60 * MINUTE, nine + 120 * MINUTE]
    assert fires(Cron("0 * * * *"), OSLO, after=nine, count=0, anchor=nine) == []


def test_a_list_of_fires_must_have_an_end() -> None:
    with pytest.raises(ValueError, match="until or count"):
        fires(Cron("* * * * *"), OSLO, after=NOW, anchor=NOW)


def test_threads_that_share_an_expression_get_the_same_fires() -> None:
    starts = [NOW + n * timedelta(hours=5) for n in range(200)]

    def ask(start: datetime) -> datetime | None:
        return next_fire(Cron("17 3 * * 1-5"), OSLO, start, anchor=start)

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(ask, starts))
    assert together == [ask(start) for start in starts]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Europe/Oslo", "Europe/Oslo"),
        ("europe/oslo", "Europe/Oslo"),
        (" america/new york ", "America/New_York"),
        ("utc", "UTC"),
        ("america/argentina/buenos_aires", "America/Argentina/Buenos_Aires"),
    ],
)
def test_a_zone_is_found_by_its_name_in_any_case(name: str, key: str) -> None:
    assert zone_named(name).key == key


@pytest.mark.parametrize(
    ("name", "near"),
    [("Europe/Olso", "Europe/Oslo"), ("Oslo", "Europe/Oslo"), ("Asia/Tokio", "Asia/Tokyo")],
)
def test_a_zone_that_is_nearly_right_is_answered_with_the_right_one(name: str, near: str) -> None:
    with pytest.raises(ScheduleError, match=f"did you mean {near}"):
        zone_named(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "/etc/passwd",
            "../../etc/passwd",
            "Europe/../Europe/Oslo",
            "Europe/Oslo\x00",
            "C:\\x",
        ),
        *("Europe//Oslo", "./UTC", "UTC/", "localtime", "Factory", "posix/Europe/Oslo", "Ø" * 500),
        "a" * 5000,
    ],
)
def test_a_name_that_is_not_on_the_list_of_zones_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        zone_named(name)
    assert refused.value.instead
    assert "\n" not in str(refused.value)
