"""The guard at work: look the route up, compare it with the consent, say go or hold."""

from scheduler.config import CoreConfig
from scheduler.errors import ConfigError, RouteError
from scheduler.job import Job
from scheduler.plan import Go, judge
from scheduler.ports import Config, Held
from scheduler.route import Resolution


async def verdict(config: Config, job: Job) -> tuple[Go | Held, CoreConfig]:
    """What would become of a run of this guarded job at this moment, and the settings it was judged by."""
    settings, resolved = await _look_up(config, job)
    return judge(job, resolved, settings.guard), settings


async def _look_up(
    config: Config, job: Job
) -> tuple[CoreConfig, Resolution | RouteError | ConfigError]:
    try:
        settings = await config.core()
        return settings, await config.resolve(job.pins)
    except (ConfigError, RouteError) as error:
        return config.last_good(), error
