"""What to do about a job that is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.job import Job, OnMissed
from scheduler.ports import Planned
from scheduler.run import RunState
from scheduler.schedule import next_fire

PUNCTUAL = timedelta(minutes=2)
"""A fire that is found due later than this was missed: nobody was awake for it."""

COUNTED = 1000
"""Missed fires are counted one by one up to here."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Fires nobody was awake for: how many (`COUNTED` means so many or more), the first, the last."""

    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick does to one due job."""

    planned: tuple[Planned, ...]
    next_fire_time: datetime | None
    missed: Missed | None = None


def following(job: Job, after: datetime) -> datetime | None:
    """The job's first fire after a moment, or None when there is none before its `until`."""
    moment = next_fire(job.schedule, ZoneInfo(job.zone), after, anchor=job.anchor)
    if moment is None or (job.until is not None and moment > job.until):
        return None
    return moment


def due_fires(job: Job, now: datetime) -> list[datetime]:
    """The job's fires that have come, the oldest first, at most `COUNTED` of them."""
    found: list[datetime] = []
    moment = job.next_fire_time
    while moment is not None and moment <= now and len(found) < COUNTED:
        found.append(moment)
        moment = following(job, moment)
    return found


def tick(job: Job, now: datetime) -> Tick:
    """Plan the latest due fire, and list the ones that were missed."""
    fires = due_fires(job, now)
    if not fires:
        return Tick((), job.next_fire_time)
    uncounted = len(fires) == COUNTED
    latest = _latest_fire(job, fires[-1], now) if uncounted else fires[-1]
    punctual = now - latest <= PUNCTUAL
    late = not punctual and job.on_missed is OnMissed.RUN_ONCE
    planned: list[Planned] = []
    if punctual or late:
        note = "late: nobody was awake at its time" if late else None
        planned.append(Planned(latest, RunState.PLANNED, note))
    lost = fires[:-1] if planned and not uncounted else fires
    if planned and uncounted:
        last = _latest_fire(job, fires[-1], latest - timedelta.resolution)
    else:
        last = lost[-1] if planned and lost else latest
    missed = Missed(len(lost), lost[0], last) if lost else None
    if missed and not planned:
        planned.append(Planned(latest, RunState.MISSED, _missed_note(missed)))
    return Tick(tuple(planned), following(job, max(now, latest)), missed)


def _latest_fire(job: Job, known: datetime, now: datetime) -> datetime:
    """The last fire that has come, of more than can be counted: sought by halves after a known one."""
    end = now if job.until is None else min(now, job.until)
    none_after = end
    while none_after - known > timedelta.resolution:
        middle = known + (none_after - known) / 2
        later = following(job, middle)
        if later is None or later > end:
            none_after = middle
        else:
            known = later
    return known


def _missed_note(missed: Missed) -> str:
    return f"{missed.count} missed, {missed.first.isoformat()} to {missed.last.isoformat()}"
