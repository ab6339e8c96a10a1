"""Jobs and their runs, written down a second time from the design: what a verb must make of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

OPEN = ("planned", "claimed", "calling", "held")
IN_FLIGHT = ("planned", "claimed", "calling")
WORKED_ON = ("claimed", "calling")
PATIENCE = 5

MAY_FOLLOW = {
    "": {"planned", "overlapped"},
    "planned": {"claimed", "held", "cancelled"},
    "claimed": {"calling", "held", "planned", "failed", "cancelled"},
    "calling": {"succeeded", "failed", "unknown", "cancelled", "held", "claimed"},
    "held": {"planned", "missed", "cancelled"},
}
"""What is in no row of this table is the end."""


@dataclass
class JobModel:
    id: int
    repeats: int | None
    due: datetime | None
    last: bool
    """Whether the next fire is the only one."""
    state: str = "active"
    consent: int = 1
    failures: int = 0


@dataclass
class RunModel:
    id: int
    job: JobModel
    at: datetime
    manual: bool
    state: str
    attempt: int = 1
    worker: str | None = None
    until: datetime | None = None
    stop: bool = False
    reason: str | None = None
    requests: int = 0
    used: bool = False
    """Whether it stands for one of the job's repeats."""
    decided: bool = False

    @property
    def order(self) -> tuple[datetime, int]:
        return self.at, self.id


@dataclass
class Model:
    """`lease_clock` is the clock that leases are judged by."""

    lease_clock: datetime
    jobs: dict[int, JobModel] = field(default_factory=dict)
    runs: dict[int, RunModel] = field(default_factory=dict)
    passed: set[tuple[int, int, int]] = field(default_factory=set)
    halted: bool = False

    def of(self, job: JobModel, *states: str) -> list[RunModel]:
        mine = [run for run in self.runs.values() if run.job is job and run.state in states]
        return sorted(mine, key=lambda run: run.order)

    def left(self, job: JobModel) -> int | None:
        """The repeats that no run has used up."""
        if job.repeats is None:
            return None
        return job.repeats - sum(run.used for run in self.runs.values() if run.job is job)

    def alive(self, run: RunModel) -> bool:
        return run.until is not None and run.until > self.lease_clock

    def overlaps(self, job: JobModel, after: datetime | None) -> bool:
        return after is not None and bool(self.of(job, *IN_FLIGHT))

    def may_claim(self, run: RunModel) -> bool:
        return run.state == "planned" and not self.of(run.job, *WORKED_ON)

    def claim(self, run: RunModel, worker: str, lease: timedelta) -> None:
        run.state, run.worker, run.until = "claimed", worker, self.lease_clock + lease

    def wanted(self, run: RunModel) -> bool:
        job = run.job
        if job.state == "active":
            return run.manual or run.state == "calling" or self.left(job) != 0
        return job.state != "removed" and (run.manual or run.reason is not None)

    def shut(self, run: RunModel, worker: str, step: int, consent: int) -> Iterator[str]:
        """Every reason for which the gate must be shut; none: it must be open."""
        if run.state not in WORKED_ON or run.worker != worker or not self.alive(run):
            yield "NOT_MINE"
        if run.stop or run.state == "cancelled":
            yield "CANCELLED"
        if self.halted:
            yield "HALTED"
        if not self.wanted(run):
            yield "JOB_GONE"
        if consent != run.job.consent:
            yield "CONSENT_CHANGED"
        if (run.id, run.attempt, step) in self.passed:
            yield "ALREADY_CALLED"

    def passes(self, run: RunModel, step: int) -> None:
        self.passed.add((run.id, run.attempt, step))
        if run.state == "claimed":
            run.state, run.reason, run.used = "calling", None, not run.manual
            if self.left(run.job) == 0 and run.used:
                run.job.due = None

    def ends(self, run: RunModel, state: str) -> None:
        """succeeded, failed, unknown or cancelled; the job counts it and may be over with it."""
        job = run.job
        run.state, run.until, run.reason = state, None, None
        if state == "succeeded":
            job.failures = 0
        elif state in ("failed", "unknown") and not run.stop and not run.manual:
            job.failures += 1
            if job.failures >= PATIENCE and job.state == "active" and job.due is not None:
                job.state = "paused"
        self.settle(job)

    def tries_again(self, run: RunModel) -> None:
        run.state, run.used = "claimed", False
        run.attempt, run.requests = run.attempt + 1, run.requests + 1

    def holds(self, run: RunModel, reason: str, *, answered: bool) -> None:
        if answered:
            run.used, run.requests = False, run.requests + 1
        if run.job.state == "removed" or not (answered or self.wanted(run)):
            run.state, run.until = "cancelled", None
            self.settle(run.job)
        else:
            run.state, run.until, run.reason = "held", None, reason

    def releases(self, job: JobModel) -> RunModel | None:
        """The latest held run is planned again; the earlier ones are missed."""
        held = self.of(job, "held")
        for run in held[:-1]:
            run.state = "missed"
        if not held:
            return None
        latest = held[-1]
        latest.state, latest.worker, latest.stop = "planned", None, False
        latest.attempt += latest.requests > 0
        return latest

    def stops(self, job: JobModel) -> None:
        for run in self.of(job, *IN_FLIGHT):
            run.stop = True
            if run.state != "calling":
                run.state, run.until = "cancelled", None
        self.settle(job)

    def pauses(self, job: JobModel) -> None:
        job.state = "paused"
        for run in self.of(job, "planned"):
            run.state = "held" if run.reason else "cancelled"

    def removes(self, job: JobModel) -> None:
        job.state = "removed"
        for run in self.of(job, "planned", "held"):
            run.state = "cancelled"

    def halts(self) -> None:
        self.halted = True
        for run in self.runs.values():
            run.stop = run.stop or run.state == "calling"

    def unhalts(self) -> None:
        """A fire that the halt held is missed where another one comes, and nothing was spent on it."""
        if not self.halted:
            return
        self.halted = False
        for run in self.runs.values():
            goes_on = run.job.state in ("active", "paused") and run.job.due is not None
            if (run.state, run.reason) == ("held", "halt") and goes_on and not run.requests:
                run.state = "missed"

    def sweeps(self, *, all_but: str | None = None) -> list[RunModel]:
        """What vanished workers left; `all_but`: everybody but this one has vanished."""
        left = [
            run
            for run in sorted(self.runs.values(), key=lambda run: (run.job.id, run.id))
            if run.state in WORKED_ON and (not self.alive(run) or all_but not in (None, run.worker))
        ]
        for run in left:
            if run.state == "claimed":
                run.state, run.worker, run.until = "planned", None, None
            else:
                self.ends(run, "unknown")
        return left

    def settle(self, job: JobModel) -> None:
        """A job is over without a repeat left, or without a fire to come and a run that is not over."""
        used_up = self.left(job) == 0
        if job.state not in ("active", "paused"):
            return
        if used_up or (job.due is None and not self.of(job, *OPEN)):
            job.state, job.due = "finished", None
            for run in self.of(job, "held") if used_up else ():
                run.state = "missed"
