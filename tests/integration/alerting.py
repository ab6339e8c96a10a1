"""What the tests of alerts have in common: held jobs, and messages that are sent."""

from dataclasses import replace
from datetime import datetime

from scheduler.alert import Alert
from scheduler.job import Job, Place
from scheduler.outbox import Owed
from scheduler.ports import Entry
from scheduler.route import Pins
from storage.store import Store
from tests.integration.stores import (
    BO,
    NOW,
    THREAD,
    add,
    entry,
    hold,
)


async def the_alert(store: Store) -> Alert:
    (alert,) = await store.open_alerts()
    return alert


async def held_jobs(store: Store, number: int, place: Place = THREAD) -> list[Job]:
    jobs = [await add(store, place=place) for _ in range(number)]
    for job in jobs:
        await hold(store, job)
    return jobs


async def deliver(store: Store, message: str) -> Place:
    """Send the one message that may be sent now."""
    (delivery,) = await store.ready(NOW, ["slack", "telegram"])
    await store.sending(delivery.id)
    await store.sent(delivery.id, message)
    return delivery.owed.place


async def left_behind(store: Store) -> Owed:
    """What is owed to a message that is no alert's any more, now delivered."""
    (delivery,) = await store.ready(NOW, ["slack", "telegram"])
    await store.sending(delivery.id)
    await store.sent(delivery.id, str(delivery.owed.facts["message"]))
    return delivery.owed


async def heal(store: Store, alert: Alert, at: datetime = NOW) -> bool:
    """The default is back for every job of an alert as it stands."""
    now = await store.alert(alert.id) or alert
    return await store.heal(now.id, now.revision, [row.job.id for row in now.undecided], at)


def pinned(jobs: list[Job]) -> list[Job]:
    return [replace(job, pins=Pins("openrouter", "llama:free")) for job in jobs]


def entries(jobs: list[Job]) -> list[Entry]:
    return [entry("pin", f"job {job.id}", BO) for job in jobs]
