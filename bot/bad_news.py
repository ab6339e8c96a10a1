"""Tells news from the same once more: a platform that refuses us is reported once until it works again."""

from bot.attaching import State

WORKS = 120.0
"""Seconds a platform must have stood to count as working: what is owed is tried within one minute, so
one that takes our name and refuses our messages is refused again by then."""


class BadNews:
    """Of one platform. Times are the loop's, in seconds."""

    def __init__(self) -> None:
        self._told = False
        self._up_at: float | None = None

    def is_news(self, state: State, now: float) -> bool:
        """Must the admins hear of this state?"""
        stood = 0.0 if self._up_at is None else now - self._up_at
        self._up_at = now if state.up else None
        if stood >= WORKS:
            self._told = False
        if not state.refused or self._told:
            return False
        self._told = True
        return True
