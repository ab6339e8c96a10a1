"""The rows of experiments with the default: at most one of them is open."""

from datetime import datetime
from typing import Protocol

from scheduler.experiment import Ending, Experiment, ExperimentId
from scheduler.job import Principal
from scheduler.outbox import Owed
from scheduler.ports.jobs import Entry


class Experiments(Protocol):
    """Every verb is one transaction; one that changes a state says False where it was another."""

    async def experiment(self, experiment_id: ExperimentId) -> Experiment | None: ...

    async def open_experiment(self) -> Experiment | None:
        """The one that is not over."""
        ...

    async def intend(self, experiment: Experiment) -> Experiment | None:
        """Record what is about to begin (its id is given by the store); None while another is open."""
        ...

    async def dismiss(self, experiment_id: ExperimentId) -> None:
        """Forget one that did not begin: nothing was changed, and whoever asked was told."""
        ...

    async def begun(self, experiment_id: ExperimentId, audit: Entry) -> bool:
        """beginning -> running."""
        ...

    async def returning(
        self, experiment_id: ExperimentId, by: Principal | None, at: datetime
    ) -> bool:
        """running -> returning: the old default is about to be written; `by` a person, or by time."""
        ...

    async def not_returning(self, experiment_id: ExperimentId, at: datetime) -> bool:
        """returning -> running: nothing could be written, and whoever asked was told."""
        ...

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
        """Any open state -> over, with the one message that closes it."""
        ...
