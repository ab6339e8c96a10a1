"""The pure decision about a resolved route, against a table in which every verdict is written out."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scheduler.config import GuardConfig, Identity, MissingSnapshot
from scheduler.drift import drifts
from scheduler.errors import ConfigError, RouteError
from scheduler.job import Job, OnDrift
from scheduler.judge import Go, judge
from scheduler.ports import Held
from scheduler.price import PriceCard, PriceSource
from scheduler.route import ApiMode, Axis, Pins, PriceClass, Route, Snapshot, snapshot_of
from scheduler.run import HoldReason
from scheduler.told import Reason, in_words
from tests.unit.jobs import NOON, a_job, resolved

DATA = Path(__file__).parents[1] / "data"


def table(name: str) -> list[list[str]]:
    """The lines of a table as words, its head first."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


HEAD, *ROWS = table("verdicts.txt")
COSTS = HEAD[4:]
SETTING_HEAD, *BY_SETTING = table("verdicts_by_setting.txt")

CARD = PriceCard(PriceSource.LIST, Decimal(2), Decimal(8), Decimal("0.5"))
OLD = Route(
    "lab",
    "small",
    "https://lab.example/v1",
    ApiMode.CHAT_COMPLETIONS,
    "LAB_KEY",
    PriceClass.PAID,
    "aaaa",
    CARD,
)
ELSEWHERE = replace(
    OLD, provider="other", endpoint="https://other.example/v1", credential="OTHER", fingerprint="b"
)
CHANGED = {
    "provider": ELSEWHERE,
    "model": replace(OLD, model="large"),
    "endpoint": replace(OLD, endpoint="https://elsewhere.example/v1"),
    "api_mode": replace(OLD, api_mode=ApiMode.RESPONSES),
    "credential": replace(OLD, credential="OTHER_KEY"),
    "key": replace(OLD, fingerprint="cccc"),
}
PINS = {
    "none": Pins(),
    "provider": Pins(provider="lab"),
    "model": Pins(model="small"),
    "both": Pins("lab", "small"),
}
CLASSES = {
    "f": PriceClass.FREE,
    "l": PriceClass.LOCAL,
    "p": PriceClass.PAID,
    "?": PriceClass.UNKNOWN,
}
TIMES = {"p-": "0.5", "p=": "1", "p~": "1.05", "p+": "2"}
HELD = {
    HoldReason.DRIFT: "drift",
    HoldReason.IDENTITY: "ident",
    HoldReason.FREE_ONLY: "free",
    HoldReason.UNGUARDED: "none",
}
SETTINGS = {
    "usual": GuardConfig(),
    "free_only": GuardConfig(),
    "identity=tell": GuardConfig(identity=Identity.TELL),
    "identity=off": GuardConfig(identity=Identity.OFF),
    "missing=hold": GuardConfig(missing_snapshot=MissingSnapshot.HOLD),
}
NOTHING_KNOWN: dict[str, dict[str, Any]] = {
    "provider": {"provider": None},
    "model": {"model": None},
    "endpoint": {"endpoint": None},
    "api_mode": {"api_mode": None},
    "credential": {"credential": None},
    "key": {"fingerprint": None},
    "price": {"price_class": None, "price": None},
}


def charged(route: Route, letter: str, card: PriceCard = CARD) -> Route:
    """The route at a price: only what is paid has figures."""
    kind = CLASSES[letter]
    paid = kind is PriceClass.PAID
    return replace(route, price_class=kind, price=card if paid else PriceCard(PriceSource.UNKNOWN))


def costing(old: Route, new: Route, cost: str) -> tuple[Route, Route]:
    """The consented and the resolved route at what a column of the table says."""
    if cost not in TIMES:
        before, after = cost.split(">")
        return charged(old, before), charged(new, after)
    times = Decimal(TIMES[cost])
    card = PriceCard(PriceSource.LIST, Decimal(2) * times, Decimal(8) * times)
    return charged(old, "p"), charged(new, "p", card)


def verdict(
    axis: str, how: str, pinned: str, policy: str, cost: str, setting: str = "usual"
) -> str:
    pins = PINS[pinned]
    moved = CHANGED[axis] if how == "changed" else OLD
    under_a_pin = how == "changed" and getattr(pins, axis, None) is not None
    old, new = costing(OLD, OLD if under_a_pin else moved, cost)
    kept = snapshot_of(old, pins, NOON)
    if how == "missing":
        kept = replace(kept, **NOTHING_KNOWN[axis])
    if under_a_pin:
        kept = replace(kept, **{axis: "stale"})  # type: ignore[arg-type]
    free_only = setting == "free_only"
    job = a_job(pins=pins, snapshot=kept, on_drift=OnDrift(policy), free_only=free_only)
    still_there = how == "changed" and axis in ("provider", "model") and not under_a_pin
    consented = resolved(old if still_there else new)
    found = judge(job, resolved(new), SETTINGS[setting], consented)
    if isinstance(found, Held):
        assert found.route in (new, old)
        return HELD[found.reason]
    if found.resolution is consented and old.name != new.name:
        return "old"
    assert found.resolution.route == new
    return "tell" if found.told else "go"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(row[:4]))
def test_a_verdict_is_the_one_that_is_written_in_the_table(row: list[str]) -> None:
    axis, how, pinned, policy, *cells = row
    assert [verdict(axis, how, pinned, policy, cost) for cost in COSTS] == cells


@pytest.mark.parametrize("row", BY_SETTING, ids=lambda row: "-".join(row[:5]))
def test_a_verdict_under_another_setting_is_the_one_that_is_written(row: list[str]) -> None:
    setting, axis, how, pinned, policy, *cells = row
    assert [verdict(axis, how, pinned, policy, cost, setting) for cost in COSTS] == cells


def test_the_tables_know_every_class_of_price_before_and_after() -> None:
    steps = {f"{before}>{after}" for before in CLASSES for after in CLASSES} - {"p>p"}
    assert set(COSTS) == steps | set(TIMES)
    assert SETTING_HEAD[5:] == COSTS


def test_the_table_by_setting_leaves_no_cell_out() -> None:
    rows = {tuple(row[:4]) for row in ROWS}
    of_names = {row for row in rows if row[1] == "missing" and row[0] in ("provider", "model")}
    assert {tuple(row[:5]) for row in BY_SETTING} == {
        (setting, *row)
        for setting in SETTINGS
        for row in (of_names if setting == "missing=hold" else rows)
        if setting != "usual"
    }
    assert {len(row) for row in BY_SETTING} == {5 + len(COSTS)}


def test_the_table_leaves_no_cell_out() -> None:
    axes = (*CHANGED, "price")
    assert {tuple(row[:4]) for row in ROWS} == {
        (axis, how, pinned, policy)
        for axis in axes
        for how in ("same", "changed", "missing")
        for pinned in PINS
        for policy in OnDrift
        if (axis, how) != ("price", "changed")  # That is what the columns are.
    }
    assert {len(row) for row in ROWS} == {4 + len(COSTS)}


# --- what is told, and what is learned ------------------------------------------------------------

JOB = a_job(snapshot=snapshot_of(OLD, Pins(), NOON))
PINNED = a_job(pins=Pins("lab", "small"), snapshot=snapshot_of(OLD, Pins("lab", "small"), NOON))


def go(job: Job, route: Route, **guard: object) -> Go:
    found = judge(job, resolved(route), GuardConfig(**guard))  # type: ignore[arg-type]
    assert isinstance(found, Go), found
    return found


def test_a_run_as_consented_teaches_nothing() -> None:
    assert go(JOB, OLD) == Go(resolved(OLD))


@pytest.mark.parametrize("job", [JOB, PINNED])
def test_another_key_for_the_same_address_is_told_once_and_then_known(job: Job) -> None:
    rotated = CHANGED["key"]
    found = go(job, rotated)
    assert [told.reason for told in found.told] == [Reason.KEY]
    assert found.consent == replace(job.snapshot, fingerprint="cccc")
    assert go(replace(job, snapshot=found.consent), rotated) == Go(resolved(rotated))
    assert "aaaa" not in in_words(found.told)


def test_axes_of_an_older_version_are_recorded_and_judged_from_then_on() -> None:
    old_row = a_job(snapshot=Snapshot("lab", "small", taken_at=NOON))
    found = go(old_row, OLD)
    assert found.consent == snapshot_of(OLD, Pins(), NOON)
    assert found.told == ()
    learned = replace(old_row, snapshot=found.consent)
    assert isinstance(judge(learned, resolved(CHANGED["endpoint"]), GuardConfig()), Held)


def test_a_job_nobody_fully_consented_for_learns_nothing() -> None:
    assert go(a_job(snapshot=Snapshot(None, "small")), OLD).consent is None


IDENTITY = ("endpoint", "api_mode", "credential")


@pytest.mark.parametrize("axis", IDENTITY)
@pytest.mark.parametrize("job", [JOB, PINNED])
def test_guard_identity_tell_lets_it_run_and_tells_it_once(job: Job, axis: str) -> None:
    found = go(job, CHANGED[axis], identity=Identity.TELL)
    assert [told.reason for told in found.told] == [Reason.IDENTITY]
    assert found.consent is not None
    assert go(replace(job, snapshot=found.consent), CHANGED[axis]).told == ()


@pytest.mark.parametrize("axis", IDENTITY)
def test_guard_identity_off_judges_provider_and_model_alone(axis: str) -> None:
    found = go(JOB, CHANGED[axis], identity=Identity.OFF)
    assert (found.told, found.consent) == ((), None)
    off = GuardConfig(identity=Identity.OFF)
    assert isinstance(judge(JOB, resolved(CHANGED["model"]), off), Held)


RENAMED = replace(OLD, provider="lab2")


def test_an_entry_with_another_name_and_all_else_equal_is_told_and_not_held() -> None:
    found = go(JOB, RENAMED)
    assert [told.reason for told in found.told] == [Reason.RENAMED]
    assert found.consent == replace(JOB.snapshot, provider="lab2")


@pytest.mark.parametrize(
    "other",
    [
        replace(RENAMED, model="large"),
        replace(RENAMED, endpoint="https://x.example"),
        replace(RENAMED, credential="OTHER"),
        replace(RENAMED, fingerprint="cccc"),
        replace(RENAMED, fingerprint=None),
        replace(RENAMED, api_mode=ApiMode.RESPONSES),
    ],
)
def test_a_renamed_entry_is_a_drift_when_anything_else_differs(other: Route) -> None:
    found = judge(JOB, resolved(other), GuardConfig())
    assert isinstance(found, Held)
    assert Axis.PROVIDER in {drift.axis for drift in found.drifts}


@pytest.mark.parametrize("axis", ["endpoint", "credential", "fingerprint", "api_mode"])
def test_a_renamed_entry_is_a_drift_when_anything_was_never_recorded(axis: str) -> None:
    job = replace(JOB, snapshot=replace(JOB.snapshot, **{axis: None}))  # type: ignore[arg-type]
    assert isinstance(judge(job, resolved(RENAMED), GuardConfig()), Held)


def test_a_price_that_creeps_up_within_the_tolerance_is_held_once_it_is_beyond() -> None:
    def at(times: str) -> Route:
        card = replace(CARD, input=Decimal(2) * Decimal(times))
        return replace(OLD, price=card)

    assert go(JOB, at("1.09")).consent is None
    assert [drift.axis for drift in drifts(JOB, at("1.18"))] == [Axis.PRICE]
    assert go(JOB, at("1.18"), price_tolerance=Decimal("0.2")).told == ()


# --- policies ---------------------------------------------------------------------------------------


def test_what_is_not_dearer_becomes_the_consent_and_is_told() -> None:
    cheaper = replace(CARD, input=Decimal(1))
    new = replace(ELSEWHERE, price=cheaper)
    found = go(replace(JOB, on_drift=OnDrift.ALLOW_IF_NOT_DEARER), new)
    assert found.consent == snapshot_of(new, Pins(), NOON)
    assert "'lab' -> 'other'" in in_words(found.told)


def test_a_key_that_changed_along_with_what_is_not_dearer_is_told_too() -> None:
    moved = replace(OLD, model="large", fingerprint="cccc")
    job = replace(JOB, on_drift=OnDrift.ALLOW_IF_NOT_DEARER)
    assert [each.reason for each in go(job, moved).told] == [Reason.NOT_DEARER, Reason.KEY]
    quiet = go(job, moved, identity=Identity.OFF)
    assert [each.reason for each in quiet.told] == [Reason.NOT_DEARER]


UNNAMED = {
    # missing, moved: the rest of the route is known.
    ("provider", "model"): replace(OLD, provider="other", model="large"),
    ("model", "provider"): replace(ELSEWHERE, model="large"),
}


@pytest.mark.parametrize("letter", ["f", "l", "p"])
@pytest.mark.parametrize("missing", [True, False], ids=["hold", "run"])
@pytest.mark.parametrize("policy", OnDrift)
@pytest.mark.parametrize("axes", UNNAMED, ids="-".join)
def test_no_policy_speaks_for_an_axis_that_nobody_consented_to(
    axes: tuple[str, str], policy: OnDrift, missing: bool, letter: str
) -> None:
    kept = replace(snapshot_of(charged(OLD, letter), Pins(), NOON), **{axes[0]: None})  # type: ignore[arg-type]
    job, now = a_job(snapshot=kept, on_drift=policy), charged(UNNAMED[axes], letter)
    guard = SETTINGS["missing=hold" if missing else "usual"]
    found = judge(job, resolved(now), guard, resolved(charged(OLD, letter)))
    if missing or policy is not OnDrift.ALLOW_IF_NOT_DEARER:
        assert isinstance(found, Held)
        assert found.reason is HoldReason.DRIFT
        return
    assert isinstance(found, Go)
    assert found.consent is None
    assert [each.reason for each in found.told] == [Reason.FOLLOWED]


@pytest.mark.parametrize("axis", ["endpoint", "api_mode", "credential"])
def test_cheaper_is_no_excuse_for_other_hands_behind_the_same_name(axis: str) -> None:
    cheaper = replace(CHANGED[axis], model="large", price=replace(CARD, input=Decimal(1)))
    job = replace(JOB, on_drift=OnDrift.ALLOW_IF_NOT_DEARER)
    assert isinstance(judge(job, resolved(cheaper), GuardConfig()), Held)
    free = charged(cheaper, "f")
    assert isinstance(judge(job, resolved(free), GuardConfig()), Go)
    told = go(job, free, identity=Identity.TELL).told
    assert [each.reason for each in told] == [Reason.NOT_DEARER, Reason.IDENTITY]


def test_the_word_of_the_job_beats_that_of_the_settings() -> None:
    lenient = GuardConfig(on_drift=OnDrift.ALLOW_IF_NOT_DEARER)
    cheap = resolved(replace(CHANGED["model"], price=replace(CARD, input=Decimal(1))))
    assert isinstance(judge(JOB, cheap, lenient), Go)
    assert isinstance(judge(replace(JOB, on_drift=OnDrift.HOLD), cheap, lenient), Held)


ON_SNAPSHOT = replace(JOB, on_drift=OnDrift.RUN_ON_SNAPSHOT)


@pytest.mark.parametrize(
    "now",
    [
        CHANGED["endpoint"],
        CHANGED["credential"],
        CHANGED["api_mode"],
        replace(OLD, price_class=PriceClass.UNKNOWN, price=replace(CARD, input=Decimal(9))),
        RouteError("LAB_KEY is not set", credential="LAB_KEY"),
        None,
    ],
)
def test_a_job_runs_on_its_snapshot_only_while_that_is_the_very_same(
    now: Route | RouteError | None,
) -> None:
    consented = resolved(now) if isinstance(now, Route) else now
    found = judge(ON_SNAPSHOT, resolved(ELSEWHERE), GuardConfig(), consented)
    assert isinstance(found, Held)
    assert found.reason is HoldReason.DRIFT


@pytest.mark.parametrize("axis", ["endpoint", "credential", "api_mode", "price_class"])
def test_a_job_never_runs_on_a_snapshot_that_is_not_whole(axis: str) -> None:
    job = replace(ON_SNAPSHOT, snapshot=replace(JOB.snapshot, **{axis: None}))  # type: ignore[arg-type]
    assert isinstance(judge(job, resolved(ELSEWHERE), GuardConfig(), resolved(OLD)), Held)


def test_a_default_that_names_no_route_leaves_the_snapshot_to_run_on() -> None:
    broken = RouteError("GROQ_API_KEY is not set", credential="GROQ_API_KEY")
    found = judge(ON_SNAPSHOT, broken, GuardConfig(), resolved(OLD))
    assert isinstance(found, Go)
    assert found.resolution.route == OLD
    assert isinstance(judge(JOB, broken, GuardConfig(), resolved(OLD)), Held)


@pytest.mark.parametrize("letter", CLASSES)
@pytest.mark.parametrize("job", [JOB, PINNED])
def test_a_job_of_free_routes_calls_no_other_even_pinned_to_it(job: Job, letter: str) -> None:
    route = charged(OLD, letter)
    pins = job.pins
    consented = replace(job, snapshot=snapshot_of(route, pins, NOON), free_only=True)
    found = judge(consented, resolved(route), GuardConfig())
    if letter in "fl":
        assert isinstance(found, Go)
    else:
        assert isinstance(found, Held)
        assert found.reason is HoldReason.FREE_ONLY
        assert "/jobs edit 7 free_only=no" in found.error


def test_what_moved_beside_the_names_is_released_by_accepting_it() -> None:
    found = judge(PINNED, resolved(CHANGED["endpoint"]), GuardConfig())
    assert isinstance(found, Held)
    assert found.error.splitlines() == [
        "Held: unintended spend was prevented, no call was made.",
        "address 'https://lab.example/v1' -> 'https://elsewhere.example/v1'",
        "/jobs accept 7",
        "#44585",
    ]


# --- settings that cannot be used -----------------------------------------------------------------

BROKEN = ConfigError(["config.yaml: timezone: is wrong; mend it"])
UNPAID = [charged(OLD, "f"), charged(OLD, "l")]


@pytest.mark.parametrize("pins", PINS.values(), ids=PINS)
@pytest.mark.parametrize("route", UNPAID, ids=["free", "local"])
def test_an_unpaid_job_goes_on_with_the_last_good_route_it_consented_to(
    route: Route, pins: Pins
) -> None:
    job = a_job(pins=pins, snapshot=snapshot_of(route, pins, NOON))
    assert judge(job, BROKEN, GuardConfig(), resolved(route)) == Go(resolved(route))


@pytest.mark.parametrize("letter", ["p", "?"])
def test_what_may_cost_something_is_held(letter: str) -> None:
    route = charged(OLD, letter)
    job = a_job(snapshot=snapshot_of(route, Pins(), NOON))
    found = judge(job, BROKEN, GuardConfig(), resolved(route))
    assert isinstance(found, Held)
    assert found.reason is HoldReason.CONFIG


@pytest.mark.parametrize("axis", [*CHANGED, "price"])
@pytest.mark.parametrize("how", ["changed", "missing"])
@pytest.mark.parametrize("policy", OnDrift)
def test_an_unpaid_job_is_held_where_any_axis_differs_or_was_never_recorded(
    axis: str, how: str, policy: OnDrift
) -> None:
    now = charged(OLD if how == "missing" else CHANGED.get(axis, OLD), "f")
    kept = snapshot_of(charged(OLD, "f"), Pins(), NOON)
    if how == "missing":
        kept = replace(kept, **NOTHING_KNOWN[axis])
    elif axis == "price":
        kept = replace(kept, price_class=PriceClass.PAID)
    guard = GuardConfig(identity=Identity.OFF)
    found = judge(a_job(snapshot=kept, on_drift=policy), BROKEN, guard, resolved(now))
    assert isinstance(found, Held)
    assert found.reason is HoldReason.CONFIG


def test_without_any_last_good_route_it_is_held() -> None:
    job = a_job(snapshot=snapshot_of(UNPAID[0], Pins(), NOON))
    for last_good in (None, BROKEN, RouteError("none")):
        assert isinstance(judge(job, BROKEN, GuardConfig(), last_good), Held)


# --- an axis that a person saw nothing of ---------------------------------------------------------


@pytest.mark.parametrize("policy", OnDrift)
@pytest.mark.parametrize("axis", ["provider", "model"])
def test_what_a_person_saw_nothing_of_is_held_whatever_the_settings_say(
    axis: str, policy: OnDrift
) -> None:
    route = charged(OLD, "f")
    kept = replace(snapshot_of(route, Pins(), NOON), **NOTHING_KNOWN[axis])
    job = a_job(snapshot=replace(kept, unseen=True), on_drift=policy)
    found = judge(job, resolved(route), GuardConfig(), resolved(route))
    assert isinstance(found, Held)
    assert found.reason is HoldReason.UNGUARDED
    elsewhere = replace(job, snapshot=kept)
    assert isinstance(judge(elsewhere, resolved(route), GuardConfig()), Go)
