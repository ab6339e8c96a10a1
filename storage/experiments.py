"""Experiments with the default: at most one is open, and each change of its state is a compare-and-set."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from scheduler.experiment import Ending, Experiment, ExperimentId, ExperimentState
from scheduler.job import Principal
from scheduler.outbox import Owed
from scheduler.ports import Entry
from storage.auditing import note
from storage.owing import owe
from storage.rows import place_columns, place_of
from storage.tables import EXPERIMENTS
from storage.transaction import Tx, Verbs

_ONE = select(EXPERIMENTS).where(EXPERIMENTS.c.id == bindparam("key"))
_OPEN = select(EXPERIMENTS).where(EXPERIMENTS.c.state != ExperimentState.OVER)
_IS = (EXPERIMENTS.c.id == bindparam("key")) & (EXPERIMENTS.c.state == bindparam("was"))
_MOVE = update(EXPERIMENTS).where(_IS)
_DISMISS = delete(EXPERIMENTS).where(_IS)
_END = update(EXPERIMENTS).where(
    EXPERIMENTS.c.id == bindparam("key"), EXPERIMENTS.c.state != ExperimentState.OVER
)


class ExperimentVerbs(Verbs):
    async def experiment(self, experiment_id: ExperimentId) -> Experiment | None:
        return await self._run(lambda tx: _read(tx.one(_ONE, key=experiment_id)))

    async def open_experiment(self) -> Experiment | None:
        return await self._run(lambda tx: _read(tx.one(_OPEN)))

    async def intend(self, experiment: Experiment) -> Experiment | None:
        return await self._run(lambda tx: _intend(tx, experiment))

    async def dismiss(self, experiment_id: ExperimentId) -> None:
        was = ExperimentState.BEGINNING
        await self._run(lambda tx: tx.do(_DISMISS, key=experiment_id, was=was))

    async def begun(self, experiment_id: ExperimentId, audit: Entry) -> bool:
        return await self._run(lambda tx: _begun(tx, experiment_id, audit))

    async def returning(
        self, experiment_id: ExperimentId, by: Principal | None, at: datetime
    ) -> bool:
        was, now = ExperimentState.RUNNING, ExperimentState.RETURNING
        return await self._run(lambda tx: _moved(tx, experiment_id, was, now, at, ended_by=by))

    async def not_returning(self, experiment_id: ExperimentId, at: datetime) -> bool:
        was, now = ExperimentState.RETURNING, ExperimentState.RUNNING
        return await self._run(lambda tx: _moved(tx, experiment_id, was, now, at, ended_by=None))

    async def over(
        self,
        experiment_id: ExperimentId,
        ending: Ending,
        audit: Entry,
        owed: Owed,
        *,
        ended_by: Principal | None = None,
        detail: str = "",
    ) -> bool:
        said: dict[str, Any] = {"ending": ending, "detail": detail, "ended_by": ended_by}
        return await self._run(lambda tx: _over(tx, experiment_id, said, audit, owed))


def _intend(tx: Tx, experiment: Experiment) -> Experiment | None:
    new = tx.insert_if_new(
        EXPERIMENTS,
        slot=1,
        old_default=experiment.old,
        new_default=experiment.new,
        **place_columns(experiment.place),
        started_by=experiment.by,
        file=experiment.file,
        began_at=experiment.began_at,
        ends_at=experiment.ends_at,
        since=experiment.since,
        state=ExperimentState.BEGINNING,
        detail="",
    )
    return _read(tx.one(_OPEN)) if new else None


def _begun(tx: Tx, experiment_id: ExperimentId, audit: Entry) -> bool:
    was, now = ExperimentState.BEGINNING, ExperimentState.RUNNING
    if not _moved(tx, experiment_id, was, now, audit.at):
        return False
    note(tx, audit)
    return True


def _moved(
    tx: Tx,
    experiment_id: ExperimentId,
    was: ExperimentState,
    now: ExperimentState,
    at: datetime,
    **more: Any,
) -> bool:
    return tx.do(_MOVE, key=experiment_id, was=was, state=now, since=at, **more) == 1


def _over(
    tx: Tx, experiment_id: ExperimentId, said: dict[str, Any], audit: Entry, owed: Owed
) -> bool:
    state = {"state": ExperimentState.OVER, "since": audit.at}
    if tx.do(_END, key=experiment_id, **state, **said) != 1:
        return False
    note(tx, audit)
    owe(tx, [owed])
    return True


def _read(row: Row[Any] | None) -> Experiment | None:
    if row is None:
        return None
    return Experiment(
        id=ExperimentId(row.id),
        old=row.old_default,
        new=row.new_default,
        place=place_of(row),
        by=row.started_by,
        file=row.file,
        began_at=row.began_at,
        ends_at=row.ends_at,
        since=row.since,
        state=row.state,
        ended_by=row.ended_by,
        ending=row.ending,
        detail=row.detail,
    )
