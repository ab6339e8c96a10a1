"""Tells one key from another without knowing either: a short keyed digest, of no use elsewhere."""

from collections.abc import Callable
from hashlib import blake2b

from scheduler.route import Secret

Fingerprint = Callable[[Secret], str]
"""The fingerprint of a secret."""

BYTES = 8


def fingerprints(key: bytes) -> Fingerprint:
    """Fingerprints under a key of this installation, so that nobody can guess a secret from one."""

    def fingerprint(secret: Secret) -> str:
        return blake2b(secret.value.encode(), key=key, digest_size=BYTES).hexdigest()

    return fingerprint
