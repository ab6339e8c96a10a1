"""When a job must fire, worked out again from what was typed, by nothing of the code under test."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_DAY = timedelta(days=1)
_WORKDAYS = frozenset(range(5))


@dataclass(frozen=True)
class Every:
    """`every 6h`: counted from the moment at which it was typed."""

    hours: int

    @property
    def typed(self) -> str:
        return f"every {self.hours}h"

    def after(self, moment: datetime, anchor: datetime) -> datetime | None:
        step = timedelta(hours=self.hours)
        fire = anchor + step
        if moment >= fire:
            fire += ((moment - fire) // step) * step
        while fire <= moment:
            fire += step
        return fire


@dataclass(frozen=True)
class At:
    """`every day at 09:30`, `every weekday at 07:05`, all in UTC."""

    hour: int
    minute: int
    workdays: bool = False

    @property
    def typed(self) -> str:
        day = "weekday" if self.workdays else "day"
        return f"every {day} at {self.hour:02}:{self.minute:02}"

    def after(self, moment: datetime, anchor: datetime) -> datetime | None:
        fire = moment.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        while fire <= moment or (self.workdays and fire.weekday() not in _WORKDAYS):
            fire += _DAY
        return fire


@dataclass(frozen=True)
class In:
    """`in 5h`: once, so long after the whole second at which it was typed."""

    hours: int

    @property
    def typed(self) -> str:
        return f"in {self.hours}h"

    def after(self, moment: datetime, anchor: datetime) -> datetime | None:
        fire = anchor.replace(microsecond=0) + timedelta(hours=self.hours)
        return fire if fire > moment else None


Typed = Every | At | In


@dataclass(frozen=True)
class Timetable:
    """A schedule as typed at `anchor`, up to and with `until`."""

    typed: Typed
    anchor: datetime
    until: datetime | None = None

    def after(self, moment: datetime) -> datetime | None:
        fire = self.typed.after(moment, self.anchor)
        return None if fire is None or (self.until and fire > self.until) else fire

    def between(self, first: datetime, last: datetime) -> list[datetime]:
        """The fires from `first`, which is one, to `last`."""
        found: list[datetime] = []
        fire: datetime | None = first
        while fire is not None and fire <= last:
            found.append(fire)
            fire = self.after(fire)
        return found


LATE = timedelta(minutes=2)
"""A fire that is found later than this was missed."""


@dataclass(frozen=True)
class Due:
    """What a tick has to do about a job: run this fire, or say of the last that it was missed, list
    `lost`, and go on to `then`."""

    runs: datetime | None
    missed: datetime | None
    lost: tuple[datetime, ...]
    then: datetime | None


def due(timetable: Timetable, since: datetime, now: datetime, *, run_once: bool) -> Due:
    """By a wall that shows `now`, with everything before `since` dealt with."""
    fires = timetable.between(since, now)
    latest = fires[-1]
    runs = latest if now - latest <= LATE or run_once else None
    lost = tuple(fires[:-1] if runs else fires)
    then = timetable.after(max(now, latest))
    return Due(runs, None if runs else latest, lost, then)
