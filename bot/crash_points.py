"""Named points at which the process kills itself, so that the crash tests can show what survives."""

import os
import signal
from collections.abc import Callable

from bot.settings import Environment

VARIABLE = "DRIFTPIN_CRASH_AT"
POINTS = ("before-claim", "after-claim", "after-gate", "after-call", "before-record")


def crash_point(environment: Environment) -> Callable[[str], None]:
    """What a run calls at each of its steps; does nothing unless the variable names that step.

    Only a variable of the process itself counts, never one of .env.
    """
    wanted = environment.process.get(VARIABLE)

    def reached(step: str) -> None:
        if step == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
