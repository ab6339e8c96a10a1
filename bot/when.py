"""`driftpin when`: what a schedule was understood as, and when it fires."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scheduler.errors import UserError
from scheduler.schedule import fires
from scheduler.schedule.phrases import parse_schedule
from scheduler.schedule.words import schedule_words
from scheduler.schedule.zones import zone_named

COUNT = 5
MOST = 100_000


def when(
    text: str,
    *,
    zone_name: str,
    now: datetime,
    after: str | None = None,
    until: str | None = None,
    count: int | None = None,
    as_json: bool = False,
) -> str:
    """The schedule in words with its fires in `(after, until]`, or the next few without `until`.

    Raises UserError (ScheduleError for the schedule) in one line.
    """
    zone = zone_named(zone_name)
    start = _moment(after, "--after", zone) if after else now
    end = _moment(until, "--until", zone) if until else None
    schedule = parse_schedule(text, zone=zone, now=start)
    limit = (MOST if end else COUNT) if count is None else count
    found = fires(schedule, zone, after=start, until=end, count=limit, anchor=start)
    if len(found) == MOST:
        raise UserError(f"there are {MOST} fires or more until then", "choose a nearer --until")
    words = schedule_words(schedule, zone)
    if as_json:
        moments = [fire.astimezone(UTC).isoformat() for fire in found]
        return json.dumps({"text": words, "zone": zone.key, "fires": moments})
    lines = [fire.astimezone(zone).strftime("%a %d %b %Y %H:%M %z") for fire in found]
    return "\n".join([f"{words} ({zone.key})", *(lines or ["no fire in that time"])])


def _moment(text: str, option: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"{option} {text[:40]!r} is not a moment", f"write {option} 2026-11-23T08:00:00+00:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
