"""The recorded error of a held run: plain text that works with no buttons at all."""

from collections.abc import Sequence

from scheduler.dollars import dollars
from scheduler.drift import Drift, consent
from scheduler.errors import ConfigError, RouteError
from scheduler.job import Job, JobId
from scheduler.route import AXIS_WORDS, NAMES, Axis, Pins, Route
from scheduler.run import CostSource, Usage
from scheduler.served import Mismatch

REFERENCE = "#44585"
"""The report that started this guard; people who know it search for the number."""


def drift_error(job: Job, moved: Sequence[Drift]) -> str:
    """What was prevented, each drifted axis, and the commands that release the job.

    To pin a name brings back no address and no price: where one of these moved, only consenting to
    it does.
    """
    old = consent(job)
    pinning = [pin_command(job.id, old), cronjob_command(job.id, old)]
    pinnable = all(drift.axis in NAMES for drift in moved)
    return "\n".join(
        [
            "Held: unintended spend was prevented, no call was made.",
            *(
                f"{AXIS_WORDS[drift.axis]} '{drift.consented}' -> '{drift.resolved}'"
                for drift in moved
            ),
            *(pinning if pinnable else [accept_command(job.id)]),
            REFERENCE,
        ]
    )


def no_script_error(job: Job) -> str:
    """What the settings must have again before the job can run."""
    return (
        f"Held: config.yaml has no script {job.prompt} any more, nothing was run."
        f" Put it under scripts: again, or remove job {job.id}."
    )


def accept_command(job_id: JobId) -> str:
    """The chat command that consents to what the job would use now."""
    return f"/jobs accept {job_id}"


def pin_command(job_id: JobId, pins: Pins) -> str:
    """The chat command that pins these axes; `provider:model` where both are known."""
    if pins.provider and pins.model:
        return f"/jobs pin {job_id} {pins.provider}:{pins.model}"
    return f"/jobs pin {job_id} {_assignments(pins)}"


def cronjob_command(job_id: JobId, pins: Pins) -> str:
    """The same, for people who come from hermes-agent."""
    return f"cronjob action=update job_id={job_id} {_assignments(pins)}"


def _assignments(pins: Pins) -> str:
    parts = [("provider", pins.provider), ("model", pins.model)]
    return " ".join(f"{key}={value}" for key, value in parts if value)


def config_error(error: ConfigError) -> str:
    return "Held: the settings cannot be trusted, so no call was made.\n" + "\n".join(
        error.problems
    )


def route_error(error: RouteError) -> str:
    return f"Held: there is no route to call, so no call was made.\n{error}"


def unguarded_error(job: Job, missing: Sequence[Axis]) -> str:
    """`guard.missing_snapshot: hold`, or a person made the job while no route could be looked up."""
    axes = " and ".join(missing)
    why = (
        "none could be looked up when it was made"
        if job.snapshot.unseen
        else "guard.missing_snapshot: hold"
    )
    return (
        f"Held: nobody has consented to a {axes} for this job, so no call was made ({why}).\n"
        f"/jobs snapshot {job.id}"
    )


def served_error(job: Job, found: Sequence[Mismatch], usage: Usage) -> str:
    """What answered instead of what was consented to, what that cost, and what decides."""
    calls = "1 call was made" if usage.requests == 1 else f"{usage.requests} calls were made"
    first = f"Held: what answered is not what was consented to; {calls}, {cost_words(usage)}."
    return _served(job, first, found)


def served_before(job: Job) -> str:
    """The same for each later fire, which makes no call."""
    first = "Held: what answered last is not what was consented to; no call was made."
    return _served(job, first, job.answered_as)


def _served(job: Job, first: str, found: Sequence[Mismatch]) -> str:
    return "\n".join(
        [
            first,
            *(str(mismatch) for mismatch in found),
            f"/jobs accept {job.id}",
            pin_command(job.id, consent(job)),
        ]
    )


def cost_words(usage: Usage) -> str:
    """What was spent, and how that is known."""
    if usage.cost is None:
        return "cost unknown"
    if not (usage.cost or usage.output_tokens) and usage.cost_source is CostSource.BILLED:
        return "nothing billed"
    amount = dollars(usage.cost)
    return (
        f"{amount} billed"
        if usage.cost_source is CostSource.BILLED
        else f"about {amount}, estimated"
    )


def free_only_error(job: Job, route: Route) -> str:
    return (
        f"Held: the job may use free and local routes only, and {route.name} is"
        f" {route.price_class}, so no call was made (free_only=yes).\n"
        f"/jobs edit {job.id} free_only=no"
    )
