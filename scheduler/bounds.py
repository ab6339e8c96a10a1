"""Whether what a person asks for is within the limits, in the same words wherever they ask."""

from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.config import Limits
from scheduler.errors import ScheduleError, UserError
from scheduler.schedule import Schedule, smallest_gap
from scheduler.schedule.spans import span_words


def check_prompt(prompt: str, limits: Limits) -> None:
    """Raises UserError for a prompt that is too long."""
    size = len(prompt.encode())
    if size > limits.prompt_bytes:
        raise UserError(
            f"the prompt has {size} bytes, more than the {limits.prompt_bytes} allowed",
            "shorten it",
        )


def check_pace(schedule: Schedule, zone: ZoneInfo, now: datetime, limits: Limits) -> None:
    """Raises ScheduleError for a schedule that fires too often."""
    gap = smallest_gap(schedule, zone, now=now)
    if gap is not None and gap < limits.min_interval:
        most = span_words(limits.min_interval)
        raise ScheduleError(
            f"that is more often than every {most}, which is the most this Driftpin allows",
            f"try 'every {most}'",
        )
