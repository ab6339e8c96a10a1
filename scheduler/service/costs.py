"""Commands about what jobs have cost, what is held back, and what the coming week will cost."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from scheduler.answers import CostsOf
from scheduler.caps import Cap, Caps
from scheduler.costs import Overview, Since, Sum, by_day, by_job, since, summed, used
from scheduler.forecast import FORESEEN, MONTH, REMEMBERED, fires_within
from scheduler.job import Job, JobId, JobState, Place
from scheduler.judge import Go
from scheduler.rate import WEEK, Ahead, Coming, HeldBack, Recent, Waiting, held_back, list_of, rate
from scheduler.route import Route
from scheduler.service.core import Core
from scheduler.service.reading import HISTORY, judged, removed
from scheduler.spend import day_of
from scheduler.verdict import OneLook

ZERO = Decimal(0)


class CostService:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def overview(self, place: Place | None) -> Overview:
        """This week and this month of the jobs of a chat, or of all chats, and the coming week."""
        store, chat = self._core.store, place.whole_chat if place else None
        begun, zone, caps = self._now()
        jobs = await store.jobs(chat)
        names = {job.id: job.name for job in jobs}
        costs = await store.costs(begun.earliest, chat, split=begun.latest)
        named, others = by_job(costs, names, begun)
        spent = await store.spent_in(begun.today, chat)
        waiting = [each for each in await store.waiting() if each.job in names]
        months = summed(cost for cost in costs if cost.day >= begun.month)
        outlook = await self._outlook(jobs, waiting, months)
        return Overview(
            begun,
            zone,
            named,
            others,
            free=len(jobs) - len(names.keys() & {cost.job for cost in costs}),
            week=_total(summed(cost for cost in costs if cost.day >= begun.week)),
            month=_total(months),
            caps=used(caps, spent, (Cap.CHAT_DAY, Cap.DAY) if chat else (Cap.DAY,)),
            held=outlook.held(waiting, names),
            coming=outlook.coming,
            prices=_lists(outlook.routes.values()),
            everywhere=place is None,
        )

    async def of(self, job_id: JobId) -> CostsOf:
        """One job: the days of this week, its latest runs, and its coming week."""
        store = self._core.store
        begun, zone, caps = self._now()
        job = await self._core.known(job_id)
        caps = replace(caps, max_usd=job.max_usd)
        costs = await store.costs(begun.earliest, job=job_id)
        spent = await store.spent(job_id, begun.today)
        waiting = [each for each in await store.waiting() if each.job == job_id]
        outlook = await self._outlook([job], waiting, {})
        runs = await store.history(job_id, HISTORY)
        counted = await store.counted([run.id for run in runs])
        month = (cost for cost in costs if cost.day >= begun.month)
        return CostsOf(
            job,
            begun,
            zone,
            tuple(by_day(costs, begun.days()).items()),
            _total(summed(month)),
            used(caps, spent, tuple(Cap)),
            outlook.held(waiting, {job.id: job.name}),
            outlook.coming,
            tuple((run, counted[run.id]) for run in runs if run.id in counted),
            _lists(outlook.routes.values()),
            await removed(self._core, job),
        )

    def _now(self) -> tuple[Since, str, Caps]:
        settings = self._core.config.last_good()
        today = day_of(self._core.clock.now(), settings.timezone)
        return since(today), settings.timezone, settings.caps

    async def _outlook(
        self, jobs: Sequence[Job], waiting: Sequence[Waiting], months: Mapping[JobId, Sum]
    ) -> "_Outlook":
        """What the runs to come and those that wait cost; the jobs that cost most are reckoned first."""
        now, look = self._core.clock.now(), OneLook(self._core.config)
        routes, going, held = dict[JobId, Route](), list[Job](), 0
        held_ids = {each.job for each in waiting}
        for job in jobs:
            fires = job.state is JobState.ACTIVE and job.next_fire_time is not None
            if not job.kind.guarded or not (fires or job.id in held_ids):
                continue
            found = await judged(look, job)
            if isinstance(found, Go):
                routes[job.id] = found.resolution.route
                going += [job] if fires and routes[job.id].price_class.spends else []
            elif fires:
                held += 1
        going.sort(key=lambda job: (-months.get(job.id, Sum()).total, job.id))
        reckoned, beyond = going[:FORESEEN], len(going[FORESEEN:])
        asked = dict.fromkeys([*(job.id for job in reckoned), *sorted(held_ids)[:FORESEEN]])
        recent = await self._core.store.recent(list(asked), now - MONTH, REMEMBERED)
        ahead = []
        for job in reckoned:
            found_rate = rate(routes[job.id], recent.get(job.id, ()))
            ahead.append(Ahead(job, fires_within(job, now, WEEK), found_rate))
            await asyncio.sleep(0)  # Many fires take a while to count, and others want their turn.
        return _Outlook(Coming(tuple(ahead), held, beyond), routes, recent)


class _Outlook:
    def __init__(
        self, coming: Coming, routes: Mapping[JobId, Route], recent: Mapping[JobId, list[Recent]]
    ) -> None:
        self.coming, self.routes, self._recent = coming, routes, recent

    def held(self, waiting: Sequence[Waiting], names: Mapping[JobId, str]) -> tuple[HeldBack, ...]:
        """The dearest first; what nobody can price comes before everything."""
        found = [
            held_back(
                each, names[each.job], self._recent.get(each.job, ()), self.routes.get(each.job)
            )
            for each in waiting
        ]
        found.sort(key=lambda each: (each.amount is not None, -(each.amount or ZERO), each.job))
        return tuple(found)


def _total(sums: Mapping[JobId, Sum]) -> Sum:
    return sum(sums.values(), Sum())


def _lists(routes: Iterable[Route]) -> tuple[str, ...]:
    found = {list_of(route) for route in routes if route.price_class.spends}
    return tuple(sorted(each for each in found if each is not None))
