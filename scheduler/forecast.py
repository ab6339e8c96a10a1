"""How a job will go on, seen from its schedule and from its runs so far."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from scheduler.job import Job
from scheduler.money import Forecast, habit
from scheduler.plan import following
from scheduler.schedule import Once

MONTH = timedelta(days=30)

REMEMBERED = 20
"""Runs that tell what a run of a job usually uses."""

FORESEEN = 100
"""Jobs whose cost is reckoned together; more would keep everybody waiting."""

SAMPLE = 200
"""Fires that are counted one by one; beyond these, their pace is taken to go on."""

OF_A_WEEK = 100
"""The same where many jobs are looked at: more than every hour and a half, a week through."""


def forecast(job: Job, usages: Sequence[tuple[int, int]], now: datetime) -> Forecast:
    """`usages` are the tokens in and out of the job's latest good runs."""
    return Forecast(habit(usages), fires(job, now))


def fires(job: Job, now: datetime) -> int:
    """How often a job fires within a month from now, whether or not it rests just now."""
    if isinstance(job.schedule, Once):
        return 1
    end = now + MONTH
    count = _within(job, now, end)
    return count if job.repeat_left is None else min(count, job.repeat_left)


def fires_within(job: Job, now: datetime, span: timedelta) -> int:
    """How often an active job fires within a span from now."""
    count = _within(job, now, now + span, OF_A_WEEK)
    return count if job.repeat_left is None else min(count, job.repeat_left)


def _within(job: Job, now: datetime, end: datetime, sample: int = SAMPLE) -> int:
    first = moment = following(job, now)
    count = 0
    while first is not None and moment is not None and moment <= end:
        count += 1
        if count == sample:
            last = end if job.until is None else min(end, job.until)
            return round((last - first) / ((moment - first) / (sample - 1))) + 1
        moment = following(job, moment)
    return count
