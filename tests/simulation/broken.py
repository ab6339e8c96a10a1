"""Pieces of the product broken on purpose, one promise each: the oracle of days must notice every one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update

from scheduler.errors import Lost, NotSent
from scheduler.job import Job
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Answer, Finish, Gate, Passage, Planned
from scheduler.route import Resolution, Route
from scheduler.run import Run, RunId, RunState
from scheduler.spend import Reached, Reservation
from storage.store import Store
from storage.tables import CALLS, JOBS, RUNS
from storage.transaction import Tx
from tests.simulation.misbehaving import ScriptedAgent
from tests.simulation.scene import Broken
from tests.simulation.workers import SimTx


class GateIgnores(Store):
    """A gate that opens although something forbids it."""

    ignores: tuple[Passage, ...] = ()

    async def pass_gate(
        self,
        run_id: RunId,
        worker: str,
        *,
        step: int,
        consent_revision: int,
        route: Route,
        reservation: Reservation,
        authorised: bool = False,
    ) -> Passage | Reached:
        found = await super().pass_gate(
            run_id,
            worker,
            step=step,
            consent_revision=consent_revision,
            route=route,
            reservation=reservation,
            authorised=authorised,
        )
        if found not in self.ignores:
            return found

        def let_through(tx: Tx) -> None:
            run = tx.one(RUNS.select().where(RUNS.c.id == run_id))
            assert run is not None
            tx.do(
                insert(CALLS).prefix_with("OR REPLACE"),
                run_id=run_id,
                attempt=run.attempt,
                step=step,
                worker=worker,
                route=route,
                at=tx.now,
                day="",
                chat="",
                reserved=reservation.asked,
                settled=None,
            )

        await self._run(as_part_of("pass_gate", let_through))
        return Passage.OPEN


class GateWithoutFence(GateIgnores):
    """Whoever slept past the lease goes on as if nothing had happened."""

    ignores = (Passage.NOT_MINE,)


class GateThroughHalts(GateIgnores):
    ignores = (Passage.HALTED,)


class GateThroughStops(GateIgnores):
    ignores = (Passage.CANCELLED, Passage.JOB_GONE)


class OpensTwice(Store):
    """The gate forgets whom it let through, and a further attempt counts as the same."""

    async def try_again(self, run_id: RunId, worker: str, refused: Finish) -> Run | None:
        further = await super().try_again(run_id, worker, refused)
        if further is None:
            return None

        def forget(tx: Tx) -> None:
            tx.do(update(RUNS).where(RUNS.c.id == run_id), attempt=1)
            tx.do(delete(CALLS).where(CALLS.c.run_id == run_id))

        await self._run(as_part_of("try_again", forget))
        return replace(further, attempt=1)


class NeverLapses(Store):
    """What a vanished worker left is left to it."""

    async def reap(self, worker: str, *, alone: bool) -> list[Run]:
        return []


class TakesUpTooMuch(Store):
    """Whoever comes second takes everybody else for vanished."""

    async def reap(self, worker: str, *, alone: bool) -> list[Run]:
        return await super().reap(worker, alone=True)


class RepeatsWhatWasLeft(Store):
    """What its worker left behind the gate is begun again."""

    async def reap(self, worker: str, *, alone: bool) -> list[Run]:
        def once_more(tx: Tx) -> None:
            calling = (RUNS.c.state == RunState.CALLING) & (RUNS.c.lease_until <= tx.lease_clock())
            anew = {"attempt": RUNS.c.attempt + 1, "lease_until": None, "worker": None}
            tx.do(update(RUNS).where(calling).values(state=RunState.PLANNED, **anew))

        await self._run(as_part_of("reap", once_more))
        return await super().reap(worker, alone=alone)


class UnknownUntold(Store):
    """A run in doubt ends, and nobody hears of it."""

    async def reap(self, worker: str, *, alone: bool) -> list[Run]:
        def silence(tx: Tx) -> None:
            lost = (RUNS.c.state == RunState.CALLING) & (RUNS.c.lease_until <= tx.lease_clock())
            over = {"state": RunState.UNKNOWN, "lease_until": None, "finished_at": tx.now}
            tx.do(update(RUNS).where(lost).values(**over))

        await self._run(as_part_of("reap", silence))
        return await super().reap(worker, alone=alone)


class ToldTwice(Store):
    async def record(
        self, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed] = ()
    ) -> Run | None:
        return await super().record(run_id, worker, finish, [*owed, *owed])


class CountsNoFailures(Store):
    async def record(
        self, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed] = ()
    ) -> Run | None:
        over = await super().record(run_id, worker, finish, owed)
        if over is not None:
            forget = update(JOBS).where(JOBS.c.id == over.job_id).values(failures=0)
            await self._run(as_part_of("record", lambda tx: tx.do(forget)))
        return over


class BeginsBesideItself(Store):
    """A claim that does not look whether another run of the job is under way."""

    async def claim(self, run_id: RunId, worker: str, lease: timedelta) -> Run | None:
        claimed = await super().claim(run_id, worker, lease)
        if claimed is None:
            waits = (RUNS.c.id == run_id) & (RUNS.c.state == RunState.PLANNED)

            def take(tx: Tx) -> None:
                mine = {"worker": worker, "lease_until": tx.lease_clock() + lease}
                tx.do(update(RUNS).where(waits).values(state=RunState.CLAIMED, **mine))

            await self._run(as_part_of("claim", take))
        return claimed


class MissesUntold(Store):
    """Fires that nobody was awake for are dropped without a word."""

    async def plan(
        self,
        job: Job,
        planned: Sequence[Planned],
        next_fire_time: datetime | None,
        owed: Sequence[Owed] = (),
    ) -> list[Run]:
        kept = [each for each in owed if each.kind is not OwedKind.MISSED]
        return await super().plan(job, planned, next_fire_time, kept)


class LosesFires(Store):
    """Every tick goes a fire too far."""

    async def plan(
        self,
        job: Job,
        planned: Sequence[Planned],
        next_fire_time: datetime | None,
        owed: Sequence[Owed] = (),
    ) -> list[Run]:
        further = None if next_fire_time is None else next_fire_time + timedelta(hours=24)
        return await super().plan(job, planned, further, owed)


class TalksAfterwards(Store):
    """What an end owes is written in a transaction of its own: who vanishes between has told nobody."""

    async def record(
        self, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed] = ()
    ) -> Run | None:
        over = await super().record(run_id, worker, finish)
        for each in owed:
            await self.owe(each)
        return over


class LeaseByTheWall(SimTx):
    """Leases go by each worker's own clock."""

    __slots__ = ()

    def lease_clock(self) -> datetime:
        return self.now


class RepeatsInDoubt(ScriptedAgent):
    """An agent that takes a lost reply for a request that never left."""

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        try:
            return await super().answer(
                resolution, prompt, gate=gate, timeout=timeout, max_tokens=max_tokens
            )
        except Lost as lost:
            raise NotSent(str(lost)) from None


class RetriesByItself(ScriptedAgent):
    """An SDK that tries once more on its own, without asking the gate."""

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        async def open_again(step: int) -> None:
            return None

        try:
            return await super().answer(
                resolution, prompt, gate=gate, timeout=timeout, max_tokens=max_tokens
            )
        except Lost:
            return await super().answer(
                resolution, prompt, gate=open_again, timeout=timeout, max_tokens=max_tokens
            )


@dataclass(frozen=True)
class Case:
    """A broken product, and a word of what the oracle must say about it."""

    broken: Broken
    said: str


CASES = {
    "no fence": Case(Broken(store=GateWithoutFence), "let through|passes the gate|was changed"),
    "halts do not reach the gate": Case(Broken(store=GateThroughHalts), "everything is halted"),
    "stops do not reach the gate": Case(Broken(store=GateThroughStops), "let through|leaves while"),
    "the gate opens twice": Case(Broken(store=OpensTwice), "backwards|became None|twice"),
    "a lease never lapses": Case(Broken(store=NeverLapses), "nobody takes up|never ended"),
    "everybody else is taken for vanished": Case(Broken(store=TakesUpTooMuch), "not left"),
    "what was left in a call is repeated": Case(
        Broken(store=RepeatsWhatWasLeft), "calling -> planned"
    ),
    "unknown is not told": Case(Broken(store=UnknownUntold), "0 reports"),
    "an end is told twice": Case(Broken(store=ToldTwice), "2 reports"),
    "an end is told afterwards": Case(Broken(store=TalksAfterwards), "0 reports|did not end"),
    "failures are not counted": Case(Broken(store=CountsNoFailures), "should be"),
    "a job runs beside itself": Case(Broken(store=BeginsBesideItself), "begins beside"),
    "missed fires are not listed": Case(Broken(store=MissesUntold), "told as"),
    "a tick goes too far": Case(Broken(store=LosesFires), "should be"),
    "leases by the worker's wall": Case(Broken(tx=LeaseByTheWall), "a lease of|not left|lease"),
    "what was lost is repeated": Case(
        Broken(agent=RepeatsInDoubt), "repeats by itself|keep all it reserved"
    ),
    "an SDK retries by itself": Case(
        Broken(agent=RetriesByItself), "no gate was opened|second time|begins anew|follows"
    ),
}


def as_part_of(verb: str, work: Callable[[Tx], object]) -> Callable[[Tx], object]:
    """The broken half of a verb is seen as part of it."""
    work.__dict__["verb"] = verb
    return work
