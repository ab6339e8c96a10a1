"""The service: one method for each command, in terms of the core alone."""

from scheduler.answers import Drilled
from scheduler.drill import Drills
from scheduler.job import JobId
from scheduler.service.alerts import AlertService
from scheduler.service.consents import Consents
from scheduler.service.core import Core
from scheduler.service.costs import CostService
from scheduler.service.defaults import Defaults
from scheduler.service.experiments import Experiments
from scheduler.service.halts import HaltService
from scheduler.service.jobs import JobService
from scheduler.service.people import People
from scheduler.service.reading import Reading
from scheduler.service.runs import RunService
from scheduler.service.spending import SpendingService


class Service:
    """Everything a person can ask for, by subject."""

    def __init__(self, core: Core, drills: Drills) -> None:
        self._core = core
        self._drills = drills
        self.reading = Reading(core)
        self.jobs = JobService(core, self.reading)
        self.runs = RunService(core, self.reading)
        self.consents = Consents(core, self.reading)
        self.alerts = AlertService(core)
        self.defaults = Defaults(core)
        self.experiments = Experiments(core, self.defaults)
        self.people = People(core)
        self.halts = HaltService(core)
        self.spending = SpendingService(core)
        self.costs = CostService(core)

    async def drill(self, job_id: JobId) -> Drilled:
        """Simulate a drift of a job; raises UserError for one that has nothing to drill."""
        await self._core.must_not_be_halted()
        return await self._drills.drill(await self._core.job(job_id))


__all__ = ["Core", "Service"]
