"""Which caps would hold the next run of a job at this moment, and how much more would let it leave."""

from dataclasses import replace
from decimal import Decimal

from scheduler.budget import cap_words, own_cap_command
from scheduler.caps import Cap
from scheduler.config import CoreConfig
from scheduler.errors import UserError
from scheduler.job import Job
from scheduler.judge import Go
from scheduler.ports import Held
from scheduler.reservation import bound, reservation
from scheduler.route import Resolution
from scheduler.service.core import Core
from scheduler.spend import Reached, Reservation, day_of, raised_for, reached
from scheduler.verdict import verdict

ZERO = Decimal(0)


async def must_fit(core: Core, job: Job, called: Resolution | None = None) -> None:
    """Raises UserError where a cap would hold a run of this job at once; `called` is the route that a
    person lets it use."""
    asked = await wanted_now(core, job, called)
    found = await in_the_way(core, job, asked)
    if found:
        first, _ = found[0]
        instead = f"an admin allows more for today with '/jobs raise {job.id}'"
        if first.cap is Cap.OWN:
            instead = f"'{own_cap_command(job, first)}' allows it"
        raise UserError(f"nothing was run: {cap_words(job, first)}", instead)


async def capped(core: Core, job: Job, judged: Go | Held | None) -> Reached | None:
    """The cap that would hold a run of this job, which nothing else holds."""
    if not isinstance(judged, Go):
        return None
    found = await in_the_way(core, job, _asked(job, judged, core.config.last_good()))
    return found[0][0] if found else None


async def wanted_now(core: Core, job: Job, called: Resolution | None = None) -> Reservation:
    """What the first request of a run would reserve now; nothing where it would be held anyway."""
    if not job.kind.guarded:
        return Reservation()
    found, settings = await verdict(core.config, job)
    if called is not None:
        return reservation(job, called, settings, 1)
    if not isinstance(found, Go):
        return Reservation(timezone=settings.timezone)
    return _asked(job, found, settings)


def _asked(job: Job, found: Go, settings: CoreConfig) -> Reservation:
    return reservation(job, bound(job, found, settings), settings, 1)


async def in_the_way(core: Core, job: Job, wanted: Reservation) -> list[tuple[Reached, Decimal]]:
    """Every cap that the request would go over, and how much more lets it leave."""
    day = day_of(core.clock.now(), wanted.timezone)
    spent = await core.store.spent(job.id, day)
    found = []
    while (over := reached(wanted.caps, spent, wanted.asked)) is not None:
        more = raised_for(over, wanted.caps.of(over.cap) or ZERO)
        found.append((replace(over, day=day), more))
        before = spent.raised.get(over.cap, ZERO)
        spent = replace(spent, raised={**spent.raised, over.cap: before + more})
    return found
