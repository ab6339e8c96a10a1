"""A crontab names wall-clock minutes, as Debian's cron takes its five fields."""

from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from croniter import CroniterBadDateError, croniter

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - wall time has no zone


@dataclass(frozen=True, slots=True)
class Field:
    """One of the five: its sorted values, its text, and whether that begins with a star."""

    values: tuple[int, ...]
    text: str

    @property
    def star(self) -> bool:
        return self.text.startswith("*")


@dataclass(frozen=True, slots=True)
class Crontab:
    """The five fields of a cron expression; weekdays count from 0, Sunday, to 6."""

    minute: Field
    hour: Field
    day: Field
    month: Field
    weekday: Field

    @property
    def expression(self) -> str:
        """The expression, normalised: numbers for names, no leading zeros, single spaces."""
        return " ".join(
            field.text for field in (self.minute, self.hour, self.day, self.month, self.weekday)
        )

    @property
    def follows_clock(self) -> bool:
        """Whether it runs whenever the clock shows its minute, rather than once a date."""
        return self.minute.star or self.hour.star

    @property
    def needs_both_days(self) -> bool:
        """Whether a date must match day and weekday, rather than either."""
        return self.day.star or self.weekday.star

    @property
    def runs_daily(self) -> bool:
        """Whether day and weekday leave no date out."""
        full = (len(self.day.values) == 31, len(self.weekday.values) == 7)
        return all(full) if self.needs_both_days else any(full)

    def runs_on(self, day: date) -> bool:
        """Whether it runs on this local date at all."""
        if day.month not in self.month.values:
            return False
        matches = (day.day in self.day.values, day.isoweekday() % 7 in self.weekday.values)
        return all(matches) if self.needs_both_days else any(matches)

    def next_match(self, wall: datetime) -> datetime | None:
        """The first naive wall time after `wall` that the fields name; None if none is near."""
        # A croniter carries a position, which threads must not share; parsing anew is slow.
        walker = copy(_walker(self))
        walker.set_current(wall)
        try:
            return walker.get_next(datetime)
        except (CroniterBadDateError, OverflowError, ValueError):
            return None


@lru_cache(maxsize=2048)
def _walker(crontab: Crontab) -> croniter:
    """A croniter that is given only explicit lists, so that it has nothing to misread."""
    dates = ("*", "*")
    if not crontab.runs_daily:
        dates = (_plain(crontab.day, 31), _plain(crontab.weekday, 7))
    clock = (_plain(crontab.minute, 60), _plain(crontab.hour, 24))
    fields = (*clock, dates[0], _plain(crontab.month, 12), dates[1])
    return croniter(" ".join(fields), _EPOCH, day_or=not crontab.needs_both_days)


def _plain(field: Field, size: int) -> str:
    return "*" if len(field.values) == size else ",".join(map(str, field.values))
