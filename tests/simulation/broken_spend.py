"""Pieces of spending broken on purpose, one promise each: the oracle of spend must notice every one."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Executable, Row, update

from scheduler.caps import Caps
from scheduler.outbox import Owed, OwedKind
from scheduler.ports import Finish, Held, Passage
from scheduler.route import Route
from scheduler.run import HoldReason, Run, RunId, RunState
from scheduler.spend import Reached, Reservation, day_of, reached
from storage.store import Store
from storage.tables import SPENDING
from tests.simulation.broken import Case, as_part_of
from tests.simulation.leaping import true_time
from tests.simulation.scene import Broken
from tests.simulation.workers import SimTx

OFF = Caps(None, None, None, None)


class Reserves(Store):
    """A gate that is asked for something else than it should be."""

    def other(self, reservation: Reservation, step: int) -> Reservation:
        raise NotImplementedError

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
        return await super().pass_gate(
            run_id,
            worker,
            step=step,
            consent_revision=consent_revision,
            route=route,
            reservation=self.other(reservation, step),
            authorised=authorised,
        )


class ReservesThePromptAlone(Reserves):
    """What may be answered, and billed, is left out."""

    def other(self, reservation: Reservation, step: int) -> Reservation:
        return replace(reservation, asked=reservation.asked / 8)


class ReservesTheFirstStepAlone(Reserves):
    """A further request sends again what went before it, and reserves as if it did not."""

    def other(self, reservation: Reservation, step: int) -> Reservation:
        return replace(reservation, asked=reservation.asked / step)


class KnowsNoCaps(Reserves):
    def other(self, reservation: Reservation, step: int) -> Reservation:
        return replace(reservation, caps=OFF)


class KnowsNoCapOfTheJob(Reserves):
    def other(self, reservation: Reservation, step: int) -> Reservation:
        return replace(reservation, caps=replace(reservation.caps, max_usd=None))


class DaysOfUtc(Reserves):
    def other(self, reservation: Reservation, step: int) -> Reservation:
        return replace(reservation, timezone="UTC")


class ChecksThenActs(Store):
    """The caps are compared in one transaction, and the room is taken in another, a little later."""

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
        run = await self.run(run_id)
        assert run is not None
        day = day_of(true_time(), reservation.timezone)
        spent = await self.spent(run.job_id, day, run_id)
        over = reached(reservation.caps, spent, reservation.asked)
        if over is not None:
            return replace(over, day=day)
        await asyncio.sleep(20)
        passage: Passage | Reached
        for caps in (reservation.caps, OFF):
            passage = await super().pass_gate(
                run_id,
                worker,
                step=step,
                consent_revision=consent_revision,
                route=route,
                reservation=replace(reservation, caps=caps),
                authorised=authorised,
            )
            if isinstance(passage, Passage):
                break
        return passage


class ReleasesUnknown(Store):
    """What is in doubt is taken for what was never billed."""

    async def record(
        self, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed] = ()
    ) -> Run | None:
        if finish.state is RunState.UNKNOWN:
            finish = replace(finish, free_from=1)
        return await super().record(run_id, worker, finish, owed)


class KeepsWhatWasRefused(Store):
    """What never left stays reserved for good."""

    async def try_again(self, run_id: RunId, worker: str, refused: Finish) -> Run | None:
        return await super().try_again(run_id, worker, replace(refused, free_from=None))


class TellsEachHold(Store):
    """Every fire that a cap holds is told."""

    async def hold(self, run_id: RunId, worker: str, held: Held) -> Run | None:
        if held.reason is HoldReason.BUDGET:
            held = replace(held, error=f"{run_id}: {held.error}")
        return await super().hold(run_id, worker, held)


class ForgetsRaises(Store):
    """What an admin allowed is gone with the next end of a run, and a cap is a cap no more."""

    async def record(
        self, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed] = ()
    ) -> Run | None:
        over = await super().record(run_id, worker, finish, owed)
        more = update(SPENDING).values(raised=Decimal(10))
        await self._run(as_part_of("record", lambda tx: tx.do(more)))
        return over


class SumIsNotSettled(SimTx):
    """The end of an attempt is written at its requests, and lost from the sums."""

    __slots__ = ()

    def insert_or_add(
        self, table: Any, rows: Sequence[Mapping[str, Any]], added: str
    ) -> Sequence[Row[Any]]:
        kept = [{**row, added: max(Decimal(0), row[added])} for row in rows]
        return super().insert_or_add(table, kept, added)


class NothingIsSettled(SimTx):
    """A run ends, and what it reserved stays reserved."""

    __slots__ = ()

    def each(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        if not (rows and "settled" in rows[0]):
            super().each(statement, rows)


class WarnsEachTime(SimTx):
    __slots__ = ()

    def do(self, statement: Executable, **values: Any) -> int:
        if "warned" in values:
            values["warned"] = False
        return super().do(statement, **values)


class NeverWarns(SimTx):
    __slots__ = ()

    def insert(self, table: Any, **values: Any) -> int:
        return 0 if values.get("kind") is OwedKind.SPENDING else super().insert(table, **values)


class KeepsWhatWasMadeUpFor(SimTx):
    """A fire that a cap held waits on after a later one ran, to be run a second time."""

    __slots__ = ()

    def do(self, statement: Executable, **values: Any) -> int:
        missed = values.get("state") is RunState.MISSED
        capped = values.get("hold_reason") is HoldReason.BUDGET
        return 0 if missed and capped else super().do(statement, **values)


CASES = {
    "caps are checked before they are taken": Case(Broken(store=ChecksThenActs), "is over per_"),
    "caps are not known": Case(Broken(store=KnowsNoCaps), "is over|warns of"),
    "a job's own cap is not known": Case(Broken(store=KnowsNoCapOfTheJob), "its job allows"),
    "the answer is not reserved": Case(Broken(store=ReservesThePromptAlone), "reserve"),
    "tools are not reserved": Case(Broken(store=ReservesTheFirstStepAlone), "reserve"),
    "a day is always one of UTC": Case(Broken(store=DaysOfUtc), "and the day is"),
    "what is in doubt is given back": Case(Broken(store=ReleasesUnknown), "keep all it reserved"),
    "what was refused is kept": Case(Broken(store=KeepsWhatWasRefused), "count as nothing"),
    "each fire that is held is told": Case(Broken(store=TellsEachHold), "is told 1 times"),
    "raises are overwritten": Case(Broken(store=ForgetsRaises), "nobody asked for that"),
    "a sum is not settled": Case(Broken(tx=SumIsNotSettled), "and its requests are"),
    "nothing is settled": Case(Broken(tx=NothingIsSettled), "ends, and settles"),
    "what was made up for waits on": Case(
        Broken(tx=KeepsWhatWasMadeUpFor), "still wait|was changed"
    ),
    "warnings are repeated": Case(Broken(tx=WarnsEachTime), "warns of"),
    "nobody is warned": Case(Broken(tx=NeverWarns), "warns of"),
}
