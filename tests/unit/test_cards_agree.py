"""What is said of a job never contradicts itself: a matrix of jobs, each read as a person would."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.adapters.terminal.render import Look, render
from bot.message import Fields, Message
from bot.wording import cards
from scheduler.answers import JobView, Listed
from scheduler.config import GuardConfig, Identity, MissingSnapshot
from scheduler.drift import consent
from scheduler.errors import RouteError
from scheduler.job import Job, OnDrift, unguarded_axes
from scheduler.judge import Go, judge, policy
from scheduler.ports import Held
from scheduler.route import ApiMode, Pins, PriceClass, Route, Snapshot, snapshot_of
from scheduler.run import HoldReason, Run, RunId, RunKind, RunState
from scheduler.served import Fact, Mismatch
from tests.unit.jobs import FREE, NINE, NOON, PAID, a_job, resolved

WIDE = Look(width=10_000)
MOVED = replace(FREE, endpoint="http://127.0.0.1:9/v1")
DEARER = replace(FREE, price_class=PriceClass.UNKNOWN)
LARGE = replace(FREE, model="large", api_mode=ApiMode.RESPONSES)
ROUTES: dict[str, Route | None] = {
    "same": FREE,
    "moved": PAID,
    "model": LARGE,
    "address": MOVED,
    "class": DEARER,
    "none": None,
}
PINS = {
    "none": Pins(),
    "provider": Pins(provider="free-lab"),
    "model": Pins(model="small"),
    "both": Pins("free-lab", "small"),
}
KEPT = {"whole": FREE, "names": None, "nothing": None}
GUARDS = {
    "usual": GuardConfig(),
    "on snapshot": GuardConfig(on_drift=OnDrift.RUN_ON_SNAPSHOT),
    "not dearer": GuardConfig(on_drift=OnDrift.ALLOW_IF_NOT_DEARER),
    "tell": GuardConfig(identity=Identity.TELL),
    "missing hold": GuardConfig(missing_snapshot=MissingSnapshot.HOLD),
}
SERVED = (Mismatch(Fact.MODEL, "small", "gpt-4o"),)


def the_job(pinned: str, kept: str, free_only: bool, served: bool) -> Job:
    pins = PINS[pinned]
    snapshot = snapshot_of(FREE, pins, NOON)
    if kept != "whole":
        names = Snapshot(snapshot.provider, snapshot.model, taken_at=NOON)
        snapshot = names if kept == "names" else Snapshot()
    return a_job(
        pins=pins, snapshot=snapshot, free_only=free_only, answered_as=SERVED if served else ()
    )


def now_under(pins: Pins, route: Route | None) -> Route | None:
    """What the job would use, where the default is this route: a pin stands."""
    if route is None:
        return None
    if pins.provider is not None and route.provider != pins.provider:
        route = replace(FREE, model=route.model)
    return replace(route, model=pins.model or route.model)


def a_view(job: Job, route: Route | None, guard: GuardConfig, fires_held: bool) -> JobView:
    """The job as it is read for a card."""
    now = now_under(job.pins, route)
    problem = "GROQ_API_KEY is not set"
    looked = resolved(now) if now else RouteError(problem, credential="GROQ_API_KEY")
    judged: Go | Held = judge(job, looked, guard, resolved(FREE))
    if isinstance(judged, Go) and job.answered_as:
        judged = Held(HoldReason.SERVED, "Held: what answered last is not what was consented to.")
    instead = judged.resolution.route if isinstance(judged, Go) else None
    if instead is not None and now is not None and instead.name == now.name:
        instead = None
    return JobView(
        job,
        fires=(NINE,),
        held=(_held_run(judged),) if fires_held else (),
        current=resolved(now) if now else None,
        problem=None if now else problem,
        drifts=judged.drifts if isinstance(judged, Held) else (),
        instead=instead,
        would_hold=judged.reason if isinstance(judged, Held) else None,
        policy=policy(job, guard),
    )


def _held_run(judged: Go | Held) -> Run:
    """A fire that waits: for what holds the job now, or for something that is over."""
    error = "Held: unintended spend was prevented, no call was made.\n#44585"
    reason = HoldReason.DRIFT
    if isinstance(judged, Held):
        error, reason = judged.error, judged.reason
    return Run(
        RunId(1),
        a_job().id,
        NINE - timedelta(days=1),
        RunKind.SCHEDULED,
        RunState.HELD,
        hold_reason=reason,
        error=error,
    )


def rows_of(message: Message) -> dict[str, str]:
    """Each row of the card by its label; two of one name contradict each other at sight."""
    labels = [
        label for block in message.blocks if isinstance(block, Fields) for label, _ in block.rows
    ]
    assert len(labels) == len(set(labels)), labels
    text = render(message, WIDE)
    found = {}
    for label in labels:
        row = re.search(rf"^\s*{label}:?\s+(.*)$", text, re.MULTILINE)
        assert row is not None, (label, text)
        found[label] = row[1]
    return found


def disagreements(view: JobView, message: Message) -> list[str]:
    """What a reader of this card would stumble over."""
    job, rows, text = view.job, rows_of(message), render(message, WIDE)
    guard, route = rows["Guard"], rows["Route"]
    holds = re.findall(r"is held|would be held", f"{route} {rows.get('Drift')} {rows.get('Why')}")
    unguarded, held = unguarded_axes(job), view.would_hold is not None
    told_by_route = view.current is None and held
    wrong = {
        "a number that says nothing": "#44585" in text,
        "held, and not said": held and not holds and not told_by_route,
        "not held, and said to be": not held and bool(holds),
        "held and only would be": "is held" in holds and "would be held" in holds,
        "held now, without a fire that waits": "is held" in holds and not view.held,
        "a route that is used, though it is held for it": view.would_hold
        in (HoldReason.DRIFT, HoldReason.IDENTITY, HoldReason.FREE_ONLY)
        and not route.startswith("would use ")
        and view.current is not None,
        "another route than the default's, and held when that moves": view.instead is not None
        and "held when that moves" in guard,
        "follows, though pinned": None not in (job.pins.provider, job.pins.model)
        and "follows" in guard,
        "whatever the default does, though an axis follows": "whatever the default does" in guard
        and None in (job.pins.provider, job.pins.model),
        "pinned names drift": any(getattr(job.pins, str(d.axis), None) for d in view.drifts),
        "unguarded, and not said": bool(unguarded) != ("UNGUARDED" in guard),
        "unguarded, without a way out": bool(unguarded)
        != any(button.label == "Take snapshot" for button in message.buttons),
        "follows anywhere, though held for that": view.would_hold is HoldReason.UNGUARDED
        and ("anywhere" in text or "It will run" in text),
        "a consent that is not the guard's": not unguarded
        and "Consent" in rows
        and not rows["Consent"].startswith(f"{consent(job).provider}:{consent(job).model}"),
        "an error of what is over": not held and "Held: " in text.replace("Held since", ""),
        "free routes only, and not said": job.free_only
        and "free and local routes only" not in guard
        and view.would_hold is not HoldReason.UNGUARDED,
    }
    return [what for what, found in wrong.items() if found]


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.parametrize("pinned", PINS)
def test_no_two_lines_of_a_card_contradict_each_other(pinned: str, guard: str) -> None:
    """Over every route, what was recorded, free_only, what answered, and whether a fire waits."""
    for name, kept, free_only, served, waits in product(
        ROUTES, KEPT, (False, True), (False, True), (False, True)
    ):
        view = a_view(the_job(pinned, kept, free_only, served), ROUTES[name], GUARDS[guard], waits)
        at = (name, kept, free_only, served, waits)
        assert not disagreements(view, cards.shown(view, "/jobs")), at
        if not waits:
            assert not disagreements(view, cards.added(view, "/jobs")), at


@pytest.mark.parametrize("pinned", PINS)
@pytest.mark.parametrize("kept", KEPT)
@pytest.mark.parametrize("waits", [False, True])
def test_a_list_says_what_the_card_says(pinned: str, kept: str, waits: bool) -> None:
    job = the_job(pinned, kept, free_only=False, served=False)
    view = a_view(job, PAID, GuardConfig(), waits)
    row = render(cards.listed(Listed((view,), 1, 1, 1, everywhere=False), "/jobs"), WIDE)
    guard = rows_of(cards.shown(view, "/jobs"))["Guard"]
    assert ("HELD since" in row) == waits
    assert ("UNGUARDED" in row) == ("UNGUARDED" in guard)
    for axis in ("provider", "model"):
        pin, kept_as = getattr(job.pins, axis), getattr(job.snapshot, axis)
        pins = re.search(r"pinned to ([^;\n]*)", row)
        follows = re.search(r"follows ([^;\n]*)", row)
        assert (pin is not None) == (pins is not None and str(pin) in pins[1])
        assert (kept_as is not None) == (follows is not None and str(kept_as) in follows[1])
