"""The jobs that an alert asks about: each in a line, and what they have in common."""

from collections.abc import Mapping, Sequence

from bot.grammar import spell
from bot.message import Line, Moment, bold, line
from bot.wording import facts
from scheduler.alert import AlertJob
from scheduler.commands import PinJob, RouteText
from scheduler.drift import consent
from scheduler.job import Job, JobId
from scheduler.route import PriceClass
from scheduler.run import Run

LISTED = 20
"""Jobs named one by one in an alert; the others are counted."""

Waiting = Mapping[JobId, Sequence[Run]]
"""The held runs of some jobs."""


def drifted(row: AlertJob) -> Line:
    """A job, what moved under it, and when it is due next."""
    return in_line(row.job, ", ".join(facts.drift_words(drift) for drift in row.drifts))


def in_line(job: Job, words: str) -> Line:
    """A job, what is said of it, and when it is due next."""
    parts: list[str | Moment] = [f" {job.name}: {words}"]
    if job.next_fire_time:
        parts += ["; next fire ", Moment(job.next_fire_time, job.zone)]
    return line(bold(f"#{job.id}"), *parts)


def pin_line(job: Job, how: str) -> str:
    """The command that does what the Pin button does."""
    old = consent(job)
    return spell(PinJob(job.id, RouteText(provider=old.provider, model=old.model)), how)


def pinnable(rows: Sequence[AlertJob]) -> bool:
    """Whether a pin brings back for any of these jobs what moved."""
    return any(row.pinnable for row in rows)


def one_consent(rows: Sequence[AlertJob]) -> str | None:
    """What all these jobs consented to, None where they differ."""
    old = {facts.names(consent(row.job)) for row in rows}
    return old.pop() if len(old) == 1 else None


def one_price(rows: Sequence[AlertJob]) -> PriceClass | None:
    """The price class all these jobs consented to, None where it differs or nobody knows it."""
    classes = {row.job.snapshot.price_class for row in rows}
    return classes.pop() if len(classes) == 1 else None
