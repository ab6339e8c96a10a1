"""The machine of runs: two workers, persons and time do to jobs whatever they like, in any order."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from scheduler.ports import Answered, Held
from scheduler.run import HoldReason
from tests.integration.stores import FREE, LAPSED, drifted
from tests.machines.run_deeds import LEASE, ONE, WORKERS, RunDeeds
from tests.machines.runs_model import IN_FLIGHT, WORKED_ON, JobModel, RunModel

MOST_JOBS = 4

who = st.integers(0, 1)
which = st.integers(0, 5)


class RunsMachine(RunDeeds):
    """Few rules of many deeds: an example leaves rules out at random, and would seldom get far."""

    @initialize(repeats=st.sampled_from([None, 1, 2]), first=who)
    def a_first_run(self, repeats: int | None, first: int) -> None:
        self.add(repeats, once=False)
        self.begin(0, first)

    @rule(
        deed=st.sampled_from(["add", "add once", "tick", "begin", "begin", "claim", "run now"]),
        number=which,
        first=who,
        tickers=st.integers(1, 3),
        repeats=st.sampled_from([None, None, 1, 2]),
    )
    def something_is_due(
        self, deed: str, number: int, first: int, tickers: int, repeats: int | None
    ) -> None:
        if deed.startswith("add") and len(self.model.jobs) < MOST_JOBS:
            self.add(None if deed == "add once" else repeats, once=deed == "add once")
        elif deed == "tick":
            self.fire(self.some_job(number), tickers)
        elif deed == "run now":
            self.by_hand(self.some_job(number), None)
        elif deed == "claim" and self.has("planned"):
            self.claimed(self.some_run(number, "planned"), first, LEASE)
        else:
            self.begin(number, first)

    def begin(self, number: int, first: int) -> None:
        """As it goes most of the time: a fire falls due, and somebody claims it."""
        if not self.ready():
            self.add(None, once=False)
        job = self.ready()[number % len(self.ready())]
        self.fire(job, 1)
        self.same(job)
        self.claimed(list(self.model.runs.values())[-1], first, LEASE)

    def ready(self) -> list[JobModel]:
        """Jobs whose next fire would be claimed at once."""
        active = [job for job in self.living() if job.state == "active" and job.due]
        return [job for job in active if not self.model.of(job, *IN_FLIGHT)]

    @rule(
        number=which,
        mine=st.sampled_from([True, True, True, False]),
        deed=st.sampled_from(
            ["gate", "gate", "gate twice", "gate as before", "hold", "end", "end"]
        ),
        step=st.integers(1, 2),
        reason=st.sampled_from([HoldReason.DRIFT, HoldReason.HALT, HoldReason.CONFIG]),
        how=st.sampled_from(
            ["succeeded", "succeeded", "failed", "unknown", "cancelled", "again", "held"]
        ),
    )
    def a_worker(
        self, number: int, mine: bool, deed: str, step: int, reason: HoldReason, how: str
    ) -> None:
        """The worker that has a run, or one that has it no more."""
        if not self.has(*WORKED_ON):
            self.begin(number, number % 2)
        run = self.some_run(number, *WORKED_ON)
        if deed == "hold":
            held = Held(reason, "Held: no call was made")
            self.rest(run, mine, drifted() if reason is HoldReason.DRIFT else held, "claimed")
        elif deed == "end" and run.state == "calling":
            self.end(run, mine, how)
        else:
            self.gate(run, mine, step, deed)

    def gate(self, run: RunModel, mine: bool, step: int, deed: str) -> None:
        """Perhaps twice at once, perhaps with a verdict of before the consent moved."""
        worker = WORKERS.index(self.worker_of(run, mine)[0])
        knocks = 2 if deed == "gate twice" else 1
        self.knock(run, [worker] * knocks, step, int(deed == "gate as before"))

    def end(self, run: RunModel, mine: bool, how: str) -> None:
        if how == "held":
            held = Held(HoldReason.SERVED, "Held", route=FREE, answered=Answered((), ONE))
            self.rest(run, mine, held, "calling")
        elif how == "again":
            self.try_again(run, mine)
        else:
            self.record(run, mine, how)

    @rule(
        worker=who,
        what=st.sampled_from(
            ["renew", "renew", "lapse", "sweep", "sweep", "alone", "1", "1", "11"]
        ),
    )
    def leases(self, worker: int, what: str) -> None:
        match what:
            case "renew" | "lapse":
                self.renew(worker, LAPSED if what == "lapse" else LEASE)
            case "sweep" | "alone":
                self.sweep(worker, alone=what == "alone")
            case minutes:
                self.time_passes(timedelta(minutes=int(minutes)))

    @rule(
        number=which,
        deed=st.sampled_from(
            [
                *("pause", "resume", "resume", "remove", "consent", "consent", "stop"),
                *("release", "release", "release twice", "doubt", "doubt"),
                *("halt", "halt for a moment", "halt by file", "unhalt", "unhalt"),
            ]
        ),
    )
    def somebody(self, number: int, deed: str) -> None:
        job = self.some_job(number)
        match deed:
            case "pause":
                self.become(job, "paused", "active")
            case "resume":
                self.become(job, "active", "paused")
            case "remove":
                self.become(job, "removed", "active", "paused", "finished")
            case "consent" if job.state != "removed":
                self.consent(job)
            case "stop":
                self.stop(job)
            case "release" | "release twice" if self.has("held"):
                held = self.some_run(number, "held").job
                self.release(held, 2 if deed == "release twice" else 1)
            case "doubt":
                self.doubt(number)
            case "unhalt":
                self.unhalt()
            case "halt" | "halt for a moment" | "halt by file":
                self.halted(number, deed)

    def doubt(self, number: int) -> None:
        """Somebody decides about a run of unknown outcome."""
        if not self.model.runs:
            return
        run = self.some_run(number, "unknown")
        if number % 2:
            self.leave(run)
        else:
            self.by_hand(run.job, run)

    def halted(self, number: int, deed: str) -> None:
        self.halt(by_file=deed == "halt by file")
        self.look()
        if self.has(*WORKED_ON):
            self.gate(self.some_run(number, *WORKED_ON), True, 1 + number % 2, deed)
        if deed == "halt for a moment":
            self.look()
            self.unhalt()

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        self.look()

    # --- whom a rule is about ---------------------------------------------------------------------

    def some_job(self, number: int) -> JobModel:
        """Mostly one that goes on, the latest first; now and then any other."""
        jobs = list(reversed(self.model.jobs.values()))
        fit = [job for job in jobs if job in self.living()]
        return fit[number % len(fit)] if fit and number < 5 else jobs[number % len(jobs)]

    def some_run(self, number: int, *states: str) -> RunModel:
        """Mostly one in these states, the latest first; now and then any other."""
        runs = list(reversed(self.model.runs.values()))
        fit = [run for run in runs if run.state in states]
        return fit[number % len(fit)] if fit and number < 5 else runs[number % len(runs)]

    def living(self) -> list[JobModel]:
        return [job for job in self.model.jobs.values() if job.state in ("active", "paused")]

    def has(self, *states: str) -> bool:
        return any(run.state in states for run in self.model.runs.values())
