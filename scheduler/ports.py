"""What the core needs from outside, as small protocols."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from scheduler.alert import Alert, AlertId, Decision
from scheduler.config import CoreConfig
from scheduler.drift import Drift
from scheduler.job import Job, JobId, Place, Principal
from scheduler.outbox import Delivery, DeliveryId, Owed
from scheduler.press import Press, RouteNames, StoredPress
from scheduler.route import Pins, Resolution, Route
from scheduler.run import HoldReason, Run, RunId, RunState, Usage


class Clock(Protocol):
    """Time as a parameter."""

    def now(self) -> datetime:
        """The present, aware UTC."""
        ...

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        """Return at `moment` (never, if None) or as soon as `wake` is set."""
        ...


# --- settings and routes -------------------------------------------------------------------------


class Config(Protocol):
    """The operator's settings, read afresh at every call; nothing is cached across ticks."""

    async def core(self) -> CoreConfig:
        """The settings in force; waits while a fresh change is still settling.

        Raises ConfigError (scheduler.errors) while the file on disk is invalid or unreadable.
        """
        ...

    async def resolve(self, pins: Pins) -> Resolution:
        """The route a call would bill at this moment under these pins.

        Raises ConfigError while the file is invalid, RouteError when it names no callable route.
        """
        ...

    async def default_model(self) -> str | None:
        """The model an unpinned job would use, read without resolving any provider."""
        ...

    def last_good(self) -> CoreConfig:
        """The last settings that were whole; for everything that spends nothing."""
        ...

    async def change_default(self, route: RouteNames) -> None:
        """Write `model.provider` and `model.default`; raises UserError with the lines to deploy by
        hand where the file cannot be written."""
        ...


# --- calling -------------------------------------------------------------------------------------

Gate = Callable[[int], Awaitable[None]]
"""Called with the number of each request (1, 2, …) right before it may leave; raises GateShut."""


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    usage: Usage


class Agent(Protocol):
    """Calls models. One request per gate passed, no retries, no redirects, no fallback."""

    async def answer(
        self,
        resolution: Resolution,
        prompt: str,
        *,
        gate: Gate,
        timeout: timedelta,
        max_tokens: int,
    ) -> Answer:
        """Ask the model behind this very route.

        Raises NotSent (certainly nothing reached the provider), Refused (the provider said no, in
        its words), Lost (no whole answer: it may have been billed), all in scheduler.errors.
        """
        ...


class Engine(Protocol):
    """Where runs execute. It carries run ids; the rows stay the truth."""

    async def start(self, execute: Callable[[RunId], Awaitable[None]]) -> None: ...

    async def submit(self, run_id: RunId) -> None:
        """Execute a planned run soon; nothing happens to one that is executing."""
        ...

    async def cancel(self, run_id: RunId) -> None: ...

    async def stop(self) -> None: ...

    def executing(self) -> Sequence[RunId]:
        """The runs this process has been given and has not ended."""
        ...

    async def idle(self) -> None:
        """Return when nothing that was submitted is still executing."""
        ...


# --- rows ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit: who did what to what. `object` is e.g. "job 7", "default"."""

    at: datetime
    by: Principal
    action: str
    object: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A fire to be recorded by a tick; `state` is planned or missed.

    Whether a planned one overlaps with a run in flight is known to the store alone.
    """

    fire_time: datetime
    state: RunState
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Why a run is held. `route` is the route that was judged, None where none resolved."""

    reason: HoldReason
    error: str
    drifts: tuple[Drift, ...] = ()
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """How a run ended: succeeded, failed, unknown or cancelled."""

    state: RunState
    output: str | None = None
    error: str | None = None
    usage: Usage = Usage()


class Passage(StrEnum):
    """The gate's answer; anything but OPEN means: do not call."""

    OPEN = "open"
    NOT_MINE = "the run is no longer this worker's"
    CANCELLED = "the run was stopped"
    CONSENT_CHANGED = "the job's consent changed after the route was judged"
    JOB_GONE = "the job was paused or removed"
    ALREADY_CALLED = "this request was already made once"


class Jobs(Protocol):
    """Jobs. Every verb is one transaction."""

    async def add(self, job: Job, audit: Entry) -> Job:
        """Store a new job (its id and revisions are given by the store)."""
        ...

    async def job(self, job_id: JobId) -> Job | None:
        """The job, whatever its state (removed ones too)."""
        ...

    async def jobs(self, chat: Place | None = None) -> list[Job]:
        """Jobs that are not removed, by id; of one whole chat (any thread), or all.

        A row that cannot be read is left out here and in `due`, and named in the log once.
        """
        ...

    async def change(
        self, job: Job, audit: Entry, *, decision: Decision | None = None
    ) -> Job | None:
        """Store a changed job under `job.revision`; None when somebody else changed it meanwhile.

        Where pins or snapshot differ the consent revision moves. With a `decision`, the job's
        undecided rows in open alerts are decided (`by` is the audit entry's), the alert's revision
        moves, the alert closes when none is left, and an edit of its message is owed: all in this
        transaction. A paused or removed job's planned runs are cancelled, but for a released fire
        of a paused one, which is held again; a removed one's held runs are cancelled too. A
        one-shot (`schedule` is Once) that was pinned or accepted has its latest held run planned
        again.
        """
        ...

    async def due(self, now: datetime, limit: int) -> list[Job]:
        """Active jobs with next_fire_time <= now, the longest due first."""
        ...

    async def next_due(self) -> datetime | None:
        """The earliest next_fire_time of an active job that can be read."""
        ...


class Runs(Protocol):
    """Runs. Every verb is one transaction; the transitions are those of scheduler.run.FOLLOWS."""

    async def plan(
        self,
        job: Job,
        planned: Sequence[Planned],
        next_fire_time: datetime | None,
        owed: Sequence[Owed] = (),
    ) -> list[Run]:
        """Record fires of a job and advance it, if its next_fire_time is still `job.next_fire_time`.

        Returns the runs inserted; none of them when another ticker was first (UNIQUE(job, fire
        time) and compare-and-set decide). While another run of the job is in flight a planned fire
        is recorded as overlapped; only the last fire of a job is planned and waits. A job with no
        next fire and none of its runs planned, in flight or held becomes finished.
        """
        ...

    async def plan_manual(self, job_id: JobId, at: datetime, audit: Entry) -> Run:
        """Plan a run of kind manual with a fire time of its own (a microsecond later until it is).

        Raises AlreadyRunning while a run of the job is in flight.
        """
        ...

    async def planned(self) -> list[RunId]:
        """Runs that wait to be claimed, oldest first."""
        ...

    async def claim(self, run_id: RunId, worker: str, lease: timedelta) -> Run | None:
        """planned -> claimed for this worker by compare-and-set; None when it is planned no more, or
        has to wait for another run of its job."""
        ...

    async def extend(self, worker: str, executing: Sequence[RunId], lease: timedelta) -> list[Run]:
        """Extend the leases of the runs this worker is executing; returns those to be stopped.

        One that it holds but no longer executes keeps its lease until that runs out, and is then
        taken up as a vanished worker's.
        """
        ...

    async def hold(self, run_id: RunId, worker: str, held: Held) -> Run | None:
        """claimed -> held, consuming nothing; None when the run is not this worker's claimed one.

        For a drift, in the same transaction: the job joins the open alert of (its whole chat,
        resolved provider and model), or one is opened; a new job moves the alert's revision, a
        further fire of a listed job only its count; the message is owed (one queued delivery per
        alert is enough). All jobs of one thread: the alert's place is that thread, else the whole
        chat (moving there forgets the message, so that it is posted anew). A job that sits undecided
        in an open alert of another route leaves it (decision CHANGED). For any other reason: a report of this run is
        owed to the job's place, unless the job's previous run was held for the same reason and error.
        """
        ...

    async def pass_gate(
        self, run_id: RunId, worker: str, *, step: int, consent_revision: int, route: Route
    ) -> Passage:
        """The one-way gate: claimed -> calling, or calling with a further step.

        One transaction: the run is this worker's with a live lease, nobody asked to stop it, the job's
        consent is the one that was judged, the job is active (a manual run may belong to a paused
        one), and (run, attempt, step) was never called before. A scheduled run's first step uses up
        one of `repeat_left`. Only OPEN, from a transaction that certainly committed, lets a
        request leave; a doubtful commit raises.
        """
        ...

    async def record(
        self, run_id: RunId, worker: str, finish: Finish, owed: Sequence[Owed] = ()
    ) -> Run | None:
        """claimed or calling -> the end, with everything it owes; None when it is not this worker's.

        Sets `unguarded_told` when the run succeeded. A job without next fire and without runs in
        flight or held becomes finished, as does one with nothing left to repeat.
        A message job's scheduled run uses up one of `repeat_left` here.
        """
        ...

    async def reap(self, worker: str, *, alone: bool) -> list[Run]:
        """Take up what vanished workers left: claimed -> planned, calling -> unknown with its report owed.

        A lease that ran out tells a vanished worker; `alone` (this process owns the database file)
        means everybody else has vanished. Returns the runs that changed.
        """
        ...

    async def release(self, job_id: JobId, audit: Entry) -> Run | None:
        """Plan the job's latest held run again, the same row; its earlier held ones become missed.

        Raises AlreadyRunning while a run of the job is in flight.
        """
        ...

    async def ask_stop(self, job_id: JobId, audit: Entry) -> list[Run]:
        """Stop a job's runs in flight: planned and claimed ones are cancelled here and now; calling
        ones are marked for their worker. Returns them as they stood. The first who asked is kept."""
        ...

    async def run(self, run_id: RunId) -> Run | None: ...

    async def history(self, job_id: JobId, limit: int) -> list[Run]:
        """The latest runs first."""
        ...

    async def held(self, job_ids: Sequence[JobId]) -> dict[JobId, list[Run]]:
        """The held runs of these jobs, oldest first; jobs without any are left out."""
        ...

    async def in_flight(self, job_id: JobId) -> list[Run]: ...

    async def calls(self, run_ids: Sequence[RunId]) -> int:
        """How many requests of these runs ever passed the gate."""
        ...


@dataclass(frozen=True, slots=True)
class TooLate:
    """A press that changes nothing: the alert as it stands says who decided what."""

    alert: Alert


class Alerts(Protocol):
    async def alert(self, alert_id: AlertId) -> Alert | None: ...

    async def open_alerts(self, chat: Place | None = None) -> list[Alert]:
        """Open alerts of one whole chat, or of all, oldest first."""
        ...

    async def decide(
        self,
        alert_id: AlertId,
        revision: int,
        changed: Sequence[Job],
        decision: Decision,
        audit: Sequence[Entry],
    ) -> Alert | TooLate:
        """Decide on several jobs of an alert at once, as `Jobs.change` does for each, if the alert is
        open and still at `revision`; the first press wins. One transaction, all or nothing."""
        ...

    async def heal(self, alert_id: AlertId, now: datetime) -> None:
        """Close an open alert because the default came back, and owe the edit of its message."""
        ...


class Outbox(Protocol):
    async def owe(self, owed: Owed) -> None: ...

    async def ready(self, now: datetime, platforms: Sequence[str]) -> list[Delivery]:
        """What may be sent now: of each chat the delivery that was begun, else the oldest, if due.

        One that was never begun (`attempts` is 0) and is not due yet holds nobody up.
        """
        ...

    async def next_ready(self, platforms: Sequence[str]) -> datetime | None:
        """When the next delivery of these platforms is due."""
        ...

    async def sending(self, delivery_id: DeliveryId) -> bool:
        """queued -> sending, counting the attempt; False when somebody else took it."""
        ...

    async def sent(self, delivery_id: DeliveryId, message: str) -> None:
        """sending -> sent, with the evidence; an alert remembers its message and where it hangs."""
        ...

    async def again(
        self, delivery_id: DeliveryId, due: datetime, error: str, *, doubtful: bool = False
    ) -> None:
        """sending -> queued, to be tried again at `due`; `doubtful` when the chat may have it."""
        ...

    async def aside(self, delivery_id: DeliveryId, due: datetime, error: str) -> None:
        """sending -> queued as if never begun: it rests until `due`, and its chat goes on without it."""
        ...

    async def unknown(self, delivery_id: DeliveryId, error: str) -> None:
        """sending -> unknown, after a second doubtful sending; an alert that is still open rests
        instead (scheduler.outbox.patience), and is then repeated."""
        ...

    async def dead(
        self, delivery_id: DeliveryId, error: str, *, instead: Owed | None = None
    ) -> None:
        """sending -> dead, owing the same to another place; an alert forgets a message that hung here."""
        ...

    async def interrupted(self, platforms: Sequence[str]) -> None:
        """At start: what was `sending` when the process died was ambiguous; queue it once more
        (`doubts` tells that it is a repeat), or as `unknown` does after a second time."""
        ...


class Buttons(Protocol):
    async def mint(self, presses: Sequence[Press], place: Place, expires: datetime) -> list[str]:
        """Store a button for each press; returns their tokens, in the same order."""
        ...

    async def press(self, token: str) -> StoredPress | None: ...

    async def pressed(self, token: str, by: Principal, at: datetime) -> bool:
        """Note who pressed first; False when somebody else already had."""
        ...

    async def unpressed(self, token: str) -> None:
        """Take the note back: the press was refused and did nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """What a person told us; `zone` is an IANA name, None before they said."""

    principal: Principal
    zone: str | None = None


class People(Protocol):
    async def person(self, principal: Principal) -> Person: ...

    async def set_zone(self, principal: Principal, zone: str) -> None: ...


class Events(Protocol):
    async def first_time(self, platform: str, event: str, at: datetime) -> bool:
        """Remember an event's id; False when it was known already."""
        ...


class Store(Jobs, Runs, Alerts, Outbox, Buttons, People, Events, Protocol):
    """All rows, one verb one transaction."""

    async def audit(self, entry: Entry) -> None: ...

    async def audited(self, object: str | None = None, limit: int = 50) -> list[Entry]:
        """The latest entries first, of one object or of all."""
        ...
