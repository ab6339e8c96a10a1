"""The machine of presses: whoever presses whichever button in whatever order, of old messages too."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from bot.message import Button, Message, Request
from scheduler.alert import AlertId, AlertState
from scheduler.drift import consent
from scheduler.job import Job, JobId, JobState, Principal
from scheduler.press import Action, Press, RouteNames
from scheduler.run import RunState
from tests.acceptance.team import ANA, BOB, BOSS, OTHER_ROOM, ROOM, STRANGER, VERA
from tests.machines.house import DEFAULTS, House
from tests.machines.seen import Seen, look
from tests.machines.stage import Machine

OPERATORS = {
    *(Action.PIN, Action.PAUSE, Action.RESUME, Action.RUN_HELD),
    *(Action.RUN_AGAIN, Action.STOP, Action.LEAVE),
}
OWNERS = {Action.ACCEPT, Action.RUN_ONCE, Action.SNAPSHOT, Action.UNDO, Action.RESTORE}
DECIDING = {Action.PIN, Action.ACCEPT, Action.PAUSE, Action.RUN_ONCE}
VERBS = ("pin", "accept", "pause", "resume", "edit", "stop")
MOST_JOBS = 3

whoever = st.sampled_from([ANA, ANA, BOB, BOB, BOSS, VERA, STRANGER])
somewhere = st.sampled_from([0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 8, 13, 30])
"""How far back among the buttons that were ever shown."""


def allowed(person: Principal, action: Action, job: Job) -> bool:
    """Who may press what, written down once more; all of it in the chat of the job."""
    if person == BOSS:
        return True
    if person not in (ANA, BOB):
        return False
    return action in OPERATORS or (action in OWNERS and job.owner == person)


class PressesMachine(Machine):
    def __init__(self) -> None:
        super().__init__()
        self.house = House(self.stage, self.called)
        self.consents: dict[JobId, RouteNames] = {}
        self.leaves: dict[JobId, str] = {}
        self.alerts: set[AlertId] = set()
        self.decided: dict[tuple[AlertId, int], str] = {}

    def called(self, prompt: str, route: str) -> None:
        """A call is as its job consents, or as somebody let this one run go."""
        number = JobId(int(prompt.removeprefix("job ")))
        assert route in (str(self.consents[number]), self.leaves.pop(number, None))
        self.stage.told["calls"] += 1

    def look(self) -> Seen:
        return self.wait(look(self.house.store, list(self.consents), self.alerts))

    # --- what goes on ---------------------------------------------------------------------------------

    @initialize(several=st.booleans(), moved=st.integers(1, 2))
    def an_alert(self, several: bool, moved: int) -> None:
        for owner in (ANA, BOB) if several else (ANA,):
            self.add(owner)
        self.happens("drift", moved)

    @rule(
        what=st.sampled_from(
            [
                *("drift", "drift", "moves", "back", "fire", "work", "heal", "add"),
                *("pin", "accept", "pause", "resume", "resume", "edit", "stop"),
            ]
        ),
        where=st.integers(0, 2),
        owner=st.booleans(),
    )
    def meanwhile(self, what: str, where: int, owner: bool) -> None:
        if what in VERBS:
            self.typed(JobId(where + 1), owner, what)
        elif what == "add" and len(self.consents) < MOST_JOBS:
            self.add(ANA if owner else BOB)
        else:
            self.happens(what, where)

    def add(self, owner: Principal) -> None:
        number = JobId(max(self.consents, default=0) + 1)
        told = self.wait(self.house.type(f"/jobs add every 1h | job {number}", owner))
        (job,) = [job for job in self.wait(self.house.store.jobs()) if job.id not in self.consents]
        assert job.prompt == f"job {job.id}", told.title
        self.consents[job.id] = self.house.default.names

    def happens(self, what: str, where: int) -> None:
        """The default moves, a fire falls due, a run goes on, an alert heals; all of it is told."""
        house = self.house
        if what in ("drift", "moves", "back"):
            house.default.names = DEFAULTS[0 if what == "back" else where]
        match what:
            case "drift" | "fire":
                self.stage.now += timedelta(hours=1)
                self.wait(house.tick())
                self.wait(house.work())
            case "work":
                self.wait(house.work())
            case "heal":
                self.wait(house.heal())
        self.wait(house.deliver())

    def typed(self, number: JobId, owner: bool, verb: str) -> None:
        before = self.look()
        job = before.jobs.get(number)
        if job is None:
            return
        by = job.owner if owner else VERA
        more = " name=Other" if verb == "edit" else ""
        self.wait(self.house.type(f"/jobs {verb} {number}{more}", by))
        after = self.look()
        assert owner or before == after
        if verb == "accept" and consent(after.jobs[job.id]) != consent(job):
            self.consents[job.id] = self.house.default.names
        self.wait(self.house.deliver())

    # --- presses --------------------------------------------------------------------------------------

    def button(self, back: int) -> Button:
        return self.house.buttons[-1 - back % len(self.house.buttons)]

    @rule(
        person=whoever, back=somewhere, how=st.sampled_from([*["press"] * 6, "ask", "far", "forge"])
    )
    def press(self, person: Principal, back: int, how: str) -> None:
        button, before = self.button(back), self.look()
        place = OTHER_ROOM if how == "far" else ROOM
        token = button.token[::-1] if how == "forge" else button.token
        self.wait(
            self.house.ask(Request(person, place, token=token, asking=how == "ask", message="m"))
        )
        after = self.look()
        if how != "press":
            assert before == after
        else:
            self.judge(button.press, person, before, after)
        self.wait(self.house.deliver())

    @rule(people=st.lists(whoever, min_size=2, max_size=4), back=somewhere, same=st.booleans())
    def press_at_once(self, people: list[Principal], back: int, same: bool) -> None:
        """Several people press, each the same button or another one of the same alert."""
        first, before = self.button(back), self.look()
        if first.press.alert is None or first.press.action not in DECIDING:
            return
        asked = (first.press.alert, first.press.revision)
        beside = [
            each
            for each in self.house.buttons
            if (each.press.alert, each.press.revision) == asked and each.press.action in DECIDING
        ]
        pressed = [
            (person, first if same else beside[each % len(beside)])
            for each, person in enumerate(people)
        ]

        async def at_once() -> list[Message]:
            requests = (Request(person, ROOM, token=button.token) for person, button in pressed)
            return await asyncio.gather(*map(self.house.ask, requests))

        self.wait(at_once())
        self.one_of(pressed, before, self.look())
        self.wait(self.house.deliver())

    def one_of(
        self, pressed: Sequence[tuple[Principal, Button]], before: Seen, after: Seen
    ) -> None:
        """All that changed is what one of these presses would have changed alone."""
        if before == after:
            return
        wrong = []
        for person, button in pressed:
            try:
                self.judge(button.press, person, before, after)
            except AssertionError as error:
                wrong.append(error)
            else:
                return
        raise wrong[0]

    def judge(self, press: Press, person: Principal, before: Seen, after: Seen) -> None:
        """What a press has done is what its button said, by somebody who may, and for the first time."""
        changed = before.changed(after)
        may = {number for number in changed if allowed(person, press.action, before.jobs[number])}
        assert changed == may, f"{person.name} may not {press.action} {changed - may}"
        if press.alert is not None:
            self.judge_of_alert(press, press.alert, person, before, after)
        elif before == after:
            return
        for number in changed:
            self.said(press, number, person, before, after)
        for number in changed:
            if press.action is Action.ACCEPT and press.route is not None:
                self.consents[number] = press.route
        if changed:
            self.stage.told[f"{press.action}"] += 1

    def judge_of_alert(
        self, press: Press, alert_id: AlertId, person: Principal, before: Seen, after: Seen
    ) -> None:
        alert = before.alerts[alert_id]
        fresh = alert.revision == press.revision
        deciding = press.action in DECIDING
        if not fresh or (deciding and alert.state is not AlertState.OPEN):
            assert before == after, "a stale button has had an effect"
            return
        asked = {row.job.id for row in alert.undecided if press.job in (None, row.job.id)}
        mine = {each for each in asked if allowed(person, press.action, before.jobs[each])}
        changed = before.changed(after)
        if not deciding:
            assert before.alerts == after.alerts or press.action is Action.RUN_HELD
            return
        assert changed <= asked, "a button of an alert is about the jobs that it asks about"
        if press.action in (Action.PIN, Action.PAUSE):
            assert changed == mine, "who may decide has decided"
        if changed:
            key = (alert_id, press.revision)
            assert key not in self.decided, f"decided before by {self.decided[key]}"
            self.decided[key] = person.name
            assert after.alerts[alert_id].revision == alert.revision + 1

    def said(
        self, press: Press, number: JobId, person: Principal, before: Seen, after: Seen
    ) -> None:
        """What became of one job is what the button said, and nothing else."""
        old, new = before.jobs[number], after.jobs[number]
        begun = [run for run in before.begun(after) if run.job_id == number]
        assert len(begun) <= 1, "one press begins one run of a job"
        match press.action:
            case Action.PIN:
                assert new.pins == consent(old)
                assert new.state is old.state
            case Action.ACCEPT:
                assert press.route is not None
                assert RouteNames(*_names(new)) == press.route
                assert (new.pins, new.state) == (old.pins, old.state)
            case Action.PAUSE:
                assert new.state is JobState.PAUSED
                assert consent(new) == consent(old)
            case Action.RUN_ONCE:
                assert new == old
                (run,) = begun
                assert run.authorised is not None
                assert run.authorised.by == person.name
                assert RouteNames.of(run.authorised.route) == press.route
                self.leaves[number] = run.authorised.route.name
            case Action.RUN_HELD:
                assert new == old
                (run,) = begun
                held = [r for r in before.runs.values() if r.job_id == number]
                held = [r for r in held if r.state is RunState.HELD]
                latest, *earlier = sorted(held, key=lambda r: r.fire_time, reverse=True)
                assert run.id == latest.id
                assert {after.runs[r.id].state for r in earlier} <= {RunState.MISSED}
            case Action.UNDO:
                assert new.state is JobState.REMOVED
            case _:
                assert consent(new) == consent(old)

    # --- what must be so ------------------------------------------------------------------------------

    @invariant()
    def every_job_consents_to_what_somebody_said(self) -> None:
        if not self.consents:
            return
        seen = self.look()
        for number, job in seen.jobs.items():
            assert RouteNames(*_names(job)) == self.consents[number]


def _names(job: Job) -> tuple[str, str]:
    names = consent(job)
    assert names.provider is not None
    assert names.model is not None
    return names.provider, names.model
