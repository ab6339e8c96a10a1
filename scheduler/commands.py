"""What a person can ask for, as values; the grammar makes them and the service carries them out."""

from dataclasses import dataclass, field
from datetime import timedelta

from scheduler.alert import Decision
from scheduler.job import JobId, JobKind, OnMissed
from scheduler.run import RunId


@dataclass(frozen=True, slots=True)
class RouteText:
    """A route as typed: `whole` ("openrouter:vendor/model", or a provider or model alone), or parts.

    Only configuration knows where a provider's name ends, so it is split later. `bills` is what a
    button adds to the names it spoke of (`Route.billing`): nothing that is typed says as much.
    """

    whole: str | None = None
    provider: str | None = None
    model: str | None = None
    bills: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """The `key=value` options of `add` and `edit`, as typed but checked for form; None was not typed."""

    name: str | None = None
    zone: str | None = None
    provider: str | None = None
    model: str | None = None
    kind: JobKind | None = None
    on_drift: str | None = None
    free_only: bool | None = None
    on_missed: OnMissed | None = None
    repeat: int | None = None
    until: str | None = None
    timeout: str | None = None
    retry: int | None = None
    max_usd: str | None = None


@dataclass(frozen=True, slots=True)
class AddJob:
    schedule: str
    prompt: str
    options: Options = Options()


@dataclass(frozen=True, slots=True)
class ListJobs:
    page: int = 1
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class ShowJob:
    job: JobId


@dataclass(frozen=True, slots=True)
class EditJob:
    """Change what was typed and nothing else."""

    job: JobId
    schedule: str | None = None
    prompt: str | None = None
    options: Options = Options()


@dataclass(frozen=True, slots=True)
class PauseJob:
    job: JobId


@dataclass(frozen=True, slots=True)
class ResumeJob:
    job: JobId


@dataclass(frozen=True, slots=True)
class RunJob:
    """Run now: the latest held fire where one waits (`held`), else a manual run; `once` on the route
    that holds it, which must be `route` where one was typed.

    `again` is the run of unknown outcome whose button was pressed.
    """

    job: JobId
    held: bool = False
    once: bool = False
    route: RouteText | None = None
    again: RunId | None = None


@dataclass(frozen=True, slots=True)
class StopJob:
    """End the runs in flight; with a button, only the run it hung on."""

    job: JobId
    run: RunId | None = None


@dataclass(frozen=True, slots=True)
class LeaveRun:
    """Do not repeat a run of unknown outcome: the latest one, or that of the button."""

    job: JobId
    run: RunId | None = None


@dataclass(frozen=True, slots=True)
class RaiseCaps:
    """Allow as much more today, under every cap, as lets the next run of a job leave; with a button, only
    what the message of that run said."""

    job: JobId
    run: RunId | None = None


@dataclass(frozen=True, slots=True)
class ShowCosts:
    """What the jobs of this chat have cost, or those of all chats."""

    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class CostOfJob:
    job: JobId


@dataclass(frozen=True, slots=True)
class RemoveJob:
    job: JobId


@dataclass(frozen=True, slots=True)
class PinJob:
    """Bind a job to a route; without one, to what it consented to ("Pin old")."""

    job: JobId
    route: RouteText | None = None


@dataclass(frozen=True, slots=True)
class UnpinJob:
    """Follow the default again, on one axis or on both, from a snapshot taken now."""

    job: JobId
    provider: bool = True
    model: bool = True


@dataclass(frozen=True, slots=True)
class AcceptRoute:
    """Consent to the new default; with a route typed or carried by the button, only to that very one."""

    job: JobId
    route: RouteText | None = None


@dataclass(frozen=True, slots=True)
class DecideAll:
    """Decide about every job of this chat's open alerts that one may decide about."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    """Guard an unguarded job; with the route a button showed, only if that is still the one."""

    job: JobId
    route: RouteText | None = None


@dataclass(frozen=True, slots=True)
class TakeSnapshots:
    """Guard every unguarded job of this chat; with the route a button showed, only if that is still
    the default."""

    route: RouteText | None = None


@dataclass(frozen=True, slots=True)
class DrillJob:
    """Simulate a drift of the job, and show that it is held."""

    job: JobId


@dataclass(frozen=True, slots=True)
class ListAlerts:
    pass


@dataclass(frozen=True, slots=True)
class History:
    job: JobId


@dataclass(frozen=True, slots=True)
class Output:
    job: JobId


@dataclass(frozen=True, slots=True)
class OwnZone:
    """Show where one's own clock stands; with a zone, as typed, say where."""

    zone: str | None = None


@dataclass(frozen=True, slots=True)
class ReadAudit:
    """What people did, the latest first; about one job where one is named."""

    job: JobId | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShowDefault:
    pass


@dataclass(frozen=True, slots=True)
class ChangeDefault:
    """Point the default at another route, for good or as an experiment of this length; unconfirmed
    it only says what it would hold."""

    route: RouteText
    confirmed: bool = False
    length: timedelta | None = None


@dataclass(frozen=True, slots=True)
class EndExperiment:
    """Put the old default back now; with an id (a button's), only if that experiment still runs."""

    id: int | None = None


@dataclass(frozen=True, slots=True)
class HaltAll:
    """Shut every door to spending, and cut off what is under way."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unhalt:
    """End the halt; nothing that it held runs by itself."""


@dataclass(frozen=True, slots=True)
class Help:
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class AskAdd:
    """`add` with nothing after it: ask for what a job needs."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Become admin with a one-time code, as typed; it is a secret until it is used."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unclaim:
    """Take back what a claim gave; `admin` names the person as `access` would."""

    admin: str


JobCommand = (
    ShowJob
    | EditJob
    | PauseJob
    | ResumeJob
    | RunJob
    | StopJob
    | LeaveRun
    | RaiseCaps
    | RemoveJob
    | PinJob
    | UnpinJob
    | AcceptRoute
    | TakeSnapshot
    | DrillJob
    | History
    | Output
    | CostOfJob
)
Doable = (
    JobCommand
    | AddJob
    | ListJobs
    | ListAlerts
    | ShowCosts
    | ShowDefault
    | ChangeDefault
    | EndExperiment
    | TakeSnapshots
    | DecideAll
    | OwnZone
    | ReadAudit
    | HaltAll
    | Unhalt
)
"""What the service carries out."""

Front = Help | AskAdd | Claim | Unclaim
"""What the chat front answers itself."""

Command = Doable | Front
