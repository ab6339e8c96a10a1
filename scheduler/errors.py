"""Errors, sorted by who must act."""

import asyncio
from collections.abc import Sequence


class DriftpinError(Exception):
    """The root of every error of ours."""


class UserError(DriftpinError):
    """The person in the chat can mend it: what is wrong, then what to type instead."""

    def __init__(self, what: str, instead: str = "") -> None:
        self.what = what
        self.instead = instead
        super().__init__(f"{what}; {instead}" if instead else what)


class AlreadyRunning(UserError):
    """A job runs at this moment, and never beside itself."""

    def __init__(self, job_id: int, run_id: int) -> None:
        super().__init__(
            f"job {job_id} is already running (run {run_id})", f"'/jobs stop {job_id}' ends it"
        )


class AlreadyHandled(DriftpinError):
    """Another delivery of the same event was handled meanwhile: this one did nothing, and says nothing."""

    def __init__(self, platform: str, event: str) -> None:
        super().__init__(f"event {event} of {platform} was handled already")


class AlreadyPressed(DriftpinError):
    """Somebody else was faster with this button: this press did nothing."""

    def __init__(self) -> None:
        super().__init__("somebody else pressed this button first")


class ScheduleError(UserError):
    """A schedule or a time zone that cannot be read, or that never comes."""


class RouteError(DriftpinError):
    """Settings that are whole but name no route that can be called.

    `credential` is the missing environment variable, where that is what is missing, and `route`
    (scheduler.route) what would be billed if it were there.
    """

    def __init__(self, what: str, *, credential: str | None = None, route: object = None) -> None:
        self.credential = credential
        self.route = route
        super().__init__(what)


class ConfigError(DriftpinError):
    """The operator must act: each problem names file and key, and the remedy."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def in_brief(problems: object) -> str:
    """The first line of an error that may have several, and how many more there are."""
    first, *more = str(problems).splitlines() or [""]
    return f"{first} (and {len(more)} more)" if more else first


class OperatorError(DriftpinError):
    """The operator must act on the machine: one line, shown as written, exit code 2."""


class StoreError(DriftpinError):
    """The database is full, locked or out of reach: the verb did not certainly happen, so do not call."""


class GateShut(DriftpinError):
    """The one-way gate refused: no request may leave."""

    usage: object = None

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class CallError(DriftpinError):
    """A call to a provider that brought no answer, in one line.

    `usage` (scheduler.run) is what its replies said they have used, where there were any; so with
    GateShut and CutOff. `output` is what a script had printed.
    """

    usage: object = None
    output: str = ""


class CutOff(asyncio.CancelledError):
    """A call was cancelled and its socket closed; `under_way` when a request had no answer yet."""

    usage: object = None
    under_way: bool = True


class NotSent(CallError):
    """Certainly nothing reached the provider: no such host, connection refused, TLS refused."""


class Refused(CallError):
    """The provider answered, and said no in its own words.

    `passing` when it is busy or broken (429, 5xx) and may say yes later; `retry_after` is in
    seconds, when it named a moment. `unbilled` where it certainly asks nothing for saying so.
    """

    def __init__(
        self,
        what: str,
        *,
        passing: bool = False,
        retry_after: float | None = None,
        unbilled: bool = False,
    ) -> None:
        self.passing = passing
        self.unbilled = unbilled
        self.retry_after = retry_after
        super().__init__(what)


class TooMuch(CallError):
    """What was asked for is answered, and a limit of the run ends it all the same."""


class Lost(CallError):
    """The request left and no whole answer came back: it may have been billed."""


class SendError(DriftpinError):
    """A message could not be put into a chat.

    `permanent`: no later attempt can succeed. `ambiguous`: the chat may have it all the same.
    `retry_after` is in seconds, when the platform said. `remedy` is a sentence for whoever gets the
    message instead: what lets us write where it belongs.
    """

    def __init__(
        self,
        what: str,
        *,
        permanent: bool = False,
        ambiguous: bool = False,
        retry_after: float | None = None,
        remedy: str | None = None,
    ) -> None:
        self.remedy = remedy
        self.permanent = permanent
        self.ambiguous = ambiguous
        self.retry_after = retry_after
        super().__init__(what)
