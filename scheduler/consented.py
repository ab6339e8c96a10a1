"""The terms on which a job's consent lets its route be called."""

from dataclasses import replace
from decimal import Decimal

from scheduler.job import Job, unguarded_axes
from scheduler.route import Resolution
from scheduler.served import Fact
from scheduler.terms import NOTHING, PerMillion, Terms


def consented(job: Job, resolution: Resolution, tolerance: Decimal = Decimal(0)) -> Terms:
    """The entry's terms, bounded by what a person consented to.

    A consent to what was free may cost nothing; one to a price may cost that much, and a tenth more
    with a `tolerance` of 0.10. What a person accepted of an answer is part of the consent. A job of
    free routes only may cost nothing whatever else was consented to, and its answer is held to that
    even where nobody consented to a route.
    """
    terms, route = resolution.terms, resolution.route
    charged = job.snapshot.price_class or route.price_class
    free = job.free_only or (not charged.spends and not _accepted(job, Fact.COST))
    most = PerMillion.by(job.snapshot.price, tolerance)
    listed = PerMillion.by(route.price)
    return replace(
        terms,
        aliases=(*terms.aliases, *_accepted(job, Fact.MODEL)),
        only=(*terms.only, *_accepted(job, Fact.DOWNSTREAM)) if terms.only else (),
        free=free,
        max_price=NOTHING if free else most,
        list_price=listed if listed or route.price_class.spends else NOTHING,
        binding=job.free_only or not unguarded_axes(job),
    )


def _accepted(job: Job, fact: Fact) -> tuple[str, ...]:
    return tuple(mismatch.served for mismatch in job.accepted_as if mismatch.fact is fact)
