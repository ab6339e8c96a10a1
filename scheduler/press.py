"""A button as a value: what pressing it means, bound to one alert or job and one revision."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduler.alert import AlertId
from scheduler.job import JobId, Place, Principal
from scheduler.route import Route


class Action(StrEnum):
    """What a press does: with an alert it concerns all its undecided jobs, with a job only that one."""

    PIN = "pin"
    ACCEPT = "accept"
    PAUSE = "pause"
    RESUME = "resume"
    RUN_HELD = "run_held"
    RUN_AGAIN = "run_again"
    STOP = "stop"
    LEAVE = "leave"
    RAISE = "raise"
    SNAPSHOT = "snapshot"
    SNAPSHOT_ALL = "snapshot_all"
    UNDO = "undo"
    RESTORE = "restore"
    CHANGE_DEFAULT = "change_default"
    TRY_DEFAULT = "try_default"
    END_EXPERIMENT = "end_experiment"
    CANCEL = "cancel"
    PAGE = "page"
    CHOOSE = "choose"
    RUN_ONCE = "run_once"


@dataclass(frozen=True, slots=True)
class RouteNames:
    """A route by the two names a person types."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"

    @classmethod
    def of(cls, route: Route) -> "RouteNames":
        return cls(route.provider, route.model)


@dataclass(frozen=True, slots=True)
class Press:
    """`route` names the route the button spoke of; `bills` is `Route.billing` of it, for a button that
    consents to it by itself (an alert keeps its whole route).

    `revision` is the alert's, or else the job's consent revision, or the run's id, or the page of a
    list (0: the first, and not in its place), or the seconds of an experiment, or its id; `everywhere`
    when that list is of all chats, or with a job when the press is one of several: a list behind Choose
    is shown again after it, and a Stop leaves the others beside it.
    """

    action: Action
    job: JobId | None = None
    alert: AlertId | None = None
    revision: int = 0
    route: RouteNames | None = None
    everywhere: bool = False
    bills: str | None = None


@dataclass(frozen=True, slots=True)
class StoredPress:
    """A button that hangs in a chat. The token (24 random characters) is all the chat ever sees."""

    token: str
    press: Press
    place: Place
    expires_at: datetime
    pressed_by: Principal | None = None
    pressed_at: datetime | None = None
