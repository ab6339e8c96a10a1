"""The oracle of days: what may be written and requested, worked out outside the code under test.

It hears what persons ask for, reads every row as the database says it was written, and sees every
request that reaches the provider. After each transaction all of it is compared.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from tests.simulation.book import Book, Entry, Fate, Request
from tests.simulation.jobs_oracle import JobOracle, Move
from tests.simulation.ledger import LEASE, LEASED, Ledger, Somebody, Wrong, facts, moment, must
from tests.simulation.money import Money
from tests.simulation.progress_oracle import ProgressOracle
from tests.simulation.requests_oracle import RequestOracle
from tests.simulation.rows import CallRow, HaltRow, JobRow, OwedRow, Row, RunRow, SpendRow
from tests.simulation.spend_oracle import Spending, SpendOracle

MAY_FOLLOW = {
    "planned": {"claimed", "held", "cancelled", "missed"},
    "claimed": {"calling", "held", "planned", "succeeded", "failed", "cancelled"},
    "calling": {"succeeded", "failed", "unknown", "cancelled", "held", "claimed"},
    "held": {"planned", "missed", "cancelled"},
}
"""The picture in docs/explanation/the-life-of-a-run.md, copied by hand."""

OVER = ("succeeded", "failed", "unknown", "cancelled", "missed", "overlapped")
EDITED = ("alert", "elsewhere")
"""Messages that are edited, or rest and are roused; the alerts have a proof of their own."""

DOLLAR = Decimal(10) ** 12
Written = Sequence[tuple[Row | None, Row | None]]


class DaysOracle:
    """Raises Wrong at the first thing that must not be."""

    def __init__(self, book: Book, money: Money) -> None:
        self.known = Ledger(book)
        self._requests = RequestOracle(self.known)
        self._jobs = JobOracle(self.known)
        self._progress = ProgressOracle(self.known)
        self._spend = SpendOracle(self.known, money)
        self._fires: set[tuple[int, str]] = set()

    def leaves(
        self, worker: Somebody, run_id: int, step: int, route: str, now: datetime, fate: Fate
    ) -> Entry:
        """A request is about to leave."""
        return self._requests.leaves(worker, run_id, step, route, now, fate)

    def look(self, workers: Iterable[Somebody], now: datetime) -> None:
        self._progress.look(workers, now)

    def all_over(self, now: datetime) -> None:
        self._progress.all_over(now)

    def same_as(
        self,
        runs: Iterable[tuple[int, str]],
        reports: Iterable[tuple[int, int]],
        spending: Iterable[tuple[str, str, str, int]],
    ) -> None:
        self._progress.same_as(runs, reports)
        self._spend.same_as(spending)

    def next_due(self) -> datetime | None:
        """When any job fires next; for clocks that leap."""
        fires = (model.next_fire for model in self.known.jobs.values() if model.state == "active")
        return min((fire for fire in fires if fire is not None), default=None)

    def committed(self, worker: Somebody, verb: str, written: Written, now: datetime) -> None:
        """Everything that one transaction wrote, in order."""
        moves: list[Move] = []
        jobs: dict[int, tuple[JobRow | None, JobRow]] = {}
        owed: list[OwedRow] = []
        spent = Spending()
        for old, new in written:
            match new or old:
                case RunRow():
                    moves.append(self._run_written(worker, verb, old, new, now))
                case JobRow() as job:
                    must(new is not None, "a job was deleted")
                    first = jobs[job.id][0] if job.id in jobs else old
                    jobs[job.id] = (first if isinstance(first, JobRow) else None, job)
                case CallRow() as call:
                    if isinstance(old, CallRow):
                        only = old.settled is None and old._replace(settled=call.settled) == new
                        must(only, f"{old} became {new}")
                        assert isinstance(new, CallRow)
                        spent.settled.append(new)
                        continue
                    must(new is not None, f"{call} was deleted")
                    self._requests.gate(worker, verb, call, now)
                    spent.reserved.append(call)
                case OwedRow() as row:
                    if old is None:
                        owed.append(row)
                case SpendRow():
                    spent.rows.append((old, new))
                case HaltRow():
                    self.known.halts += 1 if old is None else -1
                case _:
                    raise Wrong(f"nobody knows what was written: {old} {new}")
        self._owed(verb, moves, owed)
        self._jobs.written(worker, verb, moves, jobs, owed, now)
        self._within_the_book(moves)
        self._spend.written(worker, verb, moves, jobs, spent, owed, now)

    def _run_written(
        self, worker: Somebody, verb: str, old: Row | None, new: Row | None, now: datetime
    ) -> Move:
        if not isinstance(new, RunRow):
            raise Wrong(f"a run was deleted: {old}")
        if old is None:
            self._planned(verb, new)
            before = None
        elif isinstance(old, RunRow):
            must(
                old == self.known.runs[new.id],
                f"the oracle knows it as {self.known.runs[new.id]}: {old}",
            )
            must((old.job, old.fire, old.kind) == (new.job, new.fire, new.kind), f"{old} {new}")
            before = old
            if old.state != new.state:
                self._moved(worker, verb, old, new, now)
            elif new.lease != old.lease:
                must(verb == "extend" and new.worker == worker.name, f"{worker.name} keeps {new}")
                self._leased_well(new, now)
            must(
                old.state == new.state or new.attempt >= old.attempt,
                f"an attempt is counted backwards: {new}",
            )
            must(new.finished == old.finished or new.state in OVER, f"{new} is not over")
            must(old.state not in OVER or old.state == new.state, f"{old} was over: {new}")
        else:
            raise Wrong(f"{old} became {new}")
        if before is None or before.state != new.state or before.stopper != new.stopper:
            self.known.since[new.id] = now
        self.known.runs[new.id] = new
        if new.state in OVER:
            self.known.open.pop(new.id, None)
            must(new.finished is not None, f"{new} is over, and not marked so")
        else:
            self.known.open[new.id] = new
        model = self.known.jobs.get(new.job)
        if model is not None:
            model.quiet_since = now
        return before, new

    def _planned(self, verb: str, run: RunRow) -> None:
        must(verb in ("plan", "plan_manual", "run_once"), f"{verb} made {run}")
        allowed = ("planned", "missed", "overlapped") if verb == "plan" else ("planned",)
        must(run.state in allowed, f"{verb} made {run}")
        must((run.job, run.fire) not in self._fires, f"two runs of one fire: {run}")
        self._fires.add((run.job, run.fire))
        if verb != "plan":
            must(not self.known.in_flight(run.job), f"run now beside another run: {run}")
        self.known.told[f"{run.kind} {run.state}"] += 1

    def _moved(self, worker: Somebody, verb: str, old: RunRow, new: RunRow, now: datetime) -> None:
        step = f"{old.state} -> {new.state}"
        must(new.state in MAY_FOLLOW.get(old.state, ()), f"{step} by {verb}: {new}")
        self.known.told[step] += 1
        match old.state, new.state:
            case "planned", "claimed":
                must(verb == "claim" and new.worker == worker.name, f"{step} by {verb}: {new}")
                self._leased_well(new, now)
                others = [run for run in self.known.leased(new.job) if run.id != new.id]
                must(not others, f"{new} begins beside {others}")
            case "claimed", "calling":
                request = Request(new.id, new.attempt, 1)
                must(
                    verb == "pass_gate" and request in self.known.calls,
                    f"{step} by {verb} without a gate: {new}",
                )
            case "held", "planned":
                must(
                    verb in ("release", "run_once", "change") and worker.command is not None,
                    f"{step} by {verb}, and nobody asked for that: {new}",
                )
                self.known.released.add(new.id)
                self.known.set_free.add(new.id)
            case (("claimed" | "calling"), _) if verb == "reap":
                gone = old.lease is not None and moment(old.lease) <= now
                must(gone, f"{worker.name} takes up what is not left: {old}")
                then = "planned" if old.state == "claimed" else "unknown"
                must(new.state == then, f"what was {old.state} is {new.state}")
                self.known.taken_up.add(new.id)
                self.known.told["taken up"] += 1
            case "calling", _:
                must(old.worker == worker.name, f"{worker.name} ends what is not its own: {old}")
            case _:
                pass
        if new.state in LEASED:
            must(new.lease is not None, f"{new} has no lease")
        else:
            must(new.lease is None, f"{new} keeps its lease")
        if new.state == "unknown":
            self.known.told["unknown"] += 1

    def _leased_well(self, run: RunRow, now: datetime) -> None:
        lease = moment(run.lease) - now if run.lease is not None else None
        must(lease == LEASE, f"a lease of {lease} by the database's clock: {run}")

    def _owed(self, verb: str, moves: Sequence[Move], owed: Sequence[OwedRow]) -> None:
        """Each end is told once, with it and at no other time."""
        reports = Counter(facts(row)["run"] for row in owed if row.kind == "report")
        rested: set[object] = set()
        for old, new in moves:
            if old is None or old.state == new.state:
                continue
            told = reports[new.id]
            if new.state in ("succeeded", "failed", "unknown") or (
                (old.state, new.state) == ("calling", "cancelled")
                and verb != "hold"  # Its job is gone, and so is whoever would read it.
            ):
                must(told == 1, f"{told} reports of {new}")
                rested.add(new.id)
                self.known.told["ends told"] += 1
            elif new.state in ("cancelled", "held"):
                must(told <= 1, f"{told} reports of {new}")
                rested.add(new.id)
        unasked = [run for run in reports if run not in rested]
        must(not unasked, f"{verb} reports runs that did not end: {unasked}")

    def _within_the_book(self, moves: Sequence[Move]) -> None:
        """No run says more than left, or costs more than was billed."""
        for _, run in moves:
            left = self.known.book.left(run.id)
            must(run.requests <= left, f"{run} has used {run.requests} requests, and {left} left")
            cost = Decimal(run.cost or 0) / DOLLAR
            billed = self.known.book.billed(run.id)
            must(cost <= billed, f"{run} cost {cost}, and {billed} was billed")
