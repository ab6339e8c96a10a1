"""What people read, word for word, as a terminal of 80 columns shows it.

The words stand in tests/data/messages.txt, each message under its name.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.adapters.terminal.render import Look, render
from bot.message import Code, Confirm, Message, Moment
from bot.wording import alerts, answered, answers, cards, choosing, histories, pressed, runs
from scheduler.alert import Alert, AlertId, AlertJob, AlertState, Decision
from scheduler.answers import (
    Alerts,
    Changed,
    Done,
    JobView,
    Listed,
    Started,
    StillHeld,
    WhatIf,
)
from scheduler.drift import drifts
from scheduler.errors import ConfigError, RouteError, UserError
from scheduler.halt import Halt
from scheduler.held import config_error, drift_error, route_error, served_error
from scheduler.job import Job, JobId, JobKind, JobState, OnDrift, OnMissed, Principal
from scheduler.money import ASSUMED, Forecast, Habit
from scheduler.press import Action, RouteNames
from scheduler.price import PriceCard, PriceSource
from scheduler.route import Pins, PriceClass, Route, Snapshot, snapshot_of
from scheduler.run import (
    WAS_HELD,
    Authorised,
    CostSource,
    HoldReason,
    Run,
    RunId,
    RunKind,
    RunState,
    Usage,
)
from scheduler.schedule import Interval
from scheduler.served import Fact, Mismatch
from scheduler.told import Reason, Told, in_words
from tests.unit import overviews
from tests.unit.jobs import FREE, NINE, NOON, PAID, ROOM, a_job, resolved

MESSAGES = (Path(__file__).parents[1] / "data/messages.txt").read_text(encoding="utf-8")
EXPECTED = {
    name: message.rstrip("\n")
    for name, message in (part.split("\n", 1) for part in MESSAGES.split("##### ")[1:])
}

DAY = timedelta(days=1)
BOB = Principal("slack", "T012AB", "U0BOB", name="Bob")
FIRES = (NINE, NINE + DAY, NINE + 2 * DAY)


def shown(message: Message) -> str:
    return render(message, Look())


def a_run(state: RunState, number: int = 1, job: int = 7, **changes: object) -> Run:
    usual = Run(RunId(number), JobId(job), NINE, RunKind.SCHEDULED, state, route=FREE)
    return replace(usual, **changes)  # type: ignore[arg-type]


def held(fires: int, job: int = 7) -> list[Run]:
    return [
        a_run(RunState.HELD, number, job, fire_time=NINE + (number - 1) * DAY)
        for number in range(1, fires + 1)
    ]


def listed(job: Job, decision: Decision | None = None, by: str | None = None) -> AlertJob:
    return AlertJob(job, drifts(job, PAID), 1, NINE, decision, by, NINE if decision else None)


def an_alert(
    *rows: AlertJob,
    state: AlertState = AlertState.OPEN,
    route: Route = PAID,
    reason: HoldReason = HoldReason.DRIFT,
) -> Alert:
    return Alert(AlertId(1), ROOM, route, state, 1, NINE, rows, reason)


MISLED = a_job(
    answered_as=(
        Mismatch(Fact.MODEL, "small", "gpt-4o"),
        Mismatch(Fact.DOWNSTREAM, "DeepInfra", "Together"),
        Mismatch(Fact.COST, "free", "$0.0004"),
    )
)
BILLED = Usage(1, 11, 7, "gpt-4o", "Together", Decimal("0.0004"), CostSource.BILLED)
"""A job that was answered otherwise than it consented to, and what that cost."""


PINNED = a_job(pins=Pins("free-lab", "small"), snapshot=Snapshot(price_class=PriceClass.FREE))
PINNED_WHOLE = replace(PINNED, snapshot=snapshot_of(FREE, PINNED.pins, NOON))
TINY = snapshot_of(replace(FREE, model="tiny"), Pins(), NOON)
OTHER = a_job(9, name="Build watch", owner=BOB, snapshot=TINY)
THIRD = a_job(11, name="Digest", next_fire_time=None)


LET_THROUGH = replace(
    a_run(RunState.SUCCEEDED), authorised=Authorised(PAID, "Ana", NINE), finished_at=NINE
)


def alert(found: Alert, waiting: dict[int, int]) -> Message:
    fires = {JobId(job): held(number, job) for job, number in waiting.items()}
    return alerts.alert(found, fires, 0, "/jobs")


UNGUARDED = a_job(snapshot=Snapshot(model="small"))
UNSEEN = a_job(snapshot=Snapshot(model="small", unseen=True))
NO_KEY = RouteError("GROQ_API_KEY is not set, and groq needs it: put it into .env", credential="K")
IN_PIECES = ConfigError(["config.yaml: line 3: is not YAML from here on; look for a missing quote"])
TWO_MISTAKES = ConfigError(
    [
        "config.yaml: limits.min_interval: 5 is no duration; write 5m",
        "config.yaml: access.admins: 'me' is not a person; name persons",
    ]
)
MESSAGE = a_job(kind=JobKind.MESSAGE, snapshot=Snapshot(), name="Tea", prompt="The kettle is on")

DRIFTED = drift_error(a_job(), drifts(a_job(), PAID))
ONE_AXIS = replace(FREE, model="huge")

CHEAP = replace(
    FREE,
    price_class=PriceClass.PAID,
    price=PriceCard(PriceSource.OVERRIDE, Decimal("0.25"), Decimal("1.25"), matched="small"),
)
PRICED = replace(
    PAID,
    price=PriceCard(
        PriceSource.LIST, Decimal(3), Decimal(15), matched="large-4-5", edition="genai-prices 0.2.3"
    ),
)
CHEAP_JOB = a_job(snapshot=snapshot_of(CHEAP, Pins(), NOON))
DAILY, SEEN = Forecast(ASSUMED, 30), Forecast(Habit(120_000, 2_400, 12), 30)
MOVED = replace(FREE, endpoint="https://elsewhere.example/v1", credential="LAB_KEY")
MOVED_ADDRESS = replace(
    an_alert(AlertJob(PINNED_WHOLE, drifts(PINNED_WHOLE, MOVED), 1, NINE), route=MOVED),
    reason=HoldReason.IDENTITY,
)

SAID = {
    "an open alert about one job": alert(an_alert(listed(a_job())), {7: 1}),
    "an open alert about jobs that consented to different routes": alert(
        an_alert(listed(a_job()), listed(OTHER), listed(THIRD, Decision.PAUSED, "Bob")),
        {7: 2, 9: 1, 11: 1},
    ),
    "an alert about a move to a free default": alert(
        an_alert(
            AlertJob(
                a_job(snapshot=snapshot_of(PAID, Pins(), NOON)),
                drifts(a_job(snapshot=snapshot_of(PAID, Pins(), NOON)), FREE),
                1,
                NINE,
            ),
            route=FREE,
        ),
        {7: 1},
    ),
    "an alert about a moved model": alert(
        an_alert(AlertJob(a_job(), drifts(a_job(), ONE_AXIS), 1, NINE), route=ONE_AXIS), {7: 1}
    ),
    "an alert whose default moved on": alert(
        an_alert(listed(a_job(), Decision.CHANGED), state=AlertState.DECIDED), {7: 1}
    ),
    "an alert about a price nobody knows": alert(
        an_alert(listed(a_job()), route=replace(PAID, price_class=PriceClass.UNKNOWN)), {7: 1}
    ),
    "a decided alert with held fires": alert(
        an_alert(listed(PINNED, Decision.PINNED, "Ana"), state=AlertState.DECIDED), {7: 3}
    ),
    "an alert that several people decided": alert(
        an_alert(
            listed(PINNED, Decision.PINNED, "Ana"),
            listed(OTHER, Decision.ACCEPTED, "Bob"),
            listed(THIRD, Decision.CHANGED),
            state=AlertState.DECIDED,
        ),
        {7: 1, 9: 2},
    ),
    "a healed alert": alert(an_alert(listed(a_job()), state=AlertState.HEALED), {7: 1}),
    "a creation card": cards.added(JobView(a_job(), FIRES, current=resolved(FREE)), "/jobs"),
    "a card of a job pinned at birth": cards.added(
        JobView(PINNED, FIRES, current=resolved(FREE)), "/jobs"
    ),
    "a card of an unguarded job": cards.added(JobView(UNSEEN, FIRES, problem=str(NO_KEY)), "/jobs"),
    "a card of a job made while the settings are broken": cards.added(
        JobView(UNSEEN, FIRES, problem=str(TWO_MISTAKES)), "/jobs"
    ),
    "a card of a message": cards.added(
        JobView(replace(MESSAGE, schedule=Interval(timedelta(hours=2))), FIRES), "/jobs"
    ),
    "a run held because the settings are broken": runs.report(
        a_job(),
        a_run(
            RunState.HELD,
            hold_reason=HoldReason.CONFIG,
            error=config_error(IN_PIECES),
            route=None,
        ),
        "/jobs",
        first_unguarded=False,
    ),
    "a run held because a credential is missing": runs.report(
        a_job(),
        a_run(
            RunState.HELD, hold_reason=HoldReason.CREDENTIAL, error=route_error(NO_KEY), route=None
        ),
        "/jobs",
        first_unguarded=False,
    ),
    "a run of unknown outcome": runs.report(
        a_job(),
        a_run(RunState.UNKNOWN, error="no whole answer came from lab.example in the time allowed"),
        "/jobs",
        first_unguarded=False,
    ),
    "a failed run": runs.report(
        a_job(),
        a_run(RunState.FAILED, error="HTTP 500: the lab is closed", usage=Usage(1)),
        "/jobs",
        first_unguarded=False,
    ),
    "an alert about what answered": answered.alert(
        an_alert(AlertJob(MISLED, (), 1, NINE), route=FREE, reason=HoldReason.SERVED),
        {
            MISLED.id: [
                a_run(RunState.HELD, hold_reason=HoldReason.SERVED, usage=BILLED, output="4")
            ]
        },
        1,
        "/jobs",
    ),
    "the error of a run that was answered otherwise": Message(
        "", (Code(served_error(MISLED, MISLED.answered_as, BILLED)),)
    ),
    "an answer nobody consented to": runs.report(
        a_job(snapshot=Snapshot()),
        a_run(RunState.SUCCEEDED, output="All quiet.", usage=BILLED),
        "/jobs",
        first_unguarded=False,
        served="model 'small' -> 'gpt-4o'",
    ),
    "a receipt without a price": runs.report(
        a_job(),
        a_run(RunState.SUCCEEDED, output="All quiet.", usage=Usage(1, 11, 7), route=PAID),
        "/jobs",
        first_unguarded=False,
    ),
    "a run stopped between two calls": runs.report(
        a_job(),
        a_run(RunState.CANCELLED, error="stopped by Ana", usage=Usage(requests=1)),
        "/jobs",
        first_unguarded=False,
    ),
    "a run stopped before its call": runs.report(
        a_job(), a_run(RunState.CANCELLED, error="stopped by Ana"), "/jobs", first_unguarded=False
    ),
    "the error of a drifted run": Message("", (Code(DRIFTED),)),
    "an alert with prices": alerts.alert(
        an_alert(listed(CHEAP_JOB), route=PRICED),
        {JobId(7): held(1)},
        0,
        "/jobs",
        {JobId(7): DAILY},
    ),
    "an alert with prices about several jobs": alerts.alert(
        an_alert(listed(CHEAP_JOB), listed(replace(CHEAP_JOB, id=JobId(8))), route=PRICED),
        {},
        0,
        "/jobs",
        {JobId(7): DAILY, JobId(8): DAILY},
    ),
    "an alert about another address": alert(MOVED_ADDRESS, {7: 1}),
    "a healed alert about another address": alert(
        replace(MOVED_ADDRESS, state=AlertState.HEALED), {}
    ),
    "a creation card with prices": cards.added(
        JobView(CHEAP_JOB, FIRES, current=resolved(CHEAP), forecast=SEEN), "/jobs"
    ),
    "the question whether the default may move": answers.answer(
        WhatIf(
            resolved(CHEAP),
            RouteNames("paid-lab", "large"),
            (CHEAP_JOB,),
            2,
            PRICED,
            {JobId(7): DAILY},
        ),
        "/jobs",
    ),
    "a report with something that changed": runs.noting(
        runs.report(
            a_job(),
            a_run(RunState.SUCCEEDED, output="All quiet.", usage=Usage(1, 11, 7)),
            "/jobs",
            first_unguarded=False,
        ),
        in_words((Told(Reason.KEY, ()), Told(Reason.NOT_DEARER, drifts(a_job(), PAID)))),
    ),
    "a list": cards.listed(
        Listed(
            (
                JobView(a_job(), FIRES[:1], held=tuple(held(2))),
                JobView(PINNED, FIRES[:1]),
                JobView(a_job(8, pins=Pins("free-lab"), snapshot=Snapshot(model="small"))),
                JobView(UNGUARDED, FIRES[:1]),
                JobView(a_job(10, state=JobState.PAUSED, snapshot=Snapshot())),
                JobView(MESSAGE, FIRES[:1]),
            ),
            1,
            1,
            6,
            everywhere=False,
        ),
        "/jobs",
    ),
    "a list while everything is halted": cards.listed(
        Listed(
            (JobView(a_job(), FIRES[:1]),),
            1,
            1,
            1,
            everywhere=False,
            halt=Halt("Ana", "the bill looks wrong", NOON),
        ),
        "/jobs",
    ),
    "a job that is held, in full": cards.shown(
        JobView(
            CHEAP_JOB,
            FIRES,
            held=tuple(held(2)),
            current=resolved(PRICED),
            drifts=drifts(CHEAP_JOB, PRICED),
            would_hold=HoldReason.DRIFT,
            forecast=SEEN,
        ),
        "/jobs",
    ),
    "a job that runs on its snapshot": cards.shown(
        JobView(
            replace(CHEAP_JOB, on_drift=OnDrift.RUN_ON_SNAPSHOT),
            FIRES,
            current=resolved(PRICED),
            instead=CHEAP,
            forecast=SEEN,
        ),
        "/jobs",
    ),
    "a job of free routes that is pinned to a paid one": cards.shown(
        JobView(
            a_job(
                pins=Pins("paid-lab", "large"),
                snapshot=snapshot_of(PRICED, Pins("paid-lab", "large"), NOON),
                free_only=True,
            ),
            FIRES,
            current=resolved(PRICED),
            would_hold=HoldReason.FREE_ONLY,
        ),
        "/jobs",
    ),
    "a job with one axis pinned that may follow what is not dearer": cards.shown(
        JobView(
            a_job(
                pins=Pins("free-lab"),
                snapshot=snapshot_of(FREE, Pins("free-lab"), NOON),
                on_drift=OnDrift.ALLOW_IF_NOT_DEARER,
            ),
            FIRES,
            current=resolved(FREE),
        ),
        "/jobs",
    ),
    "an alert about a default that no job has met yet": alert(
        an_alert(listed(a_job()), listed(a_job(9, name="Build watch"))), {}
    ),
    "an alert of which a run was let through": alerts.alert(
        an_alert(listed(a_job())), {}, 0, "/jobs", ran=[LET_THROUGH]
    ),
    "a healed alert of which a run was let through": alerts.alert(
        an_alert(listed(a_job()), state=AlertState.HEALED), {}, 0, "/jobs", ran=[LET_THROUGH]
    ),
    "an alert whose other jobs nothing holds any more": alert(
        an_alert(listed(a_job()), listed(a_job(9), Decision.HEALED)), {7: 1}
    ),
    "a choice, job by job": choosing.choose(
        an_alert(*(listed(a_job(number)) for number in range(1, 8))), 2
    ),
    "a choice of which nothing is left": choosing.choose(
        an_alert(listed(a_job(), Decision.PINNED, "Ana"), state=AlertState.DECIDED),
        1,
        "Done: 1 job pinned to the route consented to.",
    ),
    "a held fire that would be held again": answers.answer(
        StillHeld(
            a_job(),
            UserError("the held fire of job 7 would be held again", "decide first"),
            PAID,
            drifts(a_job(), PAID),
            an_alert(listed(a_job())),
        ),
        "/jobs",
    ),
    "no open alert, and a held fire all the same": answers.answer(
        Alerts((), (JobView(a_job(state=JobState.PAUSED), held=tuple(held(1))),)), "/jobs"
    ),
    "an alert that was posted anew": alerts.elsewhere(anew=True),
    "a press on an alert that has moved on": pressed.too_late(
        an_alert(listed(a_job())), RouteNames.of(FREE)
    ),
    "a run that was let through": answers.answer(
        Started(a_job(), LET_THROUGH, held_fire=True, once=PAID), "/jobs"
    ),
    "an edited job": answers.answer(
        Changed(
            Done.EDITED,
            JobView(
                a_job(prompt="Summarise closed incidents", free_only=True),
                FIRES,
                current=resolved(FREE),
            ),
            "Ana",
            before=a_job(name="Incidents"),
        ),
        "/jobs",
    ),
    "a job whose own cap is above that of the settings": answers.answer(
        Changed(
            Done.EDITED,
            JobView(
                a_job(max_usd=Decimal(5)),
                FIRES,
                current=resolved(FREE),
                per_run_usd=Decimal("0.50"),
            ),
            "Ana",
            before=a_job(max_usd=Decimal("0.05")),
        ),
        "/jobs",
    ),
    "a job whose own cap is off again": answers.answer(
        Changed(
            Done.EDITED,
            JobView(a_job(), FIRES, current=resolved(FREE), per_run_usd=Decimal("0.50")),
            "Ana",
            before=a_job(max_usd=Decimal("0.05")),
        ),
        "/jobs",
    ),
    "a job that is there twice": cards.added(JobView(MESSAGE, FIRES), "/jobs", twin=JobId(3)),
    "a history": histories.history(
        a_job(),
        (
            a_run(RunState.HELD, 6, hold_reason=HoldReason.DRIFT, fire_time=NINE + 2 * DAY),
            a_run(
                RunState.SUCCEEDED,
                5,
                usage=BILLED,
                note=WAS_HELD,
                fire_time=NINE + DAY,
                started_at=NINE + DAY + timedelta(seconds=40),
            ),
            a_run(
                RunState.SUCCEEDED,
                4,
                kind=RunKind.MANUAL,
                usage=Usage(1, 11, 7, cost_source=CostSource.UNKNOWN),
                route=PAID,
                started_at=NINE + timedelta(seconds=1),
            ),
            a_run(
                RunState.FAILED,
                3,
                route=None,
                started_at=NINE,
                error="HTTP 500: the lab is closed\nfor a week",
            ),
            a_run(RunState.UNKNOWN, 7, usage=Usage(1), error=f"{'no answer, ' * 20}at all"),
            a_run(RunState.SUCCEEDED, 2, started_at=NINE + timedelta(hours=2)),
            a_run(RunState.MISSED, 1),
        ),
        "/jobs",
    ),
    "what the jobs of a chat cost": answers.answer(overviews.CHAT, "/jobs"),
    "what a thousand jobs cost": answers.answer(overviews.CROWD, "/jobs"),
    "what free jobs cost": answers.answer(overviews.FREE_CHAT, "/jobs"),
    "what jobs that have not run yet will cost": answers.answer(overviews.NEW_CHAT, "/jobs"),
    "what one job costs": answers.answer(overviews.ONE, "/jobs"),
    "what a job costs whose price nobody knows": answers.answer(overviews.UNPRICED, "/jobs"),
    "what a held job costs": answers.answer(overviews.HELD, "/jobs"),
    "what a removed job has cost": answers.answer(overviews.GONE, "/jobs"),
    "what a job costs that has nothing to do": answers.answer(overviews.IDLE, "/jobs"),
    "what a message costs": answers.answer(overviews.TEA, "/jobs"),
    "an estimate says on which price list it rests": histories.history(
        a_job(), (overviews.ONE.runs[3][0], overviews.ONE.runs[4][0]), "/jobs"
    ),
    "missed fires": runs.missed(
        a_job(), 3, Moment(NINE, "UTC"), Moment(NINE + 2 * DAY, "UTC"), "/jobs"
    ),
    "missed fires that one late run makes up for": runs.missed(
        a_job(on_missed=OnMissed.RUN_ONCE), 1, Moment(NINE, "UTC"), Moment(NINE, "UTC"), "/jobs"
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_message_reads_as_the_file_of_messages_has_it(name: str) -> None:
    assert shown(SAID[name]) == EXPECTED[name]


def test_the_file_has_no_message_that_nobody_says() -> None:
    assert set(EXPECTED) == set(SAID)


def test_thirteen_jobs_are_named_one_by_one_and_many_more_are_counted() -> None:
    assert shown(alert(an_alert(*(listed(a_job(n)) for n in range(1, 14))), {})).count("- #") == 13
    crowd = an_alert(*(listed(a_job(n)) for n in range(1, 41)))
    assert shown(alert(crowd, {})).count("- #") == 20
    assert "and 20 more, behind Choose" in shown(alert(crowd, {}))


def test_a_call_that_a_held_run_made_before_is_counted_and_never_called_nothing() -> None:
    spent = {JobId(7): [a_run(RunState.HELD)]}
    told = alerts.alert(an_alert(listed(a_job())), spent, 2, "/jobs")
    assert "Nothing was spent" not in shown(told)
    assert "2 calls had been made." in told.title
    assert "paid calls made: 2." in shown(told)
    assert "prevented" not in shown(told)


def test_every_dear_button_asks_before_it_has_its_effect() -> None:
    card = cards.added(JobView(a_job(), FIRES, current=resolved(FREE)), "/jobs")
    what_if = WhatIf(resolved(FREE), RouteNames("paid-lab", "large"), (a_job(),), 0)
    messages = [
        card,
        answers.answer(what_if, "/jobs"),
        alert(an_alert(listed(a_job())), {7: 1}),
    ]
    asked = {button.press.action: button.confirm for each in messages for button in each.buttons}
    assert asked == {
        Action.PIN: None,
        Action.PAUSE: None,
        Action.RUN_ONCE: Confirm(
            "Job 7 (Brief) runs once on paid-lab:large (paid); after that it is held as before."
            " Run it?",
            "Run once",
        ),
        Action.UNDO: Confirm("Remove job 7 (Brief)? Nothing of it will run.", "Remove"),
        Action.ACCEPT: Confirm(
            "From now on 1 job will use paid-lab:large (paid). Accept?", "Accept"
        ),
        Action.CHANGE_DEFAULT: Confirm(
            "Move the default to paid-lab:large for every job and chat?"
            " 1 job will be held until somebody decides.",
            "Change",
        ),
        Action.CANCEL: None,
    }
