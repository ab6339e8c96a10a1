"""The key that fingerprints are made with: generated once, and never out of this database."""

import secrets

from sqlalchemy import select

from storage.tables import FINGERPRINT_KEYS
from storage.transaction import Tx, Verbs

BYTES = 32

_KEY = select(FINGERPRINT_KEYS.c.key)


class FingerprintKeyVerbs(Verbs):
    async def fingerprint_key(self) -> bytes:
        return await self._run(_key)


def _key(tx: Tx) -> bytes:
    tx.insert_if_new(FINGERPRINT_KEYS, id=1, key=secrets.token_hex(BYTES))
    row = tx.one(_KEY)
    if row is None:
        raise LookupError("the fingerprint key was neither there nor could it be written")
    return bytes.fromhex(row.key)
