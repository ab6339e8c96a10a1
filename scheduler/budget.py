"""The recorded error of a run that a cap on spending holds."""

from decimal import Decimal
from typing import assert_never

from scheduler.caps import Cap
from scheduler.dollars import dollars, enough
from scheduler.job import Job
from scheduler.route import Route
from scheduler.spend import Reached, raised_for

_RAISE = "/jobs raise"


def budget_error(
    job: Job, route: Route, reached: Reached, usual: Decimal, requests: int = 0
) -> str:
    """Which cap it is, what stands under it, and what lets the run go on; `usual` is the cap that the
    settings give.

    `requests` of the run had left before, in all its attempts. The first line is the same for
    everything that one cap holds on one day, so that it is told once a day.
    """
    calls = "1 call" if requests == 1 else f"{requests} calls"
    made = f"it stopped after {calls}" if requests else "no call was made"
    lines = [f"Held: {cap_words(job, reached)}; {made}.", _standing(reached)]
    if route.price is None or not route.price.known:
        lines.append(
            f"Nobody knows what {route.name} costs, so a run of it counts as all that a run may"
            f" cost; prices in config.yaml can say it."
        )
    if reached.cap is Cap.OWN:
        lines.append(f"{own_cap_command(job, reached)} allows it.")
        return "\n".join(lines)
    allowed = dollars(reached.most + raised_for(reached, usual))
    lines.append(f"{_RAISE} {job.id} allows {allowed} for {reached.day} (admins).")
    return "\n".join(lines)


def raisable(error: str) -> bool:
    """Whether it is the recorded error of a run that an admin can let leave for today."""
    return error.rpartition("\n")[2].startswith(_RAISE)


def own_cap_command(job: Job, reached: Reached) -> str:
    """The command by which a job allows its run as much as it needs."""
    return f"/jobs edit {job.id} max_usd={enough(reached.spent + reached.asked)}"


def cap_words(job: Job, reached: Reached) -> str:
    """Which cap allows no more, in a clause."""
    most = dollars(reached.most)
    match reached.cap:
        case Cap.OWN:
            return f"a run of job {job.id} could cost more than the {most} of its own max_usd ({reached.day})"
        case Cap.RUN:
            return f"a run of job {job.id} could cost more than the {most} of spend.{reached.cap} ({reached.day})"
        case Cap.JOB_DAY:
            over = f"job {job.id} over the {most} it"
        case Cap.CHAT_DAY:
            over = f"the jobs of its chat over the {most} they"
        case Cap.DAY:
            over = f"all jobs together over the {most} they"
        case _:
            assert_never(reached.cap)
    return f"this run could take {over} may spend on {reached.day} (spend.{reached.cap})"


def _standing(reached: Reached) -> str:
    asked = dollars(reached.asked)
    if reached.cap in (Cap.OWN, Cap.RUN):
        before = f", after {dollars(reached.spent)} before it" if reached.spent else ""
        return f"Its next request may cost up to {asked}{before}."
    return (
        f"{dollars(reached.spent)} is spent or reserved, and this request may cost up to {asked}."
    )
