"""A job of hermes-agent becomes one of ours as it stands, or is left out with the reason."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.hermes import fields
from bot.hermes.fields import Record, Wrong, shown
from bot.hermes.jobs_file import Entry, read_entries
from bot.hermes.places import place_of
from scheduler.job import Job, JobId, JobKind, JobState, Place, Principal
from scheduler.plan import following
from scheduler.route import Pins, Snapshot
from scheduler.schedule import Cron, Interval, Once, Schedule

USED = frozenset(
    {
        *("id", "name", "prompt", "schedule", "repeat", "enabled", "state", "paused_at"),
        *("provider", "model", "provider_snapshot", "model_snapshot", "base_url"),
        *("no_agent", "script", "monitor_script", "monitor_url", "skill", "skills"),
        *("deliver", "origin", "created_at", "next_run_at", "last_run_at"),
    }
)
PAST = frozenset(
    {
        *("schedule_display", "paused_reason", "last_status", "last_error", "failure_streak"),
        *("last_delivery_error", "last_delivery_unverified", "monitor_state", "latest_execution"),
        *("fire_claim", "run_claim", "pending_slot", "manual_run_at", "manual_run_prompt"),
    }
)
"""What hermes-agent notes about runs, or shows; a job means the same without it."""

LEFT_BEHIND = (
    *("skill", "skills", "enabled_toolsets", "workdir", "context_from", "attach_to_session"),
    *("reasoning_effort", "failure_deliver"),
)
"""What a job could have there and none has here; it is named where it was set."""

LONGEST_NAME = 80


class Why(StrEnum):
    """Why an entry of the file is no job of ours."""

    UNREADABLE = "could not be read"
    UNSUPPORTED = "not imported"
    OVER = "over there already"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that is not brought over; `field` is the one that decided."""

    line: int
    called: str
    why: Why
    field: str
    what: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A job that can be stored; `key` is its id there, `notes` say what could not come along."""

    line: int
    key: str
    job: Job
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Into:
    """Where the jobs come to. `zone` is the one hermes-agent read its clocks in; with `to` every job
    goes there; `workspace` is the Slack workspace of this Driftpin, where it is known; `providers`
    are those that can be resolved here."""

    now: datetime
    zone: ZoneInfo
    owner: Principal
    to: Place | None = None
    workspace: str | None = None
    providers: Collection[str] = ()


class _No(Exception):
    """A job that is read, and not brought over."""

    def __init__(self, why: Why, field: str, what: str) -> None:
        self.why, self.field, self.what = why, field, what
        super().__init__(what)


def read_jobs(content: bytes, name: str, into: Into) -> list[Ready | LeftOut]:
    """Every entry of the file in its order; raises UserError for a file that is not whole."""
    found: list[Ready | LeftOut] = []
    seen: dict[str, int] = {}
    for entry in read_entries(content, name):
        read = _read(entry, into)
        if isinstance(read, Ready) and read.key in seen:
            what = f"'{read.key}' is the id of the job of line {seen[read.key]} as well"
            read = LeftOut(entry.line, _called(read.job.name, read.key), Why.UNREADABLE, "id", what)
        elif isinstance(read, Ready):
            seen[read.key] = entry.line
        found.append(read)
    return found


def _read(entry: Entry, into: Into) -> Ready | LeftOut:
    record = entry.value
    if not isinstance(record, dict):
        return LeftOut(entry.line, "?", Why.UNREADABLE, "entry", f"is no job but {shown(record)}")
    if entry.key is not None and not record.get("id"):
        record = {**record, "id": entry.key}
    called = _called(record.get("name"), record.get("id"))
    try:
        return _ready(entry.line, record, into)
    except Wrong as wrong:
        return LeftOut(entry.line, called, Why.UNREADABLE, wrong.field, wrong.what)
    except _No as no:
        return LeftOut(entry.line, called, no.why, no.field, no.what)


def _called(name: object, key: object) -> str:
    return f"{shown(name) if name else 'a job without a name'} ({shown(key) if key else 'no id'})"


def _ready(line: int, record: Record, into: Into) -> Ready:
    key = _key(record)
    _must_be_supported(record)
    prompt = _prompt(record)
    schedule = fields.schedule(record, into.zone)
    left = fields.repeats(record)
    _must_go_on(record, schedule, left, into)
    place, elsewhere = (into.to, None) if into.to else place_of(record, into.workspace)
    pins = Pins(fields.provider(record, "provider"), fields.model(record, "model"))
    snapshot, stale = _snapshot(record, pins, into)
    job = Job(
        id=JobId(0),
        name=_name(record, prompt),
        kind=JobKind.AGENT,
        prompt=prompt,
        schedule=schedule,
        zone=into.zone.key,
        anchor=_anchor(record, schedule, into),
        next_fire_time=None,
        place=place,
        owner=into.owner,
        created_at=into.now,
        state=JobState.PAUSED if _paused(record) else JobState.ACTIVE,
        pins=pins,
        snapshot=snapshot,
        repeat_left=None if isinstance(schedule, Once) else left,
    )
    job = replace(job, next_fire_time=following(job, into.now))
    notes = (
        elsewhere,
        *stale,
        *_unknown_providers(job, into),
        _shifted(record, job),
        *_rest(record),
    )
    return Ready(line, key, job, tuple(note for note in notes if note))


def _key(record: Record) -> str:
    key = record.get("id")
    if isinstance(key, bool) or not isinstance(key, (str, int)) or not str(key).strip():
        raise Wrong("id", "is missing: a second import could not know the job again")
    return str(key).strip()


def _must_be_supported(record: Record) -> None:
    """What would run as something else here, or bill somebody else, does not come over."""
    for field, what in (
        ("no_agent", "it runs a script without a model, and Driftpin runs no scripts"),
        ("script", "a script feeds its prompt, and Driftpin runs no scripts"),
        ("monitor_script", "a script decides whether it runs, and here it would call every time"),
        ("monitor_url", "a page decides whether it runs, and here it would call every time"),
    ):
        if record.get(field):
            raise _No(Why.UNSUPPORTED, field, what)
    if address := record.get("base_url"):
        raise _No(
            Why.UNSUPPORTED,
            "base_url",
            f"it is pinned to an address{_host(address)}, and addresses come from config.yaml alone:"
            " describe a provider with that base_url there, and add the job with provider=NAME",
        )
    if fields.text(record, "provider") == "auto":
        raise _No(
            Why.UNSUPPORTED,
            "provider",
            "'auto' pins nothing, it lets a provider be chosen: write the name of one, or null",
        )


def _host(address: object) -> str:
    """The host alone: there may be a key in the rest."""
    try:
        host = urlsplit(str(address)).hostname
    except ValueError:
        host = None
    return f" ({shown(host)})" if host else ""


def _prompt(record: Record) -> str:
    prompt = fields.text(record, "prompt")
    if prompt is None and (record.get("skills") or record.get("skill")):
        raise _No(Why.UNSUPPORTED, "skills", "it has skills and no prompt, and here are no skills")
    if prompt is None:
        raise Wrong("prompt", "is missing, so there is nothing to ask")
    return prompt


def _must_go_on(record: Record, schedule: Schedule, left: int | None, into: Into) -> None:
    if record.get("state") == "completed":
        raise _No(Why.OVER, "state", "it is completed")
    if left == 0:
        raise _No(Why.OVER, "repeat", "it has used up its runs")
    if isinstance(schedule, Once) and (schedule.at <= into.now or record.get("last_run_at")):
        raise _No(Why.OVER, "schedule.run_at", "its one moment has passed")


def _name(record: Record, prompt: str) -> str:
    name = " ".join(str(record.get("name") or prompt).split())
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _paused(record: Record) -> bool:
    """As hermes-agent decides whether a job may fire: enabled, and no mark of a pause."""
    marked = record.get("state") == "paused" or bool(record.get("paused_at"))
    return marked or not record.get("enabled", True)


def _anchor(record: Record, schedule: Schedule, into: Into) -> datetime:
    """Where an interval counts from, so that it fires when it would have fired there."""
    if not isinstance(schedule, Interval):
        return into.now
    due = fields.moment(record.get("next_run_at"), into.zone)
    if due is not None:
        return (due - schedule.every).astimezone(ZoneInfo("UTC"))
    ran = fields.moment(record.get("last_run_at"), into.zone)
    return (ran or into.now).astimezone(ZoneInfo("UTC"))


def _snapshot(record: Record, pins: Pins, into: Into) -> tuple[Snapshot, list[str]]:
    """What was consented to, on the axes that no pin decides; a stale one under a pin is out of use."""
    provider = fields.provider(record, "provider_snapshot")
    model = fields.model(record, "model_snapshot")
    stale = [
        f"the stale snapshot of its {axis} ('{old}') stays out of use under the pin"
        for axis, pin, old in (("provider", pins.provider, provider), ("model", pins.model, model))
        if pin is not None and old is not None
    ]
    provider = None if pins.provider else provider
    model = None if pins.model else model
    if provider is None and model is None:
        return Snapshot(), stale
    taken = fields.moment(record.get("created_at"), into.zone)
    at = taken.astimezone(ZoneInfo("UTC")) if taken else into.now
    return Snapshot(provider=provider, model=model, taken_at=at), stale


def _unknown_providers(job: Job, into: Into) -> list[str]:
    """Names this Driftpin cannot resolve: such a job is held, not run on something else."""
    if job.pins.provider and job.pins.provider not in into.providers:
        return [f"provider '{job.pins.provider}' is not configured here: held until it is"]
    return []


def _shifted(record: Record, job: Job) -> str | None:
    """A cron job that hermes-agent would fire at another hour was read in another zone there."""
    zone = ZoneInfo(job.zone)
    due = fields.moment(record.get("next_run_at"), zone)
    if not isinstance(job.schedule, Cron) or due is None:
        return None
    if due.utcoffset() == due.astimezone(zone).utcoffset():
        return None
    return f"its clock there was that of UTC{due:%z}, here it is that of {zone.key}: see --tz"


def _rest(record: Record) -> list[str]:
    """What does not come along, by name."""
    known = USED | PAST | frozenset(LEFT_BEHIND)
    lost = [field for field in LEFT_BEHIND if record.get(field) not in (None, [], "", False)]
    if "skill" in lost and "skills" in lost:
        lost.remove("skill")
    unknown = sorted(shown(field) for field in record if field not in known)
    notes = [f"left behind: {', '.join(lost)}"] if lost else []
    return notes + ([f"unknown keys left behind: {', '.join(unknown)}"] if unknown else [])
