"""The lock of the HTTP door: headers are screened before a body is read, and nothing comes in twice."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping

from bot.remembering import Remembered

WINDOW = 300
"""Seconds a signed request is good for; Slack's own rule."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_TYPES = ("application/x-www-form-urlencoded", "application/json")


class Signatures:
    """`now` is the time of day in seconds since 1970."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._seen: Remembered[bool] = Remembered(most=100_000)

    def refusal(self, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Why a request is not worth reading, as status and words; None for one whose signature must
        be proved."""
        if headers.get("Content-Type", "").partition(";")[0].strip().lower() not in _TYPES:
            return 415, "neither a form nor JSON"
        stamp = headers.get("X-Slack-Request-Timestamp", "")
        signature = headers.get("X-Slack-Signature", "")
        if not _TIMESTAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            return 401, "not signed by Slack"
        if abs(self._now() - int(stamp)) > WINDOW:
            return 401, "signed too long ago"
        return None

    def proves(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
        """Did somebody sign this very body who knows the secret? Asked of what was not refused."""
        # The library's own verifier breaks over a body that is no UTF-8, and over an empty secret.
        signed = b"v0:%b:%b" % (headers["X-Slack-Request-Timestamp"].encode(), body)
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={digest}", headers["X-Slack-Signature"])

    def is_replay(self, headers: Mapping[str, str]) -> bool:
        """Was this very request taken in before? Slack signs each of its own attempts anew."""
        return self._seen.get(headers["X-Slack-Signature"]) is not None

    def taken_in(self, headers: Mapping[str, str]) -> None:
        # A request stays acceptable for the window before and after the moment of its stamp.
        self._seen.put(headers["X-Slack-Signature"], True, 2 * WINDOW)
