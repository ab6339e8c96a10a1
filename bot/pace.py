"""How many commands a person may send in a minute."""

from collections import deque
from datetime import datetime, timedelta

from scheduler.job import Principal

MINUTE = timedelta(minutes=1)


class Pace:
    """Remembers each person's commands of the last minute, in memory."""

    def __init__(self) -> None:
        self._seen: dict[Principal, deque[datetime]] = {}

    def allows(self, principal: Principal, now: datetime, per_minute: int) -> bool:
        """Count one more command, unless the person has used up the minute."""
        seen = self._seen.setdefault(principal, deque())
        while seen and now - seen[0] >= MINUTE:
            seen.popleft()
        if len(seen) >= per_minute:
            return False
        seen.append(now)
        return True
