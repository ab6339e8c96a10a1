"""What can be done to runs, each done to the store and to the model, and then compared."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from scheduler.errors import UserError
from scheduler.halt import Halt
from scheduler.job import JobId, JobState
from scheduler.ports import Finish, Held, Passage, Planned
from scheduler.route import Pins
from scheduler.run import Run, RunId, RunState, Usage
from scheduler.spend import Reached, Reservation
from storage.store import Store
from tests.integration.stores import FREE, HOUR, a_job, a_one_shot, entry
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
ONE = Usage(requests=1)


class RunDeeds(Machine):
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

    # --- jobs ---------------------------------------------------------------------------------------

    def add(self, repeats: int | None, *, once: bool) -> None:
        now = self.stage.now
        new = a_one_shot if once else a_job
        job = new(repeat_left=repeats, next_fire_time=now, anchor=now)
        added = self.wait(self.store.add(job, entry("add", "job")))
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

    def leave(self, run: RunModel) -> None:
        doubtful = run.state == "unknown" and not run.decided
        left = self.wait(self.store.leave(RunId(run.id), entry("leave")))
        assert (left is not None) is doubtful
        run.decided = run.decided or doubtful

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

    # --- workers ------------------------------------------------------------------------------------

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
        self.same(run.job)

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

    def knock(self, run: RunModel, workers: list[int], step: int, behind: int) -> None:
        consent = run.job.consent - behind
        shut = set(self.model.shut(run, WORKERS[workers[0]], step, consent))

        async def at_once() -> list[Passage | Reached]:
            return await asyncio.gather(
                *(
                    self.stage.stores[door % 2].pass_gate(
                        RunId(run.id),
                        WORKERS[n],
                        step=step,
                        consent_revision=consent,
                        route=FREE,
                        reservation=Reservation(),
                    )
                    for door, n in enumerate(workers)
                )
            )

        passages = Counter(
            str(getattr(passage, "name", passage)) for passage in self.wait(at_once())
        )
        assert passages["OPEN"] == (not shut), (passages, shut)
        assert set(passages) <= shut | {"OPEN", "ALREADY_CALLED"}, (passages, shut)
        if not shut:
            self.model.passes(run, step)
        self.stage.told.update(f"gate {name}" for name in passages)

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

    # --- persons ------------------------------------------------------------------------------------

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

    def halt(self, *, by_file: bool) -> None:
        """By command, or by the file that works while nothing else does."""
        said = Halt("Ana", "enough", self.stage.now)
        if by_file:
            self.stage.file.write(said)
            self.model.halted = True
        else:
            self.wait(self.store.halt(said, entry("halt", "everything")))
            self.model.halts()

    def unhalt(self) -> None:
        self.wait(self.store.unhalt(entry("unhalt", "everything")))
        self.model.unhalts()

    # --- what must be so ----------------------------------------------------------------------------

    def look(self) -> None:
        """The rows are as the model says."""
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
