"""The ways in which a provider can answer, or not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.provider_replies import Says


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived. `body` is empty where the connection was dropped before it."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))


@dataclass(frozen=True, slots=True)
class Status:
    """An HTTP error in the dialect's own words."""

    code: int
    words: str = "something is wrong here"


@dataclass(frozen=True, slots=True)
class Redirect:
    to: str
    code: int = 307


@dataclass(frozen=True, slots=True)
class Raw:
    """These very bytes as a 200 reply."""

    body: str
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Hang:
    """No reply until `release()`, then an ordinary one; `begun` sends the head of it at once."""

    begun: bool = False
    then: Says = field(default_factory=Says)


@dataclass(frozen=True, slots=True)
class Slow:
    """An ordinary reply after so many seconds."""

    seconds: float
    then: Says = field(default_factory=Says)


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection goes away, `read` or not."""

    read: bool = True


@dataclass(frozen=True, slots=True)
class Cut:
    """Half a body, then the connection goes away."""

    says: Says = field(default_factory=Says)


Behaviour = Says | Status | Redirect | Raw | Hang | Slow | Drop | Cut

NAMED: dict[str, Callable[[], Behaviour]] = {
    "says": Says,
    "hang": Hang,
    "slow": lambda: Slow(1.6),
    "brief": lambda: Slow(0.7),
    "slower": lambda: Slow(6),
    "drop": Drop,
    "cut": Cut,
    "500": lambda: Status(500),
    "429": lambda: Status(429, "slow down"),
}
"""What a provider in a process of its own can be told by name."""
