"""How this Slack misbehaves when told to, a method at a time."""

from dataclasses import dataclass

from tests.fakes.slack.errors import Json


@dataclass(frozen=True)
class Fails:
    """Nothing is done, and the answer is `ok: false` with this code."""

    code: str


@dataclass(frozen=True)
class RateLimited:
    """HTTP 429 with Retry-After."""

    seconds: int = 1


@dataclass(frozen=True)
class Breaks:
    """An HTTP status that Slack sends when it is unwell; nothing is done."""

    status: int = 500


@dataclass(frozen=True)
class LosesReply:
    """All is done, and the connection drops before the answer."""


@dataclass(frozen=True)
class Drops:
    """The connection drops and nothing is done."""


@dataclass(frozen=True)
class Delays:
    """Everything as usual, so many seconds later."""

    seconds: float


@dataclass(frozen=True)
class Hangs:
    """No answer until `release()`; `done` says whether it was carried out before."""

    done: bool = False


Fault = Fails | RateLimited | Breaks | LosesReply | Drops | Delays | Hangs


@dataclass
class _Standing:
    method: str
    fault: Fault
    times: int | None
    channel: str | None

    def is_for(self, method: str, arguments: Json) -> bool:
        channel = arguments.get("channel") or arguments.get("channel_id")
        return self.method in (method, "*") and self.channel in (None, channel)


class Faults:
    """The faults that stand; the oldest that fits is played first."""

    def __init__(self) -> None:
        self._standing: list[_Standing] = []

    def add(
        self, method: str, fault: Fault, *, times: int | None = 1, channel: str | None = None
    ) -> None:
        """Play the fault at the next so many calls; None is until cleared."""
        self._standing.append(_Standing(method, fault, times, channel))

    def clear(self, method: str | None = None) -> None:
        self._standing = [s for s in self._standing if method not in (None, s.method)]

    def take(self, method: str, arguments: Json) -> Fault | None:
        for standing in self._standing:
            if standing.is_for(method, arguments):
                if standing.times is not None:
                    standing.times -= 1
                    if standing.times == 0:
                        self._standing.remove(standing)
                return standing.fault
        return None
