"""A job whose row cannot be read is named in the log once and left out, so that the others go on."""

import logging

from scheduler.errors import ScheduleError

log = logging.getLogger(__name__)

UNREADABLE = (ScheduleError, ValueError, LookupError)
"""What comes of a stored value that no version of ours wrote: a schedule, a JSON value, a word."""


class Unreadable:
    """The jobs this process could not read; they are tried again by the next one."""

    def __init__(self) -> None:
        self._ids: set[int] = set()

    @property
    def ids(self) -> list[int]:
        return list(self._ids)

    def leave_out(self, job_id: int, error: Exception) -> None:
        if job_id not in self._ids:
            self._ids.add(job_id)
            log.error("job %s cannot be read and is left out until a restart: %s", job_id, error)
