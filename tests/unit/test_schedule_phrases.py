"""A typed schedule is understood exactly one way, or refused with what to type instead."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduler.errors import ScheduleError
from scheduler.schedule import Schedule, dump, fires, load, next_fire
from scheduler.schedule.phrases import parse_schedule
from scheduler.schedule.words import schedule_words

OSLO = ZoneInfo("Europe/Oslo")
# A Friday, 11:03 in Oslo.
NOW = datetime(2026, 11, 20, 10, 3, tzinfo=UTC)

UNDERSTOOD = [
    # cron
    ("0 9 * * 1-5", "cron 0 9 * * 1-5"),
    ("cron 0 9 * * 7", "cron 0 9 * * 0"),
    ("  0   9 *\t* mon-fri ", "cron 0 9 * * 1-5"),
    ("0 9 1,15 JAN,jul *", "cron 0 9 1,15 1,7 *"),
    ("09 07 * * *", "cron 9 7 * * *"),
    ("0 11-11 * * *", "cron 0 11 * * *"),
    ("*/1 * * * *", "cron * * * * *"),
    ("38-47/10 */2 * * 5-7", "cron 38-47/10 */2 * * 5-7"),
    ("`0 9 . . 1-5`", "cron 0 9 * * 1-5"),
    ("./15 * * * *", "cron */15 * * * *"),
    (r"0 9 \* \* 1-5", "cron 0 9 * * 1-5"),
    ("“0 9 * * 1–5”", "cron 0 9 * * 1-5"),
    ("0\u00a09\u00a0*\u00a0*\u00a0*", "cron 0 9 * * *"),
    ("\u200b0 9 * * *\ufeff", "cron 0 9 * * *"),
    ("@hourly", "cron 0 * * * *"),
    ("@midnight", "cron 0 0 * * *"),
    ("@Daily", "cron 0 0 * * *"),
    ("@weekly", "cron 0 0 * * 0"),
    ("@monthly", "cron 0 0 1 * *"),
    ("@annually", "cron 0 0 1 1 *"),
    # intervals
    ("30m", "every 1800"),
    ("2h", "every 7200"),
    ("every 30m", "every 1800"),
    ("every 30 min", "every 1800"),
    ("Every 30 Minutes", "every 1800"),
    ("every 2 hours", "every 7200"),
    ("every two hours", "every 7200"),
    ("every 1 day", "every 86400"),
    ("every 1d", "every 86400"),
    ("1w", "every 604800"),
    ("every week", "every 604800"),
    ("every hour", "every 3600"),
    ("hourly", "every 3600"),
    ("every 90s", "every 90"),
    ("1h30m", "every 5400"),
    ("every 1 hour and 30 minutes", "every 5400"),
    # days at times
    ("every day at 09:00", "cron 0 9 * * *"),
    ("daily at 9", "cron 0 9 * * *"),
    ("daily 9am", "cron 0 9 * * *"),
    ("every day at 9 p.m.", "cron 0 21 * * *"),
    ("every day at 12am", "cron 0 0 * * *"),
    ("every day at noon", "cron 0 12 * * *"),
    ("every day at midnight", "cron 0 0 * * *"),
    ("9:00 every day", "cron 0 9 * * *"),
    ("at 9 every weekday", "cron 0 9 * * 1-5"),
    ("every weekday at 9am", "cron 0 9 * * 1-5"),
    ("weekdays at 9:30", "cron 30 9 * * 1-5"),
    ("mon-fri at 9:30", "cron 30 9 * * 1-5"),
    ("every weekend at 10:00", "cron 0 10 * * 0,6"),
    ("every monday at 18:30", "cron 30 18 * * 1"),
    ("on mondays at 18:30", "cron 30 18 * * 1"),
    ("mondays and thursdays at 18:30", "cron 30 18 * * 1,4"),
    ("every mon, wed and fri at 8", "cron 0 8 * * 1,3,5"),
    ("weekly on friday at 9", "cron 0 9 * * 5"),
    ("every day at 9:00 and 17:00", "cron 0 9,17 * * *"),
    ("every day at 9:00, 9:30", "cron 0,30 9 * * *"),
    ("every month on the 1st at 08:00", "cron 0 8 1 * *"),
    ("every month on the 1st and 15th at 8:00", "cron 0 8 1,15 * *"),
    ("monthly on the 1st at 08:00", "cron 0 8 1 * *"),
    ("every year on 24 december at 08:00", "cron 0 8 24 12 *"),
    ("every december 24 at 08:00", "cron 0 8 24 12 *"),
    ("every 29 feb at 9", "cron 0 9 29 2 *"),
    ("every hour at :15", "cron 15 * * * *"),
    ("every hour at :00 and :30", "cron 0,30 * * * *"),
    # one moment
    ("in 45m", "once 2026-11-20T10:48:00+00:00"),
    ("in 2 hours", "once 2026-11-20T12:03:00+00:00"),
    ("in 1h30m", "once 2026-11-20T11:33:00+00:00"),
    ("in an hour", "once 2026-11-20T11:03:00+00:00"),
    ("tomorrow 9:00", "once 2026-11-21T08:00:00+00:00"),
    ("tomorrow at 9am", "once 2026-11-21T08:00:00+00:00"),
    ("today at 18:00", "once 2026-11-20T17:00:00+00:00"),
    ("at 18:00", "once 2026-11-20T17:00:00+00:00"),
    ("at 9:00", "once 2026-11-21T08:00:00+00:00"),
    ("once at 18:00", "once 2026-11-20T17:00:00+00:00"),
    ("next monday at 9:00", "once 2026-11-23T08:00:00+00:00"),
    ("next friday at noon", "once 2026-11-27T11:00:00+00:00"),
    ("2026-12-01 09:00", "once 2026-12-01T08:00:00+00:00"),
    ("2026-12-01T09:00", "once 2026-12-01T08:00:00+00:00"),
    ("2026-12-01T09:00-05:00", "once 2026-12-01T14:00:00+00:00"),
    ("2026-12-01T09:00Z", "once 2026-12-01T09:00:00+00:00"),
    ("2026-12-01 at 9am", "once 2026-12-01T08:00:00+00:00"),
    ("1 december 2026 09:00", "once 2026-12-01T08:00:00+00:00"),
    ("2027-10-31T02:30+01:00", "once 2027-10-31T01:30:00+00:00"),
]

_EXAMPLES = "try 'every day at 09:00', 'every 30 minutes', 'tomorrow at 9:00' or '0 9 * * 1-5'"
REFUSED = [
    ("", f"there is no schedule here; {_EXAMPLES}"),
    ("“ ”", f"there is no schedule here; {_EXAMPLES}"),
    ("hello there", f"'hello there' is not a schedule; {_EXAMPLES}"),
    ("x" * 201, f"a schedule has at most 200 characters; {_EXAMPLES}"),
    # dates that never come and numbers that are out of range
    ("0 9 31 2 *", "31 February never comes; try 'every month on the 28th at 09:00'"),
    ("0 9 31 4,6 *", "31 April never comes; try 'every month on the 28th at 09:00'"),
    ("every 30 feb at 9", "30 February never comes; try 'every month on the 28th at 09:00'"),
    ("0 24 * * *", "hour 24 is not between 0 and 23; try '0 0 * * *'"),
    ("61 9 * * *", "minute 61 is not between 0 and 59; try '59 9 * * *'"),
    ("0 9 * * 8", "day of the week 8 is not between 0 and 6; try '0 9 * * 6'"),
    # what only other crons know
    ("@reboot", "@reboot names no time; try '@daily' or 'every day at 09:00'"),
    ("@dayly", "there is no macro '@dayly'; did you mean '@daily'?"),
    ("@every 5m", "@every is not a macro here; try 'every 5m'"),
    (
        "0 0 9 ? * MON-FRI",
        "six fields are too many, there are five, without seconds or years; try '0 9 * * 1-5'",
    ),
    (
        "0 9 * * 1-5 2027",
        "six fields are too many, there are five, without seconds or years; try '0 9 * * 1-5'",
    ),
    ("0 9 ? * 1", "'?' belongs to Quartz, here it is '*'; try '0 9 * * 1'"),
    (
        "0 9 L * *",
        "'l' is not understood, a day of the month takes numbers, ranges and steps; "
        "try 'every month on the 1st at 09:00'",
    ),
    (
        "0 9 * * 1#2",
        "'1#2' is not understood, a day of the week takes numbers, ranges and steps; "
        "try 'every month on the 1st at 09:00'",
    ),
    (
        "H 9 * * *",
        "'h' is not understood, a minute takes numbers, ranges and steps; try '0 9 * * *'",
    ),
    # cron text that crons read in different ways
    ("0 9 * *", "a cron expression has five fields, not four; try '0 9 * * *'"),
    ("5/10 * * * *", "'5/10' has a step but no range; try '5-59/10 * * * *'"),
    ("59/15 * * * *", "'59/15' has a step but no range; try '59 * * * *'"),
    ("*/0 * * * *", "a step of 0 never moves; try '* * * * *'"),
    (
        "*/90 * * * *",
        "a step of 90 is too long for a minute, of which there are 60; try 'every 90 minutes'",
    ),
    ("50-10 * * * *", "'50-10' runs backwards; try '50-59,0-10 * * * *'"),
    ("0 9 * * sat-sun", "'sat-sun' runs backwards; try '0 9 * * 6,0'"),
    ("0 9 * * friday", "'friday' is no day of the week in a cron expression; try '0 9 * * 5'"),
    # the time is missing, wrong, or of two minds
    ("every day", "the time of day is missing; try 'every day at 09:00'"),
    ("every monday", "the time of day is missing; try 'every monday at 09:00'"),
    ("tomorrow", "the time of day is missing; try 'tomorrow at 09:00'"),
    ("every day at 25:00", "'25:00' is not a time of day; try 'every day at 09:00'"),
    ("25:00", "'25:00' is not a time of day; try 'at 09:00'"),
    ("every day at 24:00", "'24:00' is not a time of day; try 'every day at 00:00'"),
    ("every day at 9.30", "'9.30' is not a time of day; try 'every day at 09:30'"),
    ("every day at 13pm", "'13pm' is not a time of day; try 'every day at 13:00'"),
    (
        "every day at 9 and 10pm",
        "'9 and 10pm' mixes hours with and without am or pm; try 'every day at 09:00 and 22:00'",
    ),
    (
        "every day at 9:00 and 17:30",
        "times with different minutes need a job each; "
        "try 'every day at 09:00', and a second job at 17:30",
    ),
    ("every hour at 9:00", "'9:00' is not a minute of the hour; try 'every hour at :15'"),
    ("tomorrow at 9 and 10", "one moment has one time; try 'tomorrow at 09:00'"),
    # once or again and again
    ("18:00", "'18:00' could mean once or every day; try 'at 18:00' or 'every day at 18:00'"),
    (
        "monday at 9:00",
        "'monday' could mean once or every week; "
        "try 'every monday at 09:00' or 'next monday at 09:00'",
    ),
    (
        "1 december at 9:00",
        "'1 december' has no year, and could mean once or every year; "
        "try '2026-12-01 09:00' or 'every 1 december at 09:00'",
    ),
    ("weekly", "'weekly' does not say on which day; try 'every monday at 09:00'"),
    (
        "every month at 8",
        "'every month' does not say on which day; try 'every month on the 1st at 08:00'",
    ),
    (
        "every 15th at 8",
        "'every 15th' leaves the month out; try 'every month on the 15th at 08:00'",
    ),
    # lengths of time
    ("every 0 minutes", "no time at all would pass; try 'every 5 minutes'"),
    ("every 30", "'30' has no unit; try 'every 30 minutes'"),
    ("every 5 minuets", "'every 5 minuets' is not a schedule; did you mean 'every 5 minutes'?"),
    (
        "every 2 months",
        "a month has no fixed length; try 'every month on the 1st at 09:00'",
    ),
    (
        "every 99999999999999999999 hours",
        "more than 366 days is too far away for a length of time; "
        "try 'every year on 1 january at 09:00'",
    ),
    (
        "every 2 days at 9:00",
        "'every 2 days' counts from when it is added and takes no time of day; "
        "try '0 9 */2 * *' or 'every 2 days'",
    ),
    ("every other day", "'every other day' does not say when to begin; try 'every 2 days'"),
    # dates
    (
        "03/04/2026",
        "'03/04/2026' is written differently elsewhere; "
        "try '2026-04-03 09:00' or '2026-03-04 09:00'",
    ),
    ("2027-02-30 09:00", "there is no 2027-02-30; try '2027-02-28 09:00'"),
    ("2020-01-01 09:00", "2020-01-01 09:00 is past; try 'tomorrow at 09:00' or 'in 1 hour'"),
    ("today at 8:00", "2026-11-20 08:00 is past; try 'tomorrow at 08:00' or 'in 1 hour'"),
    ("9999-12-31 23:59", "9999 is too far away; try '2031-01-31 23:59'"),
    (
        "2027-03-28 02:30",
        "02:30 does not exist on 2027-03-28 in Europe/Oslo, the clock is put forward; "
        "try '2027-03-28 03:00'",
    ),
    (
        "2027-10-31 02:30",
        "02:30 comes twice on 2027-10-31 in Europe/Oslo, the clock is put back; "
        "try '2027-10-31T02:30+02:00' for the first or '2027-10-31T02:30+01:00' for the second",
    ),
    (
        "every month on the first monday at 9",
        "'every month on the first monday' falls on a different date every month; "
        "try 'every month on the 1st at 09:00'",
    ),
    ("tommorow at 9", "'tommorow at 9' is not a schedule; did you mean 'tomorrow at 9'?"),
]


@pytest.mark.parametrize(("text", "stored"), UNDERSTOOD)
def test_a_phrase_is_understood_as_written_beside_it(text: str, stored: str) -> None:
    schedule = parse_schedule(text, zone=OSLO, now=NOW)
    assert dump(schedule) == stored
    assert load(stored) == schedule


@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_a_refusal_says_what_is_wrong_and_then_what_to_type(text: str, line: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse_schedule(text, zone=OSLO, now=NOW)
    assert str(refused.value) == line
    assert "\n" not in line


@pytest.mark.parametrize(
    "text",
    sorted(
        {line for _, line in REFUSED if "second job" not in line and "for the first" not in line}
    ),
)
def test_whatever_a_refusal_suggests_is_not_refused(text: str) -> None:
    suggested = text.split("; ", 1)[1].split("'")[1::2]
    for suggestion in suggested:
        zone_free = parse_schedule(suggestion, zone=OSLO, now=datetime(2026, 1, 1, tzinfo=UTC))
        assert load(dump(zone_free)) == zone_free


@pytest.mark.parametrize("text", [text for text, stored in UNDERSTOOD if stored[:4] != "once"])
def test_words_that_can_be_typed_back_mean_the_same_schedule(text: str) -> None:
    schedule = parse_schedule(text, zone=OSLO, now=NOW)
    words = schedule_words(schedule, OSLO)
    if not any(only_said in words for only_said in (" on the clock", " in ", " from ")):
        again = parse_schedule(words, zone=OSLO, now=NOW)
        ends = [fires(each, OSLO, after=NOW, count=9, anchor=NOW) for each in (schedule, again)]
        assert ends[0] == ends[1]


def test_a_moment_that_comes_twice_can_be_typed_with_its_offset() -> None:
    first = parse_schedule("2027-10-31T02:30+02:00", zone=OSLO, now=NOW)
    second = parse_schedule("2027-10-31T02:30+01:00", zone=OSLO, now=NOW)
    ends = [next_fire(schedule, OSLO, NOW, anchor=NOW) for schedule in (first, second)]
    assert ends[0] is not None
    assert ends[1] == ends[0] + timedelta(hours=1)


def test_at_a_time_that_is_now_means_tomorrow() -> None:
    assert dump(parse_schedule("at 11:03", zone=OSLO, now=NOW)) == "once 2026-11-21T10:03:00+00:00"


PIECES = (
    *(
        "every",
        "each",
        "day",
        "weekday",
        "monday",
        "mondays",
        "mon",
        "tue-thu",
        "month",
        "year",
        "hour",
        "minutes",
        "in",
        "at",
        "on",
        "the",
        "and",
        ",",
    ),
    *(
        "next",
        "today",
        "tomorrow",
        "once",
        "cron",
        "1st",
        "15th",
        "31st",
        "dec",
        "december",
        "24",
        "2026",
        "2026-12-01",
        "2026-12-01T09:00",
    ),
    *(
        "09:00",
        "9am",
        "12pm",
        ":15",
        "25:61",
        "noon",
        "30m",
        "2h",
        "0",
        "1",
        "5",
        "59",
        "60",
        "*",
        "*/2",
        "*/0",
        "1-5",
        "5-1",
        "@daily",
        "@x",
        "?",
        "L",
        "1#2",
        ".",
        "×",
    ),
    *(
        "+14:00",
        "Z",
        "03/04/2026",
        "9999999999",
        "\\*",
        "\u00a0",
        "\u200b",
        "“",
        "½",
        "٣",
        "İ",
        "\x00",
    ),
)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join) | st.text(max_size=220))
@example("2026-12-01T09:00+99:99")
@example("0" * 200)
@example("every " + "9" * 190)
@example("1" + "," * 190)
@example("\ufdfa" * 200)
@example("a a a a " * 24)
@example("every " + "x," * 90)
@example("at 9 on " + "9 " * 90)
def test_no_text_brings_anything_but_a_schedule_or_a_one_line_refusal(text: str) -> None:
    started = time.process_time()
    answer = understood_or_refused(text)
    assert time.process_time() - started < 0.5
    if isinstance(answer, ScheduleError):
        assert answer.instead
        assert str(answer).isprintable()
        assert len(str(answer)) < 400
    else:
        assert load(dump(answer)) == answer
        assert schedule_words(answer, OSLO)
        assert next_fire(answer, OSLO, NOW, anchor=NOW) is not None


def understood_or_refused(text: str) -> Schedule | ScheduleError:
    try:
        return parse_schedule(text, zone=OSLO, now=NOW)
    except ScheduleError as refused:
        return refused
