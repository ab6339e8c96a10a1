"""What a decision about a route must be measured by: the alert that asks, and what the job may cost."""

from scheduler.alert import Alert
from scheduler.commands import RouteText
from scheduler.errors import UserError
from scheduler.job import Job, JobId
from scheduler.ports import Store
from scheduler.route import PriceClass, Route


async def open_alert(store: Store, job_id: JobId) -> Alert | None:
    """The alert that asks about this job, whose route a decision without a route is about."""
    for alert in await store.open_alerts():
        row = alert.row(job_id)
        if row and row.decision is None:
            return alert
    return None


def must_bill_as_shown(shown: RouteText | None, route: Route, how_to_see: str) -> None:
    """Raises UserError where a button showed a route of these names that billed something else."""
    if shown is not None and shown.bills not in (None, route.billing):
        raise UserError(
            f"what {route.name} bills has changed since that message; nothing was done", how_to_see
        )


def must_stay_free(job: Job, name: str, charged: PriceClass | None) -> None:
    """Raises UserError where a job of free routes only would spend."""
    if job.free_only and charged is not None and charged.spends:
        raise UserError(
            f"job {job.id} may use free and local routes only, and {name} is {charged}",
            f"'/jobs edit {job.id} free_only=no' allows it to spend",
        )
