"""Commands that make, change and end jobs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from scheduler.alert import Decision
from scheduler.answers import Added, Changed, Done, Unchanged
from scheduler.bounds import check_pace, check_prompt
from scheduler.commands import AddJob, EditJob, Options, RouteText
from scheduler.config import Limits
from scheduler.drift import consent, drifts
from scheduler.errors import ScheduleError, UserError
from scheduler.job import Job, JobId, JobKind, JobState, OnDrift, OnMissed, Place, Principal
from scheduler.judge import Go
from scheduler.plan import following
from scheduler.route import Pins
from scheduler.schedule import Once
from scheduler.schedule.phrases import parse_schedule
from scheduler.schedule.spans import read_span
from scheduler.schedule.zones import zone_named
from scheduler.script import script_named
from scheduler.service.core import Core, Wanted, rebind
from scheduler.service.naming import known_pins, must_be_callable
from scheduler.service.reading import Reading, removal
from scheduler.snapshots import bound_to, take_snapshot
from scheduler.verdict import verdict


class JobService:
    def __init__(self, core: Core, reading: Reading) -> None:
        self._core = core
        self._reading = reading

    async def add(self, command: AddJob, place: Place, owner: Principal) -> Added:
        """Store a job and take its snapshot; resolution failing leaves it unguarded, not unmade."""
        now = self._core.clock.now()
        options = command.options
        limits = self._core.config.last_good().limits
        there = await self._core.store.jobs(place.whole_chat)
        _room_for_one_more(there, limits)
        zone = await self._zone(options, owner)
        schedule = parse_schedule(command.schedule, zone=zone, now=now)
        check_pace(schedule, zone, now, limits)
        kind = options.kind or JobKind.AGENT
        pins = await known_pins(self._core.config, kind, options.provider, options.model)
        job = Job(
            id=JobId(0),
            name=options.name or _name_of(command.prompt),
            kind=kind,
            prompt=self._prompt(kind, command.prompt, limits),
            schedule=schedule,
            zone=zone.key,
            anchor=now,
            next_fire_time=None,
            place=place,
            owner=owner,
            created_at=now,
            pins=pins,
            on_drift=OnDrift(options.on_drift) if options.on_drift else None,
            free_only=options.free_only is True,
            on_missed=options.on_missed or OnMissed.SKIP,
            repeat_left=options.repeat,
            until=_until(options.until, zone, now),
            timeout=_timeout(options.timeout),
            retry=options.retry or 0,
            max_usd=_own_cap(kind, options.max_usd),
        )
        job = replace(job, next_fire_time=_first_fire(job, now))
        taken = await take_snapshot(self._core.config, kind, pins, now)
        entry = self._core.entry(owner, "add", "job", job.name)
        job = await self._core.store.add(replace(job, snapshot=taken.snapshot), entry)
        self._core.wake()
        return Added(await self._reading.view(job), _twin(job, there))

    async def imported(self, source: str) -> dict[str, JobId]:
        """The jobs that came from there before, by their keys there."""
        return await self._core.store.imported(source)

    async def bring(
        self, source: str, jobs: Sequence[tuple[str, Job]], by: Principal
    ) -> dict[str, Job]:
        """Store jobs from elsewhere as they stand, those that never came before, all or none.

        They stand under no limit of chats: whoever brings them is the operator of this machine.
        """
        entry = self._core.entry(by, "import", "job")
        brought = await self._core.store.bring(source, jobs, entry)
        self._core.wake()
        return brought

    async def edit(self, command: EditJob, by: Principal) -> Changed | Unchanged:
        """Change what was typed and nothing else; pins that end a drift decide on its alert."""
        before = await self._core.job(command.job)
        same = replace(await self._edited(before, command), anchor=before.anchor)
        if same == before:
            return Unchanged(await self._reading.view(before), "like that already")

        async def change(job: Job) -> Wanted:
            nonlocal before
            before, edited = job, await self._edited(job, command)
            decides = edited.pins != job.pins and await self._drifts_no_more(edited)
            if decides:
                return Wanted(edited, Decision.PINNED)
            passes = _rules(edited) != _rules(job) and await self._would_run(edited)
            return Wanted(edited, Decision.CHANGED if passes else None)

        job = await self._core.change(command.job, change, by, "edit")
        await self._core.decided_about([job.id])
        return Changed(Done.EDITED, await self._reading.view(job), by.name, before=before)

    async def _would_run(self, job: Job) -> bool:
        if not job.kind.guarded:
            return False
        return isinstance((await verdict(self._core.config, job))[0], Go)

    async def _drifts_no_more(self, job: Job) -> bool:
        """True where no axis could drift at all, or none does from the route of the open alert."""
        if None not in (job.pins.provider, job.pins.model):
            return True
        guard = self._core.config.last_good().guard
        for alert in await self._core.store.open_alerts():
            row = alert.row(job.id)
            if row is not None and row.decision is None:
                return not drifts(job, alert.route, guard)
        return False

    async def _edited(self, job: Job, command: EditJob) -> Job:
        now = self._core.clock.now()
        options = command.options
        limits = self._core.config.last_good().limits
        zone = zone_named(options.zone) if options.zone else ZoneInfo(job.zone)
        changed = replace(
            job,
            name=options.name or job.name,
            prompt=(
                self._prompt(job.kind, command.prompt, limits) if command.prompt else job.prompt
            ),
            zone=zone.key,
            on_drift=OnDrift(options.on_drift) if options.on_drift else job.on_drift,
            free_only=job.free_only if options.free_only is None else options.free_only,
            on_missed=options.on_missed or job.on_missed,
            repeat_left=options.repeat if options.repeat is not None else job.repeat_left,
            until=_until(options.until, zone, now) if options.until else job.until,
            timeout=_timeout(options.timeout) if options.timeout else job.timeout,
            retry=job.retry if options.retry is None else options.retry,
            max_usd=_own_cap(job.kind, options.max_usd) if options.max_usd else job.max_usd,
        )
        if command.schedule:
            schedule = parse_schedule(command.schedule, zone=zone, now=now)
            check_pace(schedule, zone, now, limits)
            changed = replace(changed, schedule=schedule, anchor=now)
        if options.kind is not None and options.kind is not job.kind:
            raise UserError(
                "the kind of a job cannot be changed",
                f"add another job with kind={options.kind}",
            )
        if command.schedule or options.zone or options.until:
            changed = replace(changed, next_fire_time=_first_fire(changed, now))
        if command.schedule or options.zone or options.until or options.repeat:
            changed = _going_on(changed, now)
        if options.provider or options.model:
            typed = await known_pins(self._core.config, job.kind, options.provider, options.model)
            pins = Pins(typed.provider or job.pins.provider, typed.model or job.pins.model)
            old = consent(job)
            if Pins(pins.provider or old.provider, pins.model or old.model) != old:
                as_typed = RouteText(provider=typed.provider, model=typed.model)
                await must_be_callable(self._core.config, job.id, pins, as_typed)
            bound = await bound_to(self._core.config, job, pins, now)
            changed = rebind(changed, pins, bound)
        return changed

    async def pause(self, job_id: JobId, by: Principal) -> Changed | Unchanged:
        job = await self._core.job(job_id)
        if job.state is not JobState.ACTIVE:
            return Unchanged(await self._reading.view(job), f"already {job.state}")

        async def change(job: Job) -> Wanted:
            _must_be_still(job, JobState.ACTIVE)
            return Wanted(replace(job, state=JobState.PAUSED), Decision.PAUSED)

        job = await self._core.change(job_id, change, by, "pause")
        return Changed(Done.PAUSED, await self._reading.view(job), by.name)

    async def resume(self, job_id: JobId, by: Principal) -> Changed | Unchanged:
        """Active again from now on; what was due while paused is not made up for. A removed job comes
        back as it was."""
        job = await self._core.known(job_id)
        if job.state is JobState.REMOVED:
            return await self._restore(job, by)
        if job.state is not JobState.PAUSED:
            return Unchanged(await self._reading.view(job), f"not paused but {job.state}")

        async def change(job: Job) -> Wanted:
            _must_be_still(job, JobState.PAUSED)
            now = self._core.clock.now()
            fire = following(job, now)
            if fire is None and not await self._core.store.held([job.id]):
                raise UserError(
                    f"job {job_id} has no fire left",
                    f"'/jobs edit {job_id} in 45m' gives it a new time",
                )
            return Wanted(replace(job, state=JobState.ACTIVE, next_fire_time=fire, failures=0))

        job = await self._core.change(job_id, change, by, "resume")
        self._core.wake()
        return Changed(Done.RESUMED, await self._reading.view(job), by.name)

    async def remove(self, job_id: JobId, by: Principal) -> Changed:
        async def change(job: Job) -> Wanted:
            gone = replace(job, state=JobState.REMOVED, next_fire_time=None)
            return Wanted(gone, Decision.REMOVED)

        before = await self._core.job(job_id)
        view = await self._reading.view(before)
        # What it was is kept where its removal is, for whoever wants it back.
        await self._core.change(job_id, change, by, "remove", str(before.state))
        return Changed(Done.REMOVED, view, by.name)

    async def _restore(self, job: Job, by: Principal) -> Changed:
        """The job as it was before it was removed, its consent included; its next fire is one to come."""
        there = await self._core.store.jobs(job.place.whole_chat)
        _room_for_one_more(there, self._core.config.last_good().limits)
        entry = await removal(self._core, job.id)
        paused = entry is not None and entry.detail == JobState.PAUSED

        async def change(job: Job) -> Wanted:
            if job.state is not JobState.REMOVED:
                raise UserError(f"job {job.id} is back already", f"'/jobs show {job.id}' shows it")
            fire = None if job.repeat_left == 0 else following(job, self._core.clock.now())
            state = JobState.PAUSED if paused else JobState.ACTIVE
            state = JobState.FINISHED if fire is None else state
            return Wanted(replace(job, state=state, next_fire_time=fire))

        job = await self._core.change_any(job.id, change, by, "restore")
        self._core.wake()
        return Changed(Done.RESTORED, await self._reading.view(job), by.name)

    def _prompt(self, kind: JobKind, typed: str, limits: Limits) -> str:
        """What a job has to say, or the name of its script."""
        check_prompt(typed, limits)
        if kind is JobKind.SCRIPT:
            return script_named(typed, self._core.config.last_good().scripts)
        return typed.strip()

    async def _zone(self, options: Options, owner: Principal) -> ZoneInfo:
        if options.zone:
            return zone_named(options.zone)
        person = await self._core.store.person(owner)
        return ZoneInfo(person.zone or self._core.config.last_good().timezone)


def _must_be_still(job: Job, state: JobState) -> None:
    """Raises UserError where a job became something else since somebody asked: one that is finished by
    now would otherwise come back to life."""
    if job.state is not state:
        raise UserError(
            f"job {job.id} is {job.state} by now, and nothing was changed",
            f"'/jobs show {job.id}' shows it",
        )


def _room_for_one_more(there: Sequence[Job], limits: Limits) -> None:
    if sum(job.state is not JobState.FINISHED for job in there) >= limits.jobs_per_chat:
        raise UserError(
            f"this chat already has {limits.jobs_per_chat} jobs",
            "remove one that is not needed",
        )


def _twin(job: Job, there: Sequence[Job]) -> JobId | None:
    """Another job of the chat that does the same at the same times: perhaps it was added twice."""

    def does(each: Job) -> tuple[object, ...]:
        return each.kind, each.prompt, each.schedule, each.zone, each.place

    going = (each for each in there if each.state is not JobState.FINISHED)
    return next((each.id for each in going if does(each) == does(job)), None)


def _rules(job: Job) -> tuple[OnDrift | None, bool]:
    """What of a job decides whether a drift holds it."""
    return job.on_drift, job.free_only


def _name_of(prompt: str) -> str:
    """A job without a name is called by the first words of its prompt."""
    first = prompt.strip().splitlines()[0]
    return first if len(first) <= 40 else first[:39].rstrip() + "…"


def _first_fire(job: Job, now: datetime) -> datetime | None:
    fire = following(job, now)
    if fire is None:
        raise ScheduleError("that schedule has no fire before its until=", "choose a later until=")
    return fire


def _going_on(job: Job, now: datetime) -> Job:
    """A finished job is active again once it has a fire and a run left."""
    if job.state is not JobState.FINISHED:
        return job
    if job.repeat_left == 0:
        raise UserError(
            f"job {job.id} has used up its runs", "add repeat=3 to the line for three more"
        )
    fire = following(job, now)
    if fire is None:
        repeat = f" repeat={job.repeat_left}" if job.repeat_left else ""
        raise UserError(
            f"job {job.id} has no fire left",
            f"'/jobs edit {job.id} in 45m{repeat}' gives it a new time",
        )
    return replace(job, state=JobState.ACTIVE, next_fire_time=fire)


def _until(text: str | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The last moment a job may fire: a day counts to its end."""
    if text is None:
        return None
    moment = f"{text} 23:59" if len(text) == len("2027-01-31") else text
    instead = f"write until={(now + timedelta(days=90)).date()}"
    try:
        schedule = parse_schedule(moment, zone=zone, now=now)
    except ScheduleError as error:
        raise UserError(f"until={text} cannot be used: {error.what}", instead) from None
    if not isinstance(schedule, Once):
        raise UserError(f"until={text} is not a moment", instead)
    return schedule.at


def _own_cap(kind: JobKind, text: str | None) -> Decimal | None:
    """The most a run may cost, in US dollars; "off" leaves that to the settings."""
    if text is None or text == "off":
        return None
    if not kind.guarded:
        raise UserError(f"a job of kind={kind} calls no provider", "leave max_usd= out")
    return Decimal(text)


def _timeout(text: str | None) -> timedelta | None:
    if text is None:
        return None
    try:
        span = read_span(text, "in")
    except ScheduleError:
        span = None
    if span is None or not timedelta(seconds=1) <= span <= timedelta(hours=24):
        raise UserError(f"timeout={text} is not a time between 1s and 24h", "write timeout=10m")
    return span
