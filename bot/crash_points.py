"""Named points at which the process kills or stops itself, so that the crash tests can show what survives.

Three variables, for tests only: DRIFTPIN_CRASH_AT and DRIFTPIN_SLEEP_AT name a step (`after-gate`, or
`after-gate:2` for the second time it is reached), DRIFTPIN_LEASE gives the seconds of a lease. Only a
variable of the process itself counts, never one of .env.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from bot.settings import Environment
from scheduler.errors import ConfigError
from scheduler.runner import LEASE

CRASH_AT = "DRIFTPIN_CRASH_AT"
SLEEP_AT = "DRIFTPIN_SLEEP_AT"
LEASE_OF = "DRIFTPIN_LEASE"
IN_A_RUN = (
    "before-claim",
    "after-claim",
    "after-gate",
    "after-call",
    "before-record",
    "after-record",
)
BETWEEN_ATTEMPTS = ("before-again", "after-again")
IN_A_STOP = ("stop-asked", "halt-set")
IN_AN_EXPERIMENT = (
    "experiment-meant",
    "experiment-written",
    "experiment-returning",
    "experiment-returned",
)
IN_A_DELIVERY = ("before-send", "after-send")


def crash_point(environment: Environment) -> Callable[[str], None]:
    """What a run, a stop, a delivery and an experiment call at each of their steps; does nothing unless a
    variable names that step."""
    wanted = {
        _counted(environment.process[variable]): end
        for variable, end in ((CRASH_AT, signal.SIGKILL), (SLEEP_AT, signal.SIGSTOP))
        if environment.process.get(variable)
    }
    times: Counter[str] = Counter()

    def reached(step: str) -> None:
        times[step] += 1
        end = wanted.get((step, times[step]))
        if end is not None:
            os.kill(os.getpid(), end)

    return reached


def _counted(named: str) -> tuple[str, int]:
    step, _, times = named.partition(":")
    return step, int(times or 1)


def lease(environment: Environment) -> timedelta:
    """How long a worker holds a run without a sign of life. Raises ConfigError."""
    named = environment.process.get(LEASE_OF)
    if named is None:
        return LEASE
    try:
        return timedelta(seconds=float(named))
    except (ValueError, OverflowError):
        raise ConfigError([f"{LEASE_OF}: is for tests and takes seconds; remove it"]) from None
