"""Named points at which the process kills itself, so that the crash tests can show what survives."""

import os
import signal
from collections.abc import Callable

from bot.settings import Environment

VARIABLE = "DRIFTPIN_CRASH_AT"
IN_A_RUN = (
    "before-claim",
    "after-claim",
    "after-gate",
    "after-call",
    "before-record",
    "after-record",
)
IN_AN_EXPERIMENT = (
    "experiment-meant",
    "experiment-written",
    "experiment-returning",
    "experiment-returned",
)
IN_A_DELIVERY = ("before-send", "after-send")


def crash_point(environment: Environment) -> Callable[[str], None]:
    """What a run, a delivery and an experiment call at each of their steps; does nothing unless the variable names
    that step.

    Only a variable of the process itself counts, never one of .env.
    """
    wanted = environment.process.get(VARIABLE)

    def reached(step: str) -> None:
        if step == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
