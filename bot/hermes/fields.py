"""One field of a job at a time: what it says, or in words what is wrong with it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.errors import ScheduleError
from scheduler.route import MODEL_NAME, PROVIDER_NAME
from scheduler.schedule import Cron, Interval, Once, Schedule
from scheduler.schedule.crontab_text import read_crontab

Record = dict[str, Any]

LONGEST = timedelta(days=366 * 10)
MOST_SHOWN = 60


class Wrong(Exception):
    """A field that cannot be read."""

    def __init__(self, field: str, what: str) -> None:
        self.field = field
        self.what = what
        super().__init__(f"{field}: {what}")


def shown(value: object) -> str:
    """A value from the file, on one line and not too long."""
    words = " ".join(str(value).split())
    return words if len(words) <= MOST_SHOWN else words[: MOST_SHOWN - 1] + "…"


def text(record: Record, field: str) -> str | None:
    """A text, stripped; None where the key is absent, null or blank."""
    value = record.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Wrong(field, f"is no text but {shown(value)}")
    return value.strip() or None


def provider(record: Record, field: str) -> str | None:
    name = text(record, field)
    if name is None:
        return None
    if not PROVIDER_NAME.fullmatch(name.lower()):
        raise Wrong(
            field,
            f"'{shown(name)}' can be no provider here: describe it under `providers:` in config.yaml"
            " with a name of a-z, 0-9, - and _, and write that name into the file",
        )
    return name.lower()


def model(record: Record, field: str) -> str | None:
    name = text(record, field)
    if name is not None and not MODEL_NAME.fullmatch(name):
        raise Wrong(field, f"'{shown(name)}' is no name of a model that could be typed in a chat")
    return name


def moment(value: object, zone: ZoneInfo) -> datetime | None:
    """An ISO moment, aware; one without an offset is read in `zone`. None for anything else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is not None and at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        # Before the first and after the last year there is no other zone to go to.
        return None if at is None or not 1970 <= at.year < 9000 else at
    except ValueError:
        return None


def schedule(record: Record, zone: ZoneInfo) -> Schedule:
    """`schedule` by its kind: `expr` of cron, `minutes` of interval, `run_at` of once."""
    value = record.get("schedule")
    if not isinstance(value, dict):
        raise Wrong("schedule", "is missing" if value is None else f"is no map but {shown(value)}")
    match value.get("kind"):
        case "cron":
            return _cron(value.get("expr"))
        case "interval":
            return _interval(value.get("minutes"))
        case "once":
            at = moment(value.get("run_at"), zone)
            if at is None:
                raise Wrong("schedule.run_at", f"is no moment but {shown(value.get('run_at'))}")
            return Once(at.astimezone(ZoneInfo("UTC")))
        case other:
            raise Wrong("schedule.kind", f"is neither cron, interval nor once but {shown(other)}")


def _cron(expression: object) -> Cron:
    if not isinstance(expression, str) or not expression.strip():
        raise Wrong("schedule.expr", f"is no cron expression but {shown(expression)}")
    try:
        return Cron(read_crontab(" ".join(expression.lower().split())).expression)
    except ScheduleError as error:
        raise Wrong("schedule.expr", f"'{shown(expression)}': {error.what}") from None


def _interval(minutes: object) -> Interval:
    if isinstance(minutes, bool) or not isinstance(minutes, int) or minutes < 1:
        raise Wrong("schedule.minutes", f"is no number of minutes but {shown(minutes)}")
    if minutes > LONGEST // timedelta(minutes=1):
        raise Wrong("schedule.minutes", f"{shown(minutes)} minutes are more than ten years")
    return Interval(timedelta(minutes=minutes))


def repeats(record: Record) -> int | None:
    """How many runs are left: `times` without those `completed`; None for an endless job."""
    value = record.get("repeat")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Wrong("repeat", f"is no map of times and completed but {shown(value)}")
    times, completed = value.get("times"), value.get("completed")
    if times is None:
        return None
    done = 0 if completed is None else completed
    for field, number in (("repeat.times", times), ("repeat.completed", done)):
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
            raise Wrong(field, f"is no count but {shown(number)}")
    # hermes-agent takes 0 for "no limit".
    return max(0, times - done) if times else None
