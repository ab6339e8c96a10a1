"""When a call that brought no answer may be tried again by itself: what is certain, and only so often."""

from datetime import timedelta

from scheduler.errors import DriftpinError, NotSent, Refused

NEVER_LEFT = (timedelta(seconds=1), timedelta(seconds=5))
"""The pauses before the further attempts of a request that certainly never reached the provider."""

MOST_RETRIES = 5
LONGEST_PAUSE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(seconds=5)


def pause_before_again(error: DriftpinError, attempt: int, retries: int) -> timedelta | None:
    """How long to wait before a further attempt; None where this one was the last.

    A provider that is busy or broken (429, 5xx) is asked again only where the job says so, and not
    before the moment it named; what may have been billed is never repeated.
    """
    match error:
        case NotSent() if attempt <= len(NEVER_LEFT):
            return NEVER_LEFT[attempt - 1]
        case Refused(passing=True, retry_after=asked) if attempt <= retries:
            wait = min(_FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
            wait = max(wait, timedelta(seconds=asked or 0))
            return wait if wait <= LONGEST_PAUSE else None
        case _:
            return None
