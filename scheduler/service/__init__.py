"""The service: one method for each command, in terms of the core alone."""

from scheduler.service.consents import Consents
from scheduler.service.core import Core
from scheduler.service.defaults import Defaults
from scheduler.service.jobs import JobService
from scheduler.service.reading import Reading
from scheduler.service.runs import RunService


class Service:
    """Everything a person can ask for, by subject."""

    def __init__(self, core: Core) -> None:
        self.reading = Reading(core)
        self.jobs = JobService(core, self.reading)
        self.runs = RunService(core, self.reading)
        self.consents = Consents(core, self.reading)
        self.defaults = Defaults(core)


__all__ = ["Core", "Service"]
