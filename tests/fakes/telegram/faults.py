"""The ways in which the Bot API can fail, and the calls that they befall."""

import asyncio
from dataclasses import dataclass, field

from tests.fakes.telegram.calls import Call
from tests.fakes.telegram.refusals import Refused, flooded


@dataclass(frozen=True, slots=True)
class Refuses:
    """An error in Telegram's own shape, before anything has happened."""

    code: int
    description: str
    parameters: dict[str, int] = field(default_factory=dict)

    @property
    def refusal(self) -> Refused:
        return Refused(self.code, self.description, **self.parameters)


def retry_after(seconds: int) -> Refuses:
    refusal = flooded(seconds)
    return Refuses(refusal.code, refusal.description, refusal.parameters)


def server_error() -> Refuses:
    return Refuses(500, "Internal Server Error")


@dataclass(frozen=True, slots=True)
class BadGateway:
    """The page of the proxy in front, no JSON; nothing has happened."""

    code: int = 502


@dataclass(frozen=True, slots=True)
class Drops:
    """The connection goes away before anything has happened."""


@dataclass(frozen=True, slots=True)
class LosesReply:
    """It has happened, and the connection goes away before the answer."""


@dataclass(frozen=True, slots=True)
class Delays:
    """An ordinary answer, `seconds` later; `after` it has happened or before."""

    seconds: float
    after: bool = False


@dataclass(frozen=True, slots=True)
class Hangs:
    """No answer until the fault is cleared, then an ordinary one; `after` it has happened or before."""

    after: bool = False


Fault = Refuses | BadGateway | Drops | LosesReply | Delays | Hangs


@dataclass(slots=True, eq=False)
class Misbehaviour:
    """A fault in force: for one method or all, one chat or all, for some calls or until cleared."""

    fault: Fault
    method: str | None
    chat_id: int | None
    left: int | None
    hits: int = 0
    cleared: asyncio.Event = field(default_factory=asyncio.Event)

    def clear(self) -> None:
        """Behave again, and let go what hangs."""
        self.left = 0
        self.cleared.set()

    def befalls(self, call: Call) -> bool:
        if self.left == 0:
            return False
        if self.method is not None and call.method != self.method:
            return False
        return self.chat_id is None or call.chat_id == self.chat_id

    def strike(self) -> None:
        self.hits += 1
        if self.left is not None:
            self.left -= 1


class Faults:
    """All faults in force, the oldest first."""

    def __init__(self) -> None:
        self._in_force: list[Misbehaviour] = []

    def add(self, misbehaviour: Misbehaviour) -> None:
        self._in_force.append(misbehaviour)

    def strike(self, call: Call) -> Misbehaviour | None:
        """The fault that befalls this call, counted."""
        for one in self._in_force:
            if one.befalls(call):
                one.strike()
                return one
        return None

    def clear(self) -> None:
        for one in self._in_force:
            one.clear()
        self._in_force.clear()
