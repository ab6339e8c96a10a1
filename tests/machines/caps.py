"""The machine of caps: workers reserve, settle and vanish, admins raise, chats move, days pass."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import Row

from scheduler.caps import OF_A_DAY, Cap, Caps
from scheduler.job import JobId, Place
from scheduler.outbox import OwedKind
from scheduler.ports import Answered, Finish, Held, Passage, Raise
from scheduler.run import CostSource, HoldReason, RunId, RunState, Usage
from scheduler.spend import Reached, Reservation
from storage.store import Store
from storage.tables import DELIVERIES, SPENDING
from storage.transaction import Tx
from tests.integration.stores import LAPSED, PAID, a_job, entry
from tests.machines.caps_model import CapsModel, Count, JobModel, RunModel
from tests.machines.stage import Machine

WORKERS = ("worker-a", "worker-b")
LEASE = timedelta(days=400)
CHATS = tuple(Place("slack", "T1", name) for name in ("C1", "C2", "C3"))
MOST_JOBS = 5
ZONES = ("UTC", "Europe/Oslo", "Pacific/Kiritimati")

few = st.integers(0, 4)
cents = st.integers(0, 60).map(lambda number: Decimal(number * 5) / 100)
capped = st.fixed_dictionaries(
    {
        "per_run_usd": st.sampled_from([Decimal(2), Decimal(4), None]),
        "per_job_day_usd": st.sampled_from([Decimal(3), Decimal(5), None]),
        "per_chat_day_usd": st.sampled_from([Decimal(4), Decimal(7), None]),
        "per_day_usd": st.sampled_from([Decimal(6), Decimal(9), None]),
    }
)
ENDS = (
    "known",
    "known",
    "dearer",
    "nobody knows",
    "refused",
    "unknown",
    "stopped",
    "held",
    "again",
)


def called(chat: Place) -> str:
    return f"{chat.platform}:{chat.workspace}:{chat.chat}"


class CapsMachine(Machine):
    def __init__(self) -> None:
        super().__init__()
        self.model = CapsModel()
        self.manual = self.looks = 0

    @property
    def store(self) -> Store:
        return self.stage.stores[0]

    def told(self, what: str, times: int = 1) -> None:
        self.stage.told[what] += times

    @property
    def today(self) -> str:
        return self.model.today(self.stage.now)

    # --- rules --------------------------------------------------------------------------------------

    @initialize(
        caps=capped,
        zone=st.sampled_from(ZONES),
        own=st.lists(st.sampled_from([None, None, Decimal(1), Decimal(3)]), min_size=MOST_JOBS),
    )
    def some_jobs(
        self, caps: dict[str, Decimal | None], zone: str, own: list[Decimal | None]
    ) -> None:
        self.model.caps, self.model.zone = caps, zone
        for number, most in zip(range(MOST_JOBS), own, strict=False):
            chat = CHATS[number % 2]
            new = a_job(place=chat, max_usd=most, next_fire_time=None)
            job = self.wait(self.store.add(new, entry("add", "job")))
            self.model.jobs.append(JobModel(job.id, called(chat), most))

    @rule(number=few, worker=st.integers(0, 1), asked=cents)
    def a_request(self, number: int, worker: int, asked: Decimal) -> None:
        """A run begins where its job rests, else it goes on to its next request."""
        run = self.some_run(number, worker)
        self.knock(run, len(run.of_attempt) + 1, asked)

    @rule(asked=st.lists(cents, min_size=2, max_size=MOST_JOBS))
    def several_at_once(self, asked: list[Decimal]) -> None:
        """Every job asks in the same moment; whoever is first is first."""
        runs = [self.some_run(number, number % 2) for number in range(len(asked))]
        wanted = list(zip(runs, asked, strict=True))

        async def at_once() -> list[Passage | Reached]:
            return await asyncio.gather(
                *(
                    self.ask(run, len(run.of_attempt) + 1, amount, number % 2)
                    for number, (run, amount) in enumerate(wanted)
                )
            )

        passages = self.wait(at_once())
        left = []
        for (run, amount), passage in zip(wanted, passages, strict=True):
            if passage is Passage.OPEN:
                self.model.reserves(run, len(run.of_attempt) + 1, amount, self.today)
                self.told("reserved at once")
            else:
                assert isinstance(passage, Reached)
                left.append((run, amount))
        # Nothing was given back meanwhile: what was shut out would not fit in now either.
        assert all(self.model.over(run, amount, self.today) for run, amount in left)
        self.told("capped at once", len(left))
        self.never_over({run.id for run, _ in wanted} - {run.id for run, _ in left})

    @rule(number=few, asked=cents)
    def the_same_request_again(self, number: int, asked: Decimal) -> None:
        run = self.some_run(number, 0)
        if run.of_attempt:
            passage = self.wait(self.ask(run, len(run.of_attempt), asked, 1))
            over = self.model.over(run, asked, self.today)
            assert isinstance(passage, Reached) if over else passage is Passage.ALREADY_CALLED

    @rule(
        number=few,
        how=st.sampled_from(ENDS),
        cost=cents,
        mine=st.sampled_from([True] * 5 + [False]),
    )
    def an_end(self, number: int, how: str, cost: Decimal, mine: bool) -> None:
        calling = [run for run in self.model.runs if run.state == "calling"]
        if calling:
            self.end(calling[number % len(calling)], how, cost, mine)

    @rule(worker=st.integers(0, 1), kept=few)
    def a_worker_vanishes(self, worker: int, kept: int) -> None:
        """What it had let through keeps all it reserved; what it had not is planned again."""
        mine = [run for run in self.model.runs if run.worker == WORKERS[worker]]
        mine = [run for run in mine if run.state in ("claimed", "calling")][kept:]
        if not mine:
            return
        ids = [RunId(run.id) for run in mine]
        self.wait(self.stage.stores[worker].extend(WORKERS[worker], ids, LAPSED))
        left = self.wait(self.stage.stores[1 - worker].reap(WORKERS[1 - worker], alone=False))
        assert {run.id for run in left} == {run.id for run in mine}
        for run in mine:
            if run.state == "calling":
                self.model.settles(run, None, 0)
                run.state = "unknown"
                self.told("vanished in a call")
            else:
                run.state = "planned"

    @rule(
        number=few,
        cap=st.sampled_from(["per_run_usd", "per_job_day_usd", "per_chat_day_usd", "per_day_usd"]),
        by=st.integers(1, 3).map(Decimal),
        stale=st.booleans(),
    )
    def an_admin_raises(self, number: int, cap: str, by: Decimal, stale: bool) -> None:
        """Two admins at once, or one who has seen other figures."""
        count = (self.today, cap, self.model.keys(self.model.jobs[number])[cap])
        before = self.model.raised[count] + Decimal(0)
        more = [Raise(Cap(cap), count[2], before + stale, by)]

        async def at_once() -> list[bool]:
            stores = self.stage.stores
            return await asyncio.gather(
                *(each.raise_caps(self.today, more, entry("raise")) for each in stores)
            )

        done = self.wait(at_once())
        assert sorted(done) == ([False, False] if stale else [False, True])
        if not stale:
            self.model.raised[count] += by  # type: ignore[assignment]
            self.model.warned.discard(count)
            self.told("raised")

    @rule(what=st.sampled_from(["hours", "hours", "chat", "chat", "caps"]), to=few, caps=capped)
    def the_world_goes_on(self, what: str, to: int, caps: dict[str, Decimal | None]) -> None:
        match what:
            case "hours":
                self.stage.now += timedelta(hours=5 + to)
                self.told("hours pass")
            case "caps":
                self.model.caps = caps
            case _:
                old, new = CHATS[to % 3], CHATS[(to + 1 + to // 3) % 3]
                self.wait(self.store.chat_moved(old, new))
                self.model.moves(called(old), called(new))
                self.told("chats moved")

    # --- deeds --------------------------------------------------------------------------------------

    def some_run(self, number: int, worker: int) -> RunModel:
        """The run of this job that is under way: a new one, one left behind, or one set free."""
        job = self.model.jobs[number]
        mine = [run for run in self.model.runs if run.job is job]
        for run in mine:
            if run.state in ("claimed", "calling"):
                return run
        waiting = [run for run in mine if run.state in ("planned", "held")]
        if not waiting:
            self.manual += 1
            at = self.stage.now + timedelta(milliseconds=self.manual)
            made = self.wait(self.store.plan_manual(JobId(job.id), at, entry("run")))
            run = RunModel(made.id, job, WORKERS[worker], "planned")
            self.model.runs.append(run)
        else:
            run = waiting[-1]
            if run.state == "held":
                assert self.wait(self.store.release(JobId(job.id), entry("run")))
                run.attempt += run.requests > 0
                self.told("set free")
        claimed = self.wait(self.store.claim(RunId(run.id), WORKERS[worker], LEASE))
        assert claimed is not None
        assert claimed.attempt == run.attempt
        run.state, run.worker = "claimed", WORKERS[worker]
        return run

    async def ask(self, run: RunModel, step: int, asked: Decimal, door: int) -> Passage | Reached:
        caps = Caps(**self.model.caps, max_usd=run.job.most)
        return await self.stage.stores[door].pass_gate(
            RunId(run.id),
            run.worker,
            step=step,
            consent_revision=1,
            route=PAID,
            reservation=Reservation(asked, caps, self.model.zone),
        )

    def knock(self, run: RunModel, step: int, asked: Decimal) -> None:
        over = self.model.over(run, asked, self.today)
        passage = self.wait(self.ask(run, step, asked, 0))
        if over is None:
            assert passage is Passage.OPEN
            self.model.reserves(run, step, asked, self.today)
            self.told("reserved")
            self.never_over({run.id})
        else:
            cap, most, spent = over
            assert passage == Reached(Cap(cap), most, spent, asked, self.today)
            self.told(f"held by {cap}")
            self.capped(run)

    def capped(self, run: RunModel) -> None:
        """What is held at its first request has used up nothing."""
        if run.state == "claimed":
            held = Held(HoldReason.BUDGET, "Held: a cap; no call was made.", route=PAID)
            assert self.wait(self.store.hold(RunId(run.id), run.worker, held))
            run.state = "held"

    def end(self, run: RunModel, how: str, cost: Decimal, mine: bool) -> None:
        known = how in ("known", "dearer", "held", "stopped")
        bill = cost + 5 if how == "dearer" else cost
        made = len(run.of_attempt)
        source = CostSource.BILLED if known else CostSource.UNKNOWN
        usage = Usage(made, cost=bill if known else None, cost_source=source)
        if how in ("refused", "again"):
            usage = Usage(made, cost=cost if made > 1 else None)
        unbilled = int(how in ("refused", "again"))
        free_from = made if unbilled else None
        worker = run.worker if mine else next(name for name in WORKERS if name != run.worker)
        number = RunId(run.id)
        match how:
            case "held":
                held = Held(HoldReason.BUDGET, "Held", route=PAID, answered=Answered((), usage))
                done = self.wait(self.store.hold(number, worker, held))
                state = "held"
            case "again":
                finish = Finish(RunState.FAILED, error="busy", usage=usage, free_from=free_from)
                done = self.wait(self.store.try_again(number, worker, finish))
                state = "claimed"
            case _:
                states = {"refused": "failed", "unknown": "unknown", "stopped": "cancelled"}
                state = states.get(how, "succeeded")
                finish = Finish(RunState(state), usage=usage, free_from=free_from)
                done = self.wait(self.store.record(number, worker, finish))
        assert (done is not None) is mine
        if done is None:
            return
        self.model.settles(run, usage.cost, unbilled)
        run.requests += made
        run.state = state
        run.attempt += how == "again"
        self.told(f"settled {how}")

    # --- what must be so ----------------------------------------------------------------------------

    def never_over(self, let_through: Sequence[int] | set[int]) -> None:
        """What was let through just now stays within every cap, by plain sums."""
        sums, day = self.model.sums(), self.today
        for run in self.model.runs:
            if run.id not in let_through or not run.calls or not run.calls[-1].reserved:
                continue
            keys = self.model.keys(run.job)
            for cap, most in self.model.caps.items():
                count = (day, cap, keys[cap])
                amount = run.spent if cap == "per_run_usd" else sums[count]
                assert most is None or amount <= most + self.model.raised[count], (cap, amount)
            assert run.job.most is None or run.spent <= run.job.most

    @invariant()
    def rows_are_the_sums(self) -> None:
        rows, owed = self.wait(self.store._run(_written))
        sums = self.model.sums()
        found = {(row.day, str(row.cap), row.key): row for row in rows}
        amounts = {count: row.amount for count, row in found.items() if row.amount}
        assert amounts == {count: each for count, each in sums.items() if each}
        raised = {count: row.raised for count, row in found.items() if row.raised}
        assert raised == {count: each for count, each in self.model.raised.items() if each}
        assert {count for count, row in found.items() if row.warned} == self.model.warned
        assert sum(row.kind is OwedKind.SPENDING for row in owed) == self.model.warnings
        self.looks += 1
        self.told_as_written(self.model.jobs[self.looks % MOST_JOBS], sums)

    def told_as_written(self, job: JobModel, sums: Counter[Count]) -> None:
        """What a job, and each of its runs, is said to have spent."""
        runs = [run for run in self.model.runs if run.job is job]
        last = RunId(runs[-1].id) if runs else None
        spent = self.wait(self.store.spent(JobId(job.id), self.today, last))
        keys = self.model.keys(job)
        for cap in OF_A_DAY:
            assert spent.by_cap.get(cap, 0) == sums[self.today, str(cap), keys[cap]]
        assert spent.by_cap.get(Cap.RUN, 0) == (runs[-1].spent if runs else 0)
        counted = self.wait(self.store.counted([RunId(run.id) for run in runs]))
        assert dict(counted) == {run.id: run.spent for run in runs if run.calls}


def _written(tx: Tx) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    return tx.all(SPENDING.select()), tx.all(DELIVERIES.select())
