"""The recorded error of a held run: plain text that works with no buttons at all."""

from collections.abc import Sequence

from scheduler.drift import Drift, consent
from scheduler.errors import ConfigError, RouteError
from scheduler.job import Job, JobId
from scheduler.route import Axis, Pins

REFERENCE = "#44585"
"""The report that started this guard; people who know it search for the number."""


def drift_error(job: Job, moved: Sequence[Drift]) -> str:
    """What was prevented, each drifted axis, and the command that pins in both its spellings."""
    old = consent(job)
    return "\n".join(
        [
            "Held: unintended spend was prevented, no call was made.",
            *(f"{drift.axis} '{drift.consented}' -> '{drift.resolved}'" for drift in moved),
            pin_command(job.id, old),
            cronjob_command(job.id, old),
            REFERENCE,
        ]
    )


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
    axes = " and ".join(missing)
    return (
        f"Held: nobody has consented to a {axes} for this job, so no call was made"
        f" (guard.missing_snapshot: hold).\n/jobs snapshot {job.id}"
    )
