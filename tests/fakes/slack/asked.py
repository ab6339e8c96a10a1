"""A call of the Web API as the methods see it, and the record that tests see."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.errors import Json
from tests.fakes.slack.triggers import Triggers
from tests.fakes.slack.workspace import Workspace


@dataclass
class Call:
    """One request that came in; `at` is monotonic."""

    method: str
    args: Json
    token: str | None
    at: float = field(default_factory=time.monotonic)
    answer: Json | None = None
    outcome: str = "under way"
    """`ok`, an error code, or how the connection was treated."""

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"

    def __getitem__(self, name: str) -> Any:
        return self.args[name]


@dataclass(frozen=True)
class Asked:
    """What a method may use."""

    workspace: Workspace
    args: Json
    triggers: Triggers
    address: Callable[[str], str]
    """Makes an absolute URL of a path on this server."""
    socket_path: Callable[[], str]
    happened: Callable[[Workspace, Json], None]
    """Tells the app of an event."""

    def flag(self, name: str) -> bool:
        return self.args.get(name) in (True, 1, "1", "true", "True")
