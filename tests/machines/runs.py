"""The machine of runs: two workers, persons and time do to jobs whatever they like, in any order."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from scheduler.errors import UserError
from scheduler.halt import Halt
from scheduler.job import JobId, JobState
from scheduler.ports import Answered, Finish, Held, Passage, Planned
from scheduler.route import Pins
from scheduler.run import HoldReason, Run, RunId, RunState, Usage
from storage.store import Store
from tests.integration.stores import FREE, HOUR, LAPSED, a_job, a_one_shot, drifted, entry
from tests.machines.runs_model import (
    IN_FLIGHT,
    MAY_FOLLOW,
    OPEN,
    WORKED_ON,
    JobModel,
    Model,
    RunModel,
)
from tests.machines.stage import Machine

WORKERS = ("worker-a", "worker-b")
LEASE = timedelta(minutes=10)
MOST_JOBS = 3
ONE = Usage(requests=1)

who = st.integers(0, 1)
which = st.integers(0, 5)
steps = st.integers(1, 2)


class RunsMachine(Machine):
    def __init__(self) -> None:
        super().__init__()
        self.model = Model(self.stage.now)
        self.seen: dict[int, tuple[str, int]] = {}
        self.manual = 0

    @property
    def store(self) -> Store:
        return self.stage.stores[0]

    def told(self, what: str) -> None:
        self.stage.told[what] += 1

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

    # --- jobs ---------------------------------------------------------------------------------------

    @initialize(repeats=st.sampled_from([None, 1, 2]))
    def first_job(self, repeats: int | None) -> None:
        self.add(repeats, once=False)

    @precondition(lambda self: len(self.living()) < MOST_JOBS)
    @rule(repeats=st.sampled_from([None, None, 1, 2]), once=st.booleans())
    def add(self, repeats: int | None, once: bool) -> None:
        now = self.stage.now
        new = a_one_shot if once else a_job
        job = new(repeat_left=None if once else repeats, next_fire_time=now, anchor=now)
        added = self.wait(self.store.add(job, entry("add", "job")))
        repeats = None if once else repeats
        self.model.jobs[added.id] = JobModel(added.id, repeats, now, once)

    def become(self, job: JobModel, state: str, *before: str) -> None:
        """A pause, a resumption or a removal, where the job is in such a state."""
        if job.state not in before:
            return
        self.change(job, state=JobState(state))
        match state:
            case "paused":
                self.model.pauses(job)
            case "removed":
                self.model.removes(job)
            case _:
                job.state = "active"

    def consent(self, job: JobModel) -> None:
        job.consent += 1
        self.change(job, pins=Pins("openrouter", f"model-{job.consent}"))

    def change(self, job: JobModel, **changes: object) -> None:
        found = self.wait(self.store.job(JobId(job.id)))
        assert found is not None
        after = self.wait(self.store.change(replace(found, **changes), entry()))  # type: ignore[arg-type]
        assert after is not None

    # --- fires --------------------------------------------------------------------------------------

    @rule(number=which, tickers=st.integers(1, 3))
    def tick(self, number: int, tickers: int) -> None:
        self.fire(self.some_job(number), tickers)

    def fire(self, job: JobModel, tickers: int) -> None:
        """Several schedulers have read the same job, and all of them record its fire."""
        found = self.wait(self.store.job(JobId(job.id)))
        assert found is not None
        due = job.due
        if due is None:
            return
        after = None if job.last else due + HOUR
        planned = [Planned(due, RunState.PLANNED)]

        async def at_once() -> list[list[Run]]:
            stores = [self.stage.stores[each % 2] for each in range(tickers)]
            return await asyncio.gather(*(each.plan(found, planned, after) for each in stores))

        runs = [run for each in self.wait(at_once()) for run in each]
        if job.state != "active":
            assert not runs
            return
        (run,) = runs
        state = "overlapped" if self.model.overlaps(job, after) else "planned"
        self.model.runs[run.id] = RunModel(run.id, job, due, False, state)
        job.due = after
        if after is None:
            self.model.settle(job)
        self.told("fires")

    @rule(number=which, leave=st.booleans())
    def run_now(self, number: int, leave: bool) -> None:
        """A run of its own, or what somebody decides about one of unknown outcome."""
        if not any(run.state == "unknown" and not run.decided for run in self.model.runs.values()):
            self.by_hand(self.some_job(number), None)
            return
        run = self.some_run(number, "unknown")
        doubtful = run.state == "unknown" and not run.decided
        if leave:
            left = self.wait(self.store.leave(RunId(run.id), entry("leave")))
            assert (left is not None) is doubtful
            run.decided = run.decided or doubtful
        else:
            self.by_hand(run.job, run)

    def by_hand(self, job: JobModel, again: RunModel | None) -> None:
        self.manual += 1
        at = self.stage.now + timedelta(milliseconds=self.manual)
        decided = None if again is None else RunId(again.id)
        busy = self.model.of(job, *IN_FLIGHT)
        doubtful = again is None or (again.state == "unknown" and not again.decided)
        try:
            run = self.wait(self.store.plan_manual(JobId(job.id), at, entry("run"), again=decided))
        except UserError:
            assert busy or job.state == "removed" or not doubtful
            return
        assert not busy
        assert job.state != "removed"
        assert doubtful
        if again is not None:
            again.decided = True
        self.model.runs[run.id] = RunModel(run.id, job, run.fire_time, True, "planned")
        self.told("runs by hand")

    # --- workers ------------------------------------------------------------------------------------

    @precondition(lambda self: self.has("planned"))
    @rule(number=which, first=who, lapsed=st.sampled_from([*[False] * 5, True]))
    def claim(self, number: int, first: int, lapsed: bool) -> None:
        """Both workers want it at once."""
        self.claimed(self.some_run(number, "planned"), first, LAPSED if lapsed else LEASE)

    @precondition(lambda self: self.ready())
    @rule(number=which, first=who, knock=st.booleans())
    def begin(self, number: int, first: int, knock: bool) -> None:
        """As it goes most of the time: a fire falls due, somebody claims it, and knocks."""
        jobs = self.ready()
        job = jobs[number % len(jobs)]
        self.fire(job, 1)
        self.same(job)
        run = list(self.model.runs.values())[-1]
        self.claimed(run, first, LEASE)
        self.same(job)
        if knock:
            self.knock(run, [first], 1, 0)

    def ready(self) -> list[JobModel]:
        """Jobs whose next fire would be claimed at once."""
        return [
            job
            for job in self.model.jobs.values()
            if job.state == "active" and job.due and not self.model.of(job, *IN_FLIGHT)
        ]

    def claimed(self, run: RunModel, first: int, lease: timedelta) -> None:

        # Who wins on a server is the server's matter, and an example must go the same way again.
        other = first if self.stage.shared else 1 - first

        async def at_once() -> list[Run | None]:
            stores = self.stage.stores
            return await asyncio.gather(
                *(
                    stores[n].claim(RunId(run.id), WORKERS[m], lease)
                    for n, m in ((0, first), (1, other))
                )
            )

        won = [claimed for claimed in self.wait(at_once()) if claimed is not None]
        assert len(won) == self.model.may_claim(run)
        for claimed in won:
            assert claimed.worker is not None
            self.model.claim(run, claimed.worker, lease)
            self.told("claims")

    @rule(
        worker=who,
        what=st.sampled_from(["renew", "lapse", "sweep", "sweep", "alone", "1", "1", "11", "4320"]),
    )
    def leases(self, worker: int, what: str) -> None:
        match what:
            case "renew" | "lapse":
                self.renew(worker, LAPSED if what == "lapse" else LEASE)
            case "sweep" | "alone":
                self.sweep(worker, alone=what == "alone")
            case minutes:
                self.time_passes(timedelta(minutes=int(minutes)))

    def renew(self, worker: int, lease: timedelta) -> None:
        """A worker extends the leases of what it executes, or has not come to it for too long."""
        mine = [
            run
            for run in self.model.runs.values()
            if run.worker == WORKERS[worker] and run.state in WORKED_ON
        ]
        ids = [RunId(run.id) for run in mine]
        stopped = self.wait(self.stage.stores[worker].extend(WORKERS[worker], ids, lease))
        assert {run.id for run in stopped} == {run.id for run in mine if run.stop}
        for run in mine:
            run.until = self.model.lease_clock + lease

    def sweep(self, worker: int, *, alone: bool) -> None:
        """A worker takes up what lapsed; one that has the file alone, whatever is not its own."""
        alone = alone and not self.stage.shared
        name = WORKERS[worker]
        left = self.wait(self.stage.stores[worker].reap(name, alone=alone))
        expected = self.model.sweeps(all_but=name if alone else None)
        assert [run.id for run in left] == [run.id for run in expected]
        self.stage.told["swept"] += len(left)

    def time_passes(self, span: timedelta) -> None:
        """A worker's own clock moves leases only where there is no server whose clock they follow."""
        self.stage.now += span
        if not self.stage.shared:
            self.model.lease_clock += span

    @precondition(lambda self: bool(self.model.runs))
    @rule(number=which, worker=who, step=steps)
    def gate_of_somebody(self, number: int, worker: int, step: int) -> None:
        self.knock(self.some_run(number), [worker], step, 0)

    @precondition(lambda self: self.has(*WORKED_ON))
    @rule(number=which, step=steps, knocks=st.integers(1, 2), behind=st.sampled_from([0, 0, 0, 1]))
    def gate(self, number: int, step: int, knocks: int, behind: int) -> None:
        """The worker that has it knocks, perhaps twice at once, perhaps with a verdict of before."""
        run = self.some_run(number, *WORKED_ON)
        mine = WORKERS.index(run.worker) if run.worker in WORKERS else 0
        self.knock(run, [mine] * knocks, step, behind)

    def knock(self, run: RunModel, workers: list[int], step: int, behind: int) -> None:
        consent = run.job.consent - behind
        shut = set(self.model.shut(run, WORKERS[workers[0]], step, consent))

        async def at_once() -> list[Passage]:
            return await asyncio.gather(
                *(
                    self.stage.stores[door % 2].pass_gate(
                        RunId(run.id), WORKERS[n], step=step, consent_revision=consent, route=FREE
                    )
                    for door, n in enumerate(workers)
                )
            )

        passages = Counter(passage.name for passage in self.wait(at_once()))
        assert passages["OPEN"] == (not shut), (passages, shut)
        assert set(passages) <= shut | {"OPEN", "ALREADY_CALLED"}, (passages, shut)
        if not shut:
            self.model.passes(run, step)
        self.stage.told.update(f"gate {name}" for name in passages)

    @precondition(lambda self: self.has("calling"))
    @rule(
        number=which,
        right=st.sampled_from([True, True, False]),
        how=st.sampled_from(
            ["succeeded", "succeeded", "failed", "unknown", "cancelled", "again", "held"]
        ),
    )
    def end(self, number: int, right: bool, how: str) -> None:
        """The worker that called says what came of it, or one that has it no more does."""
        run = self.some_run(number, "calling")
        if how == "held":
            held = Held(HoldReason.SERVED, "Held", route=FREE, answered=Answered((), ONE))
            self.rest(run, right, held, "calling")
        elif how == "again":
            self.try_again(run, right)
        else:
            self.record(run, right, how)

    def record(self, run: RunModel, right: bool, state: str) -> None:
        if run.state == "claimed":
            state = "failed"
        worker, mine = self.worker_of(run, right)
        finish = Finish(RunState(state), error="so it ended", usage=ONE)
        ended = self.wait(self.store.record(RunId(run.id), worker, finish))
        assert (ended is not None) is (mine and run.state in WORKED_ON)
        if ended is not None:
            self.model.ends(run, state)
            self.told(f"ended {state}")

    def try_again(self, run: RunModel, right: bool) -> None:
        worker, mine = self.worker_of(run, right)
        refused = Finish(RunState.FAILED, error="busy", usage=ONE)
        further = self.wait(self.store.try_again(RunId(run.id), worker, refused))
        assert (further is not None) is (mine and run.state == "calling" and not run.stop)
        if further is not None:
            self.model.tries_again(run)
            self.told("tried again")

    @precondition(lambda self: self.has("claimed"))
    @rule(
        number=which,
        right=st.sampled_from([True, True, False]),
        reason=st.sampled_from([HoldReason.DRIFT, HoldReason.HALT, HoldReason.CONFIG]),
    )
    def hold(self, number: int, right: bool, reason: HoldReason) -> None:
        run = self.some_run(number, "claimed")
        held = drifted() if reason is HoldReason.DRIFT else Held(reason, "Held: no call was made")
        self.rest(run, right, held, "claimed")

    def rest(self, run: RunModel, right: bool, held: Held, begun: str) -> None:
        worker, mine = self.worker_of(run, right)
        rests = self.wait(self.store.hold(RunId(run.id), worker, held))
        assert (rests is not None) is (mine and run.state == begun)
        if rests is not None:
            self.model.holds(run, held.reason, answered=held.answered is not None)
            self.told(f"held {held.reason}")

    def worker_of(self, run: RunModel, right: bool) -> tuple[str, bool]:
        """The worker that has a run, or another; and whether it is that one."""
        worker = run.worker or WORKERS[0]
        if not right:
            worker = next(other for other in WORKERS if other != worker)
        return worker, worker == run.worker

    # --- persons ------------------------------------------------------------------------------------

    @rule(
        number=which,
        deed=st.sampled_from(
            [
                *("pause", "resume", "resume", "consent", "consent", "stop"),
                *("release", "release", "release twice", "remove"),
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
            case "consent":
                self.consent(job)
            case "stop":
                self.stop(job)
            case "release":
                self.release(job, 1)
            case _:
                self.release(job, 2)

    def release(self, job: JobModel, times: int) -> None:
        """Somebody sets the held fire free; somebody else at the same moment too."""
        busy = bool(self.model.of(job, *IN_FLIGHT))

        async def at_once() -> list[Run | BaseException | None]:
            asked = self.stage.stores[:times]
            return await asyncio.gather(
                *(each.release(JobId(job.id), entry("run")) for each in asked),
                return_exceptions=True,
            )

        runs = [run for run in self.wait(at_once()) if isinstance(run, Run)]
        expected = None if busy else self.model.releases(job)
        assert [run.id for run in runs] == ([] if expected is None else [expected.id])
        self.stage.told["released"] += len(runs)

    def stop(self, job: JobModel) -> None:
        stopped = self.wait(self.store.ask_stop(JobId(job.id), entry("stop")))
        assert {run.id for run in stopped} == {run.id for run in self.model.of(job, *IN_FLIGHT)}
        self.model.stops(job)

    @rule(by_file=st.booleans(), number=which, for_long=st.sampled_from([False, False, True]))
    def halt(self, by_file: bool, number: int, for_long: bool) -> None:
        """By command, or by the file that works while nothing else does; mostly for a moment."""
        said = Halt("Ana", "enough", self.stage.now)
        if by_file:
            self.stage.file.write(said)
            self.model.halted = True
        else:
            self.wait(self.store.halt(said, entry("halt", "everything")))
            self.model.halts()
        self.rows_are_as_the_model_says()
        if self.has(*WORKED_ON):
            self.gate(number, 1 + number % 2, 1, 0)
        if not for_long:
            self.unhalt()

    @precondition(lambda self: self.model.halted)
    @rule()
    def unhalt(self) -> None:
        self.wait(self.store.unhalt(entry("unhalt", "everything")))
        self.model.unhalts()

    # --- what must be so ------------------------------------------------------------------------------

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        calls = self.wait(self.store.calls([RunId(number) for number in self.model.runs]))
        assert calls == len(self.model.passed)
        assert (self.wait(self.store.halted()) is not None) is self.model.halted
        for job in self.model.jobs.values():
            self.same(job)

    def same(self, job: JobModel) -> None:
        number = JobId(job.id)
        found, runs = self.wait(self.store.job(number)), self.wait(self.store.history(number, 100))
        assert found is not None
        row = (found.state, found.next_fire_time, found.repeat_left, found.consent_revision)
        assert row == (job.state, job.due, self.model.left(job), job.consent)
        times = [run.fire_time for run in runs]
        assert len(set(times)) == len(times)
        assert len(runs) == sum(run.job is job for run in self.model.runs.values())
        assert sum(run.state.value in WORKED_ON for run in runs) <= 1
        for run in runs:
            known = self.model.runs[run.id]
            assert (run.state, run.attempt) == (known.state, known.attempt), (run, known)
            assert (run.finished_at is None) is (run.state in OPEN)
            if run.state in WORKED_ON:
                assert run.worker == known.worker
            self.follows(run)

    def follows(self, run: Run) -> None:
        """No state is followed but by what may follow it, and nothing is sent a second time by itself."""
        before, attempt = self.seen.get(run.id, ("", 1))
        now = str(run.state)
        if before != now:
            assert now in MAY_FOLLOW.get(before, ()), f"{before} -> {now}"
            further = run.attempt - attempt
            assert further == 0 or (further == 1 and before in ("calling", "held")), run
            assert (before, now) != ("calling", "claimed") or further == 1
            self.told("transitions")
        else:
            assert run.attempt == attempt
        self.seen[run.id] = now, run.attempt
