"""A script of the operator: what it runs, and within which limits. Chats only ever name one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from scheduler.errors import UserError
from scheduler.route import ApiMode, PriceClass, Route

SCRIPT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""How a script may be called."""

LONGEST = timedelta(minutes=5)
"""How long a script may take that says nothing else."""

MOST_OUTPUT = 65_536
"""Bytes of output that are kept of a script that says nothing else."""


@dataclass(frozen=True, slots=True)
class Script:
    """`argv` begins with an absolute path; `env` names the variables of Driftpin's own environment that
    it sees, beside PATH; `output_bytes` of what it prints are kept, the rest is read and dropped."""

    name: str
    argv: tuple[str, ...]
    cwd: str = "/"
    env: tuple[str, ...] = ()
    timeout: timedelta = LONGEST
    output_bytes: int = MOST_OUTPUT


@dataclass(frozen=True, slots=True)
class ScriptEnd:
    """How a script ended: `code` is its exit code, negative for the signal that ended it; `dropped` is
    how many bytes of its output were too many."""

    code: int
    output: str
    dropped: int = 0

    @property
    def good(self) -> bool:
        return self.code == 0

    @property
    def words(self) -> str:
        return f"exit code {self.code}" if self.code >= 0 else f"ended by signal {-self.code}"


_SCRIPT = "script"


def route_of(script: Script) -> Route:
    """What stands where a model's route stands: nobody bills anything."""
    return Route(_SCRIPT, script.name, "", ApiMode.BUILT_IN, None, PriceClass.LOCAL)


def is_script(route: Route) -> bool:
    """Whether a script ran: no provider of that name is built in."""
    return route.provider == _SCRIPT and route.api_mode is ApiMode.BUILT_IN


def script_named(typed: str, known: Mapping[str, Script]) -> str:
    """The name of a script; raises UserError for one that the settings do not have."""
    name = typed.strip()
    if name in known:
        return name
    instead = (
        f"the scripts in config.yaml are {', '.join(sorted(known))}"
        if known
        else "put it under scripts: in config.yaml first"
    )
    raise UserError("there is no script of that name", instead)
