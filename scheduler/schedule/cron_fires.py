"""A crontab fires at the moments at which Debian's cron would start it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.schedule.crontab import Crontab
from scheduler.schedule.zones import Shift, offset_at, shifts_between

# Debian's cron takes a clock that moves by more than three hours for a correction, and minutes
# lost to a jump of up to five for a late wake-up.
_CORRECTION = 180
_LATE = 5
_MINUTE = timedelta(minutes=1)
_LOOK_BACK = timedelta(minutes=_CORRECTION)
# No clock is moved by more than a day, so that a shift further from a fire does not matter to it.
_NEAR = timedelta(days=3)
_FAR = timedelta(days=40)


def next_crontab_fire(crontab: Crontab, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first fire strictly after an aware UTC moment, in UTC; None if there is none."""
    wall = after.replace(tzinfo=None) + offset_at(zone, after)
    match = crontab.next_match(_already_run(crontab, zone, after, wall))
    return None if match is None else _fire_of(crontab, zone, after, match)


def _fire_of(crontab: Crontab, zone: ZoneInfo, after: datetime, match: datetime) -> datetime | None:
    """The moment of the next match, or of what the clock changes on the way make of it."""
    offset = offset_at(zone, after)
    wall = after.replace(tzinfo=None) + offset
    seen = after + min(match - wall + _NEAR, _FAR)
    start = after
    for shift in shifts_between(zone, after, seen):
        if _moment(match, offset) < shift.at:
            break
        if match < shift.first_minute:
            if _catches_up(crontab, shift):
                return shift.at
            following = crontab.next_match(shift.first_minute - _MINUTE)
        elif _runs_again(crontab, shift) and shift.first_minute <= wall:
            wall = shift.first_minute - _MINUTE
            following = crontab.next_match(wall)
        else:
            following = match
        if following is None:
            return None
        match = following
        offset, start = shift.after, shift.at
    fire = _moment(match, offset)
    if fire > seen:
        return _fire_of(crontab, zone, max(seen, fire - _NEAR), match)
    # A clock moved within a minute shows the rest of one that it began earlier.
    return max(fire, start)


def _moment(wall: datetime, offset: timedelta) -> datetime:
    return (wall - offset).replace(tzinfo=UTC)


def _already_run(crontab: Crontab, zone: ZoneInfo, after: datetime, wall: datetime) -> datetime:
    """The wall time up to which a job has run: ahead of the clock after it was put back."""
    done = wall
    for shift in shifts_between(zone, after - _LOOK_BACK, after):
        if shift.minutes < 0 and not _runs_again(crontab, shift):
            done = max(done, shift.last_minute)
    return done


def _catches_up(crontab: Crontab, shift: Shift) -> bool:
    """Whether minutes the clock skipped are run at once when it has skipped them."""
    return shift.minutes <= (_LATE if crontab.follows_clock else _CORRECTION)


def _runs_again(crontab: Crontab, shift: Shift) -> bool:
    """Whether minutes the clock shows again are run again."""
    return shift.minutes < 0 and (crontab.follows_clock or shift.minutes <= -_CORRECTION)
