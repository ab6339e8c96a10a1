"""What a request of a job reserves at the gate: the worst it may cost on its route, on its terms."""

from dataclasses import replace

from scheduler.config import CoreConfig
from scheduler.consented import consented
from scheduler.job import Job
from scheduler.judge import Go
from scheduler.route import Resolution, Snapshot
from scheduler.spend import Reservation, worst_case


def bound(job: Job, go: Go, settings: CoreConfig) -> Resolution:
    """The route that was judged, on the terms that its job's consent lets it be called."""
    judged = replace(job, snapshot=go.consent or _bounding(job, go))
    terms = consented(judged, go.resolution, settings.guard.price_tolerance)
    return replace(go.resolution, terms=terms)


def reservation(job: Job, resolution: Resolution, settings: CoreConfig, step: int) -> Reservation:
    """What the request of this step asks for, by the settings its run was judged by.

    What the job itself allows bounds the run, and never makes a price that nobody knows count as less
    under the caps of a day.
    """
    route, terms, most = resolution.route, resolution.terms, settings.limits.max_tokens
    asked = worst_case(route, terms, job.prompt, step, most, settings.caps)
    caps = replace(settings.caps, max_usd=job.max_usd)
    return Reservation(asked, caps, settings.timezone, settings.admin_chat)


def _bounding(job: Job, go: Go) -> Snapshot:
    """What bounds a call: the consent, or for one authorised run the price that was shown for it."""
    if not go.authorised:
        return job.snapshot
    route = go.resolution.route
    return replace(job.snapshot, price_class=route.price_class, price=route.price)
