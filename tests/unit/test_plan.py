"""What to do about a resolved route and about a due job, as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.config import GuardConfig, MissingSnapshot
from scheduler.errors import ConfigError, RouteError
from scheduler.job import Job, JobKind, OnMissed
from scheduler.judge import Go, judge
from scheduler.plan import COUNTED, Missed, Tick, due_fires, tick
from scheduler.ports import Held, Planned
from scheduler.route import Axis, Pins, Route, Snapshot
from scheduler.run import HoldReason, RunState
from scheduler.schedule import Cron, Interval, Once
from tests.unit.jobs import FREE, NINE, NOON, PAID, a_job, resolved

GUARD = GuardConfig()
STRICT = GuardConfig(missing_snapshot=MissingSnapshot.HOLD)
HUGE = replace(FREE, model="huge")

OLD = Snapshot("free-lab", "small")
NONE = Snapshot()

VERDICTS = [
    # pins                       snapshot                   resolved  verdict, under the strict guard
    (Pins(), OLD, FREE, "go", "go"),
    (Pins(), OLD, PAID, "drift", "drift"),
    (Pins(), OLD, HUGE, "drift", "drift"),
    (Pins(), Snapshot("free-lab", None), FREE, "go", "unguarded"),
    (Pins(), Snapshot("free-lab", None), HUGE, "go", "unguarded"),
    (Pins(), Snapshot("free-lab", None), PAID, "drift", "drift"),
    (Pins(), Snapshot(None, "small"), FREE, "go", "unguarded"),
    (Pins(), Snapshot(None, "small"), PAID, "drift", "drift"),
    (Pins(), NONE, PAID, "go", "unguarded"),
    (Pins("paid-lab", "large"), NONE, PAID, "go", "go"),
    (Pins("paid-lab", "large"), OLD, PAID, "go", "go"),
    (Pins("free-lab", None), Snapshot(None, "small"), FREE, "go", "go"),
    (Pins("free-lab", None), Snapshot(None, "small"), HUGE, "drift", "drift"),
    (Pins("free-lab", None), NONE, HUGE, "go", "unguarded"),
    (Pins(None, "large"), Snapshot("paid-lab", None), PAID, "go", "go"),
    (Pins(None, "large"), Snapshot("free-lab", None), PAID, "drift", "drift"),
    (Pins(None, "large"), Snapshot("free-lab", "stale"), PAID, "drift", "drift"),
]


def verdict(job: Job, route: Route, guard: GuardConfig) -> str:
    found = judge(job, resolved(route), guard)
    return str(found.reason) if isinstance(found, Held) else "go"


@pytest.mark.parametrize(("pins", "snapshot", "route", "usual", "strict"), VERDICTS)
def test_a_route_is_judged_axis_by_axis(
    pins: Pins, snapshot: Snapshot, route: Route, usual: str, strict: str
) -> None:
    job = a_job(pins=pins, snapshot=snapshot)
    assert (verdict(job, route, GUARD), verdict(job, route, STRICT)) == (usual, strict)


@pytest.mark.parametrize("guard", [GUARD, STRICT])
def test_a_message_is_never_judged(guard: GuardConfig) -> None:
    job = a_job(kind=JobKind.MESSAGE, snapshot=OLD)
    assert judge(job, resolved(PAID), guard) == Go(resolved(PAID))


def test_a_run_may_call_the_very_route_that_was_judged() -> None:
    judged = resolved(FREE)
    found = judge(a_job(), judged, GUARD)
    assert isinstance(found, Go)
    assert found.resolution is judged


def test_a_drift_names_each_axis_in_order_and_the_route_it_would_have_used() -> None:
    found = judge(a_job(), resolved(PAID), GUARD)
    assert isinstance(found, Held)
    assert [(d.axis, d.consented, d.resolved) for d in found.drifts] == [
        (Axis.PROVIDER, "free-lab", "paid-lab"),
        (Axis.MODEL, "small", "large"),
    ]
    assert found.route == PAID


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConfigError(["config.yaml: model: is gone"]), HoldReason.CONFIG),
        (RouteError("'nowhere' is not a known provider"), HoldReason.CONFIG),
        (RouteError("KEY is not set", credential="KEY"), HoldReason.CREDENTIAL),
    ],
)
@pytest.mark.parametrize("pins", [Pins(), Pins("free-lab", "small")])
def test_what_cannot_be_resolved_is_held_with_the_reason_in_its_error(
    error: ConfigError | RouteError, reason: HoldReason, pins: Pins
) -> None:
    found = judge(a_job(pins=pins), error, GUARD)
    assert isinstance(found, Held)
    assert (found.reason, found.route, found.drifts) == (reason, None, ())
    assert str(error) in found.error
    assert "no call was made" in found.error


# --- ticks: a job that fires every hour at the full hour -------------------------------------------

HOURLY = a_job(schedule=Interval(timedelta(hours=1)), next_fire_time=NOON + timedelta(hours=1))


def at(clock: str, day: int = 23) -> datetime:
    hour, _, rest = clock.partition(":")
    minute, _, second = rest.partition(":")
    return datetime(2026, 11, day, int(hour), int(minute), int(second or 0), tzinfo=UTC)


def run(clock: str) -> Planned:
    return Planned(at(clock), RunState.PLANNED)


LATE = "late: nobody was awake at its time"

TICKS = [
    # now         on_missed      planned                     next      missed: how many, from, to
    ("12:59:59", "skip", [], "13:00", None),
    ("13:00", "skip", [run("13:00")], "14:00", None),
    ("13:02", "skip", [run("13:00")], "14:00", None),
    (
        "13:02:01",
        "skip",
        [
            Planned(
                at("13:00"),
                RunState.MISSED,
                "1 missed, 2026-11-23T13:00:00+00:00 to 2026-11-23T13:00:00+00:00",
            )
        ],
        "14:00",
        (1, "13:00", "13:00"),
    ),
    (
        "13:02:01",
        "run_once",
        [Planned(at("13:00"), RunState.PLANNED, LATE)],
        "14:00",
        None,
    ),
    ("16:01", "skip", [run("16:00")], "17:00", (3, "13:00", "15:00")),
    (
        "16:30",
        "skip",
        [
            Planned(
                at("16:00"),
                RunState.MISSED,
                "4 missed, 2026-11-23T13:00:00+00:00 to 2026-11-23T16:00:00+00:00",
            )
        ],
        "17:00",
        (4, "13:00", "16:00"),
    ),
    (
        "16:30",
        "run_once",
        [Planned(at("16:00"), RunState.PLANNED, LATE)],
        "17:00",
        (3, "13:00", "15:00"),
    ),
]


@pytest.mark.parametrize(("now", "on_missed", "planned", "following", "missed"), TICKS)
def test_a_tick_plans_at_most_one_run_and_lists_what_was_missed(
    now: str,
    on_missed: str,
    planned: list[Planned],
    following: str,
    missed: tuple[int, str, str] | None,
) -> None:
    job = replace(HOURLY, on_missed=OnMissed(on_missed))
    lost = Missed(missed[0], at(missed[1]), at(missed[2])) if missed else None
    assert tick(job, at(now)) == Tick(tuple(planned), at(following), lost)


def test_until_is_the_last_moment_at_which_a_job_fires() -> None:
    job = replace(HOURLY, until=at("14:00"))
    assert tick(job, at("13:00")).next_fire_time == at("14:00")
    job = replace(job, next_fire_time=at("14:00"))
    assert tick(job, at("14:00")) == Tick((run("14:00"),), None, None)


def test_a_single_moment_has_no_fire_after_it() -> None:
    job = a_job(schedule=Once(NINE), next_fire_time=NINE)
    assert tick(job, NINE) == Tick((Planned(NINE, RunState.PLANNED),), None, None)


def test_a_single_moment_that_was_missed_is_over_unless_a_late_run_was_asked_for() -> None:
    later = NINE + timedelta(hours=5)
    job = a_job(schedule=Once(NINE), next_fire_time=NINE)
    skipped = tick(job, later)
    assert [fire.state for fire in skipped.planned] == [RunState.MISSED]
    late = tick(replace(job, on_missed=OnMissed.RUN_ONCE), later)
    assert late == Tick((Planned(NINE, RunState.PLANNED, LATE),), None, None)


def test_a_job_without_a_next_fire_is_left_alone() -> None:
    job = a_job(next_fire_time=None)
    assert tick(job, NOON) == Tick((), None, None)


def test_years_of_missed_minutes_are_counted_up_to_a_bound_and_left_behind() -> None:
    job = a_job(schedule=Interval(timedelta(minutes=1)), next_fire_time=NOON)
    now = NOON + timedelta(days=3650)
    assert len(due_fires(job, now)) == 1000
    found = tick(job, now)
    assert found.missed is not None
    assert found.missed.count == 1000
    assert found.next_fire_time == now + timedelta(minutes=1)


def test_more_fires_than_are_counted_still_end_at_the_latest_one() -> None:
    minutely = a_job(schedule=Cron("* * * * *"), next_fire_time=NOON - timedelta(days=10))
    plan = tick(minutely, NOON + timedelta(minutes=30, seconds=5))
    assert [fire.fire_time for fire in plan.planned] == [NOON + timedelta(minutes=30)]
    assert plan.missed is not None
    assert plan.missed.count == COUNTED
    assert plan.next_fire_time == NOON + timedelta(minutes=31)


def test_fires_missed_before_an_end_long_past_are_counted_and_left_behind() -> None:
    until = NOON + timedelta(days=2)
    minutely = a_job(schedule=Cron("* * * * *"), next_fire_time=NOON, until=until)
    plan = tick(minutely, NOON + timedelta(days=365 * 200))
    assert plan.missed == Missed(COUNTED, NOON, until)
    assert plan.next_fire_time is None


def test_fires_that_are_dense_long_ago_and_rare_since_are_found_at_once() -> None:
    january = a_job(schedule=Cron("* * * 1 *"), next_fire_time=datetime(2026, 1, 1, tzinfo=UTC))
    plan = tick(january, NOON)
    assert plan.missed is not None
    assert plan.missed.last == datetime(2026, 1, 31, 23, 59, tzinfo=UTC)
