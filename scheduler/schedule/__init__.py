"""A schedule: what a person typed, when it fires by Debian's rules, and the words for it."""

from scheduler.schedule.values import (
    Cron,
    Interval,
    Once,
    Schedule,
    dump,
    fires,
    load,
    next_fire,
    smallest_gap,
)

__all__ = [
    "Cron",
    "Interval",
    "Once",
    "Schedule",
    "dump",
    "fires",
    "load",
    "next_fire",
    "smallest_gap",
]
