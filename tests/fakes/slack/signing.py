"""Slack's v0 signature."""

import hashlib
import hmac
import time


def signed(body: bytes, secret: str, at: float | None = None) -> dict[str, str]:
    """The two headers that Slack puts on a request with that body."""
    stamp = str(int(time.time() if at is None else at))
    words = f"v0:{stamp}:".encode() + body
    digest = hmac.new(secret.encode(), words, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
