"""How the jobs of an alert would go on, which is what its prices rest on."""

from scheduler.alert import Alert
from scheduler.forecast import FORESEEN, REMEMBERED, forecast
from scheduler.job import JobId
from scheduler.money import Forecast
from scheduler.ports import Store


async def forecasts(store: Store, found: Alert) -> dict[JobId, Forecast]:
    """Of each undecided job, seen from when the alert was opened; none of very many."""
    jobs = [row.job for row in found.undecided]
    if len(jobs) > FORESEEN:
        return {}
    usages = await store.usages([job.id for job in jobs], REMEMBERED)
    return {job.id: forecast(job, usages.get(job.id, ()), found.opened_at) for job in jobs}
