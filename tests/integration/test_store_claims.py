"""Who became admin by a claim, in the store."""

import asyncio
from dataclasses import replace

from scheduler.ports import Offer
from storage.store import Store
from tests.integration.stores import ANA, BO, HOUR, NOW, Opener, as_port, entry

OFFER = Offer("00ff", "a-digest", NOW + HOUR, 3)
ANEW = replace(OFFER, digest="another-digest")


async def test_a_code_is_on_offer_until_it_expires(store: Store) -> None:
    assert await as_port(store).offered(NOW) is None
    assert await store.offer(OFFER)
    assert await store.offered(NOW) == OFFER
    assert await store.offered(NOW + HOUR) is None
    assert await store.attempt(NOW + HOUR) is None


async def test_a_new_code_takes_the_place_of_the_one_before(store: Store) -> None:
    await store.offer(OFFER)
    await store.attempt(NOW)
    assert await store.offer(ANEW)
    assert await store.offered(NOW) == ANEW
    assert not await store.make_admin(OFFER, entry("claim", "admin"))
    assert await store.admins() == []


async def test_attempts_are_counted_once_each_however_many_come_at_once(
    opener: Opener, store: Store
) -> None:
    await store.offer(OFFER)
    doors = [store, opener.reopen(store)] * 10
    tried = await asyncio.gather(*(door.attempt(NOW) for door in doors))
    left = sorted(offer.attempts_left for offer in tried if offer is not None)
    assert left == [0, 1, 2]
    assert await store.offered(NOW) is None
    assert await store.attempt(NOW) is None


async def test_of_all_who_claim_at_once_one_becomes_admin_and_is_in_the_audit(
    opener: Opener, store: Store
) -> None:
    await store.offer(OFFER)
    doors = [store, opener.reopen(store)] * 10
    people = [replace(ANA, person=f"U{number}") for number in range(len(doors))]
    made = await asyncio.gather(
        *(
            door.make_admin(OFFER, entry("claim", "admin", person))
            for door, person in zip(doors, people, strict=True)
        )
    )
    assert made.count(True) == 1
    winner = people[made.index(True)]
    assert await store.admins() == [winner]
    assert await store.audited("admin") == [entry("claim", "admin", winner)]
    assert await store.offered(NOW) is None


async def test_nothing_is_offered_and_nobody_else_made_admin_once_somebody_is(store: Store) -> None:
    await store.offer(OFFER)
    assert await store.make_admin(OFFER, entry("claim", "admin"))
    assert not await store.offer(ANEW)
    assert not await store.make_admin(ANEW, entry("claim", "admin", BO))
    assert [admin.name for admin in await store.admins()] == ["Ana"]


async def test_what_a_claim_gave_is_taken_back_once(store: Store) -> None:
    await store.offer(OFFER)
    await store.make_admin(OFFER, entry("claim", "admin"))
    assert not await store.unmake_admin(BO, entry("unclaim", "admin"))
    assert await store.unmake_admin(ANA, entry("unclaim", "admin", BO))
    assert not await store.unmake_admin(ANA, entry("unclaim", "admin", BO))
    assert await store.admins() == []
    assert [line.action for line in await store.audited("admin")] == ["unclaim", "claim"]
    assert await store.offer(ANEW)
