"""Sort what went wrong with a call: never sent, refused, or lost and perhaps billed."""

import re

import httpx2

from scheduler.errors import CallError, Lost, NotSent
from scheduler.route import Secret

LONGEST = 300

# Each is raised before the first byte of a request can leave; whatever is not listed is Lost.
_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)

# Keys a provider or an SDK may quote although they are not the one we sent.
_LOOKS_LIKE_A_KEY = re.compile(r"\b(?:sk|pk|rk)-[\w-]{8,}|(?<=Bearer )[^\s'\"]{8,}", re.IGNORECASE)


def sort_failure(
    error: Exception, host: str, secret: Secret | None, seconds: float | None = None
) -> CallError:
    """What became of a request that brought no answer at all; `seconds` is what it was given."""
    words = one_line(str(error) or type(error).__name__, secret)
    if isinstance(error, _NEVER_SENT):
        return NotSent(f"{host} could not be reached: {words}")
    allowed = "" if seconds is None else f" ({seconds:g} s)"
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        return Lost(f"no whole answer came from {host} in the time allowed{allowed}")
    return Lost(f"the connection to {host} broke before a whole answer had come: {words}")


def one_line(words: str, secret: Secret | None) -> str:
    """A provider's words as one short line without control characters, keys or the secret."""
    if secret is not None and secret.value:
        words = words.replace(secret.value, "[key]")
    words = _LOOKS_LIKE_A_KEY.sub("[key]", words)
    words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
