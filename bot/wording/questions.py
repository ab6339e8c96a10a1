"""What is asked before a dear button of a held job: what it will use, and what that costs."""

from collections.abc import Sequence

from bot.wording import facts, prices
from scheduler.job import Job
from scheduler.money import Forecast
from scheduler.route import Route


def accepting(route: Route, jobs: Sequence[Job], foreseen: Sequence[Forecast] = ()) -> str:
    """What is asked before these jobs use a new route from now on."""
    cost = prices.spent(route, foreseen) if len(foreseen) == len(jobs) else ""
    return f"From now on {facts.count(len(jobs), 'job')} will use {prices.priced(route, cost)}. Accept?"


def accepting_one(job: Job, route: Route) -> str:
    """The same where one job was chosen among others."""
    return f"From now on job {facts.called(job)} will use {prices.priced(route)}. Accept?"


def letting_run_once(job: Job, route: Route) -> str:
    """What is asked before one run uses the route that holds its job."""
    return (
        f"Job {facts.called(job)} runs once on {prices.priced(route)}; after that it is held as before."
        " Run it?"
    )
