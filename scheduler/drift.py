"""Has the resolved route left what a person consented to?"""

from dataclasses import dataclass

from scheduler.job import Job
from scheduler.route import NAMES, Axis, Pins, Route


@dataclass(frozen=True, slots=True)
class Drift:
    """One axis that moved, with the consented and the resolved value."""

    axis: Axis
    consented: str
    resolved: str


def consent(job: Job) -> Pins:
    """What a person consented to on the judged axes: the pin where there is one, else the snapshot.

    None means nobody consented to anything on that axis. "Pin old" binds a job to exactly this value:
    pinning only the drifted axis would leave the other to follow the default away.
    """
    return Pins(
        provider=job.pins.provider or job.snapshot.provider,
        model=job.pins.model or job.snapshot.model,
    )


def drifts(job: Job, route: Route) -> tuple[Drift, ...]:
    """The axes that moved, in the order of `Axis`; a pinned axis and one without snapshot never do."""
    if not job.kind.guarded:
        return ()
    moved = []
    for axis in NAMES:
        if getattr(job.pins, axis) is not None:
            continue
        consented = getattr(job.snapshot, axis)
        resolved = getattr(route, axis)
        if consented is not None and consented != resolved:
            moved.append(Drift(axis, str(consented), str(resolved)))
    return tuple(moved)
