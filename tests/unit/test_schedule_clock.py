"""A cron schedule fires when Debian's cron would, on days the clock is moved and on all others."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduler.errors import ScheduleError
from scheduler.schedule import Cron, Schedule, fires, next_fire
from scheduler.schedule.phrases import parse_schedule
from scheduler.schedule.zones import shifts_between

CASES = json.loads((Path(__file__).parents[1] / "data" / "dst_cases.json").read_text())["cases"]
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

# Zone and UTC date of a clock change: an hour, half an hour, two, three, a whole day, at midnight,
# not for summer time, by seconds.
CHANGES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("Africa/Casablanca", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Europe/Dublin", "2026-03-29"),
    ("America/Nuuk", "2026-03-29"),
    ("Asia/Beirut", "2026-03-28"),
    ("Antarctica/Troll", "2026-03-29"),
    ("Antarctica/Troll", "2026-10-25"),
    ("Antarctica/Casey", "2009-10-17"),
    ("Antarctica/Casey", "2010-03-04"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Kwajalein", "1969-09-30"),
    ("Pacific/Kwajalein", "1993-08-21"),
    ("America/Caracas", "2007-12-09"),
    ("America/Caracas", "2016-05-01"),
    ("Asia/Pyongyang", "2015-08-14"),
    ("Asia/Pyongyang", "2018-05-04"),
    ("Asia/Kathmandu", "1985-12-31"),
    ("Asia/Singapore", "1981-12-31"),
    ("Africa/Monrovia", "1972-01-07"),
    ("Asia/Kolkata", "2026-03-07"),
]
# Zones and the time of day at which each moves its clock.
PLACES = [
    ("Europe/Oslo", "30 2 * * *"),
    ("Europe/London", "30 1 * * *"),
    ("Europe/Dublin", "0 1 * * *"),
    ("America/New_York", "15 2 * * *"),
    ("America/Santiago", "30 0 * * *"),
    ("America/St_Johns", "59 2 * * *"),
    ("America/Havana", "0 0 * * *"),
    ("Africa/Casablanca", "30 2 * * *"),
    ("Asia/Kolkata", "30 1 * * *"),
    ("Asia/Beirut", "5 0 * * *"),
    ("Australia/Lord_Howe", "15 2 * * *"),
    ("Pacific/Auckland", "45 2 * * *"),
]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case['zone']} {case['expr']} {case['after'][:10]}" for case in CASES]
)
def test_a_recorded_case_fires_as_debians_cron_did(case: dict[str, Any]) -> None:
    zone = ZoneInfo(case["zone"])
    after, until = datetime.fromisoformat(case["after"]), datetime.fromisoformat(case["until"])
    schedule = parse_schedule(case["expr"], zone=zone, now=NOW)
    found = fires(schedule, zone, after=after, until=until, anchor=after)
    assert [moment.isoformat() for moment in found] == case["fires"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A crontab line as cron keeps it: a bit set for each field and a flag for each star."""

    bits: tuple[frozenset[int], ...]
    stars: tuple[bool, ...]

    def matches(self, wall: datetime) -> bool:
        minute, hour, dom, month, dow = self.bits
        if wall.minute not in minute or wall.hour not in hour or wall.month not in month:
            return False
        on_dom, on_dow = wall.day in dom, wall.isoweekday() % 7 in dow
        return (on_dom and on_dow) if self.stars[2] or self.stars[4] else (on_dom or on_dow)

    @property
    def wild(self) -> bool:
        return self.stars[0] or self.stars[1]


def entry(expression: str) -> Entry:
    bounds = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
    texts = expression.split()
    bits = [
        {number % (7 if top == 7 else 100) for number in numbers(text, low, top)}
        for text, (low, top) in zip(texts, bounds, strict=True)
    ]
    return Entry(tuple(map(frozenset, bits)), tuple(text[0] == "*" for text in texts))


def numbers(text: str, low: int, top: int) -> Iterator[int]:
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{low}-{top}" if span == "*" else span).partition("-")
        yield from range(int(first), int(last or first) + 1, int(step or 1))


def simulated(line: Entry, ticks: list[tuple[datetime, datetime]]) -> list[datetime]:
    """Cron's main loop over (moment, wall minute): it sleeps until the wall shows another minute
    and compares that with the minute it has got to."""
    started: list[datetime] = []
    got_to = running = ticks[0][1]
    for moment, wall in ticks[1:]:
        if wall == running:
            continue
        running = wall
        ahead = (running - got_to) // MINUTE
        due: list[tuple[datetime, bool, bool]] = []
        if ahead == 1 or ahead > 180 or ahead <= -180:
            got_to = running
            due = [(running, True, True)]
        elif ahead <= 0:
            due = [(running, True, False)]
        else:
            if ahead > 5:
                due = [(running, True, False)]
            while got_to < running:
                got_to += MINUTE
                due.append((got_to, ahead <= 5, True))
        if any(line.matches(at) and (wild if line.wild else fixed) for at, wild, fixed in due):
            started.append(moment)
    return started


def understood(expression: str, zone: ZoneInfo) -> Schedule | None:
    """The schedule, None for a date that never comes."""
    try:
        return parse_schedule(expression, zone=zone, now=NOW)
    except ScheduleError as refused:
        if "never comes" not in refused.what:
            raise
        return None


def ticks_around(zone: ZoneInfo, day: str) -> list[tuple[datetime, datetime]]:
    """Every minute from the evening before a UTC date to the noon after it."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    step = timedelta(seconds=30) if zone.key == "Africa/Monrovia" else MINUTE
    moments = [
        midnight + n * step for n in range(timedelta(hours=-8) // step, timedelta(hours=36) // step)
    ]
    return [
        (moment, moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0))
        for moment in moments
    ]


def any_expression(dice: random.Random, day: date) -> str:
    """Five fields that often fall on the small hours of this very day."""
    fields = [
        any_field(dice, 0, 59, 60, dice.choice([0, 15, 30, 59])),
        any_field(dice, 0, 23, 24, dice.choice([0, 1, 2, 3, 23])),
        dice.choice(["*", "*", "*", any_field(dice, 1, 31, 31, day.day)]),
        dice.choice(["*", "*", any_field(dice, 1, 12, 12, day.month)]),
        dice.choice(["*", "*", "*", any_field(dice, 0, 7, 7, day.isoweekday())]),
    ]
    return " ".join(fields)


def any_field(dice: random.Random, low: int, top: int, size: int, likely: int) -> str:
    def part() -> str:
        first = dice.choice([likely, dice.randint(low, top)])
        last = dice.randint(first, top)
        step = dice.choice(["", f"/{dice.randint(1, size)}", f"/{dice.randint(1, 5)}"])
        return dice.choice(["*", f"*{step}", str(first), str(first), f"{first}-{last}{step}"])

    return ",".join(part() for _ in range(dice.choice([1, 1, 1, 2, 3])))


@pytest.mark.parametrize(("place", "day"), CHANGES)
def test_around_a_clock_change_any_expression_fires_as_in_crons_main_loop(
    place: str, day: str
) -> None:
    zone, dice = ZoneInfo(place), random.Random(f"{place} {day}")
    ticks = ticks_around(zone, day)
    start, end = ticks[0][0] + timedelta(hours=4), ticks[-1][0]
    for _ in range(4):
        expression = any_expression(dice, date.fromisoformat(day))
        if (schedule := understood(expression, zone)) is None:
            continue
        expected = [at for at in simulated(entry(expression), ticks) if start < at <= end]
        found = fires(schedule, zone, after=start, until=end, count=9_999, anchor=start)
        assert found == expected, expression


@pytest.mark.parametrize(("place", "expression"), PLACES)
def test_a_fixed_hour_runs_once_on_every_local_date_for_ten_years(
    place: str, expression: str
) -> None:
    zone = ZoneInfo(place)
    first = datetime(2026, 1, 1, tzinfo=zone).astimezone(UTC) - MINUTE
    found = fires(Cron(expression), zone, after=first, count=3652, anchor=first)
    dates = [moment.astimezone(zone).date() for moment in found]
    assert dates == [date(2026, 1, 1) + n * DAY for n in range(3652)]


@pytest.mark.parametrize("place", [place for place, _ in PLACES])
def test_every_fixed_hour_runs_once_a_date_around_each_clock_change(place: str) -> None:
    zone = ZoneInfo(place)
    for shift in shifts_between(zone, NOW, NOW + 3652 * DAY):
        day = shift.last_minute.date() - DAY
        start = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) - MINUTE
        for hour in (0, 1, 2, 3, 9):
            found = fires(Cron(f"0 {hour} * * *"), zone, after=start, count=4, anchor=start)
            dates = [moment.astimezone(zone).date() for moment in found]
            assert dates == [day + n * DAY for n in range(4)], f"{hour} o'clock, {shift.at}"


@pytest.mark.parametrize("expression", ["0 9 * * *", "*/7 * * * *", "0 0 29 2 *", "0,30 1-3 * * 0"])
def test_asking_from_any_moment_gives_the_first_fire_of_the_list_that_is_later(
    expression: str,
) -> None:
    zone, dice = ZoneInfo("Europe/Berlin"), random.Random(expression)
    start = datetime(2026, 10, 24, tzinfo=UTC)
    listed = fires(Cron(expression), zone, after=start, count=200, anchor=start)
    assert listed == sorted(set(listed))
    for _ in range(100):
        after = start + dice.random() * (listed[-1] - start)
        expected = next(moment for moment in listed if moment > after)
        assert next_fire(Cron(expression), zone, after, anchor=start) == expected


def test_a_leap_day_that_must_be_a_sunday_is_found_28_years_ahead() -> None:
    after = datetime(2032, 3, 1, tzinfo=UTC)
    moment = next_fire(Cron("0 0 29 2 */7"), ZoneInfo("UTC"), after, anchor=after)
    assert moment == datetime(2060, 2, 29, tzinfo=UTC)


def test_the_leap_day_is_found_across_the_year_2100() -> None:
    after = datetime(2096, 3, 1, tzinfo=UTC)
    moment = next_fire(Cron("0 9 29 2 *"), ZoneInfo("Europe/Oslo"), after, anchor=after)
    assert moment == datetime(2104, 2, 29, 8, tzinfo=UTC)


def test_nothing_fires_after_the_end_of_the_calendar() -> None:
    after = datetime(9999, 6, 1, tzinfo=UTC)
    assert next_fire(Cron("* * * * *"), ZoneInfo("UTC"), after, anchor=after) is None
    almost = datetime(9998, 6, 1, tzinfo=UTC)
    assert next_fire(Cron("0 0 29 2 *"), ZoneInfo("UTC"), almost, anchor=almost) is None


def test_a_job_in_the_skipped_hour_runs_at_the_first_minute_after_it() -> None:
    zone, after = ZoneInfo("Europe/Berlin"), datetime(2026, 3, 28, 22, tzinfo=UTC)
    moment = next_fire(Cron("30 2 * * *"), zone, after, anchor=after)
    assert moment == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_asked_between_the_two_passes_of_an_hour_a_fixed_job_waits_for_the_next_day() -> None:
    zone, after = ZoneInfo("Europe/Berlin"), datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
    moment = next_fire(Cron("30 2 * * *"), zone, after, anchor=after)
    assert moment == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_weekly_job_of_every_hour_runs_again_in_minutes_shown_again_before_midnight() -> None:
    zone, after = ZoneInfo("Asia/Pyongyang"), datetime(2015, 8, 14, 14, 55, tzinfo=UTC)
    moment = next_fire(Cron("30 * * * 5"), zone, after, anchor=after)
    assert moment == datetime(2015, 8, 14, 15, tzinfo=UTC)
