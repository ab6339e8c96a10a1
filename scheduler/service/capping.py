"""Which caps would hold the next run of a job at this moment, and how much more would let it leave."""

from dataclasses import dataclass, replace
from decimal import Decimal

from scheduler.alert import MOVED
from scheduler.budget import cap_words, own_cap_command
from scheduler.caps import Cap
from scheduler.config import CoreConfig
from scheduler.errors import RouteError, UserError
from scheduler.job import Job
from scheduler.judge import Go, judge
from scheduler.ports import Held
from scheduler.reservation import bound, reservation
from scheduler.route import Resolution, Route
from scheduler.service.core import Core
from scheduler.spend import Reached, Spent, day_of, raised_for, reached
from scheduler.verdict import verdict

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Every cap that the next request of a job would go over, and how much more lets it leave.

    `spent` is what it was judged by, on `day` in `zone`.
    """

    caps: tuple[tuple[Reached, Decimal], ...]
    spent: Spent
    day: str
    zone: str

    @property
    def first(self) -> Reached | None:
        return self.caps[0][0] if self.caps else None


async def must_fit(core: Core, job: Job, let: Route | None = None) -> None:
    """Raises UserError where a cap would hold a run of this job at once; `let` is the route that a
    person lets it use."""
    if not job.kind.guarded:
        return
    go = await _at_first_sight(core, job) if let is None else _let_through(let)
    if not isinstance(go, Go):
        return
    first = (await in_the_way(core, job, go, core.config.last_good())).first
    if first is not None:
        instead = f"an admin allows more for today with '/jobs raise {job.id}'"
        if first.cap is Cap.OWN:
            instead = f"'{own_cap_command(job, first)}' allows it"
        raise UserError(f"nothing was run: {cap_words(job, first)}", instead)


async def capped(core: Core, job: Job, judged: Go | Held | None) -> Reached | None:
    """The cap that would hold a run of this job, which nothing else holds."""
    if not isinstance(judged, Go):
        return None
    return (await in_the_way(core, job, judged, core.config.last_good())).first


async def in_the_way_of(core: Core, job: Job) -> InTheWay:
    """For the next run as it would be called: where the route has moved, as a person might let it.

    Raises UserError where something else holds the job.
    """
    look = f"'/jobs show {job.id}' says what holds it"
    if not job.kind.guarded:
        raise UserError(f"job {job.id} is a {job.kind}, which no cap holds", look)
    found, settings = await verdict(core.config, job)
    if isinstance(found, Held):
        if found.reason not in MOVED or found.route is None:
            raise UserError(f"it is no cap on spending that holds job {job.id}", look)
        found = _let_through(found.route)
    return await in_the_way(core, job, found, settings)


async def in_the_way(core: Core, job: Job, go: Go, settings: CoreConfig) -> InTheWay:
    """A held fire that waits is what would run next, with all that it has spent."""
    wanted = reservation(job, bound(job, go, settings), settings, 1)
    day = day_of(core.clock.now(), wanted.timezone)
    waiting = (await core.store.held([job.id])).get(job.id)
    spent = await core.store.spent(job.id, day, waiting[-1].id if waiting else None)
    found, assumed = list[tuple[Reached, Decimal]](), spent
    while (over := reached(wanted.caps, assumed, wanted.asked)) is not None:
        more = raised_for(over, wanted.caps.of(over.cap) or ZERO)
        found.append((replace(over, day=day), more))
        before = assumed.raised.get(over.cap, ZERO)
        assumed = replace(assumed, raised={**assumed.raised, over.cap: before + more})
    return InTheWay(tuple(found), spent, day, wanted.timezone)


async def _at_first_sight(core: Core, job: Job) -> Go | Held | None:
    """By the last good settings: nobody waits here for fresh ones to settle, the run itself does."""
    settings = core.config.last_good()
    try:
        resolved = await core.config.resolve_last_good(job.pins)
    except RouteError:
        return None
    return judge(job, resolved, settings.guard)


def _let_through(route: Route) -> Go:
    return Go(Resolution(route, None, "by leave of a person"), authorised=True)
