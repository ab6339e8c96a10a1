"""First contact: whoever has the code that Driftpin printed at its start becomes the first admin."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.access import pattern
from bot.settings.values import Access
from scheduler.job import Principal
from scheduler.ports import Clock, Entry, Offer, Store
from scheduler.service.handling import caused

CODE_LIFE = timedelta(minutes=10)
ATTEMPTS = 5
LENGTH = 8
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: 32 signs, so 40 bits a code, and none that is taken for another."""

_TAKEN_FOR = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Claimed:
    """The person is admin now, known by this pattern."""

    pattern: str


@dataclass(frozen=True, slots=True)
class WrongCode:
    attempts_left: int


@dataclass(frozen=True, slots=True)
class NoCode:
    """Nothing is on offer: never offered, expired, or used up."""


@dataclass(frozen=True, slots=True)
class AdminExists:
    pass


Outcome = Claimed | WrongCode | NoCode | AdminExists


class Claims:
    """Offers the code, and knows who became admin by one.

    `access` gives the lists of the settings. Who claimed is asked of the database before every
    request, since another process may have changed it; in between it is known without waiting.
    """

    def __init__(self, store: Store, clock: Clock, access: Callable[[], Access]) -> None:
        self._store = store
        self._clock = clock
        self._listed = access
        self._claimed: tuple[Principal, ...] = ()

    async def refresh(self) -> None:
        """Read who became admin by a claim, or was one until now."""
        self._claimed = tuple(await self._store.admins())

    def admins(self) -> tuple[str, ...]:
        """Who became admin by a claim, each as `access.admins` would name them."""
        return tuple(pattern(claimed) for claimed in self._claimed)

    def access(self) -> Access:
        """The lists in force: those of the settings, and who became admin by a claim."""
        listed = self._listed()
        return replace(listed, admins=(*listed.admins, *self.admins()))

    async def offer(self) -> str | None:
        """A new code, shown to whoever started this process; None where somebody is admin.

        Only the newest code counts: the one before, of this process or another, is dead.
        """
        await self.refresh()
        if self.access().admins:
            return None
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        salt = secrets.token_hex(16)
        digest = await _digest(code, salt)
        offer = Offer(salt, digest, self._clock.now() + CODE_LIFE, ATTEMPTS)
        if not await self._store.offer(offer):
            return None
        return f"{code[:4]}-{code[4:]}"

    async def offered(self) -> bool:
        """Could a code be claimed at this moment?"""
        if self.access().admins:
            return False
        return await self._store.offered(self._clock.now()) is not None

    async def claim(self, code: str, principal: Principal) -> Outcome:
        """Make the person admin if this is the code; every try counts, whoever makes it."""
        await self.refresh()
        if self.access().admins:
            return AdminExists()
        now = self._clock.now()
        # Counted before it is compared, so that guessing at once is no way around the limit.
        offer = await self._store.attempt(now)
        if offer is None:
            return NoCode()
        typed = await _digest(_as_printed(code), offer.salt)
        if not secrets.compare_digest(typed, offer.digest):
            return WrongCode(offer.attempts_left)
        known_as = pattern(principal)
        entry = caused(Entry(now, principal, "claim", "admin", known_as))
        made = await self._store.make_admin(offer, entry)
        await self.refresh()
        if made:
            return Claimed(known_as)
        return AdminExists() if self.admins() else NoCode()

    async def unclaim(self, admin: str, by: Principal) -> bool:
        """Take back what a claim gave; False where nobody of that name claimed."""
        await self.refresh()
        found = next((each for each in self._claimed if pattern(each) == admin), None)
        if found is None:
            return False
        entry = caused(Entry(self._clock.now(), by, "unclaim", "admin", admin))
        gone = await self._store.unmake_admin(found, entry)
        await self.refresh()
        return gone


def _as_printed(code: str) -> str:
    """A typed code without dashes and spaces, in capitals, with the signs it was printed in."""
    return "".join(filter(str.isalnum, code)).upper().translate(_TAKEN_FOR)


async def _digest(code: str, salt: str) -> str:
    """Slow on purpose: 40 bits must outlast ten minutes with whoever can read the database."""
    made = await asyncio.to_thread(
        hashlib.scrypt,
        code.encode(errors="replace"),
        salt=bytes.fromhex(salt),
        n=2**14,
        r=8,
        p=1,
    )
    return made.hex()
