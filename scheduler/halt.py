"""A halt as a value: who shut every door to spending, why, and what that is called."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.errors import UserError
from scheduler.job import Job
from scheduler.run import Run

ENDS_IT = "/jobs unhalt"
"""The chat command that ends a halt."""


@dataclass(frozen=True, slots=True)
class Halt:
    """While there is one, no request leaves and nothing that could spend begins. `at` is aware UTC."""

    by: str
    reason: str
    at: datetime

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.by} halted everything that spends at {self.at:%Y-%m-%d %H:%M} UTC{why}"

    @property
    def stopper(self) -> str:
        """How a call that the halt cuts off says who stopped it."""
        return f"{self.by} (halt: {self.reason})" if self.reason else f"{self.by} (halt)"


@dataclass(frozen=True, slots=True)
class HaltSet:
    """The halt in force; `new` when nobody had halted before. `stopped` were inside a call."""

    halt: Halt
    new: bool
    stopped: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class HaltEnded:
    """A halt that is over, and what it held: so many fires of a job are missed, or one waits.

    `halt` is None where nobody had halted.
    """

    halt: Halt | None
    missed: tuple[tuple[Job, int], ...] = ()
    waiting: tuple[tuple[Job, Run], ...] = ()


class Halted(UserError):
    """What was asked for could spend, and everything that could is halted."""

    def __init__(self, halt: Halt) -> None:
        super().__init__(
            f"nothing was done: {halt}", f"an admin ends it with '{ENDS_IT}'; messages go on"
        )


def halt_error(halt: Halt, requests: int = 0) -> str:
    """The recorded error of a run that a halt holds; `requests` had left before it came."""
    made = "no call was made" if not requests else f"it stopped after {_calls(requests)}"
    return f"Held: {halt}; {made}.\n{ENDS_IT}"


def _calls(requests: int) -> str:
    return "1 call" if requests == 1 else f"{requests} calls"
